//! Resolves the escapes of a text, and remembers where its parts come from.

/// A text with its escapes resolved once: those of JSON, TOML, YAML and Rust, percent-encoding, and references of XML and HTML.
pub(super) struct Decoded {
    pub text: String,
    /// Offsets in the decoded and in the original text: of each resolved escape, and of what follows it.
    places: Vec<(usize, usize)>,
}

impl Decoded {
    /// `None` if `text` contains no escape.
    pub(super) fn new(text: &str) -> Option<Decoded> {
        let mut decoded = Decoded { text: String::new(), places: Vec::new() };
        let (mut copied, mut at) = (0, 0);
        while let Some(found) = text[at..].find(['\\', '%', '&']) {
            at += found;
            let Some((char, length)) = resolve(&text[at..]) else {
                at += 1;
                continue;
            };
            decoded.text.push_str(&text[copied..at]);
            decoded.places.push((decoded.text.len(), at));
            decoded.text.extend(char);
            at += length;
            copied = at;
            decoded.places.push((decoded.text.len(), at));
        }
        if decoded.places.is_empty() {
            return None;
        }
        decoded.text.push_str(&text[copied..]);
        Some(decoded)
    }

    /// The offset in the original text of an offset in the decoded text.
    pub(super) fn original(&self, offset: usize) -> usize {
        let after = self.places.partition_point(|(decoded, _)| *decoded <= offset);
        let (decoded, original) = after.checked_sub(1).map_or((0, 0), |index| self.places[index]);
        original + (offset - decoded)
    }
}

/// The character of the escape at the start of `text`, and the length of the escape. A line that TOML continues has no
/// character. `None` if `text` starts with no escape.
fn resolve(text: &str) -> Option<(Option<char>, usize)> {
    if let Some(length) = length_of_continuation(text) {
        return Some((None, length));
    }
    let (char, length) = match text.as_bytes()[0] {
        b'\\' => backslash(text),
        b'%' => Some((char::from(u8::try_from(hexadecimal(text.get(1..3)?)?).ok()?), 3)),
        _ => reference(text),
    }?;
    Some((Some(char), length))
}

/// The length of a backslash at the end of a line at the start of `text`, with the whitespace that TOML removes after it.
pub(super) fn length_of_continuation(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('\\')?;
    let next = rest.trim_ascii_start();
    let removed = &rest[..rest.len() - next.len()];
    let line = removed.trim_start_matches([' ', '\t', '\r']);
    line.starts_with('\n').then_some(1 + removed.len())
}

fn backslash(text: &str) -> Option<(char, usize)> {
    let code = |digits: usize| {
        let char = char::from_u32(hexadecimal(text.get(2..2 + digits)?)?)?;
        Some((char, 2 + digits))
    };
    let simple = |char| Some((char, 2));
    match text.as_bytes().get(1)? {
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        b'b' => simple('\u{8}'),
        b'f' => simple('\u{c}'),
        b'e' => simple('\u{1b}'),
        b'0' => simple('\0'),
        plain @ (b'/' | b'\\' | b'"' | b'\'') => simple(char::from(*plain)),
        b'x' => code(2),
        b'u' if text[2..].starts_with('{') => {
            let digits = text[3..].split_once('}')?.0;
            Some((char::from_u32(hexadecimal(digits)?)?, digits.len() + 4))
        }
        b'u' => code(4),
        b'U' => code(8),
        _ => None,
    }
}

fn reference(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 12;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let char = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => hexadecimal(digits)?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((char, end + 1))
}

/// The value of at most eight hexadecimal digits.
fn hexadecimal(digits: &str) -> Option<u32> {
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_number.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_are_resolved_and_keep_their_place() {
        for (text, expected) in [
            (r"a\nb", Some("a\nb")),
            (r"\u0041\U00000042\x43\u{44}", Some("ABCD")),
            (r"\\n\/", Some(r"\n/")),
            ("%41%4b%zz%", Some("AK%zz%")),
            ("&lt;&#65;&#x41;&nope;&", Some("<AA&nope;&")),
            ("AKIA\\ \r\n\n  x\\", Some("AKIAx\\")),
            (r"\q \u12 \u{zz} \", None),
            ("plain ü", None),
        ] {
            assert_eq!(Decoded::new(text).map(|decoded| decoded.text).as_deref(), expected, "{text}");
        }
        let decoded = Decoded::new(r"ü\nAKIA\u0041x").unwrap();
        let start = decoded.text.find("AKIAA").unwrap();
        assert_eq!([start, start + 4, start + 5].map(|offset| decoded.original(offset)), [4, 8, 14]);
    }

    proptest! {
        #[test]
        fn every_offset_leads_to_a_place_in_the_text(text in r#"(\\[nu"\\/x]|%4|&#?x?|[0-9A-F;{}]|\PC){0,20}"#) {
            if let Some(decoded) = Decoded::new(&text) {
                let offsets = decoded.text.char_indices().map(|(offset, _)| decoded.original(offset));
                let offsets: Vec<usize> = offsets.chain([decoded.original(decoded.text.len())]).collect();
                prop_assert!(offsets.is_sorted() && offsets.iter().all(|offset| text.is_char_boundary(*offset)));
                prop_assert_eq!(offsets.last(), Some(&text.len()));
            }
        }
    }
}
