use serde_json::{Map, Value};

use super::render::text_of;

/// A parsed body, or a part of one. A part without placeholders is a `Plain` value.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Plain(Value),
    /// A placeholder in value position: its index in `Template::placeholders`.
    Hole(usize),
    /// A string with at least one placeholder.
    Text(Vec<Piece>),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// A part of a string.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// Text without JSON escapes, never empty.
    Literal(String),
    Hole(usize),
}

impl Node {
    pub(super) fn text(mut pieces: Vec<Piece>) -> Node {
        match pieces.as_mut_slice() {
            [] => Node::Plain(Value::String(String::new())),
            [Piece::Literal(text)] => Node::Plain(Value::String(std::mem::take(text))),
            _ => Node::Text(pieces),
        }
    }

    pub(super) fn array(items: Vec<Node>) -> Node {
        if items.iter().all(Node::is_plain) {
            Node::Plain(Value::Array(items.into_iter().filter_map(Node::plain).collect()))
        } else {
            Node::Array(items)
        }
    }

    pub(super) fn object(members: Vec<(String, Node)>) -> Node {
        if members.iter().all(|(_, node)| node.is_plain()) {
            let members = members.into_iter().filter_map(|(name, node)| Some((name, node.plain()?)));
            Node::Plain(Value::Object(members.collect()))
        } else {
            Node::Object(members)
        }
    }

    fn is_plain(&self) -> bool {
        matches!(self, Node::Plain(_))
    }

    fn plain(self) -> Option<Value> {
        match self {
            Node::Plain(value) => Some(value),
            _ => None,
        }
    }

    /// Replaces each placeholder with the item of `values` at its index.
    pub(super) fn fill(&self, values: &[&Value]) -> Value {
        match self {
            Node::Plain(value) => value.clone(),
            Node::Hole(index) => values[*index].clone(),
            Node::Text(pieces) => Value::String(joined(pieces, values)),
            Node::Array(items) => Value::Array(items.iter().map(|item| item.fill(values)).collect()),
            Node::Object(members) => {
                let members = members.iter().map(|(name, node)| (name.clone(), node.fill(values)));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }
}

fn joined(pieces: &[Piece], values: &[&Value]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Hole(index) => text.push_str(&text_of(values[*index])),
        }
    }
    text
}
