//! Rows of default mappings, and default mappings that several families share.

use super::{Role, Row, Source};

pub(super) const MESSAGE: &[Row] = &[
    joined_text("$.output.message.content[*].text"),
    Row {
        field: "cited_text",
        role: Role::Output,
        from: Source::Joined("$.output.message.content[*].citationsContent.content[*].text"),
    },
    output("tool_call", "$.output.message.content[*].toolUse.input"),
    output("tool_name", "$.output.message.content[*].toolUse.name"),
    output("images", "$.output.message.content[*].image"),
    fallback("reasoning", Source::Joined("$.output.message.content[*].reasoningContent.reasoningText.text")),
    fallback("stop_reason", Source::Path("$.stopReason")),
    input_tokens("$.usage.inputTokens"),
    output_tokens("$.usage.outputTokens"),
    INPUT_HEADER,
    OUTPUT_HEADER,
];

pub(super) const CHAT: &[Row] = &[
    text("$.choices[0].message.content"),
    output("tool_call", "$.choices[0].message.tool_calls[*].function.arguments"),
    output("tool_name", "$.choices[0].message.tool_calls[*].function.name"),
    fallback("reasoning", Source::Path("$.choices[0].message.reasoning_content")),
    fallback("reasoning", Source::Path("$.choices[0].message.reasoning")),
    fallback("stop_reason", Source::Path("$.choices[0].finish_reason")),
    fallback("stop_reason", Source::Path("$.choices[0].stop_reason")),
    input_tokens("$.usage.prompt_tokens"),
    output_tokens("$.usage.completion_tokens"),
    INPUT_HEADER,
    OUTPUT_HEADER,
];

pub(super) const COMPLETIONS: &[Row] = &[
    text("$.choices[0].text"),
    input_tokens("$.usage.prompt_tokens"),
    output_tokens("$.usage.completion_tokens"),
    INPUT_HEADER,
    OUTPUT_HEADER,
];

pub(super) const INPUT_HEADER: Row = Row {
    field: "input_tokens",
    role: Role::InputTokens,
    from: Source::Header("x-amzn-bedrock-input-token-count"),
};

pub(super) const OUTPUT_HEADER: Row = Row {
    field: "output_tokens",
    role: Role::OutputTokens,
    from: Source::Header("x-amzn-bedrock-output-token-count"),
};

pub(super) const fn text(path: &'static str) -> Row {
    output("output_text", path)
}

pub(super) const fn joined_text(path: &'static str) -> Row {
    Row { field: "output_text", role: Role::Output, from: Source::Joined(path) }
}

pub(super) const fn output(field: &'static str, path: &'static str) -> Row {
    Row { field, role: Role::Output, from: Source::Path(path) }
}

pub(super) const fn fallback(field: &'static str, from: Source) -> Row {
    Row { field, role: Role::Fallback, from }
}

pub(super) const fn input_tokens(path: &'static str) -> Row {
    Row { field: "input_tokens", role: Role::InputTokens, from: Source::Path(path) }
}

pub(super) const fn output_tokens(path: &'static str) -> Row {
    Row { field: "output_tokens", role: Role::OutputTokens, from: Source::Path(path) }
}
