//! Finds the keys of a config that define a case: in the case, in its model, and in what the model inherits.

use serde_json::Value;

use super::{CaseKey, ConfigVersion, KeyLevel};
use crate::check;
use crate::config::layers::{Layers, Location, Origin};
use crate::config::overrides::Override;
use crate::config::resolve::{self, ResolvedModel};
use crate::diagnose::Sources;
use crate::pointer::join;
use crate::run::Planned;

/// The profile and the overrides that are applied to configs.
#[derive(Default)]
pub struct ConfigOverrides {
    pub overrides: Vec<Override>,
    pub profile: Option<String>,
}

/// Parses `text`, an old or the current text of the config of `planned`, and finds the keys that define the case. If
/// `text` is not a config, there are no keys.
pub fn parse_version(planned: &Planned<'_>, text: String, overrides: &ConfigOverrides) -> ConfigVersion {
    let (path, profile) = (&planned.suite.path, overrides.profile.as_deref());
    // Separate from the sources of the session, because no finding about this text is reported.
    let sources = Sources::default();
    let keys = check::with_layers_of_text(&text, path, &overrides.overrides, profile, &sources, |layers| {
        find_keys(planned, layers)
    });
    ConfigVersion { keys: keys.unwrap_or_default(), text }
}

fn find_keys(planned: &Planned<'_>, layers: &Layers<'_>) -> Vec<CaseKey> {
    let config = layers.merged();
    let models = resolve::resolve_models(&config, layers).0;
    let Some(model) = models.into_iter().find(|model| model.name == planned.model.name) else {
        return Vec::new();
    };
    let mut keys = model_keys(&model, planned);
    if let Some(name) = model.value.get("credentials").and_then(Value::as_str) {
        let (within, pointer) = (config.get("credentials"), join("/credentials", name));
        let value = within.and_then(|credentials| credentials.get(name)).unwrap_or(&Value::Null);
        visit_keys(value, &pointer, &mut |pointer, is_scalar| {
            keys.extend(case_key(layers.find(pointer), is_scalar, KeyLevel::Inherited));
        });
    }
    keys
}

fn model_keys(model: &ResolvedModel<'_>, planned: &Planned<'_>) -> Vec<CaseKey> {
    let case = find_case(model, planned).map(|index| format!("/cases/{index}"));
    let mut keys = Vec::new();
    visit_keys(&model.value, "", &mut |pointer, is_scalar| {
        let is_case = case.as_ref().is_some_and(|case| is_within(pointer, case));
        let level = if is_case {
            KeyLevel::Case
        } else if is_within(pointer, "/cases") {
            return;
        } else if model.places.is_own(pointer) {
            KeyLevel::Model
        } else {
            KeyLevel::Inherited
        };
        keys.extend(case_key(model.places.find(pointer), is_scalar, level));
    });
    keys
}

/// The index of the case in the model. A case made from a row of `each` is found by the place of its `name`.
fn find_case(model: &ResolvedModel<'_>, planned: &Planned<'_>) -> Option<usize> {
    let cases = model.value.get("cases")?.as_array()?;
    let named =
        cases.iter().position(|case| case.get("name").and_then(Value::as_str) == Some(&planned.case.name));
    named.or_else(|| {
        let at = &planned.case.at;
        (0..cases.len()).find(|index| model.places.value(&format!("/cases/{index}/name")).start == at.start)
    })
}

fn is_within(pointer: &str, above: &str) -> bool {
    pointer.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Calls `visit` for `value` and every key below it, with the pointer, and with whether the value is a scalar.
fn visit_keys(value: &Value, pointer: &str, visit: &mut impl FnMut(&str, bool)) {
    let mut enter = |step: &str, value: &Value| visit_keys(value, &join(pointer, step), visit);
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| enter(key, value)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| enter(&index.to_string(), item));
        }
        _ => return visit(pointer, true),
    }
    visit(pointer, false);
}

/// The place of a key, if the key is in the file itself. For a table, the place is its header; for a scalar, it
/// includes the value.
fn case_key(found: Option<Location<'_>>, is_scalar: bool, level: KeyLevel) -> Option<CaseKey> {
    let Location { place, origin, .. } = found?;
    let in_file = matches!(origin, Origin::File(_) | Origin::Profile(..));
    let start = place.key.as_ref().map_or(place.value.start, |key| key.start);
    let end = if is_scalar { place.value.end } else { place.key.map_or(place.value.end, |key| key.end) };
    in_file.then_some(CaseKey { at: start..end, level })
}
