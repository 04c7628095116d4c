//! Finds the member of the request body that a refusal is about.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::pointer::{steps, unescape};

/// The forms in which messages name a member. The first pattern that matches is used.
///
/// Groups: `pointer` is a JSON pointer, `dotted` a path with dots, `member` one further step, and `name` a member
/// anywhere in the body.
static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let patterns = [
        r"#(?P<pointer>(?:/[^:/\s]+)*): (?:extraneous key|property) \[(?P<member>[^\]]+)\]",
        r"#(?P<pointer>(?:/[^:/\s]+)+):",
        r"\bat (?P<dotted>messages\.\d+\.content\.\d+)\b",
        r"\b(?P<dotted>(?:messages|tools|system|tool_choice|thinking|stop_sequences)(?:\.\w+)*): ",
        r"support the (?P<name>\w+) field\b",
        r"\b(?P<dotted>(?:max_tokens|temperature|top_p|top_k|anthropic_version|anthropic_beta)): ",
        r"`(?P<name>\w+)` (?:is deprecated|and `)",
        r"maximum tokens you requested|(?:^|\W)(?P<name>max_?tokens|maxTokens|max_gen_len|temperature|top_?p|toolConfig)\b",
    ];
    patterns.iter().map(|pattern| Regex::new(pattern).expect("the patterns are valid")).collect()
});

/// The member that a refusal is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// Its steps from the root. The last ones may not exist: a refusal can also name a missing member.
    Path(Vec<String>),
    /// A member with one of these names, anywhere in the body.
    Named(Vec<String>),
}

/// The members that limit the output tokens, one for each family.
pub const MAX_TOKENS: [&str; 8] = [
    "max_tokens",
    "maxTokens",
    "max_tokens_to_sample",
    "max_new_tokens",
    "maxTokenCount",
    "max_gen_len",
    "max_completion_tokens",
    "maxOutputTokens",
];

/// Members whose spelling in a message can differ from that in the body.
const SPELLINGS: [&[&str]; 4] =
    [&MAX_TOKENS, &["temperature"], &["top_p", "topP", "p"], &["toolConfig", "tools"]];

/// Finds the member that `message` names.
pub fn find_member(message: &str) -> Option<Member> {
    let found = PATTERNS.iter().find_map(|pattern| pattern.captures(message))?;
    let text = |group: &str| found.name(group).map(|group| group.as_str());
    if let Some(pointer) = text("pointer") {
        let steps = steps(pointer).chain(text("member").map(unescape));
        return Some(Member::Path(steps.map(Cow::into_owned).collect()));
    }
    if let Some(dotted) = text("dotted") {
        return Some(Member::Path(dotted.split('.').map(str::to_owned).collect()));
    }
    match text("name") {
        None => Some(named(&MAX_TOKENS)),
        Some(name) => {
            let spelled = SPELLINGS
                .iter()
                .find(|spellings| spellings.contains(&name) || is_max_tokens(spellings, name));
            Some(spelled.map_or_else(|| named(&[name]), |spellings| named(spellings)))
        }
    }
}

fn named(names: &[&str]) -> Member {
    Member::Named(names.iter().map(|name| (*name).to_owned()).collect())
}

fn is_max_tokens(spellings: &[&str], name: &str) -> bool {
    spellings[0] == MAX_TOKENS[0] && name.to_ascii_lowercase().replace('_', "") == "maxtokens"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: Option<&str>) {
        let found = find_member(message).map(|member| match member {
            Member::Path(steps) => steps.join("/"),
            Member::Named(names) => format!("one of {}", names[0]),
        });
        assert_eq!(found.as_deref(), expected, "{message}");
    }

    #[test]
    fn members_are_found_in_messages_of_every_form() {
        check(
            "Malformed input request: #/messages/0/content/0: extraneous key [inputText] is not permitted, please reformat your input and try again.",
            Some("messages/0/content/0/inputText"),
        );
        check(
            "Malformed input request: #/texts/41: expected maxLength: 2048, actual: 3000, please",
            Some("texts/41"),
        );
        check(
            "Malformed input request: #: required key [max_tokens] not found, please",
            Some("one of max_tokens"),
        );
        check("messages.0.content.1.image.source: Field required", Some("messages/0/content/1/image/source"));
        check(
            "The text field in the ContentBlock object at messages.0.content.2 is blank. Add text",
            Some("messages/0/content/2"),
        );
        check(
            "This model doesn't support the s3Uri field. Remove s3Uri and try again.",
            Some("one of s3Uri"),
        );
        check("`temperature` is deprecated for this model.", Some("one of temperature"));
        check(
            "`temperature` and `top_p` cannot both be specified for this model.",
            Some("one of temperature"),
        );
        check("The maximum tokens you requested exceeds the model limit of 4096.", Some("one of max_tokens"));
        check("max_tokens: must be greater than or equal to 1", Some("max_tokens"));
        check("Something else went wrong.", None);
    }
}
