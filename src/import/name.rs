//! Chooses readable names for models and cases.

use std::collections::BTreeSet;

use crate::exchange::{Operation, Request};
use crate::files::layout::slug;

/// The names in use, as slugs: two names are the same if their files would have the same name.
#[derive(Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// Chooses the first of `candidates` that is not in use, or the last one with a number.
    pub(super) fn choose(&mut self, candidates: &[String]) -> String {
        let last = candidates.last().map_or("model", String::as_str);
        let numbered = (2..).map(|number| format!("{last} {number}"));
        let all = candidates.iter().cloned().chain(numbered);
        let free = all.map(|name| shortened(&name)).find(|name| !self.0.contains(&slug(name)));
        let free = free.expect("the range of numbers is unlimited");
        self.0.insert(slug(&free));
        free
    }
}

/// Shortens `name` to the longest length of a name. A number at its end is kept.
fn shortened(name: &str) -> String {
    if name.len() <= NAME_LENGTH {
        return name.to_owned();
    }
    let (words, last) = name.rsplit_once(' ').unwrap_or((name, ""));
    let number = last.parse::<u64>().map(|number| format!(" {number}")).unwrap_or_default();
    let words = if number.is_empty() { name } else { words };
    let room = (0..=NAME_LENGTH - number.len()).rev().find(|end| words.is_char_boundary(*end)).unwrap_or(0);
    let start = &words[..room];
    let whole = start.rfind([' ', '-']).filter(|end| *end > room / 2).map_or(start, |end| &start[..end]);
    format!("{whole}{number}")
}

/// The longest name in bytes. The limit for a model's name is 64 characters.
const NAME_LENGTH: usize = 60;

/// The name of a case after the file of its recording: `test_tool_call.0.json` becomes `tool call`.
pub(super) fn case_name(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let name = name.strip_suffix(".json").unwrap_or(name);
    let name = name.strip_suffix(".0").unwrap_or(name);
    let name = name.strip_prefix("test_").or_else(|| name.strip_prefix("test-")).unwrap_or(name);
    let spaced = name.chars().map(|char| if char.is_alphanumeric() || char == '-' { char } else { ' ' });
    let words: Vec<String> = spaced.collect::<String>().split_whitespace().map(str::to_owned).collect();
    if words.is_empty() { "case".to_owned() } else { words.join(" ") }
}

/// Candidates for the name of a model, the shortest first. Longer ones include its output or its first case.
pub(super) fn model_names(request: &Request, output: &str, case: &str) -> Vec<String> {
    let base = format!("{}{}", short_model(&request.model_id), operation_suffix(request.operation));
    let mut names = vec![base.clone(), format!("{base} {case}")];
    if output != "output_text" {
        names.insert(1, format!("{base} {output}"));
    }
    let plain = |name: &String| name.chars().filter(char::is_ascii).collect::<String>();
    names.iter().map(|name| slug(&plain(name)).replace('_', "-")).collect()
}

fn operation_suffix(operation: Operation) -> &'static str {
    match operation {
        Operation::InvokeModel => "",
        Operation::InvokeModelWithResponseStream => "-stream",
        Operation::Converse => "-converse",
        Operation::ConverseStream => "-converse-stream",
    }
}

/// A short name for a model ID: `us.anthropic.claude-3-haiku-20240307-v1:0` becomes `claude-3-haiku`.
fn short_model(model_id: &str) -> String {
    let id = model_id.rsplit([':', '/']).find(|part| part.parse::<u64>().is_err()).unwrap_or(model_id);
    let kind =
        model_id.strip_prefix("arn:").and_then(|arn| arn.rsplit(':').find_map(|part| part.split_once('/')));
    if let Some((kind, name)) = kind.filter(|(_, name)| !name.contains('.')) {
        return if name.starts_with(kind) { name.to_owned() } else { format!("{kind}-{name}") };
    }
    let parts: Vec<&str> = id.split('.').collect();
    let known = parts.iter().position(|part| PROVIDERS.contains(part));
    let (provider, name) = match known {
        Some(index) => (parts[index], parts[index + 1..].join("-")),
        None => ("", parts.join("-")),
    };
    let name = without_version(&name);
    let omit_provider =
        provider.is_empty() || WELL_KNOWN_PROVIDERS.contains(&provider) || name.starts_with(provider);
    if omit_provider { name } else { format!("{provider}-{name}") }
}

/// Removes `-v1` and a date from `name`.
fn without_version(name: &str) -> String {
    let name = name.strip_suffix("-v1").unwrap_or(name);
    let is_date = |word: &&str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit());
    name.split('-').filter(|word| !is_date(word)).collect::<Vec<_>>().join("-")
}

const PROVIDERS: &[&str] = &[
    "ai21",
    "amazon",
    "anthropic",
    "cohere",
    "deepseek",
    "google",
    "luma",
    "meta",
    "minimax",
    "mistral",
    "moonshot",
    "moonshotai",
    "nvidia",
    "openai",
    "qwen",
    "stability",
    "twelvelabs",
    "writer",
    "xai",
    "zai",
];

/// Providers whose models are known by their names alone.
const WELL_KNOWN_PROVIDERS: &[&str] = &["amazon", "anthropic", "meta"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_get_short_names() {
        for (id, expected) in [
            ("us.anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku"),
            ("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet-v2"),
            ("anthropic.claude-v2:1", "claude-v2"),
            ("amazon.nova-lite-v1:0", "nova-lite"),
            ("us.cohere.embed-v4:0", "cohere-embed-v4"),
            ("openai.gpt-oss-20b-1:0", "openai-gpt-oss-20b-1"),
            ("mistral.mistral-7b-instruct-v0:2", "mistral-7b-instruct-v0"),
            ("deepseek.v3.2", "deepseek-v3-2"),
            (
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/otn",
                "application-inference-profile-otn",
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-v1:0",
                "claude-sonnet-4",
            ),
            (
                "arn:aws:sagemaker:us-east-1:123456789012:endpoint/endpoint-quick-start",
                "endpoint-quick-start",
            ),
            ("does-not-exist", "does-not-exist"),
        ] {
            assert_eq!(short_model(id), expected, "{id}");
        }
    }

    #[test]
    fn cases_are_named_after_their_files() {
        for (file, expected) in [
            ("corpus/x/test_tool_call.0.json", "tool call"),
            ("test_tool_call.1.json", "tool call 1"),
            ("should-set-cache-tokens_39.0_3.json", "should-set-cache-tokens 39 0 3"),
            (".json", "case"),
        ] {
            assert_eq!(case_name(file), expected, "{file}");
        }
    }

    #[test]
    fn names_are_unique_even_where_they_are_cut() {
        let mut names = Names::default();
        let long = vec!["word ".repeat(40)];
        let (first, second) = (names.choose(&long), names.choose(&long));
        assert_ne!(slug(&first), slug(&second));
        assert_eq!(names.choose(&["a".to_owned(), "b".to_owned()]), "a");
        assert_eq!(names.choose(&["A".to_owned(), "b".to_owned()]), "b");
        assert_eq!(names.choose(&["a".to_owned(), "b".to_owned()]), "b 2");
    }
}
