//! Resolves `extends` and `[defaults]`: adds the keys that each model inherits.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::layers::{Layers, Location};
use crate::diagnose::{Code, FINDINGS_LIMIT, Finding, Span};
use crate::json;
use crate::pointer::join;
use crate::words::nearest;

/// A model with all its inherited keys, as JSON.
pub struct ResolvedModel<'d> {
    pub name: String,
    pub value: Cow<'d, Value>,
    pub places: Places<'d>,
}

/// Positions of the keys of one model: in its own table, in the models that it extends, or in `[defaults]`.
#[derive(Clone)]
pub struct Places<'d> {
    layers: &'d Layers<'d>,
    /// JSON pointers of the tables, the model's own first.
    tables: Vec<String>,
}

impl<'d> Places<'d> {
    /// The places of a table that inherits nothing.
    pub fn from_table(layers: &'d Layers<'d>, pointer: String) -> Places<'d> {
        Places { layers, tables: vec![pointer] }
    }

    /// Finds where the model's value at `pointer` is written.
    pub fn find(&self, pointer: &str) -> Option<Location<'d>> {
        self.tables.iter().find_map(|table| self.layers.find(&[table, pointer].concat()))
    }

    /// Whether the model's own table contains the value at `pointer`.
    pub fn is_own(&self, pointer: &str) -> bool {
        self.layers.find(&format!("{}{pointer}", self.tables[0])).is_some()
    }

    /// The value's position, or the model's header if the value is not written anywhere.
    pub fn value(&self, pointer: &str) -> Span {
        self.find(pointer)
            .map_or_else(|| self.header(), |location| Span::new(location.file, location.place.value))
    }

    /// The key's position. For an array item, which has no key, the value's position.
    pub fn key(&self, pointer: &str) -> Span {
        self.find(pointer).map_or_else(
            || self.header(),
            |location| Span::new(location.file, location.place.key.unwrap_or(location.place.value)),
        )
    }

    /// The positions of the key and of the value, with one search.
    pub fn key_and_value(&self, pointer: &str) -> (Span, Span) {
        let Some(Location { file, place, .. }) = self.find(pointer) else {
            return (self.header(), self.header());
        };
        let value = Span::new(file, place.value);
        (place.key.map_or_else(|| value.clone(), |key| Span::new(file, key)), value)
    }

    /// The position of the byte `range` inside the decoded string at `pointer`.
    pub fn span_in_string(&self, pointer: &str, range: &std::ops::Range<usize>) -> Span {
        self.find(pointer).map_or_else(
            || self.header(),
            |location| {
                Span::new(location.file, location.place.range_in_string(location.document.text(), range))
            },
        )
    }

    /// The position of the model's name in its header.
    pub fn header(&self) -> Span {
        let location = self.layers.find(&self.tables[0]).expect("a model is declared in some layer");
        Span::new(location.file, location.place.key.unwrap_or(location.place.value))
    }
}

/// Resolves the models of a file, in the order of the file.
///
/// A model whose `extends` can't be resolved is reported and left out.
pub fn resolve_models<'d>(
    config: &'d Value,
    layers: &'d Layers<'d>,
) -> (Vec<ResolvedModel<'d>>, Vec<Finding>) {
    let mut findings = Vec::new();
    let tables = config.get("models").and_then(Value::as_object);
    let (mut resolved, mut inherited) = (Vec::new(), 0);
    for (name, own) in tables.into_iter().flatten() {
        match resolve_model(config, layers, name, own) {
            Ok(model) => {
                inherited += if let Cow::Owned(value) = &model.value { json::memory(value) } else { 0 };
                if inherited > INHERITED_LIMIT {
                    findings.push(inherits_too_much(&model));
                    break;
                }
                resolved.push(model);
            }
            Err(finding) => findings.extend(finding),
        }
        if findings.len() > FINDINGS_LIMIT {
            break;
        }
    }
    (resolved, findings)
}

/// The maximum size of all models with the keys that they inherit, in bytes.
const INHERITED_LIMIT: usize = 64 << 20;

fn inherits_too_much(model: &ResolvedModel<'_>) -> Finding {
    let limit = INHERITED_LIMIT >> 20;
    let message =
        format!("the models up to this one have more than {limit} MiB with the keys that they inherit");
    Finding::new(Code::FileTooLarge, model.places.header(), message)
        .help("share fewer cases, or split the config into several files")
}

