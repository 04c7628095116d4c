//! Lists every effective value: the result of the file, the profile, the environment and the flags.

use serde_json::Value;

use super::layers::{Layers, Location};
use super::resolve;
use crate::pointer::{join, join_index};

/// Calls `visit` for each value of credentials and models that is not a table, with its dotted key, the value,
/// and the location where it is written.
pub fn visit_effective(layers: &Layers<'_>, mut visit: impl FnMut(&str, &Value, Option<&Location<'_>>)) {
    let config = layers.merged();
    if let Some(credentials) = config.get("credentials") {
        visit_leaves(credentials, "credentials", "", &mut |key, pointer, value| {
            visit(key, value, layers.find(&format!("/credentials{pointer}")).as_ref());
        });
    }
    for model in resolve::resolve_models(&config, layers).0 {
        let prefix = format!("models.{}", toml_key(&model.name));
        visit_leaves(&model.value, &prefix, "", &mut |key, pointer, value| {
            visit(key, value, model.places.find(pointer).as_ref());
        });
    }
}

/// Calls `visit` for each value that is not a table, with its dotted key, its pointer and the value.
fn visit_leaves(value: &Value, key: &str, pointer: &str, visit: &mut impl FnMut(&str, &str, &Value)) {
    match value {
        Value::Object(table) => {
            for (name, value) in table {
                visit_leaves(value, &format!("{key}.{}", toml_key(name)), &join(pointer, name), visit);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (index, value) in items.iter().enumerate() {
                visit_leaves(value, &format!("{key}[{index}]"), &join_index(pointer, index), visit);
            }
        }
        _ => visit(key, pointer, value),
    }
}

fn toml_key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if bare { name.to_owned() } else { Value::from(name).to_string() }
}
