//! Suggests the next command.

use std::io::{self, Write};

use super::arguments::{Configs, Filter, Selected};
use super::output::Output;
use crate::diagnose::visible;
use crate::report::Verbosity;
use crate::run::{Outcome, Summary};

/// Prints the command that accepts the new output of exactly the cases that ran.
pub(super) fn tell(
    summary: &Summary,
    selected: Selected<'_>,
    output: &Output,
    out: &mut impl Write,
) -> io::Result<()> {
    let waiting = summary.count(Outcome::New) + summary.count(Outcome::Differs);
    if waiting == 0 || output.verbosity < Verbosity::Normal {
        return Ok(());
    }
    let selecting = selecting(selected.configs, selected.filter);
    let command = |words: &[&str], more: &[&str]| {
        let selecting = selecting.iter().map(|word| quoted(word)).collect::<Vec<_>>();
        let words =
            words.iter().copied().chain(selecting.iter().map(String::as_str)).chain(more.iter().copied());
        visible(&words.collect::<Vec<_>>().join(" ")).into_owned()
    };
    if summary.pending > 0 {
        let review = command(&["bedrock-check", "review"], &[]);
        return writeln!(out, "  next: `{review}` goes through what waits");
    }
    let shard = selected.shard.map(|shard| format!("--shard={shard}"));
    let more: Vec<&str> = shard.as_deref().into_iter().chain(["--accept"]).collect();
    let accept = command(&["bedrock-check", "test"], &more);
    writeln!(out, "  next: `{accept}` accepts the output as it is now")
}

/// The arguments that select the cases and override the configs.
fn selecting(configs: &Configs, filter: &Filter) -> Vec<String> {
    let flags = [
        ("--profile", configs.profile.as_slice()),
        ("--set", &configs.set),
        ("-k", &filter.ids),
        ("--model", &filter.model),
        ("--tag", &filter.tag),
    ];
    let flags = flags
        .iter()
        .flat_map(|(flag, values)| values.iter().flat_map(|value| [(*flag).to_owned(), value.clone()]));
    configs.paths.iter().map(|path| path.display().to_string()).chain(flags).collect()
}

/// `word`, quoted for a shell where necessary.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-+=:,./@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_quoted_for_a_shell() {
        for (word, expected) in [("a-b::c", "a-b::c"), ("a*", "'a*'"), ("it's", r"'it'\''s'"), ("", "''")] {
            assert_eq!(quoted(word), expected);
        }
    }
}
