//! Checks the credentials that models refer to.

use serde_json::Value;

use crate::config::resolve::ResolvedModel;
use crate::diagnose::{Code, Finding};
use crate::words::nearest;

/// Reports models whose `credentials` the file doesn't declare.
pub fn check(config: &Value, models: &[ResolvedModel<'_>]) -> Vec<Finding> {
    let declared = || config.get("credentials").and_then(Value::as_object).into_iter().flatten();
    let unknown = models.iter().filter_map(|model| {
        let name = model.value.get("credentials")?.as_str()?;
        if declared().any(|(known, _)| known == name) {
            return None;
        }
        let near = nearest(name, declared().map(|(known, _)| known.as_str()));
        let at = model.places.value("/credentials");
        let finding =
            Finding::new(Code::UnknownCredentials, at, format!("there are no credentials `{name}`"));
        Some(finding.suggest(near, format!("declare `[credentials.{name}]` in this file")))
    });
    unknown.collect()
}
