use serde_json::json;

use super::*;

fn stream(events: Vec<Event>) -> Stream {
    Stream { status: 200, headers: Headers::new(), events }
}

fn event(kind: &str, payload: Value) -> Event {
    Event { kind: kind.to_owned(), exception: false, offset_ms: None, payload }
}

fn chunks(payloads: Value) -> Stream {
    let Value::Array(payloads) = payloads else { panic!("an array") };
    stream(payloads.into_iter().map(|payload| event("chunk", payload)).collect())
}

fn converse(events: Value) -> Stream {
    let Value::Array(events) = events else { panic!("an array") };
    let pairs =
        events.into_iter().map(|event| event.as_object().unwrap().clone().into_iter().next().unwrap());
    stream(pairs.map(|(kind, payload)| event(&kind, payload)).collect())
}

/// Assembles `stream` and checks the body, member order included.
#[track_caller]
fn check(stream: &Stream, body: &Value) {
    let assembled = assemble(stream);
    assert_eq!(assembled.body.to_string(), body.to_string());
    assert_eq!(assembled.problem, None);
}

#[track_caller]
fn check_problem(stream: &Stream, problem: &str) {
    assert_eq!(assemble(stream).problem.map(|problem| problem.to_string()).as_deref(), Some(problem));
}

#[test]
fn anthropic_messages() {
    let usage = json!({ "input_tokens": 9, "output_tokens": 1, "cache_read_input_tokens": 3 });
    let events = json!([
        { "type": "message_start", "message": { "id": "m", "content": [], "stop_reason": null, "usage": usage } },
        { "type": "ping" },
        { "type": "content_block_start", "index": 0, "content_block": { "type": "thinking", "thinking": "" } },
        { "type": "content_block_delta", "index": 0, "delta": { "type": "thinking_delta", "thinking": "hm" } },
        { "type": "content_block_delta", "index": 0, "delta": { "type": "signature_delta", "signature": "s" } },
        { "type": "content_block_stop", "index": 0 },
        { "type": "content_block_start", "index": 1, "content_block": { "type": "text", "text": "" } },
        { "type": "content_block_delta", "index": 1, "delta": { "type": "text_delta", "text": "a" } },
        { "type": "content_block_delta", "index": 1, "delta": { "type": "text_delta", "text": "b" } },
        { "type": "content_block_start", "index": 2, "content_block": { "type": "tool_use", "name": "t", "input": {} } },
        { "type": "content_block_delta", "index": 2, "delta": { "type": "input_json_delta", "partial_json": "{\"x\": 1" } },
        { "type": "content_block_delta", "index": 2, "delta": { "type": "input_json_delta", "partial_json": ".0}" } },
        { "type": "content_block_start", "index": 3, "content_block": { "type": "tool_use", "name": "u", "input": {} } },
        { "type": "content_block_delta", "index": 3, "delta": { "type": "input_json_delta", "partial_json": "" } },
        { "type": "message_delta", "delta": { "stop_reason": "tool_use" }, "usage": { "output_tokens": 28 } },
        { "type": "message_stop", "amazon-bedrock-invocationMetrics": { "inputTokenCount": 9 } },
    ]);
    let expected = json!({
        "id": "m",
        "content": [
            { "type": "thinking", "thinking": "hm", "signature": "s" },
            { "type": "text", "text": "ab" },
            { "type": "tool_use", "name": "t", "input": { "x": 1.0 } },
            { "type": "tool_use", "name": "u", "input": {} },
        ],
        "stop_reason": "tool_use",
        "usage": { "input_tokens": 9, "output_tokens": 28, "cache_read_input_tokens": 3 },
    });
    check(&chunks(events), &expected);
}

#[test]
fn converse_messages() {
    let events = json!([
        { "messageStart": { "role": "assistant", "p": "abc" } },
        { "contentBlockDelta": { "contentBlockIndex": 0, "delta": { "reasoningContent": { "text": "h" } } } },
        { "contentBlockDelta": { "contentBlockIndex": 0, "delta": { "reasoningContent": { "text": "m" } } } },
        { "contentBlockDelta": { "contentBlockIndex": 0, "delta": { "reasoningContent": { "signature": "s" } } } },
        { "contentBlockStop": { "contentBlockIndex": 0 } },
        { "contentBlockDelta": { "contentBlockIndex": 1, "delta": { "text": "a" } } },
        { "contentBlockDelta": { "contentBlockIndex": 1, "delta": { "citation": { "title": "c" } } } },
        { "contentBlockDelta": { "contentBlockIndex": 1, "delta": { "text": "b" } } },
        { "contentBlockStart": { "contentBlockIndex": 2, "start": { "toolUse": { "name": "t", "toolUseId": "i" } } } },
        { "contentBlockDelta": { "contentBlockIndex": 2, "delta": { "toolUse": { "input": "{\"x\"" } } } },
        { "contentBlockDelta": { "contentBlockIndex": 2, "delta": { "toolUse": { "input": ": 7.0}" } } } },
        { "contentBlockStart": { "contentBlockIndex": 3, "start": { "toolResult": { "status": "success" } } } },
        { "contentBlockDelta": { "contentBlockIndex": 3, "delta": { "toolResult": [{ "json": {} }] } } },
        { "somethingNew": { "x": 1 } },
        { "messageStop": { "stopReason": "tool_use", "p": "a" } },
        { "metadata": { "usage": { "inputTokens": 28.0 }, "metrics": { "latencyMs": 5 }, "p": "ab" } },
    ]);
    let expected = json!({
        "output": { "message": { "role": "assistant", "content": [
            { "reasoningContent": { "reasoningText": { "text": "hm", "signature": "s" } } },
            { "citationsContent": { "citations": [{ "title": "c" }], "content": [{ "text": "ab" }] } },
            { "toolUse": { "name": "t", "toolUseId": "i", "input": { "x": 7.0 } } },
            { "toolResult": { "status": "success", "content": [{ "json": {} }] } },
        ] } },
        "stopReason": "tool_use",
        "usage": { "inputTokens": 28.0 },
        "metrics": { "latencyMs": 5 },
    });
    check(&converse(events), &expected);
}

