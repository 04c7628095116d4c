//! What a person copies for a model ID: from a console, a form, another tool's config.

use crate::aws::arn::Arn;

/// A model ID out of what was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paste {
    /// As it is to be written.
    pub model_id: String,
    /// What was around it or wrong with it, the outermost first.
    pub slips: Vec<Slip>,
}

/// What is wrong with a copied ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// Space, also what only looks empty, around or in it.
    Space,
    /// Quotes, brackets, a comma around it.
    Quotes,
    /// It stood in a URL of an endpoint or of the console.
    Url,
    /// `%3A` for `:`.
    Encoded,
    /// What another tool writes in front: `bedrock/`, `bedrock/converse/`.
    ToolPrefix,
    /// `foundation-model/` and the like: a part of an ARN.
    HalfArn,
    /// `bedrock:provisioned-model-inference/`, as the console and platforms name provisioned throughput.
    ProvisionedName,
    /// Capital letters, which no model ID has.
    Capitals,
    /// An account in the ARN of a foundation model, which belongs to none.
    AccountInBaseArn,
}

impl Slip {
    /// What is wrong, as the end of a sentence.
    pub fn says(self) -> &'static str {
        match self {
            Slip::Space => "has a space in it, or something that looks like none",
            Slip::Quotes => "has quotes or commas around it",
            Slip::Url => "is a URL",
            Slip::Encoded => "is percent-encoded",
            Slip::ToolPrefix => "begins with what another tool puts in front",
            Slip::HalfArn => "is the end of an ARN",
            Slip::ProvisionedName => "is a name of provisioned throughput as forms and consoles show it",
            Slip::Capitals => "has capital letters",
            Slip::AccountInBaseArn => "names an account, and a foundation model belongs to none",
        }
    }
}

type Step = (Slip, fn(&str) -> Option<String>);

/// One after the other, each on what the one before left.
const STEPS: [Step; 9] = [
    (Slip::Quotes, without_quotes),
    (Slip::Space, without_space),
    (Slip::Url, out_of_url),
    (Slip::Encoded, decoded),
    (Slip::ToolPrefix, without_tool_prefix),
    (Slip::ProvisionedName, without_provisioned_prefix),
    (Slip::HalfArn, without_resource_type),
    (Slip::Capitals, in_small_letters),
    (Slip::AccountInBaseArn, without_account),
];

/// Takes the model ID out of `text`.
pub fn read(text: &str) -> Paste {
    let mut paste = Paste { model_id: text.to_owned(), slips: Vec::new() };
    for (slip, step) in STEPS {
        if let Some(better) = step(&paste.model_id) {
            paste.model_id = better;
            paste.slips.push(slip);
        }
    }
    paste
}

/// `cut`, if something was cut and something is left.
fn shorter(text: &str, cut: &str) -> Option<String> {
    (cut.len() < text.len() && !cut.is_empty()).then(|| cut.to_owned())
}

fn without_quotes(text: &str) -> Option<String> {
    const AROUND: [char; 14] = ['"', '\'', '`', ',', ';', '<', '>', '(', ')', '“', '”', '‘', '’', '…'];
    let trimmed = text.trim();
    let cut = trimmed.trim_matches(AROUND);
    (cut.len() < trimmed.len()).then(|| cut.to_owned()).filter(|cut| !cut.is_empty())
}

fn without_space(text: &str) -> Option<String> {
    const UNSEEN: [char; 4] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{feff}'];
    let cut: String = text.chars().filter(|char| !char.is_whitespace() && !UNSEEN.contains(char)).collect();
    shorter(text, &cut)
}

/// The path of a call, `/model/ID/invoke`, or what a console's address selects.
fn out_of_url(text: &str) -> Option<String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let id = match rest.split_once("/model/") {
        Some((_, path)) => path.split('/').next(),
        None => rest.split_once("model=").and_then(|(_, query)| query.split(['&', '#']).next()),
    };
    id.filter(|id| !id.is_empty()).map(str::to_owned)
}

fn decoded(text: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
    shorter(text, &decoded)
}

fn without_tool_prefix(text: &str) -> Option<String> {
    const PREFIXES: [&str; 6] =
        ["bedrock/converse/", "bedrock/invoke/", "bedrock/", "bedrock:", "amazon-bedrock/", "aws/"];
    if text.starts_with("bedrock:provisioned") {
        return None;
    }
    PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)).and_then(|cut| shorter(text, cut))
}

fn without_provisioned_prefix(text: &str) -> Option<String> {
    const PREFIXES: [&str; 3] = [
        "bedrock:provisioned-model-inference/",
        "provisioned-model-inference/",
        "bedrock:provisioned-model/",
    ];
    PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)).and_then(|cut| shorter(text, cut))
}

fn without_resource_type(text: &str) -> Option<String> {
    const TYPES: [&str; 2] = ["foundation-model/", "inference-profile/"];
    let text = text.trim_start_matches(':');
    TYPES.iter().find_map(|of| text.strip_prefix(of)).and_then(|cut| shorter(text, cut))
}

/// Only where a known ID comes out: names of provisioned throughput may have capitals.
fn in_small_letters(text: &str) -> Option<String> {
    let small = text.to_ascii_lowercase();
    let is_known = || super::ModelId::parse(&small).model().is_some();
    (small != text && is_known()).then_some(small)
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
    fn check(text: &str, model_id: &str, slips: &[Slip]) {
        assert_eq!(read(text), Paste { model_id: model_id.to_owned(), slips: slips.to_vec() }, "{text:?}");
    }

    const HAIKU: &str = "anthropic.claude-3-haiku-20240307-v1:0";

    #[test]
    fn what_people_copy_is_understood() {
        check(HAIKU, HAIKU, &[]);
        check(&format!(" {HAIKU}\n"), HAIKU, &[Slip::Space]);
        check("anthropic.claude-3-haiku- 20240307-v1:0", HAIKU, &[Slip::Space]);
        check(&format!("\u{a0}{HAIKU}\u{200b}"), HAIKU, &[Slip::Space]);
        check(&format!("\"{HAIKU}\","), HAIKU, &[Slip::Quotes]);
        check("anthropic.claude-3-haiku-20240307-v1%3A0", HAIKU, &[Slip::Encoded]);
        let url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke";
        check(url, HAIKU, &[Slip::Url, Slip::Encoded]);
        check(&format!("bedrock/converse/us.{HAIKU}"), &format!("us.{HAIKU}"), &[Slip::ToolPrefix]);
        check(&format!("foundation-model/{HAIKU}"), HAIKU, &[Slip::HalfArn]);
        check("Anthropic.Claude-3-haiku-20240307-v1:0", HAIKU, &[Slip::Capitals]);
        check(
            "bedrock:provisioned-model-inference/my-throughput-id",
            "my-throughput-id",
            &[Slip::ProvisionedName],
        );
    }

    #[test]
    fn an_account_is_taken_out_of_a_foundation_models_arn() {
        let arn = |account: &str| format!("arn:aws:bedrock:us-east-1:{account}:foundation-model/{HAIKU}");
        check(&arn("123456789012"), &arn(""), &[Slip::AccountInBaseArn]);
        check(&arn(""), &arn(""), &[]);
        let profile = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.a.b";
        check(profile, profile, &[]);
    }

    #[test]
    fn what_is_nothing_stays_as_it_is() {
        for text in ["", "My-Throughput", "arn:aws:iam::123456789012:role/X", "https://example.com/", "\"\""]
        {
            check(text, text, &[]);
        }
    }
}
