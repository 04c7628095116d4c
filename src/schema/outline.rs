//! Looks up in the schema which keys a table of a document may have, and which other tables have a key.

use serde_json::{Map, Value};

use crate::pointer::{join, steps};

/// A schema that resolves the pointers of a document.
#[derive(Clone, Copy)]
pub(super) struct Outline<'s> {
    root: &'s Value,
}

/// A schema object without `$ref`, `allOf` and `anyOf`.
type Plain<'s> = &'s Map<String, Value>;

/// The step for a name that the user chooses, in the pointer of a table that is proposed.
const ANY_NAME: &str = "NAME";

/// Enough for every table of the schemas. A limit is needed because variables nest without end.
const DEPTH: usize = 7;

impl<'s> Outline<'s> {
    pub(super) fn new(root: &'s Value) -> Outline<'s> {
        Outline { root }
    }

    /// The keys that the table at `pointer` may have.
    pub(super) fn keys(self, pointer: &str) -> Vec<&'s str> {
        self.at(pointer).into_iter().flat_map(own_keys).collect()
    }

    /// Whether further keys of the table at `pointer` hold tables of its own kind. Then an unknown key
    /// with another value is a misspelt key of the table itself.
    pub(super) fn nests(self, pointer: &str) -> bool {
        let tables = self.at(pointer);
        tables.iter().any(|table| {
            let inner = table.get("additionalProperties").map_or(Vec::new(), |inner| self.plain(inner));
            inner.iter().any(|inner| std::ptr::eq(*inner, *table))
        })
    }

    /// Whether the value at `pointer` must be an integer if it is a number.
    pub(super) fn only_integers(self, pointer: &str) -> bool {
        let schemas = self.at(pointer);
        let takes =
            |schema: &Plain<'_>, name: &str| schema.get("type").is_none_or(|of| of == name || of.is_array());
        schemas.iter().any(|schema| takes(schema, "integer"))
            && !schemas.iter().any(|schema| takes(schema, "number"))
    }

    /// The nearest table that may have `key`: one around `pointer`, or else one directly in it.
    pub(super) fn neighbour(self, pointer: &str, key: &str) -> Option<String> {
        let around = ancestors(pointer).map(str::to_owned);
        let inside = self.keys(pointer).into_iter().map(|child| {
            let child = join(pointer, child);
            let is_list = self.at(&child).iter().any(|schema| schema.contains_key("items"));
            if is_list { join(&child, "0") } else { child }
        });
        around.chain(inside).find(|place| self.keys(place).contains(&key))
    }

    /// The only table of the whole schema that may have `key`. `None` if several may have it.
    pub(super) fn home(self, key: &str) -> Option<String> {
        let mut homes: Vec<(Plain<'s>, String)> = Vec::new();
        self.collect_homes(key, "", DEPTH, &mut homes);
        let (first, _) = homes.first()?;
        let same = homes.iter().all(|(table, _)| std::ptr::eq(*table, *first));
        let places = homes.iter().map(|(_, place)| place);
        let best = places.min_by_key(|place| (!place.contains(ANY_NAME), place.len()))?;
        same.then(|| best.clone())
    }

    fn collect_homes(self, key: &str, place: &str, depth: usize, homes: &mut Vec<(Plain<'s>, String)>) {
        if depth == 0 {
            return;
        }
        for table in self.at(place) {
            if own_keys(table).any(|own| own == key) {
                homes.push((table, place.to_owned()));
            }
            let children = own_keys(table);
            let named = table.get("additionalProperties").filter(|inner| inner.is_object()).map(|_| ANY_NAME);
            let items = table.get("items").map(|_| "0");
            for child in children.chain(named).chain(items) {
                self.collect_homes(key, &join(place, child), depth - 1, homes);
            }
        }
    }

    /// The schemas of the value at `pointer`: several if it may have several types.
    fn at(self, pointer: &str) -> Vec<Plain<'s>> {
        steps(pointer).fold(self.plain(self.root), |schemas, step| {
            let inner = schemas.into_iter().filter_map(|schema| child(schema, &step));
            inner.flat_map(|schema| self.plain(schema)).collect()
        })
    }

    fn plain(self, schema: &'s Value) -> Vec<Plain<'s>> {
        let Some(object) = schema.as_object() else { return Vec::new() };
        if let Some(target) = object.get("$ref").and_then(Value::as_str) {
            let target = self.root.pointer(target.trim_start_matches('#'));
            return target.map_or(Vec::new(), |target| self.plain(target));
        }
        let branches = ["allOf", "anyOf"].iter().find_map(|word| object.get(*word)?.as_array());
        branches.map_or(vec![object], |all| all.iter().flat_map(|branch| self.plain(branch)).collect())
    }
}

fn own_keys(table: Plain<'_>) -> impl Iterator<Item = &str> {
    let properties = table.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(|properties| properties.keys().map(String::as_str))
}

fn child<'s>(schema: Plain<'s>, step: &str) -> Option<&'s Value> {
    let own = schema.get("properties").and_then(|properties| properties.get(step));
    let item = || schema.get("items").filter(|_| step.parse::<usize>().is_ok());
    own.or_else(|| schema.get("additionalProperties")).or_else(item)
}

/// The pointers around `pointer`, nearest first.
fn ancestors(pointer: &str) -> impl Iterator<Item = &str> {
    pointer.rmatch_indices('/').map(|(at, _)| &pointer[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pointer: &str, key: &str, neighbour: Option<&str>, home: Option<&str>) {
        let root = serde_json::from_str(crate::schema::SCHEMA).unwrap();
        let outline = Outline::new(&root);
        assert_eq!(outline.neighbour(pointer, key).as_deref(), neighbour, "near {pointer}");
        assert_eq!(outline.home(key).as_deref(), home, "home of {key}");
    }

    #[test]
    fn a_key_is_found_where_it_is_known() {
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
    fn a_variable_holds_variables() {
        let root = serde_json::from_str(crate::schema::SCHEMA).unwrap();
        let outline = Outline::new(&root);
        assert!(outline.nests("/models/x/variables/system/prompt"));
        assert!(!outline.nests("/models/x/variables"));
        assert!(!outline.nests("/models/x/cases/0/expect"));
    }
}
