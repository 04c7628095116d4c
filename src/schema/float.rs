//! Reports floats in place of integers: `900.0` is an integer for JSON Schema, but not for the typed config.

use serde_json::Value;

use super::value::key_name;
use super::view::View;
use crate::diagnose::{Code, Finding};
use crate::pointer::{join, join_index};

pub(super) fn check(view: View<'_>) -> Vec<Finding> {
    let mut pointers = Vec::new();
    collect_whole_floats(&view.document.value, &mut Vec::new(), &mut pointers);
    pointers.iter().filter_map(|pointer| report(view, pointer)).collect()
}

/// The pointers of all floats that are whole numbers.
fn collect_whole_floats<'v>(value: &'v Value, path: &mut Vec<Step<'v>>, pointers: &mut Vec<String>) {
    match value {
        Value::Number(number) if !number.is_i64() && !number.is_u64() => {
            let whole = number.as_f64().is_some_and(|number| number.fract() == 0.0);
            pointers.extend(whole.then(|| to_pointer(path)));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_child(Step::Index(index), item, path, pointers);
            }
        }
        Value::Object(table) => {
            for (key, value) in table {
                collect_child(Step::Key(key), value, path, pointers);
            }
        }
        _ => {}
    }
}

enum Step<'v> {
    Key(&'v str),
    Index(usize),
}

fn collect_child<'v>(step: Step<'v>, value: &'v Value, path: &mut Vec<Step<'v>>, pointers: &mut Vec<String>) {
    path.push(step);
    collect_whole_floats(value, path, pointers);
    path.pop();
}

fn to_pointer(path: &[Step<'_>]) -> String {
    path.iter().fold(String::new(), |pointer, step| match step {
        Step::Key(key) => join(&pointer, key),
        Step::Index(index) => join_index(&pointer, *index),
    })
}

fn report(view: View<'_>, pointer: &str) -> Option<Finding> {
    if !view.lookup.requires_integer(pointer) {
        return None;
    }
    let name = key_name(pointer);
    let value = view.value(pointer)?;
    let message = format!("`{name}`: expected an integer, found `{value}`");
    let whole = value.as_f64()?;
    let finding = Finding::new(Code::InvalidValue, view.value_span(pointer), message);
    Some(finding.help(format!("write it without a decimal point: `{whole}`")))
}
