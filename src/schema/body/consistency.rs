//! Rules that JSON Schema can't express: members of a body that must agree with each other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Violation, ViolationKind};

/// The families that a rule applies to, and the function that finds its violations.
type Rule = (&'static [&'static str], fn(&Value) -> Vec<Violation>);

const RULES: [Rule; 4] = [
    (&["anthropic-messages"], |body| {
        check_thinking_budget(body, &body["thinking"], "/thinking", &body["max_tokens"])
    }),
    (&["converse"], |body| {
        let (fields, config) = (&body["additionalModelRequestFields"], &body["inferenceConfig"]);
        check_thinking_budget(
            body,
            &fields["thinking"],
            "/additionalModelRequestFields/thinking",
            &config["maxTokens"],
        )
    }),
    (&["anthropic-messages"], check_cached_blocks),
    (&["anthropic-messages"], check_unanswered_tools),
];

/// The violations of the rules of `family` in `body`.
pub(super) fn find_violations(family: &str, body: &Value) -> Vec<Violation> {
    let rules = RULES.iter().filter(|(families, _)| families.contains(&family));
    rules.flat_map(|(_, rule)| rule(body)).collect()
}

fn new_violation(pointer: String, message: String, help: &str) -> Violation {
    Violation {
        kind: ViolationKind::InvalidValue,
        pointer,
        sure: true,
        depends_on_value: true,
        message,
        help: Some(help.to_owned()),
    }
}

/// AWS: "`max_tokens` must be greater than `thinking.budget_tokens`", unless thinking is interleaved with
/// tools.
fn check_thinking_budget(
    body: &Value,
    thinking: &Value,
    pointer: &str,
    max_tokens: &Value,
) -> Vec<Violation> {
    let interleaved = body.to_string().contains("interleaved-thinking");
    let (Some(budget), Some(max_tokens)) = (thinking["budget_tokens"].as_u64(), max_tokens.as_u64()) else {
        return Vec::new();
    };
    if interleaved || budget < max_tokens {
        return Vec::new();
    }
    let message = format!(
        "the thinking budget of {budget} tokens must be less than the limit of {max_tokens} output tokens"
    );
    let help = format!("set `budget_tokens` to less than {max_tokens}");
    vec![new_violation(format!("{pointer}/budget_tokens"), message, &help)]
}

/// AWS: "A maximum of 4 blocks with `cache_control` may be provided".
fn check_cached_blocks(body: &Value) -> Vec<Violation> {
    const BLOCKS_LIMIT: usize = 4;
    let mut marked = Vec::new();
    for top in ["tools", "system", "messages"] {
        collect_cache_controls(&body[top], &format!("/{top}"), &mut marked);
    }
    let beyond = marked.into_iter().nth(BLOCKS_LIMIT);
    let message = || format!("more than {BLOCKS_LIMIT} blocks have `cache_control`");
    beyond
        .map(|pointer| new_violation(pointer, message(), "remove `cache_control` from some blocks"))
        .into_iter()
        .collect()
}

/// Collects the pointers of `cache_control` in the blocks below `value`.
fn collect_cache_controls(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_cache_controls(item, &format!("{pointer}/{index}"), found);
            }
        }
        Value::Object(members) => {
            if members.get("cache_control").is_some_and(Value::is_object) {
                found.push(format!("{pointer}/cache_control"));
            }
            if let Some(content) = members.get("content") {
                collect_cache_controls(content, &format!("{pointer}/content"), found);
            }
        }
        _ => {}
    }
}

/// AWS: "`tool_use` ids were found without `tool_result` blocks immediately after".
fn check_unanswered_tools(body: &Value) -> Vec<Violation> {
    let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut found = Vec::new();
    for (index, message) in messages.iter().enumerate().take(messages.len().saturating_sub(1)) {
        let answered: BTreeSet<&str> = blocks_of_type(&messages[index + 1], "tool_result")
            .filter_map(|(_, block)| block["tool_use_id"].as_str())
            .collect();
        let open = blocks_of_type(message, "tool_use")
            .filter(|(_, block)| block["id"].as_str().is_some_and(|id| !answered.contains(id)));
        found.extend(open.map(|(at, _)| {
            let message = "the next message has no result for this tool call".to_owned();
            let help = "add a block to the next message: `{ \"type\": \"tool_result\", \"tool_use_id\": …, \"content\": … }`";
            new_violation(format!("/messages/{index}/content/{at}"), message, help)
        }));
    }
    found
}

fn blocks_of_type<'v>(
    message: &'v Value,
    block_type: &'static str,
) -> impl Iterator<Item = (usize, &'v Value)> {
    let content = message["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    content.iter().enumerate().filter(move |(_, block)| block["type"] == block_type)
}
