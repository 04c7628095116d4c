//! Questions in the format of OpenAI's chat API, which most imported models accept.

use serde_json::{Value, json};

use super::dialect::Dialect;
use super::media::red_square;
use super::question::{Medium, Question, Tool, city_schema};
use crate::exchange::Operation;

pub(super) const DIALECT: Dialect = Dialect {
    operation: Operation::InvokeModel,
    body,
    mapping,
    tool_stop: "tool_calls",
    accepts_schema: |_| true,
    media: &[Medium::Image],
    move_headers: |_, _| (),
};

fn body(question: &Question, _base: Option<&str>) -> Value {
    let content = match question.medium {
        Some(Medium::Image) => {
            let url = format!("data:image/png;base64,{}", red_square());
            json!([{ "type": "text", "text": question.text }, { "type": "image_url", "image_url": { "url": url } }])
        }
        _ => Value::from(question.text),
    };
    let mut body = json!({ "messages": [{ "role": "user", "content": content }], "max_tokens": 1000 });
    if let Some(tool) = question.tool {
        body["tools"] = json!([describe_tool(tool)]);
    }
    if question.formatted {
        let schema = json!({ "name": "city", "strict": true, "schema": city_schema() });
        body["response_format"] = json!({ "type": "json_schema", "json_schema": schema });
    }
    body
}

fn describe_tool(tool: &Tool) -> Value {
    let function =
        json!({ "name": tool.name, "description": tool.description, "parameters": (tool.schema)() });
    json!({ "type": "function", "function": function })
}

/// The path of `output_text` is optional: `content` is `null` in an answer that calls tools.
fn mapping() -> Value {
    json!({
        "output_text": { "path": "$.choices[0].message.content", "type": "any", "optional": true },
        "tool_names": { "path": "$.choices[0].message.tool_calls[*].function.name", "collect": true },
        "stop_reason": "$.choices[0].finish_reason"
    })
}
