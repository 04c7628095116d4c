use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use crate::diagnose::Code;

use super::{Placeholder, Template};

/// A body with values instead of placeholders, ready to send.
#[derive(Clone, Debug, PartialEq)]
pub struct RenderedBody {
    /// The text of the body, with its formatting, and with values instead of placeholders.
    pub text: String,
    /// `text`, parsed.
    pub value: Value,
}

/// A placeholder whose variable has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` has no value")]
pub struct UnsetVariable {
    pub name: String,
    /// The range of the first placeholder of that name in the text of the body.
    pub at: Range<usize>,
}

impl UnsetVariable {
    pub fn code(&self) -> Code {
        Code::UnsetVariable
    }

    pub fn help(&self) -> Option<String> {
        Some(format!("set `{}` in the case's `variables`, or give it a `default`", self.name))
    }
}

impl Template {
    /// Replaces the placeholders with `values`, by variable name. The errors name each variable once.
    ///
    /// In value position a value is inserted as JSON. Inside a string, a string is inserted without
    /// its quotes and any other value as compact JSON, both escaped for the string around them.
    pub fn render(&self, values: &BTreeMap<String, Value>) -> Result<RenderedBody, Vec<UnsetVariable>> {
        let values = self.values_in_order(values)?;
        Ok(RenderedBody { text: self.render_text(&values), value: self.root.fill(&values) })
    }

    /// The body with `null` for each placeholder, for checks that don't know the values.
    pub fn fill_with_nulls(&self) -> Value {
        self.root.fill(&vec![&Value::Null; self.placeholders.len()])
    }

    /// Like [`Template::render`], but returns only the value, which is enough to compare requests.
    pub fn fill(&self, values: &BTreeMap<String, Value>) -> Result<Value, Vec<UnsetVariable>> {
        Ok(self.root.fill(&self.values_in_order(values)?))
    }

    /// The value of each placeholder, in the order of the placeholders.
    fn values_in_order<'a>(
        &self,
        values: &'a BTreeMap<String, Value>,
    ) -> Result<Vec<&'a Value>, Vec<UnsetVariable>> {
        let mut unset: Vec<UnsetVariable> = Vec::new();
        let mut found = Vec::with_capacity(self.placeholders.len());
        for Placeholder { name, at, .. } in &self.placeholders {
            match values.get(name) {
                Some(value) => found.push(value),
                None if unset.iter().any(|known| known.name == *name) => {}
                None => unset.push(UnsetVariable { name: name.clone(), at: at.clone() }),
            }
        }
        if unset.is_empty() { Ok(found) } else { Err(unset) }
    }

    fn render_text(&self, values: &[&Value]) -> String {
        let mut text = String::with_capacity(self.text.len() * 2);
        let mut end = 0;
        for (placeholder, value) in self.placeholders.iter().zip(values) {
            text.push_str(&self.text[end..placeholder.at.start]);
            if placeholder.in_string {
                push_escaped(&mut text, &text_to_insert(value));
            } else {
                text.push_str(&value.to_string());
            }
            end = placeholder.at.end;
        }
        text.push_str(&self.text[end..]);
        text
    }
}

/// The text to insert for `value` inside a string, not escaped.
pub(super) fn text_to_insert(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

fn push_escaped(out: &mut String, text: &str) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.push_str(text);
    } else {
        let quoted = Value::String(text.to_owned()).to_string();
        out.push_str(&quoted[1..quoted.len() - 1]);
    }
}
