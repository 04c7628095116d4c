//! Keeps GitHub's runner from executing model output as workflow commands.
//!
//! The runner executes a line of a step's output that begins with `::`, with or without whitespace in front of it, and
//! `##[` anywhere in a line.

use std::io::{self, Write};

/// A stream that breaks workflow commands: on GitHub it inserts a space into each `::` and `##[`.
pub(super) struct Guarded<W> {
    out: W,
    on_github: bool,
    line: Line,
}

/// How much of a command the end of the current line matches.
#[derive(Default)]
struct Line {
    /// The line contains a character other than whitespace. The first colon sets this, too.
    has_begun: bool,
    colon: bool,
    hashes: u8,
}

impl<W> Guarded<W> {
    pub(super) fn new(out: W, on_github: bool) -> Guarded<W> {
        Guarded { out, on_github, line: Line::default() }
    }
}

impl Line {
    /// Whether a space must be inserted before `byte`.
    fn needs_space(&mut self, byte: u8) -> bool {
        let needs_space = (byte == b':' && self.colon) || (byte == b'[' && self.hashes == 2);
        self.hashes = if byte == b'#' { (self.hashes + 1).min(2) } else { 0 };
        self.colon = byte == b':' && !self.has_begun;
        // A byte above ASCII may be part of Unicode whitespace, which the runner skips, too.
        let is_space = byte.is_ascii_whitespace() || byte == 0x0B || !byte.is_ascii();
        self.has_begun = !matches!(byte, b'\n' | b'\r') && (self.has_begun || !is_space);
        needs_space
    }
}

impl<W: Write> Write for Guarded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.on_github {
            return self.out.write(bytes);
        }
        let mut safe = Vec::with_capacity(bytes.len());
        for byte in bytes {
            if self.line.needs_space(*byte) {
                safe.push(b' ');
            }
            safe.push(*byte);
        }
        self.out.write_all(&safe).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut line = Line::default();
        let safe =
            text.bytes().flat_map(|byte| line.needs_space(byte).then_some(b' ').into_iter().chain([byte]));
        assert_eq!(String::from_utf8(safe.collect()).unwrap(), expected);
    }

    #[test]
    fn no_line_is_a_command() {
        check("::error::x", ": :error::x");
        check("a\n \t\u{a0}::add-mask::x\r::x\n", "a\n \t\u{a0}: :add-mask::x\r: :x\n");
        check("a ##[error]x ###[x] #[", "a ## [error]x ### [x] #[");
        check("demo::one\n  FAIL demo::two\n:\n:", "demo::one\n  FAIL demo::two\n:\n:");
    }
}
