//! Reads the values of a case's variables.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::config::resolve::Places;
use crate::config::value::{self, ValueError, ValueSources};
use crate::config::variables::{self, DeclaredVariable};
use crate::diagnose::{Code, Finding, Sources, Span};
use crate::pattern::Patterns;
use crate::template::Template;
use crate::words::nearest;

use super::MaskedValues;

/// Reads the values of a model's cases.
pub(super) struct Reader<'a> {
    /// The model's name.
    pub model: &'a str,
    pub declared: &'a [DeclaredVariable],
    pub places: &'a Places<'a>,
    pub folder: &'a Path,
    pub value_sources: &'a ValueSources,
    pub sources: &'a Sources,
    /// Collects the files that are read, including files that can't be read.
    pub read_files: &'a RefCell<BTreeSet<PathBuf>>,
    pub patterns: &'a Patterns,
}

/// A case's name and place, for findings.
pub(super) struct NamedCase<'a> {
    pub name: &'a str,
    pub at: &'a Span,
}

/// Values by variable.
#[derive(Clone, Default)]
pub(super) struct Values {
    pub known: BTreeMap<String, Value>,
    /// Variables without a value that are not reported as unset: their environment variable isn't set and
    /// nothing is run, or their value is already reported as wrong.
    not_reported: BTreeSet<String>,
    pub masked: MaskedValues,
    /// The environment variables that values were read from, by the model's variables.
    pub from_environment: BTreeMap<String, String>,
}

impl Values {
    /// Sets the value that was read for `given`.
    fn set_with_origin(&mut self, name: &str, given: &Value, value: Option<Value>) {
        if let Some(value) = value.as_ref().filter(|_| value::is_from_environment(given)) {
            self.masked.add(value);
        }
        match value::environment_variable(given) {
            Some(variable) => drop(self.from_environment.insert(name.to_owned(), variable.to_owned())),
            None => drop(self.from_environment.remove(name)),
        }
        self.set(name, value);
    }

    fn set(&mut self, name: &str, value: Option<Value>) {
        match value {
            Some(value) => drop(self.known.insert(name.to_owned(), value)),
            None => drop(self.not_reported.insert(name.to_owned())),
        }
    }

    fn is_unset(&self, name: &str) -> bool {
        !self.known.contains_key(name) && !self.not_reported.contains(name)
    }
}

impl Reader<'_> {
    /// The declared defaults. A default that doesn't fit its variable is reported here, once.
    pub(super) fn read_defaults(&self, findings: &mut Vec<Finding>) -> Values {
        let mut values = Values::default();
        for variable in self.declared {
            let Some(given) = &variable.variable.default else { continue };
            let pointer = format!("{}/default", variable.pointer);
            self.add_read_file(value::file_path(given));
            match self.read_value(variable, given) {
                Ok(value) => values.set_with_origin(&variable.name, given, value),
                Err(error) => {
                    values.set(&variable.name, None);
                    findings.push(self.invalid_value(&error, variable, self.places.value(&pointer)));
                }
            }
        }
        values
    }

    fn read_value(&self, variable: &DeclaredVariable, given: &Value) -> Result<Option<Value>, ValueError> {
        value::read_value(&variable.variable, given, self.folder, self.value_sources, self.patterns)
    }

    /// Reports declarations that no value can fit.
    pub(super) fn check_declarations(&self, findings: &mut Vec<Finding>) {
        for variable in self.declared {
            for (key, message, help) in variables::contradictions(&variable.variable, self.patterns) {
                let at = self.places.value(&format!("{}/{key}", variable.pointer));
                findings.push(Finding::new(Code::InvalidValue, at, message).help(help));
            }
        }
    }

    /// Records that values come from `file`, which is relative to the folder.
    pub(super) fn add_read_file(&self, file: Option<&str>) {
        self.read_files.borrow_mut().extend(file.map(|file| self.folder.join(file)));
    }

    /// Reads the values of a case's `table`, which override `values`. `at` returns the places of key and
    /// value for a pointer.
    pub(super) fn read_table(
        &self,
        table: &Map<String, Value>,
        at: &dyn Fn(&str) -> (Span, Span),
        values: &mut Values,
        findings: &mut Vec<Finding>,
    ) {
        let (given, unknown) = variables::given_values(table, self.declared);
        for given in given {
            let Some(variable) = self.declared.iter().find(|variable| variable.name == given.name) else {
                continue;
            };
            self.add_read_file(value::file_path(given.value));
            match self.read_value(variable, given.value) {
                Ok(value) => values.set_with_origin(&given.name, given.value, value),
                Err(error) => {
                    // The value is reported as wrong, so don't report it as missing too.
                    values.set(&given.name, None);
                    findings.push(self.invalid_value(&error, variable, at(&given.pointer).1));
                }
            }
        }
        for (name, pointer) in unknown {
            let near = nearest(&name, self.declared.iter().map(|variable| variable.name.as_str()));
            if let Some(meant) = near.filter(|meant| values.is_unset(meant)) {
                values.set(meant, None);
            }
            let message = format!("`{name}` is not a declared variable");
            let finding = Finding::new(Code::UnknownVariable, at(&pointer).0, message);
            let help = format!("declare it in `[models.{}.variables]`, or remove it", self.model);
            findings.push(finding.suggest(near, help));
        }
    }

    fn invalid_value(&self, error: &ValueError, variable: &DeclaredVariable, at: Span) -> Finding {
        let mut finding = Finding::new(error.code(), at, format!("variable `{}`: {error}", variable.name))
            .related(self.places.key(&variable.pointer), "declared here");
        finding.help = error.help();
        finding
    }

    /// Reports placeholders of `template` that have no value in `case`.
    pub(super) fn check_unset(
        &self,
        template: &Template,
        values: &Values,
        case: &NamedCase<'_>,
        findings: &mut Vec<Finding>,
    ) {
        let mut reported = Vec::new();
        for placeholder in template.placeholders() {
            let name = placeholder.name.as_str();
            let Some(variable) = self.declared.iter().find(|variable| variable.name == name) else {
                continue;
            };
            if !values.is_unset(name) || reported.contains(&name) {
                continue;
            }
            reported.push(name);
            let at = self.places.span_in_string("/request/body", &placeholder.at);
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
