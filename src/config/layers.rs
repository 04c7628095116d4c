//! Merges the layers of a config file: the file, its chosen profile, environment variables, flags.
//!
//! figment merges the values: a later layer overrides the keys of an earlier one, tables are merged key
//! by key at any depth, and any other value is replaced as a whole. The name of each layer goes with its
//! values as figment's metadata. Most runs have one layer; for these the file's value is used without figment.
//!
//! figment only merges. It does not keep the position of a value in the text, the order of keys, or the
//! spelling of a number. Each layer is a [`Document`] that was parsed and checked by itself before the merge.
//! [`Layers::find`] returns where a merged value is written: in the last layer that contains it. After the
//! merge, the order of keys and the spelling of numbers are restored from the layers.

use std::borrow::Cow;
use std::path::Path;

use figment::value::{Dict, Empty, Map as FigmentMap, Num, Tag, Value as FigmentValue};
use figment::{Figment, Metadata, Profile, Provider};
use serde_json::{Map, Number, Value};

use super::source::{Document, Place};
use crate::diagnose::FileId;
use crate::pointer::join;

/// The layers of one config file, lowest precedence first: the file, then overrides.
pub struct Layers<'d> {
    layers: Vec<Layer<'d>>,
    profile: Option<&'d str>,
}

/// One source of config values.
pub struct Layer<'d> {
    pub file: FileId,
    pub document: &'d Document<'d>,
    pub origin: Origin<'d>,
}

/// Where the value of a layer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin<'d> {
    File(&'d Path),
    /// A `[profile.NAME]` of the file.
    Profile(&'d Path, &'d str),
    /// An environment variable, by name.
    Environment(&'d str),
    /// A flag, as typed.
    Flag(&'d str),
}

impl<'d> Origin<'d> {
    fn in_profile(self, name: &'d str) -> Origin<'d> {
        match self {
            Origin::File(path) => Origin::Profile(path, name),
            other => other,
        }
    }
}

/// The position of a value and the layer that contains it.
pub struct Location<'d> {
    pub file: FileId,
    pub place: Place,
    pub document: &'d Document<'d>,
    pub origin: Origin<'d>,
}

impl<'d> Layers<'d> {
    pub fn new(file: Layer<'d>, profile: Option<&'d str>) -> Layers<'d> {
        Layers { layers: vec![file], profile }
    }

    /// Adds a layer that overrides the layers before it.
    pub fn add_override(&mut self, layer: Layer<'d>) {
        self.layers.push(layer);
    }

    /// The config after all layers are merged.
    pub fn merged(&self) -> Cow<'d, Value> {
        let file = &self.layers[0].document.value;
        let declared = self.profile.is_some_and(|name| self.find_in_profile(name, "").is_some());
        if self.layers.len() == 1 && !declared { Cow::Borrowed(file) } else { Cow::Owned(self.merge(file)) }
    }

    fn merge(&self, file: &Value) -> Value {
        let base = &self.layers[0];
        let mut figment = Figment::new().merge(LayerProvider { value: file, origin: base.origin });
        if let Some((name, value)) =
            self.profile.and_then(|name| Some((name, file.get("profile")?.get(name)?)))
        {
            figment = figment.merge(LayerProvider { value, origin: base.origin.in_profile(name) });
        }
        for layer in &self.layers[1..] {
            figment = figment.merge(LayerProvider { value: &layer.document.value, origin: layer.origin });
        }
        let mut merged = Map::new();
        for key in ["version", "defaults", "credentials", "models"] {
            if let Ok(value) = figment.find_value(key) {
                let originals: Vec<&Value> =
                    self.unmerged_values(file).filter_map(|layer| layer.get(key)).collect();
                merged.insert(key.to_owned(), to_json(value, &originals));
            }
        }
        Value::Object(merged)
    }

    /// The values of all layers before the merge: the file, its profile, the overrides.
    fn unmerged_values<'a>(&'a self, file: &'a Value) -> impl Iterator<Item = &'a Value> {
        let profile = self.profile.and_then(|name| file.get("profile")?.get(name));
        let overrides = self.layers[1..].iter().map(|layer| &layer.document.value);
        std::iter::once(file).chain(profile).chain(overrides)
    }

    /// Finds the layer and position of the merged value at `pointer`.
    pub fn find(&self, pointer: &str) -> Option<Location<'d>> {
        self.layers.iter().rev().find_map(|layer| {
            let profile = self.profile.and_then(|name| {
                let within = format!("{}{pointer}", join("/profile", name));
                Layers::find_in_layer(layer, &within, |path| Origin::Profile(path, name))
            });
            profile.or_else(|| Layers::find_in_layer(layer, pointer, Origin::File))
        })
    }

    fn find_in_layer(
        layer: &Layer<'d>,
        pointer: &str,
        in_file: impl FnOnce(&'d Path) -> Origin<'d>,
    ) -> Option<Location<'d>> {
        let place = layer.document.place(pointer)?;
        let origin = match layer.origin {
            Origin::File(path) => in_file(path),
            other => other,
        };
        Some(Location { file: layer.file, place, document: layer.document, origin })
    }

    fn find_in_profile(&self, name: &str, pointer: &str) -> Option<Place> {
        self.layers[0].document.place(&format!("{}{pointer}", join("/profile", name)))
    }
}

/// A layer as a provider for figment. A profile of the config is a layer too, not one of figment's profiles:
/// figment gives some names of profiles a special meaning.
struct LayerProvider<'a> {
    value: &'a Value,
    origin: Origin<'a>,
}

