//! Finds the model ID in a text that was copied from a console, a form or the config of another tool.

use crate::aws::arn::Arn;

/// A model ID that was found in a copied text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paste {
    /// The ID as it should be written.
    pub model_id: String,
    /// The mistakes that were removed, the outermost first.
    pub mistakes: Vec<PasteMistake>,
}

/// A mistake in a copied ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasteMistake {
    /// White space or invisible characters around or in it.
    Space,
    /// Quotes, brackets or a comma around it.
    Quotes,
    /// It is part of a URL of an endpoint or the console.
    Url,
    /// It is percent-encoded: `%3A` for `:`.
    Encoded,
    /// It has the prefix of another tool: `bedrock/`, `bedrock/converse/`.
    ToolPrefix,
    /// It is the end of an ARN, starting with `foundation-model/` or `inference-profile/`.
    HalfArn,
    /// It has the prefix `bedrock:provisioned-model-inference/`, with which consoles and platforms name provisioned
    /// throughput.
    ProvisionedName,
    /// It contains capital letters, which no model ID has.
    Capitals,
    /// It is the ARN of a foundation model with an account, although foundation models belong to no account.
    AccountInBaseArn,
}

impl PasteMistake {
    /// The end of a sentence that starts with the model ID.
    pub fn description(self) -> &'static str {
        match self {
            PasteMistake::Space => "contains white space or invisible characters",
            PasteMistake::Quotes => "is enclosed in quotes, brackets or commas",
            PasteMistake::Url => "is a URL",
            PasteMistake::Encoded => "is percent-encoded",
            PasteMistake::ToolPrefix => "starts with the prefix of another tool",
            PasteMistake::HalfArn => "is only the end of an ARN",
            PasteMistake::ProvisionedName => "is the name of provisioned throughput, not its ARN",
            PasteMistake::Capitals => "contains capital letters",
            PasteMistake::AccountInBaseArn => {
                "is the ARN of a foundation model with an account, and foundation models belong to no account"
            }
        }
    }
}

type Step = (PasteMistake, fn(&str) -> Option<String>);

/// Applied in this order, each to the result of the previous one.
const STEPS: [Step; 9] = [
    (PasteMistake::Quotes, without_quotes),
    (PasteMistake::Space, without_space),
    (PasteMistake::Url, from_url),
    (PasteMistake::Encoded, decoded),
    (PasteMistake::ToolPrefix, without_tool_prefix),
    (PasteMistake::ProvisionedName, without_provisioned_prefix),
    (PasteMistake::HalfArn, without_resource_type),
    (PasteMistake::Capitals, in_lower_case),
    (PasteMistake::AccountInBaseArn, without_account),
];

/// Finds the model ID in `text`.
pub fn clean_paste(text: &str) -> Paste {
    let mut paste = Paste { model_id: text.to_owned(), mistakes: Vec::new() };
    for (mistake, step) in STEPS {
        if let Some(cleaned) = step(&paste.model_id) {
            paste.model_id = cleaned;
            paste.mistakes.push(mistake);
        }
    }
    paste
}

/// Returns `cut` if it is shorter than `text` and not empty.
fn if_shorter(text: &str, cut: &str) -> Option<String> {
    (cut.len() < text.len() && !cut.is_empty()).then(|| cut.to_owned())
}

fn without_quotes(text: &str) -> Option<String> {
    const AROUND: [char; 14] = ['"', '\'', '`', ',', ';', '<', '>', '(', ')', '“', '”', '‘', '’', '…'];
    let trimmed = text.trim();
    let cut = trimmed.trim_matches(AROUND);
    (cut.len() < trimmed.len()).then(|| cut.to_owned()).filter(|cut| !cut.is_empty())
}

fn without_space(text: &str) -> Option<String> {
    const INVISIBLE: [char; 4] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{feff}'];
    let cut: String =
        text.chars().filter(|char| !char.is_whitespace() && !INVISIBLE.contains(char)).collect();
    if_shorter(text, &cut)
}

/// The ID in the path of a call, `/model/ID/invoke`, or in the query of a console's URL, `model=ID`.
fn from_url(text: &str) -> Option<String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let id = match rest.split_once("/model/") {
        Some((_, path)) => path.split('/').next(),
        None => rest.split_once("model=").and_then(|(_, query)| query.split(['&', '#']).next()),
    };
    id.filter(|id| !id.is_empty()).map(str::to_owned)
}

