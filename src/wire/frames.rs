//! AWS's event-stream framing: length, headers, payload, and a checksum over each part.

use std::ops::Range;

/// One frame. Only headers that hold text are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub headers: Vec<(String, String)>,
    pub payload: Vec<u8>,
}

/// Why bytes are no event stream. `at` is the offset of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("the frame at byte {at} is cut off")]
    Truncated { at: usize },
    #[error("the frame at byte {at} has an impossible length")]
    Length { at: usize },
    #[error("the frame at byte {at} has a wrong checksum")]
    Checksum { at: usize },
    #[error("the frame at byte {at} has a header that can't be read")]
    Header { at: usize },
}

/// The frames of `bytes`, every checksum verified.
pub fn decode(bytes: &[u8]) -> Result<Vec<Frame>, FrameError> {
    let mut frames = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let (frame, length) = frame(&bytes[at..], at)?;
        frames.push(frame);
        at += length;
    }
    Ok(frames)
}

/// The frame that `bytes` begin with and how many bytes it takes, for bytes that still arrive. `at` is their
/// offset in the stream.
pub fn first(bytes: &[u8], at: usize) -> Result<Partial, FrameError> {
    match frame(bytes, at) {
        Ok((frame, length)) => Ok(Partial::Whole(frame, length)),
        Err(FrameError::Truncated { .. }) => Ok(Partial::More),
        Err(error) => Err(error),
    }
}

/// What the bytes that are there are worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Partial {
    Whole(Frame, usize),
    /// The frame's end is yet to come.
    More,
}

/// Total length, length of the headers, checksum of both.
const PRELUDE: usize = 12;
const CHECKSUM: usize = 4;

/// The frame that `bytes` begin with, and its length.
fn frame(bytes: &[u8], at: usize) -> Result<(Frame, usize), FrameError> {
    let prelude = number(bytes, 8..PRELUDE).ok_or(FrameError::Truncated { at })?;
    if crc32fast::hash(&bytes[..8]) != prelude {
        return Err(FrameError::Checksum { at });
    }
    let total = length(bytes, 0..4, at)?;
    let headers_end = PRELUDE + length(bytes, 4..8, at)?;
    let content = total
        .checked_sub(CHECKSUM)
        .filter(|content| headers_end <= *content)
        .ok_or(FrameError::Length { at })?;
    let message = number(bytes, content..total).ok_or(FrameError::Truncated { at })?;
    if crc32fast::hash(&bytes[..content]) != message {
        return Err(FrameError::Checksum { at });
    }
    let headers = read_headers(&bytes[PRELUDE..headers_end]).ok_or(FrameError::Header { at })?;
    Ok((Frame { headers, payload: bytes[headers_end..content].to_vec() }, total))
}

fn length(bytes: &[u8], range: Range<usize>, at: usize) -> Result<usize, FrameError> {
    let length = number(bytes, range).ok_or(FrameError::Truncated { at })?;
    usize::try_from(length).ok().filter(|length| *length <= LENGTH_LIMIT).ok_or(FrameError::Length { at })
}

/// The protocol's own limit is 24 MB.
const LENGTH_LIMIT: usize = 32 << 20;

fn number(bytes: &[u8], range: Range<usize>) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(range)?.try_into().ok()?))
}

fn read_headers(mut bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let mut headers = Vec::new();
    while !bytes.is_empty() {
        let name_length = usize::from(take(&mut bytes, 1)?[0]);
        let name = text(take(&mut bytes, name_length)?)?;
        let kind = take(&mut bytes, 1)?[0];
        let length = match VALUE_LENGTHS.get(usize::from(kind))? {
            Some(length) => *length,
            None => usize::from(u16::from_be_bytes(take(&mut bytes, 2)?.try_into().ok()?)),
        };
        let value = take(&mut bytes, length)?;
        if name.is_empty() {
            return None;
        }
        if kind == STRING {
            headers.push((name, text(value)?));
        }
    }
    Some(headers)
}

const STRING: u8 = 7;

/// Bytes of a value by its type: true, false, byte, short, int, long, bytes, string, timestamp, UUID. `None`: told before it.
const VALUE_LENGTHS: [Option<usize>; 10] =
    [Some(0), Some(0), Some(1), Some(2), Some(4), Some(8), None, None, Some(8), Some(16)];

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}
