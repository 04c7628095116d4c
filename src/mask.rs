//! Replaces known secrets in a text.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

/// The text that replaces a secret.
const REPLACEMENT: &str = "***";

/// What texts have where a part is missing.
const ELLIPSIS: char = '…';

/// Replaces each of `secrets` in `text` by `***`, also the part of a secret before or after an ellipsis. Occurrences that
/// overlap become one `***`, so that no part of a secret remains. Empty secrets are ignored.
pub fn replace_secrets<S: AsRef<str>>(text: &str, secrets: impl IntoIterator<Item = S>) -> Cow<'_, str> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for secret in secrets {
        collect_occurrences(text, secret.as_ref(), &mut found);
        collect_cut_occurrences(text, secret.as_ref(), &mut found);
    }
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_unstable_by_key(|range| range.start);
    let mut out = String::with_capacity(text.len());
    let mut copied_to = 0;
    for range in merge_overlapping(found) {
        out.push_str(&text[copied_to..range.start]);
        out.push_str(REPLACEMENT);
        copied_to = range.end;
    }
    out.push_str(&text[copied_to..]);
    Cow::Owned(out)
}

/// Adds the ranges of `secret` in `text` to `found`, including occurrences that overlap each other.
fn collect_occurrences(text: &str, secret: &str, found: &mut Vec<Range<usize>>) {
    let Some(first) = secret.chars().next() else { return };
    let mut from = 0;
    while let Some(at) = text[from..].find(secret) {
        let start = from + at;
        found.push(start..start + secret.len());
        from = start + first.len_utf8();
    }
}

/// Adds the parts of `secret` before and after each ellipsis in `text`.
fn collect_cut_occurrences(text: &str, secret: &str, found: &mut Vec<Range<usize>>) {
    for (ellipsis, _) in text.match_indices(ELLIPSIS) {
        let next = ellipsis + ELLIPSIS.len_utf8();
        let mut lengths = CUT_LENGTHS.rev();
        let start = lengths.find_map(|length| {
            let start = secret.get(..length)?;
            text[..ellipsis].ends_with(start).then_some(length)
        });
        found.extend(start.map(|length| ellipsis - length..ellipsis));
        let mut lengths = CUT_LENGTHS.rev();
        let end = lengths.find_map(|length| {
            let end = secret.get(secret.len().checked_sub(length)?..)?;
            text[next..].starts_with(end).then_some(length)
        });
        found.extend(end.map(|length| next..next + length));
    }
}

/// The lengths in bytes of the parts of a secret that are looked for: shorter parts say nothing about it, and a text that
/// was cut doesn't contain longer ones.
const CUT_LENGTHS: RangeInclusive<usize> = 4..=1000;

/// Merges ranges that overlap. Adjacent ranges stay separate. `sorted` must be sorted by start.
fn merge_overlapping(sorted: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in sorted {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, secrets: &[&str], expected: &str) {
        assert_eq!(replace_secrets(text, secrets), expected);
        let reversed: Vec<&&str> = secrets.iter().rev().collect();
        assert_eq!(replace_secrets(text, reversed), expected, "in any order");
    }

    #[test]
    fn a_secret_that_is_the_prefix_of_another_leaves_no_rest() {
        check("a=abcdefgh b=abcdefghXYZ", &["abcdefgh", "abcdefghXYZ"], "a=*** b=***");
    }

    #[test]
    fn overlapping_secrets_are_replaced_together() {
        check("<abcdefghij>", &["abcdef", "efghij"], "<***>");
        check("<ababab>", &["abab"], "<***>");
        check("<äöäöä>", &["äöä"], "<***>");
    }

    #[test]
    fn adjacent_secrets_are_replaced_one_by_one() {
        check("abcdefgh", &["abcd", "efgh"], "******");
    }

    #[test]
    fn a_secret_that_is_cut_is_replaced() {
        check("found `hush-hu…` and `…sh-hush`", &["hush-hush"], "found `***…` and `…***`");
        check("hush-hush… hus… …ush hus", &["hush-hush"], "***… hus… …ush hus");
    }

    #[test]
    fn an_empty_secret_changes_nothing() {
        check("text", &[""], "text");
        assert!(matches!(replace_secrets("text", ["secret"]), Cow::Borrowed("text")));
    }

    proptest! {
        #[test]
        fn no_secret_remains(text in "[abü]{0,24}", secrets in prop::collection::vec("[abü]{1,4}", 0..4)) {
            let replaced = replace_secrets(&text, &secrets);
            for secret in &secrets {
                prop_assert!(!replaced.contains(secret.as_str()), "{} in {}", secret, replaced);
            }
        }
    }
}
