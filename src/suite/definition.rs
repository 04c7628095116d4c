//! A hash of everything that configs and the files they read define for a case. It changes when the
//! definition changes.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

/// The hash of a definition. Only comparable within one process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Definition(u64);

/// The definition of a model without its cases.
pub(super) fn definition(model: &Value) -> Definition {
    let keys = model.as_object().into_iter().flatten().filter(|(key, _)| *key != "cases");
    Definition::default().with(&keys.collect::<Vec<_>>())
}

impl Definition {
    /// The definition combined with `more`.
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
