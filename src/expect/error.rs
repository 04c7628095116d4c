use super::schema_cost::SUBSCHEMAS_LIMIT;
use crate::pattern::PatternError;

/// An expectation that is invalid or can never hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{predicate}`: {kind}")]
pub struct ExpectError {
    /// The predicate's key in the config.
    pub predicate: &'static str,
    pub kind: ExpectErrorKind,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpectErrorKind {
    #[error("expected {expected}, found {found}")]
    Operand { expected: &'static str, found: String },
    #[error("expected a value that is not empty")]
    Empty,
    #[error("expected a regular expression: {reason}")]
    Regex { reason: String },
    #[error("{0}")]
    Limit(PatternError),
    #[error("expected a JSON Schema: {reason}")]
    Schema { reason: String },
    #[error("expected a JSON Schema of at most {SUBSCHEMAS_LIMIT} subschemas, with references expanded")]
    SchemaTooLarge,
    #[error("expected a JSON Schema without external references, found a reference to {target}")]
    ExternalReference { target: String },
    #[error("expected a lower bound of at most {max}, found {min}")]
    Range { min: String, max: String },
    #[error("can't be combined with `{other}`")]
    Contradiction { other: &'static str },
}

impl ExpectError {
    pub fn help(&self) -> Option<String> {
        let help = match &self.kind {
            ExpectErrorKind::Operand { .. } => return None,
            ExpectErrorKind::Empty => "write a string or array that is not empty, or remove the predicate",
            ExpectErrorKind::Regex { .. } => {
                "write it in a literal string, `'\\d+'`; look-around and back-references are not supported"
            }
            ExpectErrorKind::Limit(_) => "write a shorter pattern, or one with smaller repetitions",
            ExpectErrorKind::Schema { .. } => {
                "correct the schema; without `$schema`, its dialect is draft 2020-12"
            }
            ExpectErrorKind::SchemaTooLarge => "refer to fewer definitions that refer to others",
            ExpectErrorKind::ExternalReference { .. } => {
                "copy the definition into the schema's `$defs` and refer to `#/$defs/NAME`; external references are not loaded"
            }
            ExpectErrorKind::Range { .. } => "swap the two bounds",
            ExpectErrorKind::Contradiction { .. } => "remove one of the two",
        };
        Some(help.to_owned())
    }
}
