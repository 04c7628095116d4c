use serde_json::{Value, json};

use crate::aws::cause::MAX_TOKENS;
use crate::exchange::Request;

/// Limits the output to one token where the body has a limit, unless thinking needs more.
pub(super) fn shorten(request: &mut Request) {
    let is_converse = request.operation.is_converse();
    let Some(members) = request.body.as_object_mut() else { return };
    if members.contains_key("thinking") || members.contains_key("additionalModelRequestFields") {
        return;
    }
    let limit_in =
        |object: &Value| MAX_TOKENS.iter().find(|name| object.get(**name).is_some_and(Value::is_u64));
    if let Some(name) = MAX_TOKENS.iter().find(|name| members.get(**name).is_some_and(Value::is_u64)) {
        members.insert((*name).to_owned(), json!(1));
    } else if let Some((table, name)) = members.values_mut().find_map(|value| {
        let name = limit_in(value)?;
        Some((value, *name))
    }) {
        table[name] = json!(1);
    } else if is_converse {
        members.entry("inferenceConfig").or_insert_with(|| json!({}))["maxTokens"] = json!(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Headers, Operation};

    #[track_caller]
    fn check_short(operation: Operation, body: Value, expected: Value) {
        let mut request = Request {
            operation,
            region: String::new(),
            model_id: String::new(),
            headers: Headers::new(),
            body,
        };
        shorten(&mut request);
        assert_eq!(request.body, expected);
    }

    #[test]
    fn the_output_limit_in_the_body_becomes_one_token() {
        use Operation::{Converse, InvokeModel};
        check_short(InvokeModel, json!({ "max_tokens": 200, "x": 1 }), json!({ "max_tokens": 1, "x": 1 }));
        check_short(
            InvokeModel,
            json!({ "textGenerationConfig": { "maxTokenCount": 9 } }),
            json!({ "textGenerationConfig": { "maxTokenCount": 1 } }),
        );
        check_short(
            Converse,
            json!({ "messages": [] }),
            json!({ "messages": [], "inferenceConfig": { "maxTokens": 1 } }),
        );
        let thinking = json!({ "max_tokens": 2000, "thinking": { "budget_tokens": 1024 } });
        check_short(InvokeModel, thinking.clone(), thinking);
        check_short(InvokeModel, json!({ "inputText": "x" }), json!({ "inputText": "x" }));
    }
}
