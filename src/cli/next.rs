//! The command to type next.

use std::io::{self, Write};

use super::arguments::{Configs, Filter, Test};
use super::output::Output;
use crate::diagnose::visible;
use crate::report::Verbosity;
use crate::run::{Outcome, Summary};

/// Tells how to accept what waits, for the very cases that ran.
pub(super) fn tell(
    summary: &Summary,
    arguments: &Test,
    output: &Output,
    out: &mut impl Write,
) -> io::Result<()> {
    let waiting = summary.count(Outcome::New) + summary.count(Outcome::Differs);
    if waiting == 0 || output.verbosity < Verbosity::Normal {
        return Ok(());
    }
    let mut words = vec!["bedrock-check".to_owned(), "test".to_owned()];
    words.extend(selecting(&arguments.configs, &arguments.filter).iter().map(|word| quoted(word)));
    words.push("--accept".to_owned());
    writeln!(out, "  next: `{}` accepts the output as it is now", visible(&words.join(" ")))
}

/// The words of the command line that decide which cases run, and with what.
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

/// `word` as a shell takes it.
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
