//! A part of a run, so that several machines can share it.

use std::str::FromStr;

/// The part `index`, from 1, of `of` parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    pub index: usize,
    pub of: usize,
}

/// A text that is not a shard.
#[derive(Debug, thiserror::Error)]
#[error("expected `M/N`, the part M from 1 to N, such as `2/3`")]
pub struct ShardError;

impl Shard {
    /// Whether the shard contains the case at `position` among the selected cases. Neighbouring cases, which tend to cost the
    /// same, go to different shards. The sizes of two shards differ by at most one case.
    pub fn contains(self, position: usize) -> bool {
        position % self.of == self.index - 1
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Shard, ShardError> {
        let (index, of) = text.split_once('/').ok_or(ShardError)?;
        let number = |text: &str| text.parse::<usize>().map_err(|_| ShardError);
        let shard = Shard { index: number(index)?, of: number(of)? };
        if (1..=shard.of).contains(&shard.index) { Ok(shard) } else { Err(ShardError) }
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.index, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_is_in_one_shard_and_sizes_differ_by_at_most_one() {
        for (cases, of) in [(0, 1), (1, 3), (7, 3), (9, 3), (10, 4), (3, 5)] {
            let parts: Vec<Vec<usize>> = (1..=of)
                .map(|index| (0..cases).filter(|position| Shard { index, of }.contains(*position)).collect())
                .collect();
            let mut all = parts.concat();
            all.sort_unstable();
            assert_eq!(all, (0..cases).collect::<Vec<_>>(), "{cases} cases in {of} parts");
            let sizes = parts.iter().map(Vec::len);
            assert!(sizes.clone().max().unwrap_or(0) - sizes.min().unwrap_or(0) <= 1, "{parts:?}");
        }
    }

    #[test]
    fn a_shard_is_parsed_from_its_number_and_the_count() {
        assert_eq!("2/3".parse::<Shard>().unwrap(), Shard { index: 2, of: 3 });
        for text in ["", "2", "0/3", "4/3", "1/0", "a/3", "1/", "-1/3", "1/2/3", " 1/3"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
