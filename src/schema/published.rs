//! Generates the published schemas from the typed config, and tests that the files are up to date.
//!
//! Three other validators read the schemas, so they only use features that all of them understand:
//! draft-07, closed tables, no `oneOf`, no `description` next to `$ref`, no `null`, which TOML lacks.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::aws::catalogue::{self, Surface};
use crate::aws::region::regions;
use crate::config::model::form::{self, Form};
use crate::config::model::{
    Credentials, Expect, ExpectedError, FieldPolicy, MappingRule, Model, Predicates, SnapshotPolicy,
    SnapshotSwitch, StringOrEnv,
};
use crate::config::settings::{Level, Settings};
use crate::diagnose::Code;

/// Amazon Bedrock models and their test cases, checked and run by bedrock-check.
#[derive(JsonSchema)]
#[schemars(title = "bedrock-check config", extend("$id" = "urn:bedrock-check:config:1"))]
#[expect(dead_code, reason = "the loader merges layers as JSON and reads one model at a time")]
struct ConfigFile {
    /// Version of the format: 1.
    #[schemars(schema_with = "format_version")]
    version: u32,
    /// Keys that every model of the file starts with.
    defaults: Option<Model>,
    /// Credentials for AWS accounts, by the name that models refer to.
    #[schemars(transform = form::NAME.keys())]
    credentials: Option<BTreeMap<String, Credentials>>,
    /// Models by name. The name is the first part of a case's id, `MODEL::CASE`.
    #[schemars(transform = form::NAME.keys())]
    models: Option<BTreeMap<String, Model>>,
    /// Profiles by name: the keys that `--profile NAME` overrides.
    #[schemars(transform = form::NAME.keys())]
    profile: Option<BTreeMap<String, Profile>>,
}

/// The keys that `--profile NAME` overrides.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the loader merges layers as JSON")]
struct Profile {
    /// Overrides of `[defaults]`.
    defaults: Option<Model>,
    /// Overrides of `[credentials.NAME]`.
    #[schemars(transform = form::NAME.keys())]
    credentials: Option<BTreeMap<String, Credentials>>,
    /// Overrides of `[models.NAME]`.
    #[schemars(transform = form::NAME.keys())]
    models: Option<BTreeMap<String, Model>>,
}

/// A value from an environment variable.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "a shape for the schema")]
struct Environment {
    /// Name of the environment variable.
    #[schemars(transform = form::ENV_NAME.text())]
    env: String,
}

/// Numbers are compared after rounding.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "a shape for the schema")]
struct Rounded {
    /// Decimal places to round to; a negative number rounds to tens, hundreds and so on.
    rounded: i8,
}

/// Bounds of a length.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "a shape for the schema")]
struct LengthBounds {
    /// The length is at least this.
    min: Option<u64>,
    /// The length is at most this.
    max: Option<u64>,
}

fn format_version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "enum": [1] })
}

/// A table with a key for each code whose severity can be changed, so that editors complete and
/// explain them.
///
/// The other errors can't be downgraded: the config could not run.
pub(crate) fn severity_table(generator: &mut SchemaGenerator) -> Schema {
    let level = generator.subschema_for::<Level>();
    let changeable = Code::ALL.iter().filter(|code| code.can_be_lowered());
    let codes = changeable.map(|code| {
        let mut schema = level.clone();
        schema.insert("description".to_owned(), code.title().into());
        (code.id().to_owned(), Value::from(schema))
    });
    json_schema!({ "type": "object", "properties": codes.collect::<Map<_, _>>() })
}

/// Adds the Regions that have Bedrock as examples, which an editor offers.
pub(crate) fn known_regions(schema: &mut Schema) {
    let regions = regions().filter(|region| region.has_bedrock).map(|region| Value::from(region.name));
    schema.insert("examples".to_owned(), regions.collect());
}

