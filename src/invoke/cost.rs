//! Tokens and cost of a call: the upper bound before it, and the actual usage after it.

use serde_json::Value;

use crate::assemble::assemble;
use crate::aws::catalogue::Price;
use crate::aws::cause::MAX_TOKENS;
use crate::exchange::{Answer, Headers};

/// Tokens that a call used, from its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    pub input: u64,
    pub output: u64,
}

/// Tokens that a call may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenBound {
    /// The upper bound: one token for each byte, plus an allowance for tools and media.
    pub input: u64,
    /// The likely number: a quarter of the upper bound.
    pub likely_input: u64,
    /// The limit in the body; `None` if the body sets none.
    pub output: Option<u64>,
}

impl TokenBound {
    /// `text` is the body that is sent, `body` the same body as JSON.
    pub fn from_body(text: &str, body: &Value) -> TokenBound {
        let bytes = text.len() as u64;
        let extra = extra_tokens(body);
        TokenBound {
            input: bytes + extra,
            likely_input: (bytes + extra).div_ceil(4),
            output: output_limit(body),
        }
    }

    /// The most output tokens: the body's own limit, or else the model's.
    pub fn max_output(&self, price: Option<&Price>) -> Option<u64> {
        self.output.or_else(|| price?.max_output)
    }

    /// USD that the call costs at most; `None` if there is no bound.
    pub fn max_cost(&self, price: &Price) -> Option<f64> {
        let is_free = price.output == 0.0;
        let output = self.max_output(Some(price)).or(is_free.then_some(0))?;
        Some(price.cost(self.input, output))
    }
}

/// Tokens that don't depend on the size of the body: the model's own instructions for tools, and media, whose tokens
/// depend on pixels or pages.
///
/// Recorded calls with tools used up to 850 tokens more than their bodies have bytes, calls with an image 1,600, and
/// calls with a document 5,400.
fn extra_tokens(body: &Value) -> u64 {
    const TOOLS: u64 = 1_500;
    const MEDIUM: u64 = 8_000;
    let has_tools = ["toolConfig", "tools"].iter().any(|name| body.get(name).is_some());
    u64::from(has_tools) * TOOLS + count_media(body) * MEDIUM
}

/// Members that contain an image, a document, a video or audio.
fn count_media(value: &Value) -> u64 {
    const NAMES: [&str; 6] = ["image", "image_url", "document", "video", "audio", "input_audio"];
    match value {
        Value::Array(items) => items.iter().map(count_media).sum(),
        Value::Object(members) => {
            let media =
                members.iter().filter(|(name, value)| NAMES.contains(&name.as_str()) && value.is_object());
            media.count() as u64
                + members.values().map(count_media).sum::<u64>()
                + u64::from(members.get("source").is_some_and(|source| source.get("data").is_some()))
        }
        _ => 0,
    }
}

/// The limit in the body: at its root or in an object of parameters, not within messages.
fn output_limit(body: &Value) -> Option<u64> {
    let members = body.as_object()?;
    let limit_in = |object: &Value| MAX_TOKENS.iter().find_map(|name| object.get(name)?.as_u64());
    limit_in(body).or_else(|| members.values().filter(|value| value.is_object()).find_map(limit_in))
}

/// The token counts in `answer`.
///
/// Headers take precedence, because they count the billed tokens. The metrics in the last chunk of a stream count as
/// headers.
pub fn usage(answer: &Answer) -> Option<Usage> {
    match answer {
        Answer::Response(response) => usage_in(&response.headers, &response.body),
        Answer::Stream(stream) => {
            let assembled = assemble(stream);
            usage_in(&assembled.headers, &assembled.body)
        }
        Answer::Refusal(_) => None,
    }
}

fn usage_in(headers: &Headers, body: &Value) -> Option<Usage> {
    const INPUT: [&str; 5] = [
        "/usage/input_tokens",
        "/usage/inputTokens",
        "/usage/prompt_tokens",
        "/prompt_token_count",
        "/inputTextTokenCount",
    ];
    const OUTPUT: [&str; 5] = [
        "/usage/output_tokens",
        "/usage/outputTokens",
        "/usage/completion_tokens",
        "/generation_token_count",
        "/results/0/tokenCount",
    ];
    let header = |name: &str| headers.get(name)?.trim().parse::<u64>().ok();
    let member =
        |pointers: [&str; 5]| pointers.into_iter().find_map(|pointer| parse_count(body.pointer(pointer)?));
    let input = header("x-amzn-bedrock-input-token-count").or_else(|| member(INPUT))?;
    let output = header("x-amzn-bedrock-output-token-count").or_else(|| member(OUTPUT));
    Some(Usage { input, output: output.unwrap_or(0) })
}

/// Parses a token count. With a guardrail, Bedrock writes counts as `28.0`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
fn parse_count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64().filter(|count| *count >= 0.0).map(|count| count as u64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::exchange::Response;

    #[test]
    fn the_output_limit_is_at_the_root_or_in_the_parameters() {
        for (body, expected) in [
            (json!({ "max_tokens": 100, "messages": [{ "content": "max_tokens" }] }), Some(100)),
            (json!({ "inferenceConfig": { "maxTokens": 50 } }), Some(50)),
            (json!({ "textGenerationConfig": { "maxTokenCount": 512 } }), Some(512)),
            (json!({ "messages": [{ "max_tokens": 5 }] }), None),
            (json!({ "inputText": "x" }), None),
        ] {
            assert_eq!(output_limit(&body), expected, "{body}");
        }
    }

    #[test]
    fn usage_is_read_from_headers_first() {
        let answer = |headers: &[(&str, &str)], body: Value| {
            let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Answer::Response(Response { status: 200, headers: headers.collect(), body })
        };
        let body = json!({ "usage": { "input_tokens": 9, "output_tokens": 4 } });
        assert_eq!(usage(&answer(&[], body.clone())), Some(Usage { input: 9, output: 4 }));
        let header = [("x-amzn-bedrock-input-token-count", "7"), ("x-amzn-bedrock-output-token-count", "3")];
        assert_eq!(usage(&answer(&header, body)), Some(Usage { input: 7, output: 3 }));
        let titan = json!({ "inputTextTokenCount": 28.0, "results": [{ "tokenCount": 197.0 }] });
        assert_eq!(usage(&answer(&[], titan)), Some(Usage { input: 28, output: 197 }));
        assert_eq!(usage(&answer(&[], json!({}))), None);
    }
}
