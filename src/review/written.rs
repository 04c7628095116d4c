//! Where a config says what a case is: in the case, in its model, in what the model takes over.

use serde_json::Value;

use super::{Near, Version, Written};
use crate::check;
use crate::config::layers::{Found, Layers, Origin};
use crate::config::overrides::Override;
use crate::config::resolve::{self, Resolved};
use crate::diagnose::Sources;
use crate::pointer::join;
use crate::run::Planned;

/// What is laid over configs.
#[derive(Default)]
pub struct Overlay {
    pub overrides: Vec<Override>,
    pub profile: Option<String>,
}

/// `text`, the config of `planned` as it was or is, with the keys that make the case. None of a text that is no config.
pub fn version(planned: &Planned<'_>, text: String, overlay: &Overlay) -> Version {
    let (path, profile) = (&planned.suite.path, overlay.profile.as_deref());
    // Not the session's: nothing is told about these texts.
    let sources = Sources::default();
    let written = check::with_layers_of(&text, path, &overlay.overrides, profile, &sources, |layers| {
        keys(planned, layers)
    });
    Version { written: written.unwrap_or_default(), text }
}

fn keys(planned: &Planned<'_>, layers: &Layers<'_>) -> Vec<Written> {
    let config = layers.merged();
    let models = resolve::models(&config, layers).0;
    let Some(model) = models.into_iter().find(|model| model.name == planned.model.name) else {
        return Vec::new();
    };
    let mut keys = of_model(&model, planned);
    if let Some(name) = model.value.get("credentials").and_then(Value::as_str) {
        let (within, pointer) = (config.get("credentials"), join("/credentials", name));
        let value = within.and_then(|credentials| credentials.get(name)).unwrap_or(&Value::Null);
        each(value, &pointer, &mut |pointer, is_leaf| {
            keys.extend(written(layers.find(pointer), is_leaf, Near::TakenOver));
        });
    }
    keys
}

fn of_model(model: &Resolved<'_>, planned: &Planned<'_>) -> Vec<Written> {
    let case = case(model, planned).map(|index| format!("/cases/{index}"));
    let mut keys = Vec::new();
    each(&model.value, "", &mut |pointer, is_leaf| {
        let is_case = case.as_ref().is_some_and(|case| is_within(pointer, case));
        let near = match () {
            () if is_case => Near::Case,
            () if is_within(pointer, "/cases") => return,
            () if model.places.is_own(pointer) => Near::Model,
            () => Near::TakenOver,
        };
        keys.extend(written(model.places.find(pointer), is_leaf, near));
    });
    keys
}

/// Which of the model's cases it is. One of many that a case stands for has the place of its name.
fn case(model: &Resolved<'_>, planned: &Planned<'_>) -> Option<usize> {
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

/// Calls `with` for every key below `value`, and tells it whether the key's value holds no further ones.
fn each(value: &Value, pointer: &str, with: &mut impl FnMut(&str, bool)) {
    let mut enter = |step: &str, value: &Value| each(value, &join(pointer, step), with);
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| enter(key, value)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| enter(&index.to_string(), item));
        }
        _ => return with(pointer, true),
    }
    with(pointer, false);
}

/// The place of a key if it stands in the file itself: of a table its header, of all else the value too.
fn written(found: Option<Found<'_>>, is_leaf: bool, near: Near) -> Option<Written> {
    let Found { place, origin, .. } = found?;
    let in_file = matches!(origin, Origin::File(_) | Origin::Profile(..));
    let start = place.key.as_ref().map_or(place.value.start, |key| key.start);
    let end = if is_leaf { place.value.end } else { place.key.map_or(place.value.end, |key| key.end) };
    in_file.then_some(Written { at: start..end, near })
}
