//! Masks secrets and escapes hidden characters in everything that people read, whichever command wrote it.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::diagnose::{find_open_key, masked, masked_with_styles, visible, visible_with_styles};

/// A stream in which secrets are masked and hidden characters are escaped, except the escape sequences that set colours if
/// the stream has them.
///
/// Commands escape names and texts of others themselves, where they know which parts are one line and which sequences
/// are our own. This stream is the last step: a text that a command did not escape can't move the cursor, write to the
/// clipboard, reorder a line or show a secret. Lines are written whole, because a secret may be written in parts.
pub(super) struct Escaped<W: Write> {
    out: W,
    content: Content,
    /// The last line, if it isn't complete, or a private key without an end.
    unfinished: Vec<u8>,
}

/// What a stream is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Text for people, which is masked and escaped.
    Text,
    /// Text for people with the escape sequences that set colours.
    ColoredText,
    /// Data for programs, which isn't changed.
    Data,
}

impl<W: Write> Escaped<W> {
    pub(super) fn new(out: W, content: Content) -> Escaped<W> {
        Escaped { out, content, unfinished: Vec::new() }
    }

    /// Writes the first `length` bytes that are not written yet.
    fn write_text(&mut self, length: usize) -> io::Result<()> {
        let bytes: Vec<u8> = self.unfinished.drain(..length).collect();
        let text = as_text(&bytes);
        match self.content {
            Content::ColoredText => {
                self.out.write_all(visible_with_styles(&masked_with_styles(&text)).as_bytes())
            }
            Content::Text | Content::Data => self.out.write_all(visible(&masked(&text)).as_bytes()),
        }
    }
}

impl<W: Write> Write for Escaped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.content == Content::Data {
            return self.out.write(bytes);
        }
        self.unfinished.extend_from_slice(bytes);
        if bytes.contains(&b'\n') {
            self.write_text(finished_length(&self.unfinished))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write_text(self.unfinished.len() - unfinished_length(&self.unfinished))?;
        self.out.flush()
    }
}

impl<W: Write> Drop for Escaped<W> {
    fn drop(&mut self) {
        // An error can't be reported from here. Most texts end with a line break, so that nothing is left.
        drop(self.write_text(self.unfinished.len()));
    }
}

/// The length of the complete lines in `bytes`, up to a private key without an end.
fn finished_length(bytes: &[u8]) -> usize {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let searched = as_text(&bytes[end.saturating_sub(OPEN_KEY_LIMIT)..end]);
    let open_key = find_open_key(&searched).map_or(0, |start| searched.len() - start);
    end.saturating_sub(open_key)
}

/// The most bytes of a private key whose end is waited for. The longest keys in use have 13,000 bytes.
const OPEN_KEY_LIMIT: usize = 1 << 14;

/// Bytes that are not UTF-8 are replaced: in some encodings, one byte is a control character.
fn as_text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// The most bytes of an escape sequence that sets colours.
const STYLE_LIMIT: usize = 32;

/// How many bytes at the end of `bytes` may be the beginning of a character or of an escape sequence that sets colours.
fn unfinished_length(bytes: &[u8]) -> usize {
    if let Err(error) = std::str::from_utf8(bytes) {
        return if error.error_len().is_none() { bytes.len() - error.valid_up_to() } else { 0 };
    }
    let tail = &bytes[bytes.len().saturating_sub(STYLE_LIMIT)..];
    let Some(start) = tail.iter().rposition(|byte| *byte == 0x1b) else { return 0 };
    let is_beginning = match &tail[start + 1..] {
        [] => true,
        [b'[', numbers @ ..] => {
            numbers.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b';' | b':'))
        }
        _ => false,
    };
    if is_beginning { tail.len() - start } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnose::is_hidden;

    /// The output after `bytes` were written in parts of `length` bytes.
    fn written(bytes: &[u8], length: usize) -> String {
        let mut out = Vec::new();
        let mut escaped = Escaped::new(&mut out, Content::ColoredText);
        bytes.chunks(length).try_for_each(|part| escaped.write_all(part)).unwrap();
        drop(escaped);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn colors_are_kept_and_everything_else_is_escaped() {
        let text = "\u{1b}[1m\u{1b}[31mé\u{1b}[0m \u{1b}[2J\r\n\t\u{9b}5n \u{202e}\u{1b}";
        let expected = "\u{1b}[1m\u{1b}[31mé\u{1b}[0m \\u{1b}[2J\\u{d}\n\t\\u{9b}5n \\u{202e}\\u{1b}";
        for length in 1..=text.len() {
            assert_eq!(written(text.as_bytes(), length), expected, "{length}");
        }
        assert_eq!(written(b"a\x9b5n", 9), "a\u{fffd}5n");
        let mut out = Vec::new();
        Escaped::new(&mut out, Content::Text).write_all(b"\x1b[1mred").unwrap();
        assert_eq!(out, b"\\u{1b}[1mred");
    }

    #[test]
    fn secrets_are_masked_however_they_are_written() {
        let key = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", "MIIEvQ".repeat(9));
        let text = format!("a ghp_{}\n\u{1b}[1mghp_{0}\u{1b}[0m\n{key}\nb\n", "aB3".repeat(12));
        let body = "*".repeat(54);
        let expected = format!(
            "a {0}\n\u{1b}[1m{0}\u{1b}[0m\n{1}\n{body}\n{2}\nb\n",
            "*".repeat(40),
            "*".repeat(27),
            "*".repeat(25)
        );
        for length in 1..=text.len() {
            assert_eq!(written(text.as_bytes(), length), expected, "{length}");
        }
    }

    #[test]
    fn a_key_without_an_end_does_not_stop_the_output() {
        let text = format!("-----BEGIN PRIVATE KEY-----\n{}", "a line\n".repeat(OPEN_KEY_LIMIT));
        let mut out = Vec::new();
        let mut escaped = Escaped::new(&mut out, Content::Text);
        text.as_bytes().chunks(100).try_for_each(|part| escaped.write_all(part)).unwrap();
        let waiting = escaped.unfinished.len();
        assert!(waiting < 100, "{waiting}");
    }

    #[test]
    fn a_flush_writes_an_incomplete_line() {
        let mut out = Vec::new();
        let mut escaped = Escaped::new(&mut out, Content::Text);
        escaped.write_all("code: \u{fc}".as_bytes().split_last().unwrap().1).unwrap();
        escaped.flush().unwrap();
        std::mem::forget(escaped);
        assert_eq!(out, b"code: ");
    }

    #[test]
    fn data_is_not_changed() {
        let mut out = Vec::new();
        Escaped::new(&mut out, Content::Data).write_all(b"\x9b\xe2\x80\xae\x1b").unwrap();
        assert_eq!(out, b"\x9b\xe2\x80\xae\x1b");
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_written(parts in prop::collection::vec(prop_oneof![
            any::<Vec<u8>>(),
            r"[\x1b\[0-9;m\x9b\p{Cf}]{0,5}".prop_map(String::into_bytes),
        ], 0..6), length in 1_usize..9) {
            let text = written(&parts.concat(), length);
            let styles = regex::Regex::new(r"\x1b\[[0-9;:]*m").unwrap();
            prop_assert!(!styles.replace_all(&text, "").contains(is_hidden), "{text:?}");
        }
    }
}
