//! Rules that JSON Schema can't express: members of a body that must agree with each other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Kind, Violation};

/// The families that a rule applies to, and the function that finds its violations.
type Rule = (&'static [&'static str], fn(&Value) -> Vec<Violation>);

const RULES: [Rule; 4] = [
    (&["anthropic-messages"], |body| budget(body, &body["thinking"], "/thinking", &body["max_tokens"])),
    (&["converse"], |body| {
        let (fields, config) = (&body["additionalModelRequestFields"], &body["inferenceConfig"]);
        budget(body, &fields["thinking"], "/additionalModelRequestFields/thinking", &config["maxTokens"])
    }),
    (&["anthropic-messages"], cached_blocks),
    (&["anthropic-messages"], unanswered_tools),
];

/// The violations of the rules of `family` in `body`.
pub(super) fn violations(family: &str, body: &Value) -> Vec<Violation> {
    let rules = RULES.iter().filter(|(families, _)| families.contains(&family));
    rules.flat_map(|(_, rule)| rule(body)).collect()
}

fn violation(pointer: String, message: String, help: &str) -> Violation {
    Violation { kind: Kind::Value, pointer, sure: true, by_value: true, message, help: Some(help.to_owned()) }
}

/// AWS: "`max_tokens` must be greater than `thinking.budget_tokens`", unless thinking is interleaved with
/// tools.
fn budget(body: &Value, thinking: &Value, pointer: &str, most: &Value) -> Vec<Violation> {
    let interleaved = body.to_string().contains("interleaved-thinking");
    let (Some(budget), Some(most)) = (thinking["budget_tokens"].as_u64(), most.as_u64()) else {
        return Vec::new();
    };
    if interleaved || budget < most {
        return Vec::new();
    }
    let message = format!("{budget} tokens to think with leave none of {most} to answer with");
    let help = "keep `budget_tokens` below the most tokens of the answer";
    vec![violation(format!("{pointer}/budget_tokens"), message, help)]
}

/// AWS: "A maximum of 4 blocks with `cache_control` may be provided".
fn cached_blocks(body: &Value) -> Vec<Violation> {
    const MOST: usize = 4;
    let mut marked = Vec::new();
    for top in ["tools", "system", "messages"] {
        collect(&body[top], &format!("/{top}"), &mut marked);
    }
    let beyond = marked.into_iter().nth(MOST);
    let message = || format!("more than {MOST} blocks end a cached part");
    beyond.map(|pointer| violation(pointer, message(), "mark fewer blocks")).into_iter().collect()
}

/// Collects the pointers of `cache_control` in the blocks below `value`.
fn collect(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{pointer}/{index}"), found);
            }
        }
        Value::Object(members) => {
            if members.get("cache_control").is_some_and(Value::is_object) {
                found.push(format!("{pointer}/cache_control"));
            }
            if let Some(content) = members.get("content") {
                collect(content, &format!("{pointer}/content"), found);
            }
        }
        _ => {}
    }
}

/// AWS: "`tool_use` ids were found without `tool_result` blocks immediately after".
fn unanswered_tools(body: &Value) -> Vec<Violation> {
    let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut found = Vec::new();
    for (index, message) in messages.iter().enumerate().take(messages.len().saturating_sub(1)) {
        let answered: BTreeSet<&str> = blocks(&messages[index + 1], "tool_result")
            .filter_map(|(_, block)| block["tool_use_id"].as_str())
            .collect();
        let open = blocks(message, "tool_use")
            .filter(|(_, block)| block["id"].as_str().is_some_and(|id| !answered.contains(id)));
        found.extend(open.map(|(at, _)| {
            let message = "the tool's call has no result in the next message".to_owned();
            let help = "answer it there: `{ \"type\": \"tool_result\", \"tool_use_id\": …, \"content\": … }`";
            violation(format!("/messages/{index}/content/{at}"), message, help)
        }));
    }
    found
}

fn blocks<'v>(message: &'v Value, of: &'static str) -> impl Iterator<Item = (usize, &'v Value)> {
    let content = message["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    content.iter().enumerate().filter(move |(_, block)| block["type"] == of)
}
