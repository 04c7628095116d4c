//! Reads the values of a case's variables.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::config::resolve::Places;
use crate::config::value::{self, Surroundings, ValueError};
use crate::config::variables::{self, Declared};
use crate::diagnose::{Code, Finding, Sources, Span};
use crate::template::Template;
use crate::words::nearest;

use super::Withheld;

/// Reads the values of a model's cases.
pub(super) struct Reader<'a> {
    /// The model's name.
    pub model: &'a str,
    pub declared: &'a [Declared],
    pub places: &'a Places<'a>,
    pub folder: &'a Path,
    pub surroundings: &'a Surroundings,
    pub sources: &'a Sources,
    /// Collects the files that are read, including files that can't be read.
    pub reads: &'a RefCell<BTreeSet<PathBuf>>,
}

/// A case's name and place, for findings.
pub(super) struct Named<'a> {
    pub name: &'a str,
    pub at: &'a Span,
}

/// Values by variable.
#[derive(Clone, Default)]
pub(super) struct Values {
    pub known: BTreeMap<String, Value>,
    /// Variables without a value that are not reported as unset: their environment variable isn't set and
    /// nothing is run, or their value is already reported as wrong.
    deferred: BTreeSet<String>,
    pub withheld: Withheld,
    /// The environment variables that values were read from, by the model's variables.
    pub from_environment: BTreeMap<String, String>,
}

impl Values {
    /// Sets the value that was read for `given`.
    fn set_read(&mut self, name: &str, given: &Value, value: Option<Value>) {
        if let Some(value) = value.as_ref().filter(|_| value::is_from_environment(given)) {
            self.withheld.add(value);
        }
        match value::environment(given) {
            Some(held) => drop(self.from_environment.insert(name.to_owned(), held.to_owned())),
            None => drop(self.from_environment.remove(name)),
        }
        self.set(name, value);
    }

    fn set(&mut self, name: &str, value: Option<Value>) {
        match value {
            Some(value) => drop(self.known.insert(name.to_owned(), value)),
            None => drop(self.deferred.insert(name.to_owned())),
        }
    }

    fn lacks(&self, name: &str) -> bool {
        !self.known.contains_key(name) && !self.deferred.contains(name)
    }
}

impl Reader<'_> {
    /// The declared defaults. A default that doesn't fit its variable is reported here, once.
    pub(super) fn defaults(&self, findings: &mut Vec<Finding>) -> Values {
        let mut values = Values::default();
        for variable in self.declared {
            let Some(given) = &variable.variable.default else { continue };
            let pointer = format!("{}/default", variable.pointer);
            self.note(value::file(given));
            match value::read(&variable.variable, given, self.folder, self.surroundings) {
                Ok(value) => values.set_read(&variable.name, given, value),
                Err(error) => {
                    values.set(&variable.name, None);
                    findings.push(self.unfit(&error, variable, self.places.value(&pointer)));
                }
            }
        }
        values
    }

    /// Reports declarations that no value can fit.
    pub(super) fn declarations(&self, findings: &mut Vec<Finding>) {
        for variable in self.declared {
            for (key, message, help) in variables::contradictions(&variable.variable) {
                let at = self.places.value(&format!("{}/{key}", variable.pointer));
                findings.push(Finding::new(Code::InvalidValue, at, message).help(help));
            }
        }
    }

    /// Records that values come from `file`, which is relative to the folder.
    pub(super) fn note(&self, file: Option<&str>) {
        self.reads.borrow_mut().extend(file.map(|file| self.folder.join(file)));
    }

    /// Reads the values of a case's `table`, which override `values`. `at` returns the places of key and
    /// value for a pointer.
    pub(super) fn read(
        &self,
        table: &Map<String, Value>,
        at: &dyn Fn(&str) -> (Span, Span),
        values: &mut Values,
        findings: &mut Vec<Finding>,
    ) {
        let (given, unknown) = variables::given(table, self.declared);
        for given in given {
            let Some(variable) = self.declared.iter().find(|variable| variable.name == given.name) else {
                continue;
            };
            self.note(value::file(given.value));
            match value::read(&variable.variable, given.value, self.folder, self.surroundings) {
                Ok(value) => values.set_read(&given.name, given.value, value),
                Err(error) => {
                    // The value is reported as wrong, so don't report it as missing too.
                    values.set(&given.name, None);
                    findings.push(self.unfit(&error, variable, at(&given.pointer).1));
                }
            }
        }
        for (name, pointer) in unknown {
            let near = nearest(&name, self.declared.iter().map(|variable| variable.name.as_str()));
            if let Some(meant) = near.filter(|meant| values.lacks(meant)) {
                values.set(meant, None);
            }
            let message = format!("`{name}` is not a declared variable");
            let finding = Finding::new(Code::UnknownVariable, at(&pointer).0, message);
            let help = format!("declare it in `[models.{}.variables]`, or remove it", self.model);
            findings.push(finding.suggest(near, help));
        }
    }

    fn unfit(&self, error: &ValueError, variable: &Declared, at: Span) -> Finding {
        let mut finding = Finding::new(error.code(), at, format!("variable `{}`: {error}", variable.name))
            .related(self.places.key(&variable.pointer), "declared here");
        finding.help = error.help();
        finding
    }

    /// Reports placeholders of `template` that have no value in `case`.
    pub(super) fn unset(
        &self,
        template: &Template,
        values: &Values,
        case: &Named<'_>,
        findings: &mut Vec<Finding>,
    ) {
        let mut told = Vec::new();
        for placeholder in template.placeholders() {
            let name = placeholder.name.as_str();
            let Some(variable) = self.declared.iter().find(|variable| variable.name == name) else {
                continue;
            };
            if !values.lacks(name) || told.contains(&name) {
                continue;
            }
            told.push(name);
            let at = self.places.inside("/request/body", &placeholder.at);
            let finding = Finding::new(
                Code::UnsetVariable,
                at,
                format!("`{name}` has no value in the case `{}`", case.name),
            )
            .related(case.at.clone(), "this case")
            .related(self.places.key(&variable.pointer), "declared without a `default`")
            .help(format!("set it in the case: `variables = {{ {name} = … }}`, or give it a `default`"));
            findings.push(finding);
        }
    }
}
