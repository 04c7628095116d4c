//! Questions in the format of Converse, which is the same for all models.

use serde_json::{Value, json};

use super::dialect::Dialect;
use super::media::{NOTE, note, red_square};
use super::question::{Medium, Question, Tool, city_schema};
use crate::aws::catalogue;
use crate::exchange::{Headers, Operation};

pub(super) const DIALECT: Dialect = Dialect {
    operation: Operation::Converse,
    body,
    mapping,
    tool_stop: "tool_use",
    accepts_schema,
    media: &[Medium::Image, Medium::Document],
    move_headers,
};

/// Prefixes of the models that can be forced to call a tool. Sources of both lists: the page on Converse's
/// `ToolChoice`, and the capability table of the body schemas.
const FORCED: [&str; 2] = ["anthropic.", "amazon.nova"];
/// Models with these prefixes that can't be forced.
const NOT_FORCED: [&str; 3] =
    ["anthropic.claude-opus-5-5", "anthropic.claude-sonnet-5-5", "anthropic.claude-fable-5-1"];

fn body(question: &Question, base: Option<&str>) -> Value {
    let medium = question.medium.map(|medium| match medium {
        Medium::Image => json!({ "image": { "format": "png", "source": { "bytes": red_square() } } }),
        Medium::Document => {
            json!({ "document": { "format": "txt", "name": NOTE, "source": { "bytes": note() } } })
        }
    });
    let content: Vec<Value> = medium.into_iter().chain([json!({ "text": question.text })]).collect();
    let mut body = json!({
        "messages": [{ "role": "user", "content": content }],
        "inferenceConfig": { "maxTokens": 1000 }
    });
    if let Some(tool) = question.tool {
        body["toolConfig"] = tools(tool, question.forced && can_be_forced(base));
    }
    if question.formatted {
        let schema = json!({ "name": "city", "schema": city_schema().to_string() });
        let format = json!({ "type": "json_schema", "structure": { "jsonSchema": schema } });
        body["outputConfig"] = json!({ "textFormat": format });
    }
    body
}

fn tools(tool: &Tool, forced: bool) -> Value {
    let schema = json!({ "json": (tool.schema)() });
    let spec = json!({ "name": tool.name, "description": tool.description, "inputSchema": schema });
    let mut tools = json!({ "tools": [{ "toolSpec": spec }] });
    if forced {
        tools["toolChoice"] = json!({ "tool": { "name": tool.name } });
    }
    tools
}

fn can_be_forced(base: Option<&str>) -> bool {
    let starts =
        |starts: &[&str]| base.is_some_and(|base| starts.iter().any(|start| base.starts_with(start)));
    starts(&FORCED) && !starts(&NOT_FORCED)
}

fn accepts_schema(base: Option<&str>) -> bool {
    base.and_then(catalogue::model).is_some_and(|model| model.structured_output == Some(true))
}

fn mapping() -> Value {
    json!({
        "output_text": { "path": "$.output.message.content[*].text", "join": "", "optional": true },
        "tool_names": { "path": "$.output.message.content[*].toolUse.name", "collect": true },
        "tool_inputs": { "path": "$.output.message.content[*].toolUse.input", "collect": true },
        "stop_reason": "$.stopReason"
    })
}

/// Headers of InvokeModel, each with the object and the member that Converse has for it in the body.
const IN_BODY: [(&str, &str, &str); 5] = [
    ("x-amzn-bedrock-guardrailidentifier", "guardrailConfig", "guardrailIdentifier"),
    ("x-amzn-bedrock-guardrailversion", "guardrailConfig", "guardrailVersion"),
    ("x-amzn-bedrock-trace", "guardrailConfig", "trace"),
    ("x-amzn-bedrock-service-tier", "serviceTier", "type"),
    ("x-amzn-bedrock-performanceconfig-latency", "performanceConfig", "latency"),
];

fn move_headers(body: &mut Value, headers: &mut Headers) {
    for (header, table, member) in IN_BODY {
        if let Some(value) = headers.remove(header) {
            // `ENABLED` in the header is `enabled` in the body. Other values keep their case: a version may
            // be `DRAFT`.
            let value = if member == "trace" { value.to_lowercase() } else { value };
            body[table][member] = Value::String(value);
        }
    }
}
