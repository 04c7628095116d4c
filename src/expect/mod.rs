//! Predicates on mapped fields, compiled once for each case.
//!
//! A predicate does not hold for a value of a type that it does not apply to, such as `min` for a
//! string or `contains` for a number.
//!
//! `json_schema` validates a string as a string if the schema is about strings: its `type` is or
//! includes `string` or, without a `type`, its `const` or `enum` contains a string or it has
//! `minLength`, `maxLength`, `pattern` or `format`. Otherwise a string is parsed as JSON, and the
//! parsed value is validated.

mod compile;
mod error;
mod format;
mod number;
mod predicate;
mod schema;
mod schema_cost;

pub use error::{ExpectError, ExpectErrorKind};

use serde_json::Value;

use predicate::Predicate;

/// The predicates on one field. All of them must hold.
#[derive(Clone, Debug, Default)]
pub struct Check {
    predicates: Vec<Predicate>,
}

/// A predicate that does not hold. Both values are shortened and safe to print.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct Miss {
    /// The predicate's key in the config.
    pub predicate: &'static str,
    pub expected: String,
    pub found: String,
}

impl Check {
    /// Whether the field has no predicates.
    pub fn is_empty(&self) -> bool {
        self.predicates.is_empty()
    }

    /// The keys of the predicates.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.predicates.iter().map(Predicate::name)
    }

    /// The predicates that do not hold for `value`, in the order of the documentation.
    pub fn misses(&self, value: &Value) -> Vec<Miss> {
        self.predicates.iter().flat_map(|predicate| predicate.misses(value)).collect()
    }
}
