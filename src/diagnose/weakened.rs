//! Counts what the files of a repository exempt from the checks.

use std::ops::AddAssign;

use crate::words::plural;

/// How many files and findings the settings and comments of a repository exempt from the checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weakened {
    /// Configs that the setting `exclude` leaves out of a search.
    pub excluded: usize,
    /// Findings whose severity the setting `severity` lowers, or which it removes.
    pub lowered: usize,
    /// Findings that comments remove: `# bedrock-check: allow(CODE)`.
    pub allowed: usize,
}

impl Weakened {
    /// A phrase for each count that is not zero, for the last line of a run: `2 findings allowed`.
    pub fn phrases(self) -> impl Iterator<Item = String> {
        let counts = [
            (self.excluded, "config", "excluded"),
            (self.lowered, "finding", "lowered"),
            (self.allowed, "finding", "allowed"),
        ];
        let counts = counts.into_iter().filter(|(count, _, _)| *count > 0);
        counts.map(|(count, noun, done)| format!("{} {done}", plural(count, noun)))
    }
}

impl AddAssign for Weakened {
    fn add_assign(&mut self, other: Weakened) {
        self.excluded += other.excluded;
        self.lowered += other.lowered;
        self.allowed += other.allowed;
    }
}
