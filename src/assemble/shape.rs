use super::{Object, anthropic, chat, command_r, flat, generations, message, outputs, whole};
use crate::exchange::Event;

/// One way to stream a response: takes its events one by one and becomes the response.
pub(super) trait Shape {
    fn take(&mut self, kind: &str, payload: &Object);
    /// The event that ends such a stream was there.
    fn is_complete(&self) -> bool;
    /// What ends such a stream, for people.
    fn end(&self) -> &'static str;
    fn body(self: Box<Self>) -> Object;
}

/// The shape of the first event that any shape knows.
pub(super) fn of(events: &[Event]) -> Box<dyn Shape> {
    events.iter().filter(|event| !event.exception).find_map(recognise).unwrap_or_else(whole::shape)
}

fn recognise(event: &Event) -> Option<Box<dyn Shape>> {
    let payload = event.payload.as_object()?;
    let known = KNOWN.iter().find(|(recognises, _)| recognises(&event.kind, payload));
    known.map(|(_, shape)| shape())
}

type Known = (fn(&str, &Object) -> bool, fn() -> Box<dyn Shape>);

const KNOWN: &[Known] = &[
    (message::recognises, message::shape),
    (anthropic::recognises, anthropic::shape),
    (chat::recognises, chat::shape),
    (command_r::recognises, command_r::shape),
    (outputs::recognises, outputs::shape),
    (generations::recognises, generations::shape),
    (flat::is_titan, flat::titan),
    (flat::is_llama, flat::llama),
    (flat::is_claude_text, flat::claude_text),
    (flat::is_pegasus, flat::pegasus),
];
