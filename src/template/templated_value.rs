//! The values of a body that contain placeholders.

use super::node::{Node, Piece};
use super::{Placeholder, Template};
use crate::pointer::{join, join_index};

/// A value of the body that is a placeholder, or a string with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplatedValue<'t> {
    /// JSON pointer into the rendered body.
    pub pointer: String,
    /// In the order of the text. There is exactly one if it is the whole value.
    pub placeholders: Vec<&'t Placeholder>,
}

impl TemplatedValue<'_> {
    /// Whether `pointer` points to this value or into it.
    pub fn contains(&self, pointer: &str) -> bool {
        let below = pointer.strip_prefix(self.pointer.as_str());
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl Template {
    /// Every value that contains placeholders, in the order of the text.
    pub fn templated_values(&self) -> Vec<TemplatedValue<'_>> {
        let mut values = Vec::new();
        self.collect_templated(&self.root, String::new(), &mut values);
        values
    }

    fn collect_templated<'t>(&'t self, node: &Node, pointer: String, values: &mut Vec<TemplatedValue<'t>>) {
        match node {
            Node::Plain(_) => {}
            Node::Placeholder(index) => {
                values.push(TemplatedValue { pointer, placeholders: vec![&self.placeholders[*index]] });
            }
            Node::String(pieces) => {
                let placeholders = pieces.iter().filter_map(|piece| match piece {
                    Piece::Placeholder(index) => Some(&self.placeholders[*index]),
                    Piece::Literal(_) => None,
                });
                values.push(TemplatedValue { pointer, placeholders: placeholders.collect() });
            }
            Node::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.collect_templated(item, join_index(&pointer, index), values);
                }
            }
            Node::Object(members) => {
                for (name, inner) in members {
                    self.collect_templated(inner, join(&pointer, name), values);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templated_values_are_found_with_their_placeholders() {
        let body = r#"{ "a/b": [1, {{max}}], "text": "{{x}} and {{y}}", "plain": "z", "all": {{all}} }"#;
        let template = Template::parse(body).unwrap();
        let values = template.templated_values();
        let names: Vec<_> = values
            .iter()
            .map(|value| {
                let names: Vec<_> = value.placeholders.iter().map(|found| found.name.as_str()).collect();
                (value.pointer.as_str(), names.join("+"))
            })
            .collect();
        let names: Vec<_> = names.iter().map(|(pointer, names)| (*pointer, names.as_str())).collect();
        assert_eq!(names, [("/a~1b/1", "max"), ("/text", "x+y"), ("/all", "all")]);
        assert!(values[2].contains("/all/inner") && !values[2].contains("/allow"));
    }
}
