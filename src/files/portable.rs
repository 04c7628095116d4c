//! What other file systems do with a name: devices of Windows, and names that a file system treats as equal.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// Whether `part`, a part of a path, is a device on Windows. An extension makes no difference: `con.toml` is a device too.
/// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
pub fn is_device(part: &str) -> bool {
    const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
    let stem = part.split('.').next().unwrap_or(part).trim_end_matches(' ').to_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let is_number = |rest: &str| {
        let mut chars = rest.chars();
        chars.next().is_some_and(|char| char.is_ascii_digit() || "¹²³".contains(char))
            && chars.next().is_none()
    };
    DEVICES.contains(&stem.as_str()) || port.is_some_and(is_number)
}

/// The same text for all names that some file system treats as equal: APFS and NTFS ignore the case of letters, and APFS
/// also treats a letter with an accent and the letter followed by a combining accent as equal.
///
/// Lower, upper and lower case one after the other are Unicode's case folding, except for a few letters (Cherokee, dotless
/// `ı`) that this merges too. The first step is for `ẞ`, which is its own upper case.
pub fn fold_name(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let normalizer = DecomposingNormalizerBorrowed::new_nfd();
    let decomposed = normalizer.normalize(name);
    let lower = decomposed.chars().flat_map(char::to_lowercase);
    let folded: String = lower.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    normalizer.normalize(&folded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_of_windows_are_recognised_with_any_extension() {
        for name in ["con", "NUL", "Aux.json", "prn.tar.gz", "com0", "COM9.txt", "lpt³", "nul .x", "CONIN$"]
        {
            assert!(is_device(name), "{name}");
        }
        for name in ["console", "com", "com10", "com1a", "lpt-1", "null", "a.con", ""] {
            assert!(!is_device(name), "{name}");
        }
    }

    #[test]
    fn names_that_a_file_system_treats_as_equal_fold_to_the_same_text() {
        for (one, other) in [
            ("a/B", "A/b"),
            ("caf\u{e9}", "CAFE\u{301}"),
            ("\u{ac00}", "\u{1100}\u{1161}"),
            ("stra\u{df}e", "STRA\u{1e9e}E"),
            ("\u{17f}", "s"),
            ("\u{212a}", "k"),
            ("\u{3c2}", "\u{3c3}"),
            ("\u{f900}", "\u{8c48}"),
            ("a\u{323}\u{307}", "a\u{307}\u{323}"),
        ] {
            assert_eq!(fold_name(one), fold_name(other), "{one} {other}");
        }
        assert_ne!(fold_name("caf\u{e9}"), fold_name("cafe"));
        assert_ne!(fold_name("\u{fb01}"), fold_name("\u{fb02}"), "ligatures");
    }
}
