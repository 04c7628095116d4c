//! Questions in the format of Claude's Messages API.

use serde_json::{Value, json};

use super::dialect::Dialect;
use super::media::{note_text, red_square};
use super::question::{Medium, Question};
use crate::exchange::Operation;

pub(super) const DIALECT: Dialect = Dialect {
    operation: Operation::InvokeModel,
    body,
    mapping,
    tool_stop: "tool_use",
    accepts_schema: |_| false,
    media: &[Medium::Image, Medium::Document],
    move_headers: |_, _| (),
};

fn body(question: &Question, _base: Option<&str>) -> Value {
    let medium = question.medium.map(|medium| match medium {
        Medium::Image => {
            let source = json!({ "type": "base64", "media_type": "image/png", "data": red_square() });
            json!({ "type": "image", "source": source })
        }
        Medium::Document => {
            let source = json!({ "type": "text", "media_type": "text/plain", "data": note_text() });
            json!({ "type": "document", "source": source })
        }
    });
    let text = json!({ "type": "text", "text": question.text });
    let content: Vec<Value> = medium.into_iter().chain([text]).collect();
    let mut body = json!({
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 1000,
        "messages": [{ "role": "user", "content": content }]
    });
    if let Some(tool) = question.tool {
        let schema = (tool.schema)();
        body["tools"] =
            json!([{ "name": tool.name, "description": tool.description, "input_schema": schema }]);
        if question.forced {
            body["tool_choice"] = json!({ "type": "tool", "name": tool.name });
        }
    }
    body
}

fn mapping() -> Value {
    json!({
        "output_text": { "path": "$.content[?@.type=='text'].text", "join": "", "optional": true },
        "tool_names": { "path": "$.content[?@.type=='tool_use'].name", "collect": true },
        "tool_inputs": { "path": "$.content[?@.type=='tool_use'].input", "collect": true },
        "stop_reason": "$.stop_reason"
    })
}
