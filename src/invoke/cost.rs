//! Tokens and cost: the most that a call can use, and what it used.

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
pub struct Bound {
    /// The upper bound: one token for each byte, plus an allowance for tools and media.
    pub input: u64,
    /// The likely number: a quarter of that.
    pub likely_input: u64,
    /// The limit in the body; `None` if the body sets none.
    pub output: Option<u64>,
}

impl Bound {
    /// `text` is the body as it goes over the wire, `body` the same as JSON.
    pub fn of(text: &str, body: &Value) -> Bound {
        let bytes = text.len() as u64;
        let beside = beside(body);
        Bound { input: bytes + beside, likely_input: (bytes + beside).div_ceil(4), output: most_output(body) }
    }

    /// The most output tokens: the body's own limit, or else the model's.
    pub fn most_output(&self, price: Option<&Price>) -> Option<u64> {
        self.output.or_else(|| price?.max_output)
    }

    /// USD that the call costs at most; `None` if there is no bound.
    pub fn worst(&self, price: &Price) -> Option<f64> {
        let free = price.output == 0.0;
        let output = self.most_output(Some(price)).or(free.then_some(0))?;
        Some(price.cost(self.input, output))
    }
}

/// Tokens that the size of the body doesn't show: the model's own instructions for tools, and media, whose tokens
/// depend on pixels or pages.
///
/// Recorded calls with tools used up to 850 tokens more than their bodies have bytes, calls with an image 1,600, and
/// calls with a document 5,400.
fn beside(body: &Value) -> u64 {
    const TOOLS: u64 = 1_500;
    const MEDIUM: u64 = 8_000;
    let has_tools = ["toolConfig", "tools"].iter().any(|name| body.get(name).is_some());
    u64::from(has_tools) * TOOLS + media(body) * MEDIUM
}

/// Members that contain an image, a document, a video or audio.
fn media(value: &Value) -> u64 {
    const NAMES: [&str; 6] = ["image", "image_url", "document", "video", "audio", "input_audio"];
    match value {
        Value::Array(items) => items.iter().map(media).sum(),
        Value::Object(members) => {
            let own =
                members.iter().filter(|(name, value)| NAMES.contains(&name.as_str()) && value.is_object());
            own.count() as u64
                + members.values().map(media).sum::<u64>()
                + u64::from(members.get("source").is_some_and(|source| source.get("data").is_some()))
        }
        _ => 0,
    }
}

/// The limit in the body: at its root or in an object of parameters, not within messages.
fn most_output(body: &Value) -> Option<u64> {
    let members = body.as_object()?;
    let own = |table: &Value| MAX_TOKENS.iter().find_map(|name| table.get(name)?.as_u64());
    own(body).or_else(|| members.values().filter(|value| value.is_object()).find_map(own))
}

/// The token counts in `answer`.
///
/// Headers come first, because they count what is billed; the metrics in the last chunk of a stream are read like headers.
pub fn usage(answer: &Answer) -> Option<Usage> {
    match answer {
        Answer::Response(response) => of_parts(&response.headers, &response.body),
        Answer::Stream(stream) => {
            let whole = assemble(stream);
            of_parts(&whole.headers, &whole.body)
        }
        Answer::Refusal(_) => None,
    }
}

fn of_parts(headers: &Headers, body: &Value) -> Option<Usage> {
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
    let member = |pointers: [&str; 5]| pointers.into_iter().find_map(|pointer| count(body.pointer(pointer)?));
    let input = header("x-amzn-bedrock-input-token-count").or_else(|| member(INPUT))?;
    let output = header("x-amzn-bedrock-output-token-count").or_else(|| member(OUTPUT));
    Some(Usage { input, output: output.unwrap_or(0) })
}

/// With a guardrail, counts are written as `28.0`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64().filter(|count| *count >= 0.0).map(|count| count as u64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::exchange::Response;

    #[test]
    fn the_limit_of_a_body_is_at_its_top_or_among_its_parameters() {
        for (body, expected) in [
            (json!({ "max_tokens": 100, "messages": [{ "content": "max_tokens" }] }), Some(100)),
            (json!({ "inferenceConfig": { "maxTokens": 50 } }), Some(50)),
            (json!({ "textGenerationConfig": { "maxTokenCount": 512 } }), Some(512)),
            (json!({ "messages": [{ "max_tokens": 5 }] }), None),
            (json!({ "inputText": "x" }), None),
        ] {
            assert_eq!(most_output(&body), expected, "{body}");
        }
    }

    #[test]
    fn usage_is_read_from_headers_first() {
        let answer = |headers: &[(&str, &str)], body: Value| {
            let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Answer::Response(Response { status: 200, headers: headers.collect(), body })
        };
        let told = json!({ "usage": { "input_tokens": 9, "output_tokens": 4 } });
        assert_eq!(usage(&answer(&[], told.clone())), Some(Usage { input: 9, output: 4 }));
        let header = [("x-amzn-bedrock-input-token-count", "7"), ("x-amzn-bedrock-output-token-count", "3")];
        assert_eq!(usage(&answer(&header, told)), Some(Usage { input: 7, output: 3 }));
        let titan = json!({ "inputTextTokenCount": 28.0, "results": [{ "tokenCount": 197.0 }] });
        assert_eq!(usage(&answer(&[], titan)), Some(Usage { input: 28, output: 197 }));
        assert_eq!(usage(&answer(&[], json!({}))), None);
    }
}
