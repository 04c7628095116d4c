//! Findings about keys that are unknown, missing or ill-formed.

use jsonschema::ValidationError;
use serde_json::Value;

use super::value::{expectation, shown};
use super::view::{View, header};
use crate::diagnose::{Code, Finding};
use crate::pointer::join;
use crate::words::{nearest, quoted_commas};

/// The most keys that a help lists.
const LISTED: usize = 24;

pub(super) fn unknown(view: View<'_>, table: &str, name: &str) -> Finding {
    let span = view.at_key(&join(table, name));
    let message = format!("`{name}` is not a known key {}", inside(view, table));
    let finding = Finding::new(Code::UnknownKey, span, message);
    match remedy(view, table, name) {
        Some(help) => finding.help(help),
        None => finding,
    }
}

fn remedy(view: View<'_>, table: &str, name: &str) -> Option<String> {
    let known = view.outline.keys(table);
    let move_to = |place: String| format!("move it {}", into(view, &place));
    let quoted =
        || dotted_name(view, table, name).map(|header| format!("quote a name with a dot: `{header}`"));
    let sibling = || {
        let elsewhere = table.is_empty() && view.sibling.knows(name);
        elsewhere.then(|| format!("move it to {}", view.sibling.called))
    };
    let near = || nearest(name, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    quoted()
        .or_else(sibling)
        .or_else(|| view.outline.neighbour(table, name).map(move_to))
        .or_else(near)
        .or_else(|| view.outline.home(name).map(move_to))
        .or_else(|| listed(&known))
}

fn listed(known: &[&str]) -> Option<String> {
    match known.len() {
        1 => Some(format!("the only key here is {}", quoted_commas(known))),
        2..=LISTED => Some(format!("the keys here are {}", quoted_commas(known))),
        _ => None,
    }
}

/// The header with the name in quotes, if a dot without quotes split a name into two tables, as in
/// `[models.claude-3.5]`.
fn dotted_name(view: View<'_>, table: &str, name: &str) -> Option<String> {
    let inner = view.value(&join(table, name))?.as_object()?;
    let known = view.outline.keys(table);
    let looks_like_the_table = inner.keys().any(|key| known.contains(&key.as_str()));
    let (around, first) = table.rsplit_once('/')?;
    let chosen_name = view.outline.keys(around).is_empty();
    let whole = join(around, &format!("{first}.{name}"));
    (looks_like_the_table && chosen_name).then(|| header(view, &whole))
}

/// Reports a missing key. `None` if the table has the key with a misspelt name, which is reported there.
pub(super) fn missing(view: View<'_>, table: &str, property: &Value) -> Option<Finding> {
    let name = property.as_str().unwrap_or_default();
    if is_misspelt(view, table, name) {
        return None;
    }
    let message = format!("`{name}` is missing {}", inside(view, table));
    let finding = Finding::new(Code::MissingKey, view.at_value(table), message);
    let is_version = table.is_empty() && name == "version";
    let help = if is_version { "begin the file with `version = 1`" } else { &format!("add `{name} = …`") };
    Some(finding.help(help))
}

fn is_misspelt(view: View<'_>, table: &str, name: &str) -> bool {
    let known = view.outline.keys(table);
    let written = view.value(table).and_then(Value::as_object).into_iter().flatten();
    let mut unknown = written.map(|(key, _)| key.as_str()).filter(|key| !known.contains(key));
    unknown.any(|key| known.len() == 1 || nearest(key, known.iter().copied()) == Some(name))
}

pub(super) fn ill_formed(view: View<'_>, table: &str, error: &ValidationError<'_>) -> Finding {
    let name = error.instance().as_str().unwrap_or_default();
    let place = inside(view, table);
    let message = format!("{} can't be a name {place}: {}", shown(error.instance()), expectation(error));
    Finding::new(Code::InvalidValue, view.at_key(&join(table, name)), message)
}

fn inside(view: View<'_>, table: &str) -> String {
    place(view, table, "at the top of the file", "in")
}

fn into(view: View<'_>, table: &str) -> String {
    place(view, table, "to the top of the file, before the first table", "to")
}

fn place(view: View<'_>, table: &str, top: &str, preposition: &str) -> String {
    if table.is_empty() { top.to_owned() } else { format!("{preposition} `{}`", header(view, table)) }
}