fn decoded(text: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
    if_shorter(text, &decoded)
}

fn without_tool_prefix(text: &str) -> Option<String> {
    const PREFIXES: [&str; 6] =
        ["bedrock/converse/", "bedrock/invoke/", "bedrock/", "bedrock:", "amazon-bedrock/", "aws/"];
    if text.starts_with("bedrock:provisioned") {
        return None;
    }
    PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)).and_then(|cut| if_shorter(text, cut))
}

fn without_provisioned_prefix(text: &str) -> Option<String> {
    const PREFIXES: [&str; 3] = [
        "bedrock:provisioned-model-inference/",
        "provisioned-model-inference/",
        "bedrock:provisioned-model/",
    ];
    PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)).and_then(|cut| if_shorter(text, cut))
}

fn without_resource_type(text: &str) -> Option<String> {
    const TYPES: [&str; 2] = ["foundation-model/", "inference-profile/"];
    let text = text.trim_start_matches(':');
    TYPES.iter().find_map(|prefix| text.strip_prefix(prefix)).and_then(|cut| if_shorter(text, cut))
}

/// Only if the result is a known ID, since the name of provisioned throughput can contain capital letters.
fn in_lower_case(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let is_known = || super::ModelId::parse(&lower).model().is_some();
    (lower != text && is_known()).then_some(lower)
}

fn without_account(text: &str) -> Option<String> {
    let arn = Arn::parse(text)?;
    let names_account = !arn.account.is_empty() && arn.resource.starts_with("foundation-model/");
    names_account.then(|| format!("arn:{}:{}:{}::{}", arn.partition, arn.service, arn.region, arn.resource))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, model_id: &str, mistakes: &[PasteMistake]) {
        assert_eq!(
            clean_paste(text),
            Paste { model_id: model_id.to_owned(), mistakes: mistakes.to_vec() },
            "{text:?}"
        );
    }

    const HAIKU: &str = "anthropic.claude-3-haiku-20240307-v1:0";

    #[test]
    fn the_id_is_found_in_copied_texts() {
        check(HAIKU, HAIKU, &[]);
        check(&format!(" {HAIKU}\n"), HAIKU, &[PasteMistake::Space]);
        check("anthropic.claude-3-haiku- 20240307-v1:0", HAIKU, &[PasteMistake::Space]);
        check(&format!("\u{a0}{HAIKU}\u{200b}"), HAIKU, &[PasteMistake::Space]);
        check(&format!("\"{HAIKU}\","), HAIKU, &[PasteMistake::Quotes]);
        check("anthropic.claude-3-haiku-20240307-v1%3A0", HAIKU, &[PasteMistake::Encoded]);
        let url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke";
        check(url, HAIKU, &[PasteMistake::Url, PasteMistake::Encoded]);
        check(&format!("bedrock/converse/us.{HAIKU}"), &format!("us.{HAIKU}"), &[PasteMistake::ToolPrefix]);
        check(&format!("foundation-model/{HAIKU}"), HAIKU, &[PasteMistake::HalfArn]);
        check("Anthropic.Claude-3-haiku-20240307-v1:0", HAIKU, &[PasteMistake::Capitals]);
        check(
            "bedrock:provisioned-model-inference/my-throughput-id",
            "my-throughput-id",
            &[PasteMistake::ProvisionedName],
        );
    }

    #[test]
    fn the_account_is_removed_from_the_arn_of_a_foundation_model() {
        let arn = |account: &str| format!("arn:aws:bedrock:us-east-1:{account}:foundation-model/{HAIKU}");
        check(&arn("123456789012"), &arn(""), &[PasteMistake::AccountInBaseArn]);
        check(&arn(""), &arn(""), &[]);
        let profile = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.a.b";
        check(profile, profile, &[]);
    }

    #[test]
    fn a_text_without_a_model_id_is_unchanged() {
        for text in ["", "My-Throughput", "arn:aws:iam::123456789012:role/X", "https://example.com/", "\"\""]
        {
            check(text, text, &[]);
        }
    }
}
