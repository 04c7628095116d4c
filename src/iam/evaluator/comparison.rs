//! Compares one value of the request with one value of the policy.

use std::net::IpAddr;

use super::address;
use super::arn;
use super::context::Context;
use super::date;
use super::operator::{Comparison, Operator};
use super::pattern;
use super::policy::{Located, Version};
use super::template::{Expansion, Wildcards, has_variable};
use super::truth::Truth;

/// Whether the value of the request matches that of the policy. Ignores the negation of the operator.
pub(super) fn matches(
    operator: Operator,
    policy: &Located,
    request: &str,
    version: Version,
    context: &Context,
) -> Truth {
    let expand = |wildcards| Expansion::new(&policy.text, wildcards, version, context);
    match operator.comparison {
        Comparison::StringEquals => text(policy, expand(Wildcards::No), request),
        Comparison::StringLike => text(policy, expand(Wildcards::Yes), request),
        Comparison::StringEqualsIgnoreCase => {
            text(policy, expand(Wildcards::No).lowercased(), &request.to_lowercase())
        }
        Comparison::Arn => arn(policy, expand(Wildcards::Yes), request, operator.negated),
        // The guide contradicts itself: these operators support variables on one page, and don't on another.
        Comparison::Bool | Comparison::Binary if version == Version::V2012 && has_variable(&policy.text) => {
            Truth::unknown(&policy.pointer, "a policy variable in a `Bool` or `BinaryEquals` condition")
        }
        Comparison::Binary => (policy.text == request).into(),
        comparison => {
            let matched = typed(comparison, &policy.text, request);
            matched.map_or_else(|| incomparable(policy, request, operator.negated), Into::into)
        }
    }
}

fn text(policy: &Located, expansion: Expansion, request: &str) -> Truth {
    if expansion.missing.is_some() || !pattern::matches(&expansion.tokens, request) {
        return Truth::No;
    }
    Truth::all(expansion.unknown.into_iter().map(|what| Truth::unknown(&policy.pointer, what)))
}

/// "Each of the six colon-delimited components of the ARN is checked separately."
fn arn(policy: &Located, expansion: Expansion, request: &str, negated: bool) -> Truth {
    let expected = arn::parts(&expansion.tokens);
    let found: Vec<&str> = request.splitn(arn::PARTS, ':').collect();
    // An unknown value may contain any of the colons, and a pattern with too few colons is not an ARN.
    if expansion.missing.is_some() || !expansion.unknown.is_empty() {
        return text(policy, expansion, request);
    }
    if found.len() < arn::PARTS {
        return incomparable(policy, request, negated);
    }
    if expected.len() < arn::PARTS {
        let matched = text(policy, expansion, request);
        let what = "an ARN condition with a value that is not an ARN";
        return if matched == Truth::No { matched } else { Truth::unknown(&policy.pointer, what) };
    }
    expected.iter().zip(found).all(|(expected, found)| pattern::matches(expected, found)).into()
}

/// Returns `None` if either value does not have the type of the comparison.
fn typed(comparison: Comparison, policy: &str, request: &str) -> Option<bool> {
    match comparison {
        Comparison::Numeric(order) => Some(order.holds(number(request)?, number(policy)?)),
        Comparison::Date(order) => Some(order.holds(date::parse(request)?, date::parse(policy)?)),
        Comparison::Bool => Some(boolean(request)? == boolean(policy)?),
        Comparison::IpAddress => Some(address::range(policy)?.contains(&request.parse::<IpAddr>().ok()?)),
        _ => None,
    }
}

/// A value of the wrong type matches nothing. AWS does not document whether it therefore matches a negated operator.
fn incomparable(policy: &Located, request: &str, negated: bool) -> Truth {
    if !negated {
        return Truth::No;
    }
    Truth::unknown(&policy.pointer, format!("the value `{request}`, which has the wrong type"))
}

fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    plain.then(|| text.parse().ok().filter(|number: &f64| number.is_finite()))?
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The expected kind of value, if `value` of the policy is invalid.
pub(super) fn expected(comparison: Comparison, value: &str) -> Option<&'static str> {
    let (valid, expected) = match comparison {
        Comparison::Numeric(_) => (number(value).is_some(), "a number"),
        Comparison::Date(_) => (date::parse(value).is_some(), "an ISO 8601 date or seconds since 1970"),
        Comparison::Bool => (boolean(value).is_some() || has_variable(value), "`true` or `false`"),
        Comparison::Null => (boolean(value).is_some(), "`true` or `false`"),
        Comparison::IpAddress => (address::range(value).is_some(), "an IP address or CIDR range"),
        _ => return None,
    };
    (!valid).then_some(expected)
}

/// Whether `Null` with this value holds for an absent or a present key.
pub(super) fn null(value: &str, absent: bool) -> bool {
    boolean(value) == Some(absent)
}
