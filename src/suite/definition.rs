//! All that the configs and the files they read say of a case, as a number: another definition is another number.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

/// A print of a definition, of use within one process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Definition(u64);

/// What a model is, whatever its cases are.
pub(super) fn definition(model: &Value) -> Definition {
    let keys = model.as_object().into_iter().flatten().filter(|(key, _)| *key != "cases");
    Definition::default().with(&keys.collect::<Vec<_>>())
}

impl Definition {
    /// The definition with `more` in it.
    pub(crate) fn with(self, more: &impl Hash) -> Definition {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        more.hash(&mut hasher);
        Definition(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_case_more_is_no_other_model() {
        let model = json!({ "region": "us-east-1", "cases": [{ "name": "a" }] });
        assert_eq!(definition(&model), definition(&json!({ "region": "us-east-1" })));
        assert_ne!(definition(&model), definition(&json!({ "region": "us-east-2" })));
        assert_ne!(definition(&model), definition(&model).with(&1));
    }
}