impl Provider for LayerProvider<'_> {
    fn metadata(&self) -> Metadata {
        match self.origin {
            Origin::File(path) | Origin::Profile(path, _) => Metadata::from("config file", path),
            Origin::Environment(name) => Metadata::from("environment variable", name),
            Origin::Flag(flag) => Metadata::from("flag", flag),
        }
    }

    fn data(&self) -> Result<FigmentMap<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(to_dict(self.value)))
    }
}

pub(super) fn to_dict(value: &Value) -> Dict {
    let members = value.as_object().into_iter().flatten();
    members.map(|(key, value)| (key.clone(), to_figment(value))).collect()
}

fn to_figment(value: &Value) -> FigmentValue {
    let tag = Tag::Default;
    match value {
        Value::Null => FigmentValue::Empty(tag, Empty::None),
        Value::Bool(yes) => FigmentValue::Bool(tag, *yes),
        Value::Number(number) => FigmentValue::Num(tag, to_figment_number(number)),
        Value::String(text) => FigmentValue::String(tag, text.clone()),
        Value::Array(items) => FigmentValue::Array(tag, items.iter().map(to_figment).collect()),
        Value::Object(_) => FigmentValue::Dict(tag, to_dict(value)),
    }
}

fn to_figment_number(number: &Number) -> Num {
    match number.as_i64() {
        Some(integer) => Num::I64(integer),
        None => Num::F64(number.as_f64().unwrap_or(f64::NAN)),
    }
}

/// Converts figment's value to JSON, with members in the order of the `originals`, the file first.
fn to_json(value: FigmentValue, originals: &[&Value]) -> Value {
    match value {
        FigmentValue::String(_, text) => Value::String(text),
        FigmentValue::Char(_, char) => Value::String(char.to_string()),
        FigmentValue::Bool(_, yes) => Value::Bool(yes),
        FigmentValue::Num(_, number) => to_json_number(number, originals),
        FigmentValue::Empty(..) => Value::Null,
        FigmentValue::Array(_, items) => {
            let item = |(index, item)| {
                let members: Vec<&Value> = originals.iter().filter_map(|value| value.get(index)).collect();
                to_json(item, &members)
            };
            Value::Array(items.into_iter().enumerate().map(item).collect())
        }
        FigmentValue::Dict(_, mut dict) => {
            let mut object = Map::new();
            for key in originals.iter().filter_map(|value| value.as_object()).flat_map(Map::keys) {
                if let Some(value) = dict.remove(key) {
                    let members: Vec<&Value> = originals.iter().filter_map(|value| value.get(key)).collect();
                    object.insert(key.clone(), to_json(value, &members));
                }
            }
            Value::Object(object)
        }
    }
}

/// The number as a layer spells it, such as `0.10`: figment keeps only its value.
fn to_json_number(number: Num, originals: &[&Value]) -> Value {
    let float = number.to_f64().or_else(|| number.to_i128().map(approximate));
    let exact = originals.iter().rev().find(|value| value.is_number() && value.as_f64() == float);
    exact.map_or_else(
        || float.and_then(Number::from_f64).map_or(Value::Null, Value::Number),
        |value| (*value).clone(),
    )
}

#[expect(clippy::cast_precision_loss, reason = "compared with another number that lost as much")]
fn approximate(integer: i128) -> f64 {
    integer as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Sources;

    const FILE: &str = "version = 1\n[models.b]\nregion = 'us-east-1'\nrequest.body = '1'\ncases = [{ variables = { t = 0.10 } }]\n\
        [models.a]\nregion = 'us-west-2'\n[profile.ci.models.b]\nregion = 'eu-west-1'\n";

    /// Checks the merged region of model `b` and its origin.
    #[track_caller]
    fn check(profile: Option<&str>, overrides: &[(&str, Origin<'_>)], region: &str, origin: Origin<'_>) {
        let sources = Sources::default();
        let (document, errors) = Document::parse(FILE);
        assert!(errors.is_empty());
        let parsed: Vec<_> =
            overrides.iter().map(|(text, origin)| (Document::parse(text).0, *origin)).collect();
        let path = Path::new("bedrock.toml");
        let file = Layer { file: sources.add(path, FILE), document: &document, origin: Origin::File(path) };
        let mut layers = Layers::new(file, profile);
        for (document, origin) in &parsed {
            layers.add_override(Layer { file: sources.add("override", ""), document, origin: *origin });
        }
        let merged = layers.merged();
        assert_eq!(merged["models"]["b"]["region"], region);
        assert_eq!(merged["models"]["b"]["request"]["body"], "1", "the rest stays");
        let names: Vec<_> = merged["models"].as_object().expect("a table").keys().collect();
        assert_eq!(names, ["b", "a"], "in the order of the file");
        assert_eq!(merged["models"]["b"]["cases"].to_string(), r#"[{"variables":{"t":0.10}}]"#, "as written");
        assert_eq!(layers.find("/models/b/region").expect("a place").origin, origin);
    }

    #[test]
    fn the_highest_layer_wins_and_is_named() {
        let path = Path::new("bedrock.toml");
        let env = ("models.b.region = 'sa-east-1'", Origin::Environment("BEDROCK_CHECK__MODELS__B__REGION"));
        let flag = ("models.b.region = 'ca-west-1'", Origin::Flag("--set models.b.region=ca-west-1"));
        check(None, &[], "us-east-1", Origin::File(path));
        check(Some("ci"), &[], "eu-west-1", Origin::Profile(path, "ci"));
        check(Some("other"), &[], "us-east-1", Origin::File(path));
        check(Some("ci"), &[env], "sa-east-1", env.1);
        check(None, &[env, flag], "ca-west-1", flag.1);
    }
}
