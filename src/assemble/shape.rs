use serde_json::{Map, Value};

/// The members of an event's payload, or of a response's body.
pub(super) type Object = Map<String, Value>;

/// One way to stream a response: takes its events one by one and becomes the response.
pub(super) trait Shape {
    fn take(&mut self, kind: &str, payload: &Object);
    /// The event that ends such a stream was there.
    fn is_complete(&self) -> bool;
    /// What ends such a stream, for people.
    fn end(&self) -> &'static str;
    fn body(self: Box<Self>) -> Object;
}
