//! Parses condition operators such as `ForAnyValue:StringNotLikeIfExists`.

/// A condition operator with its qualifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    pub set: Option<SetOperator>,
    pub comparison: Comparison,
    /// Whether its name contains `Not`: no value may match.
    pub negated: bool,
    pub if_exists: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetOperator {
    ForAllValues,
    ForAnyValue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    /// `ArnEquals` and `ArnLike` "behave identically".
    Arn,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    IpAddress,
    Null,
}

/// How the value of the request must compare with that of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

const SETS: [(&str, SetOperator); 2] =
    [("forallvalues:", SetOperator::ForAllValues), ("foranyvalue:", SetOperator::ForAnyValue)];

/// For each name without qualifiers: its comparison, and whether it is negated.
#[rustfmt::skip] // one operator per line
const OPERATORS: [(&str, Comparison, bool); 27] = [
    ("StringEquals", Comparison::StringEquals, false),
    ("StringNotEquals", Comparison::StringEquals, true),
    ("StringEqualsIgnoreCase", Comparison::StringEqualsIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Comparison::StringEqualsIgnoreCase, true),
    ("StringLike", Comparison::StringLike, false),
    ("StringNotLike", Comparison::StringLike, true),
    ("ArnEquals", Comparison::Arn, false),
    ("ArnLike", Comparison::Arn, false),
    ("ArnNotEquals", Comparison::Arn, true),
    ("ArnNotLike", Comparison::Arn, true),
    ("NumericEquals", Comparison::Numeric(Order::Equal), false),
    ("NumericNotEquals", Comparison::Numeric(Order::Equal), true),
    ("NumericLessThan", Comparison::Numeric(Order::Less), false),
    ("NumericLessThanEquals", Comparison::Numeric(Order::LessOrEqual), false),
    ("NumericGreaterThan", Comparison::Numeric(Order::Greater), false),
    ("NumericGreaterThanEquals", Comparison::Numeric(Order::GreaterOrEqual), false),
    ("DateEquals", Comparison::Date(Order::Equal), false),
    ("DateNotEquals", Comparison::Date(Order::Equal), true),
    ("DateLessThan", Comparison::Date(Order::Less), false),
    ("DateLessThanEquals", Comparison::Date(Order::LessOrEqual), false),
    ("DateGreaterThan", Comparison::Date(Order::Greater), false),
    ("DateGreaterThanEquals", Comparison::Date(Order::GreaterOrEqual), false),
    ("Bool", Comparison::Bool, false),
    ("BinaryEquals", Comparison::Binary, false),
    ("IpAddress", Comparison::IpAddress, false),
    ("NotIpAddress", Comparison::IpAddress, true),
    ("Null", Comparison::Null, false),
];

impl Operator {
    /// Parses a name, ignoring case. `Null` has no qualifiers, since it itself tests whether the key exists.
    pub fn parse(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let set = SETS.into_iter().find(|(prefix, _)| lower.starts_with(prefix));
        let without_set = &lower[set.map_or(0, |(prefix, _)| prefix.len())..];
        let (base, if_exists) = match without_set.strip_suffix("ifexists") {
            Some(base) => (base, true),
            None => (without_set, false),
        };
        let found = OPERATORS.into_iter().find(|(name, ..)| name.eq_ignore_ascii_case(base));
        let (_, comparison, negated) = found?;
        let qualified = set.is_some() || if_exists;
        (comparison != Comparison::Null || !qualified).then_some(Self {
            set: set.map(|(_, set)| set),
            comparison,
            negated,
            if_exists,
        })
    }

    /// All names, without qualifiers.
    pub fn names() -> impl Iterator<Item = &'static str> {
        OPERATORS.into_iter().map(|(name, ..)| name)
    }
}

impl Order {
    pub(super) fn holds<T: PartialOrd>(self, request: T, policy: T) -> bool {
        match self {
            Self::Equal => request == policy,
            Self::Less => request < policy,
            Self::LessOrEqual => request <= policy,
            Self::Greater => request > policy,
            Self::GreaterOrEqual => request >= policy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Operator, SetOperator};

    #[test]
    fn an_operator_is_parsed_with_its_qualifiers_ignoring_case() {
        let operator = Operator::parse("ForAnyValue:StringNotLikeIfExists");
        let expected = Operator {
            set: Some(SetOperator::ForAnyValue),
            comparison: Comparison::StringLike,
            negated: true,
            if_exists: true,
        };
        assert_eq!(operator, Some(expected));
        assert_eq!(Operator::parse("foranyvalue:stringnotlikeifexists"), Some(expected));
        for name in Operator::names() {
            assert!(Operator::parse(name).is_some(), "{name}");
        }
    }

    #[test]
    fn invalid_operators_are_refused() {
        let names = ["", "StringEqual", "Equals", "ForAllValues:", "IfExists", "ForSome:Bool", "NumericLike"];
        for name in names.into_iter().chain(["NullIfExists", "ForAllValues:Null", "ForAllValues: Bool"]) {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }
}