/// Adds base models that can be called on demand and inference profiles as examples, which an editor offers.
pub(crate) fn known_models(schema: &mut Schema) {
    let alive =
        || catalogue::models().filter(|model| model.surface == Surface::Runtime && !model.has_ended());
    let base = alive().filter(|model| !model.on_demand.is_empty()).map(|model| model.id);
    let profiles = alive().flat_map(|model| model.profiles.iter().copied());
    schema.insert("examples".to_owned(), base.chain(profiles).map(Value::from).collect());
}

/// Declares each additional key of a variable to be a variable with a longer name.
pub(crate) fn nested_variables(schema: &mut Schema) {
    schema.insert("additionalProperties".to_owned(), json!({ "$ref": "#/definitions/Variable" }));
    form::VARIABLE_NAME.keys().transform(schema);
}

/// The value of `contains`.
pub(crate) struct Operand;

/// The value of `not_contains`.
pub(crate) struct TextOperand;

/// The value of `length`.
pub(crate) struct Length;

/// The value of a field in the mapping.
pub(crate) struct MappingEntry;

macro_rules! inline_schemas {
    ($($shape:ident = |$generator:ident| $schema:tt;)*) => {$(
        impl JsonSchema for $shape {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($shape).into()
            }
            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

inline_schemas! {
    Operand = |_generator| { "type": ["string", "number", "boolean", "array"] };
    TextOperand = |_generator| {
        "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
    };
    Length = |generator| {
        "anyOf": [{ "type": "integer", "minimum": 0 }, generator.subschema_for::<LengthBounds>()]
    };
    MappingEntry = |generator| {
        "anyOf": [{ "type": "string", "minLength": 1 }, generator.subschema_for::<MappingRule>()]
    };
    StringOrEnv = |generator| {
        "anyOf": [{ "type": "string" }, generator.subschema_for::<Environment>()]
    };
    SnapshotSwitch = |generator| {
        "anyOf": [{ "type": "boolean" }, generator.subschema_for::<SnapshotPolicy>()]
    };
    FieldPolicy = |generator| {
        "anyOf": [
            { "type": "string", "enum": ["exact", "ignored", "shape"] },
            generator.subschema_for::<Rounded>()
        ]
    };
}

impl JsonSchema for Expect {
    fn schema_name() -> Cow<'static, str> {
        "Expect".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut error = generator.subschema_for::<ExpectedError>();
        error.insert("description".to_owned(), "AWS must refuse the call with this error.".into());
        let mut schema = json_schema!({
            "description": "Expectations by mapped field.",
            "type": "object",
            "properties": { "error": error },
            "additionalProperties": generator.subschema_for::<Predicates>(),
        });
        form::FIELD_NAME.keys().transform(&mut schema);
        schema
    }
}

/// Adds the pattern and the length of a form to a part of a schema.
pub(crate) struct Bounds(Form, Part);

enum Part {
    Text,
    Items,
    Keys,
    Values,
}

impl Form {
    pub(crate) fn text(self) -> Bounds {
        Bounds(self, Part::Text)
    }
    pub(crate) fn items(self) -> Bounds {
        Bounds(self, Part::Items)
    }
    pub(crate) fn keys(self) -> Bounds {
        Bounds(self, Part::Keys)
    }
    pub(crate) fn values(self) -> Bounds {
        Bounds(self, Part::Values)
    }

    fn add_bounds(self, schema: &mut Value) {
        if let Some(branches) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
            for branch in branches {
                self.add_bounds(branch);
            }
        } else if schema["type"].to_string().contains("\"string\"") {
            schema["pattern"] = self.pattern.into();
            schema["minLength"] = self.length.0.into();
            schema["maxLength"] = self.length.1.into();
        }
    }
}

impl Transform for Bounds {
    fn transform(&mut self, schema: &mut Schema) {
        let mut value = schema.clone().to_value();
        match self.1 {
            Part::Text => self.0.add_bounds(&mut value),
            Part::Items => self.0.add_bounds(&mut value["items"]),
            Part::Values => self.0.add_bounds(&mut value["additionalProperties"]),
            Part::Keys => {
                value["propertyNames"] = json!({ "type": "string" });
                self.0.add_bounds(&mut value["propertyNames"]);
            }
        }
        *schema = Schema::try_from(value).expect("the transformed value is still a schema");
    }
}

/// The text of the published schema of `T`.
fn published_text<T: JsonSchema>() -> String {
    let settings = SchemaSettings::draft07().with(|settings| {
        settings.transforms.insert(0, Box::new(RecursiveTransform(tidy)));
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    let order = ["$schema", "$id", "title", "description", "type"];
    let object = schema.as_object_mut().expect("a table");
    let first = order.map(|key| (key.to_owned(), object.shift_remove(key).expect("a keyword of every root")));
    *object = first.into_iter().chain(std::mem::take(object)).collect();
    format!("{schema:#}\n", schema = schema.to_value())
}

fn tidy(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    object.shift_remove("default");
    object.shift_remove("format");
    remove_null(object);
    merge_one_of(object);
    if object.contains_key("properties") && !object.contains_key("additionalProperties") {
        object.insert("additionalProperties".to_owned(), false.into());
    }
    if object.get("minLength") == Some(&json!(0)) {
        object.shift_remove("minLength");
    }
    if let Some(Value::String(text)) = object.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}

/// Removes `null`, which TOML lacks: an optional key is left out.
fn remove_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            object["type"] = only.clone();
        }
    }
    let Some(Value::Array(branches)) = object.get_mut("anyOf") else { return };
    branches.retain(|branch| branch["type"] != "null");
    if let [Value::Object(only)] = &mut branches[..] {
        let only = std::mem::take(only);
        object.shift_remove("anyOf");
        object.extend(only);
        remove_null(object);
    }
}

