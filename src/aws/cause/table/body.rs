//! Request bodies that a model refuses.

use super::{Cause, Key, VALIDATION, bedrock};

/// A cause in the request body.
const fn body(id: &'static str, message: &'static str) -> Cause {
    bedrock(id, message).reported_with(&[VALIDATION], &[400]).key(Key::Body)
}

pub(super) const CAUSES: &[Cause] = &[
    body("temp-deprecated", r"`?temperature`? is deprecated for this model\.").explain(
        "the model no longer accepts sampling parameters",
        "remove `temperature`, `top_p` and `top_k` from the body",
    ),
    body(
        "temp-and-topp",
        r"`temperature` and `top_p` cannot both be specified for this model\. Please use only one\.",
    )
    .explain("the model accepts either `temperature` or `top_p`, not both", "remove one of them from the body"),
    body("max-tokens-limit", r"^The maximum tokens you requested exceeds the model limit of (\d+)").explain(
        "the body requests more output tokens than the model's limit, which can be lower on Bedrock than on other platforms",
        "lower the maximum to the limit in the message",
    ),
    body("prompt-too-long", r"prompt is too long: (\d+) tokens > (\d+) maximum")
        .explain("the prompt is longer than the context window of the model", "shorten the prompt"),
    body("input-too-long", r"Input is too long for requested model\.")
        .explain("the prompt is longer than the context window of the model", "shorten the prompt"),
    body(
        "nova-too-long",
        r"Input Tokens Exceeded: Number of input tokens exceeds maximum length\. Please update the input to try again\.",
    )
    .explain("the prompt is longer than the context window of the model", "shorten the prompt"),
    body("text-bytes", r"too many total text bytes").explain("the texts of the body exceed a size limit together", "shorten the texts"),
    body(
        "blank-text",
        r"^The text field in the ContentBlock object at messages\.(\d+)\.content\.(\d+) is blank\.",
    )
    .explain("a text in a message is empty or blank", "write a text, or remove the content block"),
    body("user-first", r"^A conversation must start with a user message\.")
        .explain("the first message does not have the role `user`", "start `messages` with a message with `\"role\": \"user\"`"),
    body("alternate", r"^A conversation must alternate between user and assistant roles\.")
        .explain("two consecutive messages have the same role", "combine them into one message"),
    body("tool-unsupported", r"^This model doesn't support tool use( in streaming mode)?\.").explain(
        "the model does not support tools, or does not support them in streaming mode",
        "remove `toolConfig` from the body; if the message mentions streaming mode, set `stream = false` instead",
    ),
    body("block-unsupported", r"^This model doesn't support the (\w+) content block that you provided\.")
        .explain("the model does not support content blocks of this type", "remove the block, or call a model that supports it"),
    body("field-unsupported", r"^This model doesn't support the (\w+) field\. Remove (\w+) and try again\.")
        .explain("the model does not support this member", "remove the member from the body"),
    body(
        "anthropic-schema",
        r"(messages|tools|system|tool_choice)[\w.]*: (Field required|Input tag '(.+)' found using 'type' does not match|Extra inputs are not permitted|Input should be)",
    )
    .explain(
        "a member does not match the schema of Anthropic's Messages API; Bedrock may not support the newest members of that API yet",
        "correct the member at the path in the message",
    ),
    body(
        "malformed",
        r"^(The model returned the following errors: )?Malformed input request(: ?(.+?))?,? please reformat your input and try again\.",
    )
    .explain(
        "the body does not match the schema of the model",
        "write a body in the native format of the model's family; a path such as `#/…` in the message points to the member",
    ),
    body("model-errors-wrapper", r"^The model returned the following errors: (.+)").explain(
        "the model refused the body",
        "correct the member that the message names; if the body is in the model's native format, set `operation = \"invoke\"`",
    ),
    // All other messages: most of them quote the provider, and name the member and its mistake.
    body("member-invalid", r"(?s).").explain(
        "Bedrock refused the request as invalid",
        "correct what the message names; the body must match the model's family and the operation",
    ),
];
