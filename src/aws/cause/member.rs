//! Which member of a request body a refusal is about.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::pointer::{steps, unescape};

/// Ways in which messages name a member. The first one that finds something counts.
///
/// Groups: `pointer`, a JSON pointer; `dotted`, a path with dots; `member`, one step more; `name`, a member
/// anywhere in the body.
static WAYS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let ways = [
        r"#(?P<pointer>(?:/[^:/\s]+)*): (?:extraneous key|property) \[(?P<member>[^\]]+)\]",
        r"#(?P<pointer>(?:/[^:/\s]+)+):",
        r"\bat (?P<dotted>messages\.\d+\.content\.\d+)\b",
        r"\b(?P<dotted>(?:messages|tools|system|tool_choice|thinking|stop_sequences)(?:\.\w+)*): ",
        r"support the (?P<name>\w+) field\b",
        r"\b(?P<dotted>(?:max_tokens|temperature|top_p|top_k|anthropic_version|anthropic_beta)): ",
        r"`(?P<name>\w+)` (?:is deprecated|and `)",
        r"maximum tokens you requested|(?:^|\W)(?P<name>max_?tokens|maxTokens|max_gen_len|temperature|top_?p|toolConfig)\b",
    ];
    ways.iter().map(|way| Regex::new(way).expect("the patterns are valid")).collect()
});

/// Where in the body the refusal points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// The steps from the root. The last ones may not be there: what is missing is told as well.
    Path(Vec<String>),
    /// One of these names, anywhere.
    Named(Vec<String>),
}

/// The members that hold the greatest number of output tokens, by family.
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

/// The spellings of members that messages name in another one than the body.
const SPELLINGS: [&[&str]; 4] =
    [&MAX_TOKENS, &["temperature"], &["top_p", "topP", "p"], &["toolConfig", "tools"]];

/// The member that `message` names.
pub fn member(message: &str) -> Option<Member> {
    let found = WAYS.iter().find_map(|way| way.captures(message))?;
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
        let found = member(message).map(|member| match member {
            Member::Path(steps) => steps.join("/"),
            Member::Named(names) => format!("one of {}", names[0]),
        });
        assert_eq!(found.as_deref(), expected, "{message}");
    }

    #[test]
    fn messages_name_members_in_many_ways() {
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