#[test]
fn nova_messages() {
    let events = json!([
        { "messageStart": { "role": "assistant" } },
        { "contentBlockDelta": { "delta": { "text": "a" }, "contentBlockIndex": 0 } },
        { "messageStop": { "stopReason": "end_turn" } },
        { "metadata": { "usage": { "inputTokens": 5 }, "metrics": {}, "trace": {} } },
    ]);
    let expected = json!({
        "output": { "message": { "role": "assistant", "content": [{ "text": "a" }] } },
        "stopReason": "end_turn",
        "usage": { "inputTokens": 5 },
    });
    check(&chunks(events), &expected);
}

#[test]
fn openai_chunks() {
    let call = |delta: Value| json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] });
    let events = json!([
        { "id": "c", "object": "chat.completion.chunk", "choices": [{ "index": 0, "delta": { "role": "assistant", "content": "" }, "finish_reason": null }] },
        call(json!({ "reasoning_content": "h" })),
        call(json!({ "reasoning_content": "m", "content": "a" })),
        call(json!({ "tool_calls": [{ "index": 0, "id": "i", "type": "function", "function": { "name": "f", "arguments": "{" } }] })),
        call(json!({ "tool_calls": [{ "index": 1, "id": "j", "function": { "name": "g", "arguments": "{}" } }] })),
        call(json!({ "tool_calls": [{ "index": 0, "function": { "arguments": "}" } }] })),
        { "choices": [{ "index": 0, "delta": {}, "finish_reason": "tool_calls" }] },
        { "choices": [], "usage": { "prompt_tokens": 1 } },
    ]);
    let expected = json!({
        "id": "c",
        "object": "chat.completion",
        "choices": [{
            "index": 0,
            "message": {
                "role": "assistant", "content": "a", "reasoning_content": "hm",
                "tool_calls": [
                    { "id": "i", "type": "function", "function": { "name": "f", "arguments": "{}" } },
                    { "id": "j", "function": { "name": "g", "arguments": "{}" } },
                ],
            },
            "finish_reason": "tool_calls",
        }],
        "usage": { "prompt_tokens": 1 },
    });
    check(&chunks(events), &expected);
    let completion =
        json!([{ "choices": [{ "text": "a" }] }, { "choices": [{ "text": "b", "stop_reason": "stop" }] }]);
    check(&chunks(completion), &json!({ "choices": [{ "text": "ab", "stop_reason": "stop" }] }));
}

#[test]
fn text_completions() {
    check(
        &chunks(json!([
            { "completion": "a", "stop_reason": null, "stop": null },
            { "completion": "b", "stop_reason": "stop_sequence", "stop": "\n" },
        ])),
        &json!({ "completion": "ab", "stop_reason": "stop_sequence", "stop": "\n" }),
    );
    check(
        &chunks(json!([
            { "generation": "a", "prompt_token_count": 7, "generation_token_count": 1, "stop_reason": null },
            { "generation": "b", "prompt_token_count": null, "generation_token_count": 2, "stop_reason": "stop" },
        ])),
        &json!({ "generation": "ab", "prompt_token_count": 7, "generation_token_count": 2, "stop_reason": "stop" }),
    );
    check(
        &chunks(json!([
            { "outputText": "a", "index": 0.0, "inputTextTokenCount": 28.0, "completionReason": null },
            { "outputText": "b", "index": 0.0, "totalOutputTextTokenCount": 188.0, "completionReason": "FINISH" },
        ])),
        &json!({
            "inputTextTokenCount": 28.0,
            "results": [{ "tokenCount": 188.0, "outputText": "ab", "completionReason": "FINISH" }],
        }),
    );
    check(
        &chunks(json!([
            { "outputs": [{ "text": "a", "stop_reason": null }] },
            { "outputs": [{ "text": "b", "stop_reason": "length" }] },
        ])),
        &json!({ "outputs": [{ "text": "ab", "stop_reason": "length" }] }),
    );
}