fn resolve_model<'d>(
    config: &'d Value,
    layers: &'d Layers<'d>,
    name: &str,
    own: &'d Value,
) -> Result<ResolvedModel<'d>, Option<Finding>> {
    let mut chain = ExtendsChain { config, layers, names: vec![name.to_owned()], tables: vec![own] };
    while let Some(next) = chain.next_name() {
        chain.add_model(next)?;
    }
    let mut tables: Vec<String> = chain.names.iter().map(|name| join("/models", name)).collect();
    let mut values = chain.tables;
    if let Some(defaults) = config.get("defaults") {
        tables.push("/defaults".to_owned());
        values.push(defaults);
    }
    let places = Places { layers, tables };
    Ok(ResolvedModel { name: name.to_owned(), value: merge_tables(&values), places })
}

/// The maximum length of a chain of `extends`, including the first model.
const CHAIN_LIMIT: usize = 32;

/// A model and the models that it extends, in order.
struct ExtendsChain<'d> {
    config: &'d Value,
    layers: &'d Layers<'d>,
    names: Vec<String>,
    tables: Vec<&'d Value>,
}

impl<'d> ExtendsChain<'d> {
    fn next_name(&self) -> Option<&'d str> {
        self.tables.last()?.get("extends")?.as_str()
    }

    fn add_model(&mut self, next: &str) -> Result<(), Option<Finding>> {
        if let Some(first) = self.names.iter().position(|name| name == next) {
            return Err(self.report_cycle(first));
        }
        let Some(table) = self.config.get("models").and_then(|models| models.get(next)) else {
            return Err(Some(self.report_unknown(next)));
        };
        if self.names.len() == CHAIN_LIMIT {
            return Err(Some(self.report_too_long()));
        }
        self.names.push(next.to_owned());
        self.tables.push(table);
        Ok(())
    }

    fn report_too_long(&self) -> Finding {
        let name = &self.names[0];
        let message = format!("the `extends` chain of `{name}` has more than {CHAIN_LIMIT} models");
        Finding::new(Code::TooDeep, self.extends_span(name), message)
            .help("extend the model that contains the shared keys, or move them to `[defaults]`")
    }

    /// Reported once: for the first model of the cycle in the file, not for models outside the cycle that
    /// extend one of it.
    fn report_cycle(&self, first: usize) -> Option<Finding> {
        let cycle = &self.names[first..];
        let reported_for = self.models().map(|(name, _)| name).find(|name| cycle.contains(name));
        if first > 0 || reported_for != Some(&self.names[0]) {
            return None;
        }
        let name = &self.names[0];
        let path = format!("{} → {name}", cycle.join(" → "));
        let finding = Finding::new(
            Code::ExtendsCycle,
            self.extends_span(name),
            format!("`{name}` extends itself: {path}"),
        );
        Some(finding.help("remove one `extends`, or move the shared keys to `[defaults]`"))
    }

    fn report_unknown(&self, next: &str) -> Finding {
        let near = nearest(next, self.models().map(|(name, _)| name.as_str()));
        let last = self.names.last().expect("the model itself is there");
        Finding::new(
            Code::UnknownModel,
            self.extends_span(last),
            format!("`extends`: there is no model `{next}`"),
        )
        .suggest(near, format!("declare `[models.{next}]` in this file"))
    }

    fn models(&self) -> impl Iterator<Item = (&'d String, &'d Value)> {
        self.config.get("models").and_then(Value::as_object).into_iter().flatten()
    }

    fn extends_span(&self, model: &str) -> Span {
        let pointer = format!("{}/extends", join("/models", model));
        let location = self.layers.find(&pointer).expect("`extends` was just read");
        Span::new(location.file, location.place.value)
    }
}

/// Merges tables. A table overrides those after it.
///
/// The keys of models are merged, and so are the entries of their tables (`variables`, `mapping`, …). An entry
/// is replaced as a whole: a mapping's `path` must not be combined with the `header` of another model's entry.
/// Arrays are replaced as a whole too.
fn merge_tables<'d>(tables: &[&'d Value]) -> Cow<'d, Value> {
    if let [only] = tables {
        return Cow::Borrowed(*only);
    }
    let mut merged = Map::new();
    for table in tables {
        for (key, value) in table.as_object().into_iter().flatten() {
            match merged.get_mut(key) {
                None if key == "extends" => (),
                None => drop(merged.insert(key.clone(), value.clone())),
                Some(above) => add_missing(above, value),
            }
        }
    }
    Cow::Owned(Value::Object(merged))
}

fn add_missing(above: &mut Value, below: &Value) {
    if let (Value::Object(above), Value::Object(below)) = (above, below) {
        for (key, value) in below {
            above.entry(key.as_str()).or_insert_with(|| value.clone());
        }
    }
}
