//! Values that a record contains by name.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::config::settings::Mode;
use crate::diagnose::Severity;
use crate::exchange::Operation;
use crate::invoke::NotCalled;
use crate::run::{Outcome, Written};

/// A value that a record contains by its name, or an unknown name, which a newer version may have written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named<T> {
    Known(T),
    Unknown(String),
}

/// The names of the values of a type in records.
pub trait Names: Copy + 'static {
    /// All values; other names are read as [`Named::Unknown`].
    const ALL: &'static [Self];

    fn name(self) -> &'static str;
}

impl<T: Names> Named<T> {
    pub fn name(&self) -> &str {
        match self {
            Named::Known(value) => value.name(),
            Named::Unknown(name) => name,
        }
    }

    /// The value, or `None` for an unknown name.
    pub fn to_known(&self) -> Option<T> {
        match self {
            Named::Known(value) => Some(*value),
            Named::Unknown(_) => None,
        }
    }
}

impl<T: Names> From<T> for Named<T> {
    fn from(value: T) -> Named<T> {
        Named::Known(value)
    }
}

impl<T: Names> fmt::Display for Named<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl<T: Names> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de, T: Names> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Named<T>, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = T::ALL.iter().find(|value| value.name() == name);
        Ok(known.map_or(Named::Unknown(name), |value| Named::Known(*value)))
    }
}

impl Names for Outcome {
    const ALL: &'static [Outcome] = &Outcome::ALL;

    fn name(self) -> &'static str {
        Outcome::name(self)
    }
}

impl Names for Severity {
    const ALL: &'static [Severity] = &[Severity::Error, Severity::Warning, Severity::Hint];

    fn name(self) -> &'static str {
        Severity::name(self)
    }
}

impl Names for Mode {
    const ALL: &'static [Mode] =
        &[Mode::Replay, Mode::RecordMissing, Mode::RecordStale, Mode::RecordAll, Mode::Live];

    fn name(self) -> &'static str {
        Mode::name(self)
    }
}

impl Names for Operation {
    const ALL: &'static [Operation] = &Operation::ALL;

    fn name(self) -> &'static str {
        Operation::name(self)
    }
}

impl Names for NotCalled {
    const ALL: &'static [NotCalled] = &[NotCalled::Interrupted, NotCalled::OutOfTime, NotCalled::OverBudget];

    fn name(self) -> &'static str {
        match self {
            NotCalled::Interrupted => "interrupted",
            NotCalled::OutOfTime => "out-of-time",
            NotCalled::OverBudget => "over-budget",
        }
    }
}

impl Names for Written {
    const ALL: &'static [Written] = &[Written::Accepted, Written::Pending];

    fn name(self) -> &'static str {
        match self {
            Written::Accepted => "accepted",
            Written::Pending => "pending",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_written_back_unchanged() {
        for name in ["pass", "differs", "flaky", ""] {
            let json = format!("\"{name}\"");
            let read: Named<Outcome> = serde_json::from_str(&json).unwrap();
            assert_eq!(read.to_known().is_some(), ["pass", "differs"].contains(&name));
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }
    }
}
