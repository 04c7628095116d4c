//! AWS's event-stream framing: length, headers, payload, and a checksum over each part.

use std::ops::Range;

/// One frame. Headers of other types than string are dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub headers: Vec<(String, String)>,
    pub payload: Vec<u8>,
}

/// Why bytes can't be decoded as an event stream. `at` is the offset of the frame.
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

/// Decodes the frames of `bytes`, and verifies every checksum.
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

/// Decodes the first frame of `bytes` while more bytes may still arrive. `at` is the offset of `bytes` in the stream.
pub fn decode_first(bytes: &[u8], at: usize) -> Result<FirstFrame, FrameError> {
    match frame(bytes, at) {
        Ok((frame, length)) => Ok(FirstFrame::Complete(frame, length)),
        Err(FrameError::Truncated { .. }) => Ok(FirstFrame::Incomplete),
        Err(error) => Err(error),
    }
}

/// The first frame of the bytes that have arrived so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstFrame {
    /// The frame, and its length in bytes.
    Complete(Frame, usize),
    /// The end of the frame has not arrived yet.
    Incomplete,
}

/// Total length, length of the headers, checksum of both.
const PRELUDE: usize = 12;
const CHECKSUM: usize = 4;

/// The first frame of `bytes`, and its length in bytes.
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

/// The length of a value in bytes, by its type: true, false, byte, short, int, long, bytes, string, timestamp, UUID.
/// `None` for types whose values are preceded by their length.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_may_be_as_long_as_the_limit() {
        for (length, expected) in [
            (LENGTH_LIMIT, FrameError::Truncated { at: 0 }),
            (LENGTH_LIMIT + 1, FrameError::Length { at: 0 }),
        ] {
            // The frame ends behind its prelude.
            let mut bytes = u32::try_from(length).unwrap().to_be_bytes().to_vec();
            bytes.extend([0; 4]);
            bytes.extend(crc32fast::hash(&bytes).to_be_bytes());
            assert_eq!(decode(&bytes), Err(expected), "{length}");
        }
    }
}
