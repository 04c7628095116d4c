use serde_json::{Map, Value};

/// The members of an event's payload, or of a response's body.
pub(super) type Object = Map<String, Value>;

/// One shape of stream: collects the events one by one, and is then converted to the response.
pub(super) trait Shape {
    fn add_event(&mut self, kind: &str, payload: &Object);
    /// Whether the event that ends such a stream has been added.
    fn is_complete(&self) -> bool;
    /// The event or member that ends such a stream, for messages.
    fn end_marker(&self) -> &'static str;
    fn into_body(self: Box<Self>) -> Object;
}
