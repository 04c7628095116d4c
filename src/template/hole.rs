//! The values of a body that contain placeholders.

use super::node::{Node, Piece};
use super::{Placeholder, Template};
use crate::pointer::{join, join_index};

/// A value of the body that is a placeholder, or a string with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole<'t> {
    /// JSON pointer into the rendered body.
    pub pointer: String,
    /// In the order of the text. There is exactly one if it is the whole value.
    pub placeholders: Vec<&'t Placeholder>,
}

impl Hole<'_> {
    /// Whether `pointer` points to this value or into it.
    pub fn holds(&self, pointer: &str) -> bool {
        let below = pointer.strip_prefix(self.pointer.as_str());
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl Template {
    /// Every value that contains placeholders, in the order of the text.
    pub fn holes(&self) -> Vec<Hole<'_>> {
        let mut holes = Vec::new();
        self.collect(&self.root, String::new(), &mut holes);
        holes
    }

    fn collect<'t>(&'t self, node: &Node, pointer: String, holes: &mut Vec<Hole<'t>>) {
        match node {
            Node::Plain(_) => {}
            Node::Hole(index) => holes.push(Hole { pointer, placeholders: vec![&self.placeholders[*index]] }),
            Node::Text(pieces) => {
                let indices = pieces.iter().filter_map(|piece| match piece {
                    Piece::Hole(index) => Some(&self.placeholders[*index]),
                    Piece::Literal(_) => None,
                });
                holes.push(Hole { pointer, placeholders: indices.collect() });
            }
            Node::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.collect(item, join_index(&pointer, index), holes);
                }
            }
            Node::Object(members) => {
                for (name, inner) in members {
                    self.collect(inner, join(&pointer, name), holes);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found_with_what_makes_them() {
        let body = r#"{ "a/b": [1, {{max}}], "text": "{{x}} and {{y}}", "plain": "z", "all": {{all}} }"#;
        let template = Template::parse(body).unwrap();
        let holes = template.holes();
        let told: Vec<_> = holes
            .iter()
            .map(|hole| {
                let names: Vec<_> = hole.placeholders.iter().map(|hole| hole.name.as_str()).collect();
                (hole.pointer.as_str(), names.join("+"))
            })
            .collect();
        let told: Vec<_> = told.iter().map(|(pointer, names)| (*pointer, names.as_str())).collect();
        assert_eq!(told, [("/a~1b/1", "max"), ("/text", "x+y"), ("/all", "all")]);
        assert!(holes[2].holds("/all/inner") && !holes[2].holds("/allow"));
    }
}
