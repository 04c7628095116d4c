//! The questions that prove claims, and the expectations on their answers, for any API.

use serde_json::{Value, json};

use crate::config::model::{Claim, Modality};

/// A question, independent of an API.
pub(super) struct Question {
    pub text: &'static str,
    pub medium: Option<Medium>,
    pub tool: Option<&'static Tool>,
    /// The answer must be a call of the tool.
    pub forced: bool,
    /// The answer is JSON that fits [`city_schema`].
    pub formatted: bool,
}

/// A file that the question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    Image,
    Document,
}

/// A tool that can be called.
pub(super) struct Tool {
    pub name: &'static str,
    pub description: &'static str,
    pub schema: fn() -> Value,
}

const WEATHER: Tool =
    Tool { name: "get_weather", description: "Tells the current weather in a city", schema: weather_schema };

const RECORD: Tool =
    Tool { name: "record_city", description: "Records a city and its country", schema: city_schema };

const PLAIN: Question = Question { text: "", medium: None, tool: None, forced: false, formatted: false };

/// The question for `claim`, and the expectations on its answer. `tool_stop` is the API's stop reason for a
/// tool call. `accepts_schema` is whether the API accepts a schema of the answer; if not, the schema is that of a
/// tool's input.
///
/// `None` if no question proves the claim.
pub(super) fn question(claim: Claim, tool_stop: &str, accepts_schema: bool) -> Option<(Question, Value)> {
    let called = |names: Value| json!({ "tool_names": names, "stop_reason": { "equals": tool_stop } });
    Some(match claim {
        Claim::Tools => {
            let text = "What is the weather in Paris right now? Use the tool to find out.";
            (Question { text, tool: Some(&WEATHER), ..PLAIN }, called(json!({ "contains": WEATHER.name })))
        }
        Claim::ParallelTools => {
            let text =
                "What is the weather in Paris and in Tokyo right now? Call the tool for both cities at once.";
            (Question { text, tool: Some(&WEATHER), ..PLAIN }, called(json!({ "length": { "min": 2 } })))
        }
        Claim::StructuredOutput => structured_output_question(accepts_schema),
        Claim::Modality(modality) => modality_question(modality)?,
        Claim::Streaming => return None,
    })
}

fn structured_output_question(accepts_schema: bool) -> (Question, Value) {
    if accepts_schema {
        let text = "The Eiffel Tower stands in which city, and in which country? Answer with JSON.";
        let expect = json!({ "output_text": { "is_json": true, "json_schema": city_schema() } });
        return (Question { text, formatted: true, ..PLAIN }, expect);
    }
    let text = "The Eiffel Tower stands in which city, and in which country? Record both with the tool.";
    let inputs = json!({ "type": "array", "minItems": 1, "items": city_schema() });
    let expect = json!({ "tool_inputs": { "json_schema": inputs } });
    (Question { text, tool: Some(&RECORD), forced: true, ..PLAIN }, expect)
}

fn modality_question(modality: Modality) -> Option<(Question, Value)> {
    let (text, medium, expect) = match modality {
        Modality::TextToText => ("Say hello.", None, json!({ "length": { "min": 1 } })),
        Modality::ImageToText => (
            "Which colour does this image show? Answer with one word.",
            Some(Medium::Image),
            json!({ "matches": r"(?i)\bred" }),
        ),
        Modality::DocumentToText => (
            "Which code word does the document tell? Answer with that word.",
            Some(Medium::Document),
            json!({ "matches": "(?i)kestrel" }),
        ),
        Modality::AudioToText | Modality::TextToImage => return None,
    };
    Some((Question { text, medium, ..PLAIN }, json!({ "output_text": expect })))
}

fn weather_schema() -> Value {
    let city = json!({ "type": "string", "description": "Name of the city" });
    json!({ "type": "object", "properties": { "city": city }, "required": ["city"] })
}

/// The schema of a structured answer. APIs that enforce a schema require `additionalProperties: false`.
pub(super) fn city_schema() -> Value {
    json!({
        "type": "object",
        "properties": { "city": { "type": "string" }, "country": { "type": "string" } },
        "required": ["city", "country"],
        "additionalProperties": false
    })
}
