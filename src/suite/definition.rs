//! A hash of everything that configs and the files they read define for a case. It changes when the
//! definition changes.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

/// The hash of a definition. Only comparable within one process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct DefinitionHash(u64);

/// Hashes the definition of a model without its cases.
pub(super) fn hash_definition(model: &Value) -> DefinitionHash {
    let keys = model.as_object().into_iter().flatten().filter(|(key, _)| *key != "cases");
    DefinitionHash::default().with(&keys.collect::<Vec<_>>())
}

impl DefinitionHash {
    /// The hash of the definition combined with `more`.
    pub(crate) fn with(self, more: &impl Hash) -> DefinitionHash {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        more.hash(&mut hasher);
        DefinitionHash(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cases_do_not_change_the_definition_of_a_model() {
        let model = json!({ "region": "us-east-1", "cases": [{ "name": "a" }] });
        assert_eq!(hash_definition(&model), hash_definition(&json!({ "region": "us-east-1" })));
        assert_ne!(hash_definition(&model), hash_definition(&json!({ "region": "us-east-2" })));
        assert_ne!(hash_definition(&model), hash_definition(&model).with(&1));
    }
}
