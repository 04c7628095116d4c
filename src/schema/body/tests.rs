use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::aws::family::{CONVERSE, FAMILIES};
use crate::schema::family::schemas;

fn told(family: &str, base: &str, body: &Value) -> String {
    let known = FAMILIES.iter().chain([CONVERSE]).find(|known| known.id == family).unwrap();
    let schema = schemas(family).unwrap().request();
    let found = violations(body, Expected { id: known.id, schema, family: known.name, base: Some(base) });
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
fn a_right_body_has_no_violation() {
    assert_eq!(told("anthropic-messages", CLAUDE, &claude(&json!({}))), "");
    let nova = json!({ "messages": [{ "role": "user", "content": [{ "text": "x" }] }] });
    assert_eq!(told("amazon-nova", "amazon.nova-lite-v1:0", &nova), "");
    assert_eq!(told("converse", CLAUDE, &nova), "");
    assert_eq!(
        told("meta-llama", "meta.llama3-3-70b-instruct-v1:0", &json!({ "prompt": "x", "max_gen_len": 1 })),
        ""
    );
}

#[test]
fn members_that_are_missing_or_foreign_are_told() {
    let body = json!({ "messages": [{ "role": "user", "content": "x" }] });
    assert_snapshot!(told("anthropic-messages", CLAUDE, &body), @r#"
    error Missing  `anthropic_version` is missing | add `"anthropic_version": …`
    error Missing  `max_tokens` is missing | add `"max_tokens": …`
    "#);
    let body = json!({ "inputText": "x", "max_tokens": 5 });
    assert_snapshot!(told("amazon-titan-text", "amazon.titan-text-lite-v1", &body), @"error Member /max_tokens `max_tokens` is no member of Titan's body | Titan takes `textGenerationConfig.maxTokenCount`");
    assert_snapshot!(told("anthropic-messages", CLAUDE, &claude(&json!({ "max_token": 5, "inferenceConfig": {} }))), @"
    error Member /inferenceConfig `inferenceConfig` is no member of Claude's own body | Claude takes `max_tokens`, `temperature`, `top_p` and `stop_sequences` at the top of its body
    error Member /max_token Anthropic Claude takes no member `max_token` here | did you mean `max_tokens`?
    ");
}

#[test]
fn values_are_told_where_they_stand() {
    assert_snapshot!(told("anthropic-messages", CLAUDE, &claude(&json!({ "temperature": 2, "max_tokens": "5" }))), @"
    error Value /max_tokens `max_tokens`: expected an integer, found a string | -
    warning Value /temperature `temperature`: expected at most 1, found `2` | -
    ");
    assert_snapshot!(told("anthropic-messages", CLAUDE, &claude(&json!({ "temperature": 0.5, "top_p": 0.5 }))), @"error Generation /top_p `temperature` and `top_p` cannot both be given to this model | drop one of them");
    let opus = "anthropic.claude-opus-4-7";
    assert_snapshot!(told("anthropic-messages", opus, &claude(&json!({ "temperature": 0.5 }))), @"error Generation /temperature `temperature` is deprecated for this model | drop `temperature`: this model takes no sampling parameters");
}

#[test]
fn a_body_of_one_api_is_not_one_of_the_other() {
    assert_snapshot!(told("converse", CLAUDE, &claude(&json!({}))), @r#"
    warning Member /anthropic_version `anthropic_version` is no member of Converse | drop it: only Claude's own body has `anthropic_version`, which goes to InvokeModel
    warning Member /max_tokens `max_tokens` is no member of Converse | Converse takes `inferenceConfig.maxTokens`
    error Value /messages/0/content a message's content is a list of blocks in Converse, not a string | write `[{"text": "…"}]`
    "#);
    let converse = json!({ "messages": [{ "role": "user", "content": [{ "text": "x" }] }], "inferenceConfig": { "maxTokens": 5 } });
    assert_snapshot!(told("anthropic-messages", CLAUDE, &converse), @r#"
    error Missing  `anthropic_version` is missing | add `"anthropic_version": …`
    error Missing  `max_tokens` is missing | add `"max_tokens": …`
    error Member /inferenceConfig `inferenceConfig` is no member of Claude's own body | Claude takes `max_tokens`, `temperature`, `top_p` and `stop_sequences` at the top of its body
    error Value /messages/0/content/0 a content block needs a `type` | write `{"type": "text", "text": "…"}`: blocks without `type` are Converse's and Nova's
    "#);
}

#[test]
fn members_that_must_agree_are_compared() {
    let thinking = json!({ "max_tokens": 1024, "thinking": { "type": "enabled", "budget_tokens": 2048 } });
    assert_snapshot!(told("anthropic-messages", CLAUDE, &claude(&thinking)), @"error Value /thinking/budget_tokens 2048 tokens to think with leave none of 1024 to answer with | keep `budget_tokens` below the most tokens of the answer");
    let mut interleaved = claude(&thinking);
    interleaved["anthropic_beta"] = json!(["interleaved-thinking-2025-05-14"]);
    assert_eq!(told("anthropic-messages", CLAUDE, &interleaved), "");
    let block = json!({ "type": "text", "text": "x", "cache_control": { "type": "ephemeral" } });
    let content = vec![block; 5];
    let cached = json!({ "messages": [{ "role": "user", "content": content }] });
    assert_snapshot!(told("anthropic-messages", CLAUDE, &claude(&cached)), @"error Value /messages/0/content/4/cache_control more than 4 blocks end a cached part | mark fewer blocks");
    let call = json!({ "type": "tool_use", "id": "t1", "name": "f", "input": {} });
    let result = json!({ "type": "tool_result", "tool_use_id": "t1", "content": "5" });
    let turns = |last: Value| {
        json!({ "tools": [{ "name": "f", "input_schema": { "type": "object" } }], "messages": [
            { "role": "user", "content": "x" }, { "role": "assistant", "content": [call] }, { "role": "user", "content": last } ] })
    };
    assert_eq!(told("anthropic-messages", CLAUDE, &claude(&turns(json!([result])))), "");
    assert_snapshot!(told("anthropic-messages", CLAUDE, &claude(&turns(json!("y")))), @r#"error Value /messages/1/content/0 the tool's call has no result in the next message | answer it there: `{ "type": "tool_result", "tool_use_id": …, "content": … }`"#);
    let converse = json!({
        "messages": [{ "role": "user", "content": [{ "text": "x" }] }], "inferenceConfig": { "maxTokens": 1024 },
        "additionalModelRequestFields": { "thinking": { "type": "enabled", "budget_tokens": 1024 } } });
    assert_snapshot!(told("converse", CLAUDE, &converse), @"error Value /additionalModelRequestFields/thinking/budget_tokens 1024 tokens to think with leave none of 1024 to answer with | keep `budget_tokens` below the most tokens of the answer");
}
