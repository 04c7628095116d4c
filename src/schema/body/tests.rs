use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::aws::family::{CONVERSE, FAMILIES};
use crate::schema::family::schemas;

fn describe_violations(family: &str, base: &str, body: &Value) -> String {
    let known = FAMILIES.iter().chain([CONVERSE]).find(|known| known.id == family).unwrap();
    let schema = schemas(family).unwrap().request();
    let found =
        find_violations(body, ExpectedFamily { id: known.id, schema, name: known.name, base: Some(base) });
    let found = found.iter().map(|violation| {
        let sure = if violation.sure { "error" } else { "warning" };
        let help = violation.help.as_deref().unwrap_or("-");
        format!("{sure} {:?} {} {} | {help}", violation.kind, violation.pointer, violation.message)
    });
    found.collect::<Vec<_>>().join("\n")
}

const CLAUDE: &str = "anthropic.claude-haiku-4-5-20251001-v1:0";

fn claude(more: &Value) -> Value {
    let mut body = json!({
        "anthropic_version": "bedrock-2023-05-31", "max_tokens": 10,
        "messages": [{ "role": "user", "content": "x" }],
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn a_valid_body_has_no_violations() {
    assert_eq!(describe_violations("anthropic-messages", CLAUDE, &claude(&json!({}))), "");
    let nova = json!({ "messages": [{ "role": "user", "content": [{ "text": "x" }] }] });
    assert_eq!(describe_violations("amazon-nova", "amazon.nova-lite-v1:0", &nova), "");
    assert_eq!(describe_violations("converse", CLAUDE, &nova), "");
    assert_eq!(
        describe_violations(
            "meta-llama",
            "meta.llama3-3-70b-instruct-v1:0",
            &json!({ "prompt": "x", "max_gen_len": 1 })
        ),
        ""
    );
}

#[test]
fn missing_and_unknown_members_are_reported() {
    let body = json!({ "messages": [{ "role": "user", "content": "x" }] });
    assert_snapshot!(describe_violations("anthropic-messages", CLAUDE, &body), @r#"
    error MissingMember  `anthropic_version` is missing | add `"anthropic_version": …`
    error MissingMember  `max_tokens` is missing | add `"max_tokens": …`
    "#);
    let body = json!({ "inputText": "x", "max_tokens": 5 });
    assert_snapshot!(describe_violations("amazon-titan-text", "amazon.titan-text-lite-v1", &body), @"error UnknownMember /max_tokens `max_tokens` is not a member of Titan's body | use `textGenerationConfig.maxTokenCount`");
    assert_snapshot!(describe_violations("anthropic-messages", CLAUDE, &claude(&json!({ "max_token": 5, "inferenceConfig": {} }))), @"
    error UnknownMember /inferenceConfig `inferenceConfig` is not a member of Claude's own body | use `max_tokens`, `temperature`, `top_p` and `stop_sequences` at the top of the body
    error UnknownMember /max_token Anthropic Claude does not accept the member `max_token` here | did you mean `max_tokens`?
    ");
}

#[test]
fn invalid_values_are_reported_at_their_pointer() {
    assert_snapshot!(describe_violations("anthropic-messages", CLAUDE, &claude(&json!({ "temperature": 2, "max_tokens": "5" }))), @"
    error InvalidValue /max_tokens `max_tokens`: expected an integer, found a string | -
    warning InvalidValue /temperature `temperature`: expected at most 1, found `2` | -
    ");
    assert_snapshot!(describe_violations("anthropic-messages", CLAUDE, &claude(&json!({ "temperature": 0.5, "top_p": 0.5 }))), @"error UnsupportedByGeneration /top_p `temperature` and `top_p` cannot both be given to this model | remove one of them");
    let opus = "anthropic.claude-opus-4-7";
    assert_snapshot!(describe_violations("anthropic-messages", opus, &claude(&json!({ "temperature": 0.5 }))), @"error UnsupportedByGeneration /temperature `temperature` is deprecated for this model | remove `temperature`: this model does not accept sampling parameters");
}

#[test]
fn a_body_of_the_other_api_is_reported() {
    assert_snapshot!(describe_violations("converse", CLAUDE, &claude(&json!({}))), @r#"
    warning UnknownMember /anthropic_version `anthropic_version` is not a member of Converse's body | remove it: only Claude's own body for InvokeModel has `anthropic_version`
    warning UnknownMember /max_tokens `max_tokens` is not a member of Converse's body | use `inferenceConfig.maxTokens`
    error InvalidValue /messages/0/content a message's content is an array of blocks in Converse, not a string | write `[{"text": "…"}]`
    "#);
    let converse = json!({ "messages": [{ "role": "user", "content": [{ "text": "x" }] }], "inferenceConfig": { "maxTokens": 5 } });
    assert_snapshot!(describe_violations("anthropic-messages", CLAUDE, &converse), @r#"
    error MissingMember  `anthropic_version` is missing | add `"anthropic_version": …`
    error MissingMember  `max_tokens` is missing | add `"max_tokens": …`
    error UnknownMember /inferenceConfig `inferenceConfig` is not a member of Claude's own body | use `max_tokens`, `temperature`, `top_p` and `stop_sequences` at the top of the body
    error InvalidValue /messages/0/content/0 a content block needs a `type` | write `{"type": "text", "text": "…"}`: blocks without `type` are Converse's and Nova's
    "#);
}

#[test]
fn members_that_must_agree_are_compared() {
    let thinking = json!({ "max_tokens": 1024, "thinking": { "type": "enabled", "budget_tokens": 2048 } });
    assert_snapshot!(describe_violations("anthropic-messages", CLAUDE, &claude(&thinking)), @"error InvalidValue /thinking/budget_tokens the thinking budget of 2048 tokens must be less than the limit of 1024 output tokens | set `budget_tokens` to less than 1024");
    let mut interleaved = claude(&thinking);
    interleaved["anthropic_beta"] = json!(["interleaved-thinking-2025-05-14"]);
    assert_eq!(describe_violations("anthropic-messages", CLAUDE, &interleaved), "");
    let block = json!({ "type": "text", "text": "x", "cache_control": { "type": "ephemeral" } });
    let content = vec![block; 5];
    let cached = json!({ "messages": [{ "role": "user", "content": content }] });
    assert_snapshot!(describe_violations("anthropic-messages", CLAUDE, &claude(&cached)), @"error InvalidValue /messages/0/content/4/cache_control more than 4 blocks have `cache_control` | remove `cache_control` from some blocks");
    let call = json!({ "type": "tool_use", "id": "t1", "name": "f", "input": {} });
    let result = json!({ "type": "tool_result", "tool_use_id": "t1", "content": "5" });
    let turns = |last: Value| {
        json!({ "tools": [{ "name": "f", "input_schema": { "type": "object" } }], "messages": [
            { "role": "user", "content": "x" }, { "role": "assistant", "content": [call] }, { "role": "user", "content": last } ] })
    };
    assert_eq!(describe_violations("anthropic-messages", CLAUDE, &claude(&turns(json!([result])))), "");
    assert_snapshot!(describe_violations("anthropic-messages", CLAUDE, &claude(&turns(json!("y")))), @r#"error InvalidValue /messages/1/content/0 the next message has no result for this tool call | add a block to the next message: `{ "type": "tool_result", "tool_use_id": …, "content": … }`"#);
    let converse = json!({
        "messages": [{ "role": "user", "content": [{ "text": "x" }] }], "inferenceConfig": { "maxTokens": 1024 },
        "additionalModelRequestFields": { "thinking": { "type": "enabled", "budget_tokens": 1024 } } });
    assert_snapshot!(describe_violations("converse", CLAUDE, &converse), @"error InvalidValue /additionalModelRequestFields/thinking/budget_tokens the thinking budget of 1024 tokens must be less than the limit of 1024 output tokens | set `budget_tokens` to less than 1024");
}
