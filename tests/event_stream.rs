//! Event-stream frames: compares our reader with the SDK's, on frames that the SDK writes.

use std::fs;

use aws_smithy_eventstream::frame::{read_message_from, write_message_to};
use aws_smithy_types::DateTime;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bedrock_check::wire::{Frame, decode};
use proptest::prelude::*;

use crate::common::shared;

/// The frames of `bytes` as the SDK reads them, with the string headers; we keep no others.
fn decode_by_the_sdk(mut bytes: &[u8]) -> Option<Vec<Frame>> {
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        let message = read_message_from(&mut bytes).ok()?;
        // The one difference: the SDK accepts a header without a name, which the published vectors reject.
        if message.headers().iter().any(|header| header.name().as_str().is_empty()) {
            return None;
        }
        frames.push(kept(&message));
    }
    Some(frames)
}

fn kept(message: &Message) -> Frame {
    let text = |header: &Header| {
        let value = header.value().as_string().ok()?;
        Some((header.name().as_str().to_owned(), value.as_str().to_owned()))
    };
    Frame {
        headers: message.headers().iter().filter_map(text).collect(),
        payload: message.payload().to_vec(),
    }
}

fn written(messages: &[Message]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        write_message_to(message, &mut bytes).expect("it is small enough");
    }
    bytes
}

fn value() -> impl Strategy<Value = HeaderValue> {
    prop_oneof![
        4 => "\\PC{0,20}".prop_map(|text| HeaderValue::String(text.into())),
        1 => any::<bool>().prop_map(HeaderValue::Bool),
        1 => any::<i8>().prop_map(HeaderValue::Byte),
        1 => any::<i16>().prop_map(HeaderValue::Int16),
        1 => any::<i32>().prop_map(HeaderValue::Int32),
        1 => any::<i64>().prop_map(HeaderValue::Int64),
        1 => any::<u128>().prop_map(HeaderValue::Uuid),
        1 => any::<i64>().prop_map(|ms| HeaderValue::Timestamp(DateTime::from_millis(ms))),
        1 => prop::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| HeaderValue::ByteArray(bytes.into())),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let header = ("\\PC{1,12}", value()).prop_map(|(name, value)| Header::new(name, value));
    let payload = prop::collection::vec(any::<u8>(), 0..60);
    (prop::collection::vec(header, 0..5), payload)
        .prop_map(|(headers, payload)| Message::new_from_parts(headers, payload))
}

/// The frame with correct checksums, so that changed bytes reach the reader.
fn resealed(mut frame: Vec<u8>) -> Vec<u8> {
    let prelude = crc32fast::hash(&frame[..8]);
    frame[8..12].copy_from_slice(&prelude.to_be_bytes());
    let content = frame.len() - 4;
    let message = crc32fast::hash(&frame[..content]);
    frame[content..].copy_from_slice(&message.to_be_bytes());
    frame
}

fn flipped(mut bytes: Vec<u8>, bit: prop::sample::Index) -> Vec<u8> {
    let bit = bit.index(bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

proptest! {
    #[test]
    fn frames_that_the_sdk_writes_are_read_unchanged(messages in prop::collection::vec(message(), 0..4)) {
        let expected: Vec<Frame> = messages.iter().map(kept).collect();
        prop_assert_eq!(decode(&written(&messages)), Ok(expected));
    }

    #[test]
    fn truncated_frames_are_refused_by_both(
        messages in prop::collection::vec(message(), 1..3),
        end: prop::sample::Index,
    ) {
        let bytes = written(&messages);
        let cut = &bytes[..end.index(bytes.len())];
        prop_assert_eq!(decode(cut).ok(), decode_by_the_sdk(cut));
    }

    #[test]
    fn a_flipped_bit_is_refused_by_both(message in message(), bit: prop::sample::Index) {
        let bytes = flipped(written(&[message]), bit);
        prop_assert!(decode(&bytes).is_err());
        prop_assert_eq!(decode_by_the_sdk(&bytes), None);
    }

    #[test]
    fn a_flipped_bit_with_valid_checksums_is_read_the_same(message in message(), bit: prop::sample::Index) {
        let bytes = resealed(flipped(written(&[message]), bit));
        prop_assert_eq!(decode(&bytes).ok(), decode_by_the_sdk(&bytes));
    }
}

#[test]
fn the_published_vectors_are_read_the_same() {
    let Some(vectors) = shared("oracles/eventstream/test_data") else { return };
    for entry in fs::read_dir(vectors).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let bytes = fs::read(&entry).expect("a file");
        assert_eq!(decode(&bytes).ok(), decode_by_the_sdk(&bytes), "{}", entry.display());
    }
}