/// Replaces `oneOf` with one `enum`. `schemars` generates `oneOf` if a variant has a doc comment.
fn merge_one_of(object: &mut Map<String, Value>) {
    let Some(Value::Array(branches)) = object.shift_remove("oneOf") else { return };
    let names = branches.iter().flat_map(|branch| match &branch["enum"] {
        Value::Array(names) => names.clone(),
        _ => vec![branch["const"].clone()],
    });
    let names = names.collect();
    object.insert("type".to_owned(), "string".into());
    object.insert("enum".to_owned(), Value::Array(names));
}

/// Compares the schema with the file, or writes the file if `UPDATE_SCHEMA` is set.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "a test that writes its own reference on request")]
fn check<T: JsonSchema>(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(file);
    let schema = published_text::<T>();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert!(committed == schema, "schemas/{file} is out of date: run the tests with UPDATE_SCHEMA=1");
}

#[test]
fn the_config_schema_matches_the_types() {
    check::<ConfigFile>("bedrock-check.schema.json");
}

#[test]
fn the_settings_schema_matches_the_types() {
    check::<Settings>("bedrock-check-settings.schema.json");
}

#[test]
fn every_pattern_has_a_description() {
    let schemas =
        [super::SCHEMA, super::SETTINGS_SCHEMA].map(|text| serde_json::from_str::<Value>(text).unwrap());
    let mut patterns = Vec::new();
    for schema in &schemas {
        collect_patterns(schema, &mut patterns);
    }
    assert_eq!(patterns.iter().find(|pattern| Form::from_pattern(pattern).is_none()), None);
    let unused = form::FORMS.iter().find(|form| !patterns.contains(&form.pattern));
    assert!(unused.is_none(), "{unused:?}");
}

fn collect_patterns<'v>(schema: &'v Value, patterns: &mut Vec<&'v str>) {
    patterns.extend(schema.get("pattern").and_then(Value::as_str));
    match schema {
        Value::Object(object) => object.values().for_each(|inner| collect_patterns(inner, patterns)),
        Value::Array(items) => items.iter().for_each(|inner| collect_patterns(inner, patterns)),
        _ => {}
    }
}

#[test]
fn the_keys_of_a_variable_match_the_schema() {
    let schema: Value = serde_json::from_str(super::SCHEMA).unwrap();
    let keys = schema["definitions"]["Variable"]["properties"].as_object().unwrap().keys();
    assert_eq!(keys.collect::<Vec<_>>(), crate::config::model::Variable::KEYS);
}
