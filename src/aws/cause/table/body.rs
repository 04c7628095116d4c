//! Request bodies that a model does not take.

use super::{Cause, Key, VALIDATION, bedrock};

/// A row about the body.
const fn body(id: &'static str, message: &'static str) -> Cause {
    bedrock(id, message).with(&[VALIDATION], &[400]).at(Key::Body)
}

pub(super) const CAUSES: &[Cause] = &[
    body("temp-deprecated", r"`?temperature`? is deprecated for this model\.").says(
        "the model takes no sampling parameters any more",
        "leave `temperature`, `top_p` and `top_k` out",
    ),
    body(
        "temp-and-topp",
        r"`temperature` and `top_p` cannot both be specified for this model\. Please use only one\.",
    )
    .says("the model takes `temperature` or `top_p`, not both", "leave one of them out"),
    body("max-tokens-limit", r"^The maximum tokens you requested exceeds the model limit of (\d+)").says(
        "more output tokens are asked for than the model gives; on Bedrock it may give fewer than elsewhere",
        "lower the maximum to the limit that the message names",
    ),
    body("prompt-too-long", r"prompt is too long: (\d+) tokens > (\d+) maximum")
        .says("the prompt is longer than the model's context", "shorten it"),
    body("input-too-long", r"Input is too long for requested model\.")
        .says("the prompt is longer than the model's context", "shorten it"),
    body(
        "nova-too-long",
        r"Input Tokens Exceeded: Number of input tokens exceeds maximum length\. Please update the input to try again\.",
    )
    .says("the prompt is longer than the model's context", "shorten it"),
    body("text-bytes", r"too many total text bytes").says("the texts together are too large", "shorten them"),
    body(
        "blank-text",
        r"^The text field in the ContentBlock object at messages\.(\d+)\.content\.(\d+) is blank\.",
    )
    .says("a text of the conversation is empty or blank", "fill it, or leave the block out"),
    body("user-first", r"^A conversation must start with a user message\.")
        .says("the first message is not the user's", "let the conversation begin with `\"role\": \"user\"`"),
    body("alternate", r"^A conversation must alternate between user and assistant roles\.")
        .says("two messages of one role follow each other", "join them"),
    body("tool-unsupported", r"^This model doesn't support tool use( in streaming mode)?\.").says(
        "the model takes no tools, or none while it streams",
        "leave `toolConfig` out, or set `stream = false` if it says so",
    ),
    body("block-unsupported", r"^This model doesn't support the (\w+) content block that you provided\.")
        .says("the model does not take content of this kind", "leave the block out, or call a model that does"),
    body("field-unsupported", r"^This model doesn't support the (\w+) field\. Remove (\w+) and try again\.")
        .says("the model does not take this member", "leave it out"),
    body(
        "anthropic-schema",
        r"(messages|tools|system|tool_choice)[\w.]*: (Field required|Input tag '(.+)' found using 'type' does not match|Extra inputs are not permitted|Input should be)",
    )
    .says(
        "a member is not as Anthropic's models take it; Bedrock may lag behind Anthropic's own API",
        "correct the member that the path names",
    ),
    body(
        "malformed",
        r"^(The model returned the following errors: )?Malformed input request(: ?(.+?))?,? please reformat your input and try again\.",
    )
    .says(
        "the body is not what the model's schema asks for",
        "write the native body of the model's family; `#/…` in the message points into it",
    ),
    body("model-errors-wrapper", r"^The model returned the following errors: (.+)").says(
        "the model itself refuses the body",
        "correct what the message names; for a native body called with Converse, set `operation = \"invoke\"`",
    ),
    // What is left of the provider's own words: which member, and what is wrong with it.
    body("member-invalid", r"(?s).").says(
        "Bedrock does not take the request as it is",
        "correct what the message names; the body must be the one of the model's family and operation",
    ),
];
