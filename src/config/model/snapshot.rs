use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[cfg(test)]
use super::form;

/// Whether a case is compared with a snapshot, and how.
#[derive(Clone, Debug)]
pub enum SnapshotSwitch {
    /// `false`: no snapshot. `true`: the default.
    Switch(bool),
    Policy(SnapshotPolicy),
}

/// How mapped output is compared with its snapshot.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SnapshotPolicy {
    /// Policies of single fields, by field: `exact`, `ignored`, `shape`, or `{ rounded = DIGITS }`.
    #[cfg_attr(test, schemars(transform = form::FIELD_NAME.keys()))]
    pub fields: BTreeMap<String, FieldPolicy>,
    /// Replacements by insta selector, such as `".output_text.id" = "[id]"`.
    pub redact: BTreeMap<String, Value>,
    /// Policy of all other fields; `exact` is the default.
    pub default: Option<FieldPolicy>,
}

/// How one field is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldPolicy {
    /// The values must be equal.
    #[default]
    Exact,
    /// The field is not in the snapshot.
    Ignored,
    /// Only the types of values are compared, and whether strings are empty.
    Shape,
    /// Numbers are rounded to this number of decimal places. A negative one rounds to tens, hundreds, ….
    Rounded(i8),
}

impl<'de> Deserialize<'de> for SnapshotSwitch {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<SnapshotSwitch, D::Error> {
        match Value::deserialize(from)? {
            Value::Bool(on) => Ok(SnapshotSwitch::Switch(on)),
            table => SnapshotPolicy::deserialize(table).map(SnapshotSwitch::Policy).map_err(D::Error::custom),
        }
    }
}

impl<'de> Deserialize<'de> for FieldPolicy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<FieldPolicy, D::Error> {
        let value = Value::deserialize(from)?;
        let rounded = || value.get("rounded")?.as_i64().and_then(|digits| i8::try_from(digits).ok());
        match value.as_str() {
            Some("exact") => Ok(FieldPolicy::Exact),
            Some("ignored") => Ok(FieldPolicy::Ignored),
            Some("shape") => Ok(FieldPolicy::Shape),
            _ => rounded().map(FieldPolicy::Rounded).ok_or_else(|| {
                D::Error::custom("expected `exact`, `ignored`, `shape` or `{ rounded = DIGITS }`")
            }),
        }
    }
}
