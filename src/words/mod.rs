//! Parts of messages: plurals, names in backticks, lists, names of JSON kinds, and the nearest known name.

mod json;
mod nearest;

use std::fmt::Display;

pub use json::{a_json_kind, json_kind, with_article};
pub use nearest::{nearest, nearest_few};

/// `1 case`, `2 cases`.
pub fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// `name` in backticks.
pub fn quoted(name: impl Display) -> String {
    format!("`{name}`")
}

/// `a, b, c`.
pub fn commas(items: impl IntoIterator<Item = impl Display>) -> String {
    joined(items, ", ")
}

/// The names in backticks, with commas.
pub fn quoted_commas(names: impl IntoIterator<Item = impl Display>) -> String {
    commas(names.into_iter().map(quoted))
}

/// `a, b or c`, with `or` as the `conjunction`.
pub fn list(items: impl IntoIterator<Item = impl Display>, conjunction: &str) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {conjunction} {last}", rest.join(", ")),
        _ => items.concat(),
    }
}

/// The first `limit` items with commas, then how many more there are: `a, b and 3 more`, with ` and ` as the `joint`.
pub fn first_few(items: impl IntoIterator<Item = impl Display>, limit: usize, joint: &str) -> String {
    let mut items = items.into_iter();
    let shown = commas(items.by_ref().take(limit));
    match items.count() {
        0 => shown,
        more => format!("{shown}{joint}{more} more"),
    }
}

fn joined(items: impl IntoIterator<Item = impl Display>, separator: &str) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_nouns_agree_with_their_count() {
        assert_eq!([0, 1, 2].map(|count| plural(count, "case")), ["0 cases", "1 case", "2 cases"]);
    }

    #[test]
    fn lists_end_in_a_conjunction_or_a_count() {
        let names = ["a", "b", "c"];
        let lists = [0, 1, 2, 3].map(|count| list(&names[..count], "or"));
        assert_eq!(lists, ["", "a", "a or b", "a, b or c"]);
        assert_eq!(quoted_commas(names), "`a`, `b`, `c`");
        let shortened = [1, 2, 3].map(|limit| first_few(names, limit, " and "));
        assert_eq!(shortened, ["a and 2 more", "a, b and 1 more", "a, b, c"]);
    }
}
