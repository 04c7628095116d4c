//! The known condition keys of a request.

use std::collections::BTreeMap;

/// The condition keys of a request. Each key is known with its values, known to be absent, or unknown.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The values by the lower-case key, since names of condition keys are not case-sensitive. A key without values is
    /// absent.
    keys: BTreeMap<String, Vec<String>>,
    others_absent: bool,
}

/// The knowledge about a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known<'a> {
    /// One or more values.
    Values(&'a [String]),
    Absent,
    Unknown,
}

impl Context {
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the values of a key. Without values, the key is absent.
    #[must_use]
    pub fn set<V: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        self.keys.insert(key.to_lowercase(), values.into_iter().map(Into::into).collect());
        self
    }

    /// Sets a key as absent.
    #[must_use]
    pub fn absent(self, key: &str) -> Self {
        self.set(key, [""; 0])
    }

    /// Sets all other keys as absent.
    #[must_use]
    pub fn others_absent(mut self) -> Self {
        self.others_absent = true;
        self
    }

    pub(super) fn get(&self, key: &str) -> Known<'_> {
        match self.keys.get(&key.to_lowercase()) {
            Some(values) if !values.is_empty() => Known::Values(values),
            None if !self.others_absent => Known::Unknown,
            _ => Known::Absent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Context, Known};

    #[test]
    fn a_key_is_known_absent_or_unknown_in_any_case_of_its_name() {
        let context = Context::new().set("aws:SourceIp", ["10.0.0.1"]).absent("aws:PrincipalTag/Team");
        assert_eq!(context.get("AWS:sourceip"), Known::Values(&["10.0.0.1".to_owned()]));
        assert_eq!(context.get("aws:principaltag/team"), Known::Absent);
        assert_eq!(context.get("aws:username"), Known::Unknown);
        assert_eq!(context.others_absent().get("aws:username"), Known::Absent);
    }
}
