//! The schemas of the request and response bodies of each model family.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

macro_rules! families {
    ($($id:literal),* $(,)?) => {
        /// The texts of the request schema and the response schema of each family.
        const TEXTS: &[(&str, &str, &str)] = &[$((
            $id,
            include_str!(concat!("../../schemas/families/", $id, ".request.schema.json")),
            include_str!(concat!("../../schemas/families/", $id, ".response.schema.json")),
        )),*];
    };
}

families! {
    "ai21-j2", "ai21-jamba", "amazon-image", "amazon-nova", "amazon-nova-embed", "amazon-titan-embed",
    "amazon-titan-text", "anthropic-messages", "anthropic-text", "cohere-command", "cohere-command-r",
    "cohere-embed", "completions", "converse", "deepseek-r1", "meta-llama", "mistral-chat", "mistral-text",
    "openai-chat", "rerank", "stability-image", "twelvelabs-marengo", "twelvelabs-pegasus",
}

/// The schemas of the request and response bodies of one family.
pub struct FamilySchemas {
    texts: (&'static str, &'static str),
    request: OnceLock<RequestSchema>,
    response: OnceLock<Value>,
}

/// A compiled schema of request bodies.
pub struct RequestSchema {
    pub root: Value,
    pub validator: Validator,
    pub generations: Vec<Generation>,
}

/// Additional restrictions for some models of a family.
pub struct Generation {
    /// Prefixes of the base model IDs.
    models: Vec<String>,
    /// The pointer of its schema in the root.
    pub pointer: String,
    validator: OnceLock<Validator>,
}

/// The schemas of the family `id`. `converse` counts as a family. Each schema is compiled at its first use.
pub fn schemas(id: &str) -> Option<&'static FamilySchemas> {
    FAMILIES.get(id)
}

/// The ids of all families, in alphabetical order.
pub fn families() -> impl Iterator<Item = &'static str> {
    FAMILIES.keys().copied()
}

/// Whether the request bodies of any family have the member `name` at their top.
pub fn is_request_member(name: &str) -> bool {
    FAMILIES.values().any(|family| parse(family.texts.0)["properties"].get(name).is_some())
}

static FAMILIES: LazyLock<BTreeMap<&'static str, FamilySchemas>> = LazyLock::new(|| {
    let family = |(id, request, response): &(&'static str, &'static str, &'static str)| {
        let (request_schema, response_schema) = (OnceLock::new(), OnceLock::new());
        let texts = (*request, *response);
        (*id, FamilySchemas { texts, request: request_schema, response: response_schema })
    };
    TEXTS.iter().map(family).collect()
});

impl FamilySchemas {
    pub fn request(&self) -> &RequestSchema {
        self.request.get_or_init(|| RequestSchema::compile(self.texts.0))
    }

    pub fn response(&self) -> &Value {
        self.response.get_or_init(|| parse(self.texts.1))
    }

    /// The published texts of the request schema and the response schema.
    pub fn texts(&self) -> (&'static str, &'static str) {
        self.texts
    }
}

impl RequestSchema {
    fn compile(text: &str) -> RequestSchema {
        let root = parse(text);
        let rows = root.get("x-generations").and_then(Value::as_array).into_iter().flatten();
        let generations = rows
            .enumerate()
            .map(|(index, row)| Generation {
                models: strings(&row["models"]),
                pointer: format!("/x-generations/{index}/schema"),
                validator: OnceLock::new(),
            })
            .collect();
        RequestSchema { validator: compile(&root), generations, root }
    }

    /// The restrictions for the model `base` in addition to the family's schema.
    pub fn generations_for(&self, base: &str) -> impl Iterator<Item = &Generation> {
        self.generations
            .iter()
            .filter(move |generation| generation.models.iter().any(|start| base.starts_with(start.as_str())))
    }

    /// The validator of `generation`, which must belong to this schema. A run uses few of them, so each
    /// is compiled at its first use.
    pub fn validator_for<'s>(&self, generation: &'s Generation) -> &'s Validator {
        let schema =
            || self.root.pointer(&generation.pointer).expect("the pointer was derived from the root");
        generation.validator.get_or_init(|| compile(schema()))
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("a built-in schema is JSON")
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn compile(schema: &Value) -> Validator {
    let options =
        jsonschema::options().with_draft(Draft::Draft7).with_pattern_options(PatternOptions::regex());
    options.build(schema).expect("a built-in schema is valid")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::family::{CONVERSE, FAMILIES};

    #[test]
    fn every_family_has_its_schemas() {
        for family in FAMILIES.iter().chain([CONVERSE]) {
            let schemas = schemas(family.id).unwrap_or_else(|| panic!("{} has no schemas", family.id));
            assert_eq!(
                schemas.request().root["$id"],
                format!("urn:bedrock-check:family:{}:request", family.id)
            );
            assert_eq!(schemas.response()["$id"], format!("urn:bedrock-check:family:{}:response", family.id));
        }
        assert_eq!(TEXTS.len(), FAMILIES.len() + 1);
    }
}
