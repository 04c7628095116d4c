//! Finds texts that may contain a secret. Compiling the patterns takes a command longer than most of its work, and few texts need
//! them.

use std::sync::LazyLock;

use super::kinds::KINDS;

/// The parts of all kinds.
pub(super) static PARTS: LazyLock<Parts> =
    LazyLock::new(|| Parts::new(KINDS.iter().flat_map(|kind| kind.parts).copied()));

/// Texts in lower case, by their first two bytes.
pub(super) struct Parts {
    /// For each pair of bytes the index of a group, from 1; 0 if no text starts with the pair.
    indices: Vec<u8>,
    groups: Vec<Vec<&'static [u8]>>,
}

impl Parts {
    fn new(parts: impl Iterator<Item = &'static str>) -> Parts {
        let mut all = Parts { indices: vec![0; 1 << 16], groups: vec![Vec::new()] };
        for part in parts.map(str::as_bytes) {
            let pair = index(part[0], part[1]);
            if all.indices[pair] == 0 {
                all.indices[pair] = u8::try_from(all.groups.len()).expect("fewer kinds than 255");
                all.groups.push(Vec::new());
            }
            all.groups[usize::from(all.indices[pair])].push(part);
        }
        all
    }

    /// Whether `text` contains one of the parts, in upper or lower case.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        bytes.windows(2).enumerate().any(|(start, pair)| {
            let group = self.indices[index(pair[0], pair[1])];
            let begins = |part: &&[u8]| {
                bytes.get(start..start + part.len()).is_some_and(|found| found.eq_ignore_ascii_case(part))
            };
            group != 0 && self.groups[usize::from(group)].iter().any(begins)
        })
    }
}

/// The index of a pair of bytes, without their case.
fn index(first: u8, second: u8) -> usize {
    usize::from(first.to_ascii_lowercase()) << 8 | usize::from(second.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_parts_are_found_as_by_a_simple_search(text in "[aAkKiIsShHgGpP_=-]{0,12}(akia|GHP_|sk-)?[a-z]{0,3}") {
            let lower = text.to_ascii_lowercase();
            let expected = KINDS.iter().flat_map(|kind| kind.parts).any(|part| lower.contains(part));
            prop_assert_eq!(PARTS.are_in(&text), expected);
        }
    }
}
