//! How much work it is to check a value against a JSON Schema. References can make a small schema check the same value again and
//! again, and recursion doubles that at each level of the value.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::pattern::MATCHED_LIMIT;

/// The most subschemas of a schema whose references are expanded.
pub(super) const SUBSCHEMAS_LIMIT: usize = 100_000;

/// The most references that are expanded within each other.
const REFERENCES_LIMIT: usize = 200;

/// The most checks of a subschema against a value. A release build does about 30 million in a second.
pub(super) const CHECKS_LIMIT: usize = 100_000_000;

/// The work of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// The subschemas, with references expanded, and each recursion once.
    subschemas: usize,
    /// Whether a subschema has regular expressions.
    has_patterns: bool,
    /// How often the schema can be applied again to one value within a value that it is applied to.
    recursions: usize,
}

impl Cost {
    /// The work of `schema`; `None` if it is over the limits.
    pub(super) fn of(schema: &Value) -> Option<Cost> {
        let mut walk = Walk {
            root: schema,
            anchors: BTreeMap::new(),
            subschemas: 0,
            expanded: vec![schema],
            place: Vec::new(),
            recursions: BTreeMap::new(),
            has_patterns: false,
        };
        walk.find_anchors(schema);
        walk.visit(schema);
        if walk.subschemas > SUBSCHEMAS_LIMIT {
            return None;
        }
        // Members that are not listed by name can be any member.
        let (named, others): (Vec<_>, Vec<_>) =
            walk.recursions.iter().partition(|(place, _)| !place.contains(&Step::Other));
        let most_named = named.iter().map(|(_, count)| **count).max().unwrap_or(0);
        let others: usize = others.iter().map(|(_, count)| **count).sum();
        Some(Cost {
            subschemas: walk.subschemas,
            has_patterns: walk.has_patterns,
            recursions: most_named + others,
        })
    }

    /// Whether `value` can be checked within the limit.
    pub(super) fn allows(self, value: &Value) -> bool {
        let factor = self.recursions.max(1);
        let mut checks = 0_usize;
        let mut repeated = self.subschemas;
        let mut level = vec![value];
        while !level.is_empty() {
            checks = checks.saturating_add(repeated.saturating_mul(level.len()));
            if checks > CHECKS_LIMIT {
                return false;
            }
            let is_long = |value: &&Value| value.as_str().is_some_and(|text| text.len() > MATCHED_LIMIT);
            if self.has_patterns && level.iter().any(is_long) {
                return false;
            }
            level = level.into_iter().flat_map(children).collect();
            repeated = repeated.saturating_mul(factor);
        }
        true
    }
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    }
}

/// A step from a value to one within it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step<'s> {
    Member(&'s str),
    Item(Option<usize>),
    Other,
}

struct Walk<'s> {
    root: &'s Value,
    /// Subschemas by the text that refers to them.
    anchors: BTreeMap<&'s str, &'s Value>,
    subschemas: usize,
    /// The targets of the references that are being expanded.
    expanded: Vec<&'s Value>,
    /// Where the values are that the current subschema checks.
    place: Vec<Step<'s>>,
    /// How often a reference leads to a target that is being expanded, by place.
    recursions: BTreeMap<Vec<Step<'s>>, usize>,
    has_patterns: bool,
}

impl<'s> Walk<'s> {
    fn find_anchors(&mut self, value: &'s Value) {
        if let Some(members) = value.as_object() {
            for name in ["$anchor", "$dynamicAnchor", "$id"] {
                if let Some(anchor) = members.get(name).and_then(Value::as_str) {
                    self.anchors.insert(anchor, value);
                }
            }
        }
        for child in children(value) {
            self.find_anchors(child);
        }
    }

    fn visit(&mut self, schema: &'s Value) {
        self.subschemas += 1;
        let Some(members) = schema.as_object() else { return };
        for (keyword, value) in members {
            if self.subschemas > SUBSCHEMAS_LIMIT {
                return;
            }
            self.visit_keyword(keyword, value);
        }
    }

    fn visit_keyword(&mut self, keyword: &str, value: &'s Value) {
        match keyword {
            "allOf" | "anyOf" | "oneOf" | "dependentSchemas" | "dependencies" => {
                for schema in children(value) {
                    self.visit(schema);
                }
            }
            "not" | "if" | "then" | "else" => self.visit(value),
            "$ref" | "$dynamicRef" | "$recursiveRef" => self.expand(value),
            "properties" => {
                for (name, schema) in value.as_object().into_iter().flatten() {
                    self.visit_below(Step::Member(name), schema);
                }
            }
            "pattern" | "format" => self.has_patterns = true,
            "patternProperties" => {
                self.has_patterns = true;
                for schema in children(value) {
                    self.visit_below(Step::Other, schema);
                }
            }
            "additionalProperties" | "unevaluatedProperties" | "propertyNames" => {
                self.visit_below(Step::Other, value);
            }
            "items" | "prefixItems" | "additionalItems" | "unevaluatedItems" | "contains" => match value {
                Value::Array(schemas) => {
                    for (index, schema) in schemas.iter().enumerate() {
                        self.visit_below(Step::Item(Some(index)), schema);
                    }
                }
                schema => self.visit_below(Step::Item(None), schema),
            },
            _ => (),
        }
    }

