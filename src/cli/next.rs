//! Suggests the next command.

use std::io::{self, Write};

use super::arguments::{Configs, Filter, SelectionArguments};
use super::output::Output;
use crate::diagnose::visible;
use crate::report::Verbosity;
use crate::run::{Outcome, Summary};

/// Prints the command that accepts the new output of exactly the cases that ran.
pub(super) fn print_next_step(
    summary: &Summary,
    selected: SelectionArguments<'_>,
    output: &Output,
    out: &mut impl Write,
) -> io::Result<()> {
    let undecided = summary.count(Outcome::New) + summary.count(Outcome::Differs);
    if undecided == 0 || output.verbosity < Verbosity::Normal {
        return Ok(());
    }
    let selection = selection_words(selected.configs, selected.filter);
    let command = |words: &[&str], more: &[&str]| {
        let selection = selection.iter().map(|word| shell_quoted(word)).collect::<Vec<_>>();
        let words =
            words.iter().copied().chain(selection.iter().map(String::as_str)).chain(more.iter().copied());
        visible(&words.collect::<Vec<_>>().join(" ")).into_owned()
    };
    if summary.pending > 0 {
        let review = command(&["bedrock-check", "review"], &[]);
        return writeln!(out, "  next: `{review}` shows the pending snapshots one by one");
    }
    let shard = selected.shard.map(|shard| format!("--shard={shard}"));
    let more: Vec<&str> = shard.as_deref().into_iter().chain(["--accept"]).collect();
    let accept = command(&["bedrock-check", "test"], &more);
    writeln!(out, "  next: `{accept}` accepts the new output")
}

/// The arguments that select the cases and override the configs.
fn selection_words(configs: &Configs, filter: &Filter) -> Vec<String> {
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
fn shell_quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-+=:,./@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::shell_quoted;

    #[test]
    fn words_are_quoted_for_a_shell() {
        for (word, expected) in [("a-b::c", "a-b::c"), ("a*", "'a*'"), ("it's", r"'it'\''s'"), ("", "''")] {
            assert_eq!(shell_quoted(word), expected);
        }
    }
}
