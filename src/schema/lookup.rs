//! Looks up in the schema which keys a table of a document may have, and which other tables have a key.

use serde_json::{Map, Value};

use crate::pointer::{join, steps};

/// Looks up the schema of a value by its pointer in the document.
#[derive(Clone, Copy)]
pub(super) struct SchemaLookup<'s> {
    root: &'s Value,
}

/// A schema object without `$ref`, `allOf` and `anyOf`.
type SimpleSchema<'s> = &'s Map<String, Value>;

/// The step for a name that the user chooses, in the pointer of a table that is proposed.
const NAME_STEP: &str = "NAME";

/// Enough for every table of the schemas. A limit is needed because variables nest without end.
const DEPTH_LIMIT: usize = 7;

impl<'s> SchemaLookup<'s> {
    pub(super) fn new(root: &'s Value) -> SchemaLookup<'s> {
        SchemaLookup { root }
    }

    /// The keys that the table at `pointer` may have.
    pub(super) fn keys(self, pointer: &str) -> Vec<&'s str> {
        self.schemas_at(pointer).into_iter().flat_map(property_names).collect()
    }

    /// Whether the table at `pointer` may contain tables with the same schema under any other key, like the table of a
    /// variable.
    pub(super) fn is_recursive(self, pointer: &str) -> bool {
        let tables = self.schemas_at(pointer);
        tables.iter().any(|table| {
            let inner = table.get("additionalProperties").map_or(Vec::new(), |inner| self.resolve(inner));
            inner.iter().any(|inner| std::ptr::eq(*inner, *table))
        })
    }

    /// Whether the value at `pointer` must be an integer if it is a number.
    pub(super) fn requires_integer(self, pointer: &str) -> bool {
        let schemas = self.schemas_at(pointer);
        let allows = |schema: &SimpleSchema<'_>, name: &str| {
            schema.get("type").is_none_or(|kind| kind == name || kind.is_array())
        };
        schemas.iter().any(|schema| allows(schema, "integer"))
            && !schemas.iter().any(|schema| allows(schema, "number"))
    }

    /// The nearest table that may have `key`: one around `pointer`, or else one directly in it.
    pub(super) fn find_nearby_table(self, pointer: &str, key: &str) -> Option<String> {
        let around = ancestors(pointer).map(str::to_owned);
        let inside = self.keys(pointer).into_iter().map(|child| {
            let child = join(pointer, child);
            let is_array = self.schemas_at(&child).iter().any(|schema| schema.contains_key("items"));
            if is_array { join(&child, "0") } else { child }
        });
        around.chain(inside).find(|place| self.keys(place).contains(&key))
    }

    /// The only table of the whole schema that may have `key`. `None` if several may have it.
    pub(super) fn find_only_table(self, key: &str) -> Option<String> {
        let mut tables: Vec<(SimpleSchema<'s>, String)> = Vec::new();
        self.collect_tables(key, "", DEPTH_LIMIT, &mut tables);
        let (first, _) = tables.first()?;
        let same = tables.iter().all(|(table, _)| std::ptr::eq(*table, *first));
        let places = tables.iter().map(|(_, place)| place);
        let best = places.min_by_key(|place| (!place.contains(NAME_STEP), place.len()))?;
        same.then(|| best.clone())
    }

    fn collect_tables(
        self,
        key: &str,
        place: &str,
        depth: usize,
        tables: &mut Vec<(SimpleSchema<'s>, String)>,
    ) {
        if depth == 0 {
            return;
        }
        for table in self.schemas_at(place) {
            if property_names(table).any(|own| own == key) {
                tables.push((table, place.to_owned()));
            }
            let children = property_names(table);
            let named =
                table.get("additionalProperties").filter(|inner| inner.is_object()).map(|_| NAME_STEP);
            let items = table.get("items").map(|_| "0");
            for child in children.chain(named).chain(items) {
                self.collect_tables(key, &join(place, child), depth - 1, tables);
            }
        }
    }

    /// The schemas of the value at `pointer`: several if it may have several types.
    fn schemas_at(self, pointer: &str) -> Vec<SimpleSchema<'s>> {
        steps(pointer).fold(self.resolve(self.root), |schemas, step| {
            let inner = schemas.into_iter().filter_map(|schema| child_schema(schema, &step));
            inner.flat_map(|schema| self.resolve(schema)).collect()
        })
    }

    fn resolve(self, schema: &'s Value) -> Vec<SimpleSchema<'s>> {
        let Some(object) = schema.as_object() else { return Vec::new() };
        if let Some(target) = object.get("$ref").and_then(Value::as_str) {
            let target = self.root.pointer(target.trim_start_matches('#'));
            return target.map_or(Vec::new(), |target| self.resolve(target));
        }
        let branches = ["allOf", "anyOf"].iter().find_map(|word| object.get(*word)?.as_array());
        branches.map_or(vec![object], |all| all.iter().flat_map(|branch| self.resolve(branch)).collect())
    }
}

fn property_names(table: SimpleSchema<'_>) -> impl Iterator<Item = &str> {
    let properties = table.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(|properties| properties.keys().map(String::as_str))
}

fn child_schema<'s>(schema: SimpleSchema<'s>, step: &str) -> Option<&'s Value> {
    let property = schema.get("properties").and_then(|properties| properties.get(step));
    let item = || schema.get("items").filter(|_| step.parse::<usize>().is_ok());
    property.or_else(|| schema.get("additionalProperties")).or_else(item)
}

/// The pointers around `pointer`, nearest first.
fn ancestors(pointer: &str) -> impl Iterator<Item = &str> {
    pointer.rmatch_indices('/').map(|(at, _)| &pointer[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pointer: &str, key: &str, nearby: Option<&str>, only: Option<&str>) {
        let root = serde_json::from_str(crate::schema::SCHEMA).unwrap();
        let lookup = SchemaLookup::new(&root);
        assert_eq!(lookup.find_nearby_table(pointer, key).as_deref(), nearby, "near {pointer}");
        assert_eq!(lookup.find_only_table(key).as_deref(), only, "the only table of {key}");
    }

    #[test]
    fn tables_are_found_that_may_have_a_key() {
        check("/models/x/request", "region", Some("/models/x"), Some("/models/NAME"));
        check("/models/x", "body", Some("/models/x/request"), Some("/models/NAME/request"));
        check("/models/x", "repeat", Some("/models/x/cases/0"), Some("/models/NAME/cases/0"));
        check(
            "/models/x/cases/3/expect/f",
            "repeat",
            Some("/models/x/cases/3"),
            Some("/models/NAME/cases/0"),
        );
        check("/models/x", "duration", None, Some("/credentials/NAME"));
        check("/credentials/x", "description", None, None);
        check("", "nonsense", None, None);
    }

    #[test]
    fn variables_are_recursive() {
        let root = serde_json::from_str(crate::schema::SCHEMA).unwrap();
        let lookup = SchemaLookup::new(&root);
        assert!(lookup.is_recursive("/models/x/variables/system/prompt"));
        assert!(!lookup.is_recursive("/models/x/variables"));
        assert!(!lookup.is_recursive("/models/x/cases/0/expect"));
    }
}
