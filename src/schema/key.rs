//! Findings about keys that are unknown, missing or ill-formed.

use jsonschema::ValidationError;
use serde_json::Value;

use super::family::is_request_member;
use super::value::{describe_expected, quote_value};
use super::view::{View, table_header};
use crate::diagnose::{Code, Finding};
use crate::pointer::{join, steps};
use crate::words::{nearest, quoted_commas};

/// A help lists the known keys only if there are at most this many.
const KEYS_LIMIT: usize = 24;

pub(super) fn report_unknown(view: View<'_>, table: &str, name: &str) -> Finding {
    let span = view.key_span(&join(table, name));
    let message = format!("`{name}` is not a known key {}", describe_location(view, table));
    let finding = Finding::new(Code::UnknownKey, span, message);
    match find_help(view, table, name) {
        Some(help) => finding.help(help),
        None => finding,
    }
}

fn find_help(view: View<'_>, table: &str, name: &str) -> Option<String> {
    let known = view.lookup.keys(table);
    let move_to = |place: String| format!("move it {}", describe_target(view, &place));
    let quoted_name =
        || quote_dotted_name(view, table, name).map(|header| format!("quote a name with a dot: `{header}`"));
    let sibling = || {
        let is_key_of_sibling = table.is_empty() && view.sibling.has_key(name);
        is_key_of_sibling.then(|| format!("move it to {}", view.sibling.description))
    };
    let similar = || nearest(name, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    let in_body = || {
        let help =
            "move it into the JSON of `request.body`: the parameters of a call are members of its body";
        is_body_member(table, name).then(|| help.to_owned())
    };
    quoted_name()
        .or_else(sibling)
        .or_else(|| view.lookup.find_nearby_table(table, name).map(move_to))
        .or_else(similar)
        .or_else(in_body)
        .or_else(|| view.lookup.find_only_table(name).map(move_to))
        .or_else(|| list_keys(&known))
}

/// Whether `name`, a key of a model or of `[defaults]`, is a member of the bodies of a family.
fn is_body_member(table: &str, name: &str) -> bool {
    let mut steps = steps(table);
    let of_model = steps.next().is_some_and(|step| step == "models") && steps.count() == 1;
    (of_model || table == "/defaults") && is_request_member(name)
}

fn list_keys(known: &[&str]) -> Option<String> {
    match known.len() {
        1 => Some(format!("the only key here is {}", quoted_commas(known))),
        2..=KEYS_LIMIT => Some(format!("the keys here are {}", quoted_commas(known))),
        _ => None,
    }
}

/// The header with the name in quotes, if a dot without quotes split a name into two tables, as in
/// `[models.claude-3.5]`.
fn quote_dotted_name(view: View<'_>, table: &str, name: &str) -> Option<String> {
    let inner = view.value(&join(table, name))?.as_object()?;
    let known = view.lookup.keys(table);
    let has_keys_of_the_table = inner.keys().any(|key| known.contains(&key.as_str()));
    let (around, first) = table.rsplit_once('/')?;
    let is_chosen_name = view.lookup.keys(around).is_empty();
    let whole = join(around, &format!("{first}.{name}"));
    (has_keys_of_the_table && is_chosen_name).then(|| table_header(view, &whole))
}

/// Reports a missing key. `None` if the table has the key with a misspelt name, which is reported there.
pub(super) fn report_missing(view: View<'_>, table: &str, property: &Value) -> Option<Finding> {
    let name = property.as_str().unwrap_or_default();
    if is_misspelt(view, table, name) {
        return None;
    }
    let message = format!("`{name}` is missing {}", describe_location(view, table));
    let finding = Finding::new(Code::MissingKey, view.value_span(table), message);
    let is_version = table.is_empty() && name == "version";
    let help = if is_version { "begin the file with `version = 1`" } else { &format!("add `{name} = …`") };
    Some(finding.help(help))
}

fn is_misspelt(view: View<'_>, table: &str, name: &str) -> bool {
    let known = view.lookup.keys(table);
    let written = view.value(table).and_then(Value::as_object).into_iter().flatten();
    let mut unknown = written.map(|(key, _)| key.as_str()).filter(|key| !known.contains(key));
    unknown.any(|key| known.len() == 1 || nearest(key, known.iter().copied()) == Some(name))
}

pub(super) fn report_invalid_name(view: View<'_>, table: &str, error: &ValidationError<'_>) -> Finding {
    let name = error.instance().as_str().unwrap_or_default();
    let place = describe_location(view, table);
    let message =
        format!("{} can't be a name {place}: {}", quote_value(error.instance()), describe_expected(error));
    Finding::new(Code::InvalidValue, view.key_span(&join(table, name)), message)
}

fn describe_location(view: View<'_>, table: &str) -> String {
    describe_table(view, table, "at the top of the file", "in")
}

fn describe_target(view: View<'_>, table: &str) -> String {
    describe_table(view, table, "to the top of the file, before the first table", "to")
}

fn describe_table(view: View<'_>, table: &str, top: &str, preposition: &str) -> String {
    if table.is_empty() { top.to_owned() } else { format!("{preposition} `{}`", table_header(view, table)) }
}
