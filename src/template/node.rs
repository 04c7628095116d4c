use serde_json::{Map, Value};

use super::render::text_to_insert;

/// A parsed body, or a part of one. A part without placeholders is a `Plain` value.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Plain(Value),
    /// A placeholder in value position: its index in `Template::placeholders`.
    Placeholder(usize),
    /// A string with at least one placeholder.
    String(Vec<Piece>),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// A part of a string.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// Text without JSON escapes, never empty.
    Literal(String),
    Placeholder(usize),
}

impl Node {
    pub(super) fn from_pieces(mut pieces: Vec<Piece>) -> Node {
        match pieces.as_mut_slice() {
            [] => Node::Plain(Value::String(String::new())),
            [Piece::Literal(text)] => Node::Plain(Value::String(std::mem::take(text))),
            _ => Node::String(pieces),
        }
    }

    pub(super) fn from_items(items: Vec<Node>) -> Node {
        if items.iter().all(Node::is_plain) {
            Node::Plain(Value::Array(items.into_iter().filter_map(Node::into_plain).collect()))
        } else {
            Node::Array(items)
        }
    }

    pub(super) fn from_members(members: Vec<(String, Node)>) -> Node {
        if members.iter().all(|(_, node)| node.is_plain()) {
            let members = members.into_iter().filter_map(|(name, node)| Some((name, node.into_plain()?)));
            Node::Plain(Value::Object(members.collect()))
        } else {
            Node::Object(members)
        }
    }

    fn is_plain(&self) -> bool {
        matches!(self, Node::Plain(_))
    }

    fn into_plain(self) -> Option<Value> {
        match self {
            Node::Plain(value) => Some(value),
            _ => None,
        }
    }

    /// Replaces each placeholder with the item of `values` at its index.
    pub(super) fn fill(&self, values: &[&Value]) -> Value {
        match self {
            Node::Plain(value) => value.clone(),
            Node::Placeholder(index) => values[*index].clone(),
            Node::String(pieces) => Value::String(join_pieces(pieces, values)),
            Node::Array(items) => Value::Array(items.iter().map(|item| item.fill(values)).collect()),
            Node::Object(members) => {
                let members = members.iter().map(|(name, node)| (name.clone(), node.fill(values)));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }
}

fn join_pieces(pieces: &[Piece], values: &[&Value]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Placeholder(index) => text.push_str(&text_to_insert(values[*index])),
        }
    }
    text
}