    fn visit_below(&mut self, step: Step<'s>, schema: &'s Value) {
        self.place.push(step);
        self.visit(schema);
        self.place.pop();
    }

    fn expand(&mut self, reference: &Value) {
        // The validator reports references that lead nowhere.
        let Some(target) = reference.as_str().and_then(|text| self.resolve(text)) else { return };
        if self.expanded.iter().any(|expanded| std::ptr::eq(*expanded, target)) {
            *self.recursions.entry(self.place.clone()).or_default() += 1;
        } else if self.expanded.len() > REFERENCES_LIMIT {
            self.subschemas = SUBSCHEMAS_LIMIT + 1;
        } else {
            self.expanded.push(target);
            self.visit(target);
            self.expanded.pop();
        }
    }

    fn resolve(&self, text: &str) -> Option<&'s Value> {
        let (file, fragment) = text.split_once('#').unwrap_or((text, ""));
        let base = if file.is_empty() { self.root } else { self.anchors.get(file)? };
        if fragment.is_empty() || fragment.starts_with('/') {
            return base.pointer(&percent_decode_str(fragment).decode_utf8().ok()?);
        }
        self.anchors.get(fragment).copied()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(schema: &Value, expected: Option<(usize, usize)>) {
        let cost = Cost::of(schema).map(|cost| (cost.subschemas, cost.recursions));
        assert_eq!(cost, expected, "{schema}");
    }

    #[test]
    fn references_are_expanded_and_recursions_are_counted_for_each_value() {
        check(&json!(true), Some((1, 0)));
        check(&json!({ "properties": { "a": { "type": "string" }, "b": {} } }), Some((3, 0)));
        let twice = |target: &str| json!([{ "$ref": target }, { "$ref": target }]);
        check(&json!({ "allOf": twice("#/$defs/a%20b"), "$defs": { "a b": { "not": {} } } }), Some((7, 0)));
        check(&json!({ "$ref": "#" }), Some((1, 1)));
        check(&json!({ "properties": { "left": { "$ref": "#" }, "right": { "$ref": "#" } } }), Some((3, 1)));
        check(&json!({ "properties": { "a": { "anyOf": twice("#") } } }), Some((4, 2)));
        check(&json!({ "items": { "$ref": "#x" }, "$dynamicAnchor": "x" }), Some((2, 1)));
        check(
            &json!({ "properties": { "a": { "$ref": "#" } }, "additionalProperties": { "$ref": "#" } }),
            Some((3, 2)),
        );
        check(&json!({ "$ref": "other.json" }), Some((1, 0)));
    }

    fn doubling(levels: usize) -> Value {
        let schemas = (1..=levels).map(|level| {
            let below = json!({ "$ref": format!("#/$defs/{}", level - 1) });
            (level.to_string(), json!({ "allOf": [below, below] }))
        });
        let mut all: serde_json::Map<String, Value> = schemas.collect();
        all.insert("0".to_owned(), json!({}));
        json!({ "$ref": format!("#/$defs/{levels}"), "$defs": all })
    }

    #[test]
    fn schemas_and_values_have_limits() {
        assert!(Cost::of(&doubling(13)).is_some());
        assert_eq!(Cost::of(&doubling(40)), None);
        let chain = (0..5_000).fold(json!({ "0": {} }), |mut chain, link| {
            chain[(link + 1).to_string()] = json!({ "$ref": format!("#/$defs/{link}") });
            chain
        });
        assert_eq!(Cost::of(&json!({ "$ref": "#/$defs/5000", "$defs": chain })), None);

        let twice = json!({ "properties": { "a": { "allOf": [{ "$ref": "#" }, { "$ref": "#" }] } } });
        let nested = |depth| (0..depth).fold(json!({}), |inner, _| json!({ "a": inner }));
        let cost = Cost::of(&twice).expect("a small schema");
        assert!(cost.allows(&nested(10)) && !cost.allows(&nested(60)));
        let once = Cost::of(&json!({ "properties": { "a": { "$ref": "#" } } })).expect("a small schema");
        assert!(once.allows(&nested(60)));
    }
}