#[test]
fn cohere_commands() {
    check(
        &chunks(json!([
            { "text": "a", "is_finished": false },
            { "text": "b", "is_finished": false },
            { "is_finished": true, "finish_reason": "COMPLETE" },
        ])),
        &json!({ "generations": [{ "text": "ab", "finish_reason": "COMPLETE" }] }),
    );
    let response = json!({ "text": "ab", "finish_reason": "COMPLETE", "meta": { "tokens": {} } });
    check(
        &chunks(json!([
            { "event_type": "text-generation", "text": "a", "is_finished": false },
            { "event_type": "stream-end", "response": response, "is_finished": true },
        ])),
        &json!({ "text": "ab", "finish_reason": "COMPLETE" }),
    );
}

#[test]
fn a_whole_response_may_come_as_one_chunk() {
    let metrics = json!({ "inputTokenCount": 1 });
    let chunk = json!({ "generations": [{ "text": "a" }], "amazon-bedrock-invocationMetrics": metrics });
    check(&chunks(json!([chunk])), &json!({ "generations": [{ "text": "a" }] }));
    let last = json!({ "x": 2, "amazon-bedrock-invocationMetrics": metrics });
    check(&chunks(json!([{ "x": 1 }, last])), &json!({ "chunks": [{ "x": 1 }, { "x": 2 }] }));
}

#[test]
fn metrics_become_headers_and_guardrails_stay() {
    let assembled = assemble(&chunks(json!([
        { "outputText": "a", "amazon-bedrock-guardrailAction": "INTERVENED" },
        {
            "outputText": "b", "completionReason": "FINISH",
            "amazon-bedrock-guardrailAction": "NONE",
            "amazon-bedrock-trace": { "guardrail": {} },
            "amazon-bedrock-invocationMetrics": { "inputTokenCount": 30, "outputTokenCount": 28.0, "invocationLatency": 851 },
        },
    ])));
    let headers: Vec<_> = assembled.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let expected = [
        "x-amzn-bedrock-input-token-count: 30",
        "x-amzn-bedrock-invocation-latency: 851",
        "x-amzn-bedrock-output-token-count: 28.0",
    ];
    assert_eq!(headers, expected);
    assert_eq!(assembled.body["amazon-bedrock-guardrailAction"], "INTERVENED");
    assert_eq!(assembled.body["amazon-bedrock-trace"], json!({ "guardrail": {} }));
}

#[test]
fn a_guardrail_that_blocks_the_input_ends_the_stream() {
    let blocked = json!({ "type": "content_block_delta", "delta": { "text": "no" }, "amazon-bedrock-guardrailAction": "INTERVENED" });
    check(
        &chunks(json!([blocked])),
        &json!({ "content": [{ "type": "text", "text": "no" }], "amazon-bedrock-guardrailAction": "INTERVENED" }),
    );
}

#[test]
fn an_exception_ends_the_stream_as_an_error() {
    let mut stream = chunks(json!([{ "generation": "a", "stop_reason": null }]));
    let payload = json!({ "message": "try again", "originalStatusCode": 500 });
    stream.events.push(Event { exception: true, ..event("modelStreamErrorException", payload) });
    check_problem(&stream, "the stream broke off with `modelStreamErrorException`: try again");
    assert_eq!(assemble(&stream).body["generation"], "a");
    let overloaded =
        json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } });
    check_problem(&chunks(json!([overloaded])), "the stream broke off with `overloaded_error`: Overloaded");
}

#[test]
fn a_stream_without_its_end_is_incomplete() {
    check_problem(&stream(Vec::new()), "the stream has no events");
    check_problem(
        &chunks(json!([{ "generation": "a" }])),
        "the stream ends after 1 event, before `stop_reason`",
    );
    let started =
        json!([{ "messageStart": { "role": "assistant" } }, { "messageStop": { "stopReason": "x" } }]);
    check_problem(&converse(started), "the stream ends after 2 events, before `metadata`");
    check_problem(
        &chunks(json!([{ "type": "message_stop" }, null])),
        "event 2 of the stream (`chunk`) has no payload",
    );
}

#[test]
fn nothing_in_an_event_makes_it_panic() {
    let odd = json!([null, 7, "x", [], {}, { "text": 7 }, { "index": -1, "type": 5, "text": null }]);
    let heads = [
        "type",
        "choices",
        "outputs",
        "generation",
        "event_type",
        "is_finished",
        "delta",
        "contentBlockDelta",
    ];
    let kinds =
        ["message_start", "content_block_start", "content_block_delta", "message_delta", "stream-end"];
    for value in odd.as_array().unwrap() {
        for head in heads {
            let base = json!({ head: value, "message": value, "delta": value, "content_block": value, "index": value });
            let mut payloads = vec![base.clone()];
            payloads.extend(kinds.map(|kind| {
                let mut payload = base.clone();
                payload[if kind == "stream-end" { "event_type" } else { "type" }] = kind.into();
                payload
            }));
            payloads.push(value.clone());
            assemble(&chunks(Value::Array(payloads)));
        }
    }
}
