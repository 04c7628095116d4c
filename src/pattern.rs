//! Compiles the regular expressions and globs of configs, settings and the command line.
//!
//! A short pattern can need more time, memory or stack than there is, so all of them are limited here.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use globset::{GlobBuilder, GlobMatcher};
use regex::{Regex, RegexBuilder};

/// The maximum length of a pattern in bytes.
pub const LENGTH_LIMIT: usize = 4096;

/// The maximum nesting of braces in a glob.
pub const BRACES_LIMIT: usize = 16;

/// The maximum size of a compiled regular expression in bytes.
pub const SIZE_LIMIT: usize = 10 << 20;

/// The maximum size of the compiled regular expressions of a config in bytes.
pub const TOTAL_SIZE_LIMIT: usize = 64 << 20;

/// The maximum size of a string that is compared with a regular expression, in bytes. A short pattern can take seconds for each MiB.
pub const MATCHED_LIMIT: usize = 2 << 20;

/// The library doesn't return the size of a regular expression, so these limits are tried in turn.
const SIZES: [usize; 5] = [4 << 10, 16 << 10, 128 << 10, 1 << 20, SIZE_LIMIT];

/// Why a pattern can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("{0}")]
    Syntax(String),
    #[error("the pattern has {0} bytes, and {LENGTH_LIMIT} is the limit")]
    TooLong(usize),
    #[error("the braces are nested more than {BRACES_LIMIT} levels deep")]
    TooDeep,
    #[error("the compiled pattern has more than {} MiB", SIZE_LIMIT >> 20)]
    TooLarge,
    #[error("the compiled patterns of the config have more than {} MiB", TOTAL_SIZE_LIMIT >> 20)]
    TooLargeInTotal,
}

impl PatternError {
    /// Whether the pattern is valid, but over a limit.
    pub fn is_limit(&self) -> bool {
        !matches!(self, PatternError::Syntax(_))
    }
}

/// The regular expressions of one config. Each is compiled once.
#[derive(Debug, Default)]
pub struct Patterns {
    compiled: RefCell<HashMap<String, Result<Regex, PatternError>>>,
    total_size: Cell<usize>,
}

impl Patterns {
    pub fn compile(&self, pattern: &str) -> Result<Regex, PatternError> {
        if let Some(compiled) = self.compiled.borrow().get(pattern) {
            return compiled.clone();
        }
        let compiled = self.compile_within_total(pattern);
        self.compiled.borrow_mut().insert(pattern.to_owned(), compiled.clone());
        compiled
    }

    fn compile_within_total(&self, pattern: &str) -> Result<Regex, PatternError> {
        if self.total_size.get() > TOTAL_SIZE_LIMIT {
            return Err(PatternError::TooLargeInTotal);
        }
        let (size, compiled) = compile_and_measure(pattern);
        self.total_size.set(self.total_size.get() + size);
        compiled
    }
}

/// Compiles a regular expression that doesn't belong to a config.
pub fn compile_regex(pattern: &str) -> Result<Regex, PatternError> {
    compile_and_measure(pattern).1
}

/// Compiles `pattern` and returns the size that it needs, or was tried with.
fn compile_and_measure(pattern: &str) -> (usize, Result<Regex, PatternError>) {
    if let Err(error) = check_length(pattern) {
        return (0, Err(error));
    }
    for size in SIZES {
        match RegexBuilder::new(pattern).size_limit(size).build() {
            Ok(regex) => return (size, Ok(regex)),
            Err(regex::Error::CompiledTooBig(_)) => {}
            Err(error) => return (0, Err(PatternError::Syntax(last_line(&error)))),
        }
    }
    (SIZE_LIMIT, Err(PatternError::TooLarge))
}

/// The reason without the lines above it, which show the pattern.
fn last_line(error: &regex::Error) -> String {
    let full = error.to_string();
    let last = full.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

/// Compiles a glob whose `*` also matches `/`.
pub fn compile_glob(glob: &str) -> Result<GlobMatcher, PatternError> {
    check_glob(glob)?;
    let glob = GlobBuilder::new(glob).literal_separator(false).empty_alternates(true).build();
    glob.map(|glob| glob.compile_matcher()).map_err(|error| PatternError::Syntax(error.kind().to_string()))
}

/// Checks the limits of a glob, which `globset` doesn't: it panics if the braces are nested 250 levels deep, and
/// overflows the stack if they are nested deeper.
pub fn check_glob(glob: &str) -> Result<(), PatternError> {
    check_length(glob)?;
    let mut depth = 0_usize;
    for byte in glob.bytes() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > BRACES_LIMIT {
            return Err(PatternError::TooDeep);
        }
    }
    Ok(())
}

fn check_length(pattern: &str) -> Result<(), PatternError> {
    if pattern.len() > LENGTH_LIMIT { Err(PatternError::TooLong(pattern.len())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_limited_in_nesting_and_length() {
        let nested = |depth: usize| format!("{}b{}", "{a,".repeat(depth), "}".repeat(depth));
        assert!(compile_glob(&nested(BRACES_LIMIT)).unwrap().is_match("a"));
        assert_eq!(compile_glob(&nested(BRACES_LIMIT + 1)).unwrap_err(), PatternError::TooDeep);
        assert_eq!(compile_glob(&"{a,".repeat(100_000)).unwrap_err(), PatternError::TooLong(300_000));
        assert!(compile_glob(&"{a,b}".repeat(LENGTH_LIMIT / 5)).is_ok());
        assert!(compile_glob(&"?".repeat(LENGTH_LIMIT)).is_ok());
        assert_eq!(compile_glob(&"?".repeat(LENGTH_LIMIT + 1)).unwrap_err(), PatternError::TooLong(4097));
    }

    #[test]
    fn regexes_are_limited_in_size_and_length() {
        assert!(compile_regex(&"a".repeat(LENGTH_LIMIT)).is_ok());
        assert_eq!(compile_regex(&"a".repeat(LENGTH_LIMIT + 1)).unwrap_err(), PatternError::TooLong(4097));
        assert_eq!(compile_regex(r"((\w{100}){100}){100}").unwrap_err(), PatternError::TooLarge);
        assert!(!compile_regex(&"(".repeat(LENGTH_LIMIT)).unwrap_err().is_limit());
    }

    #[test]
    fn the_patterns_of_a_config_are_limited_in_total_and_compiled_once() {
        let patterns = Patterns::default();
        let large = |index: usize| patterns.compile(&format!(r"\w{{80}}{index}"));
        let count = (0..200).take_while(|index| large(*index).is_ok()).count();
        assert!((5..20).contains(&count), "{count}");
        assert_eq!(large(count).unwrap_err(), PatternError::TooLargeInTotal);
        assert!(large(0).is_ok(), "it is compiled already");
        assert!(patterns.compile("a").unwrap_err().is_limit());
    }
}
