//! Builds the cases of a model: values, expectations, snapshot policy, files.

use std::path::Path;

use serde_json::{Map, Value};

use super::budget::CaseBudget;
use super::definition::DefinitionHash;
use super::missing::is_misspelt;
use super::rows::{self, Row};
use super::values::{NamedCase, Reader, Values};
use super::{Case, Expectations, expectations};
use crate::config::model::{self, CaseSeverity, Expect, SnapshotPolicy, SnapshotSwitch};
use crate::config::resolve::Places;
use crate::diagnose::{Code, Finding, Sources};
use crate::files::layout;
use crate::pointer::join;
use crate::snapshot::{self, Policy};
use crate::template::Template;

/// Builds the cases of one model.
pub(super) struct CaseBuilder<'a> {
    pub config: &'a Path,
    pub model: &'a str,
    pub typed: &'a model::Model,
    /// The model as the config has it, before it was read into its type.
    pub raw: &'a Value,
    pub template: Option<&'a Template>,
    pub fields: Vec<&'a str>,
    pub reader: Reader<'a>,
    pub budget: &'a CaseBudget,
    pub sources: &'a Sources,
    pub defaults: Values,
    /// The definition of the model without its cases.
    pub definition: DefinitionHash,
}

impl CaseBuilder<'_> {
    /// The cases in the order of the config. A case with a data file is replaced by those of its rows.
    pub(super) fn build(&self, findings: &mut Vec<Finding>) -> Vec<Case> {
        let mut cases = Vec::with_capacity(self.typed.cases.len());
        // A case without a name could not be read: the schema check reports why.
        let readable = self.typed.cases.iter().enumerate().filter(|(_, case)| !case.name.is_empty());
        for (index, case) in readable {
            let pointer = format!("/cases/{index}");
            match &case.each {
                None => cases.extend(self.build_within_budget(case, &pointer, None, findings)),
                Some(each) => cases.extend(self.build_rows(case, each, &pointer, findings)),
            }
        }
        cases
    }

    /// The case, unless the config has too many.
    fn build_within_budget(
        &self,
        case: &model::Case,
        pointer: &str,
        row: Option<&Row>,
        findings: &mut Vec<Finding>,
    ) -> Option<Case> {
        if self.budget.is_used_up() {
            return None;
        }
        let built = self.build_case(case, pointer, row, findings);
        match self.budget.count(&built, findings.len()) {
            Some(finding) => {
                findings.push(finding);
                None
            }
            None => Some(built),
        }
    }

    fn places(&self) -> &Places<'_> {
        self.reader.places
    }

    fn build_rows(
        &self,
        case: &model::Case,
        each: &str,
        pointer: &str,
        findings: &mut Vec<Finding>,
    ) -> Vec<Case> {
        if self.budget.is_used_up() {
            return Vec::new();
        }
        let at = self.places().value(&format!("{pointer}/each"));
        match rows::read(each, &self.reader) {
            Ok(rows) => {
                let build = |row| self.build_within_budget(case, pointer, Some(row), findings);
                rows.iter().filter_map(build).collect()
            }
            Err(error) => {
                self.budget.count_failed_read();
                findings.push(error.finding(at, &self.reader.value_sources.base, self.sources));
                Vec::new()
            }
        }
    }

    fn build_case(
        &self,
        case: &model::Case,
        pointer: &str,
        row: Option<&Row>,
        findings: &mut Vec<Finding>,
    ) -> Case {
        let (name, at) = match row {
            None => (case.name.clone(), self.places().value(&[pointer, "/name"].concat())),
            Some(row) => (format!("{} [{}]", case.name, row.name), row.at.clone()),
        };
        let values = self.read_values(case, pointer, row, &NamedCase { name: &name, at: &at }, findings);
        let of_row = row.map(|row| (&row.variables, &row.expect));
        let definition = self.definition.with(&(self.raw.pointer(pointer), of_row, &values.known));
        let expect = self.compile_expectations(case, pointer, row, findings);
        let snapshot = self.compile_snapshot_policy(case, pointer, findings);
        findings.extend(self.report_unchecked_case(
            case,
            &expect,
            snapshot.as_ref(),
            &NamedCase { name: &name, at: &at },
        ));
        findings.extend(self.check_require(case, pointer));
        Case {
            id: format!("{}::{name}", self.model),
            at,
            description: case.description.clone(),
            tags: case.tags.clone(),
            claim: None,
            warns: case.severity == Some(CaseSeverity::Warn),
            repeat: case.repeat.unwrap_or(1),
            require: case.require.or(case.repeat).unwrap_or(1),
            values: values.known,
            masked_values: values.masked,
            from_environment: values.from_environment,
            definition,
            expect,
            snapshot,
            fixture_path: layout::fixture_path(self.config, self.model, &name),
            snapshot_path: layout::snapshot_path(self.config, self.model, &name),
            name,
        }
    }

    /// Reports a case that passes whatever the answer is.
    fn report_unchecked_case(
        &self,
        case: &model::Case,
        expect: &Expectations,
        snapshot: Option<&Policy>,
        named: &NamedCase<'_>,
    ) -> Option<Finding> {
        // Expectations that could not be compiled are already reported.
        let has_expectations = expect.error.is_some()
            || expect.checks.len() + expect.measures.len() < case.expect.fields.len()
            || expect.checks.iter().any(|expected| !expected.check.is_empty());
        let help = match snapshot {
            _ if has_expectations => return None,
            None => "remove `snapshot = false`, or add an expectation",
            Some(policy) if self.skips_every_field(policy) => {
                "keep a field in the snapshot, or add an expectation"
            }
            Some(_) => return None,
        };
        let message = format!("the case `{}` checks nothing", named.name);
        Some(Finding::new(Code::CaseChecksNothing, named.at.clone(), message).help(help))
    }

    fn skips_every_field(&self, policy: &Policy) -> bool {
        let fields: Vec<_> = self.fields.iter().map(|field| ((*field).to_owned(), Value::Null)).collect();
        !fields.is_empty() && policy.apply(&fields).is_empty()
    }

    /// Reports a case that requires more passes than it makes calls.
    fn check_require(&self, case: &model::Case, pointer: &str) -> Option<Finding> {
        let (require, repeat) = (case.require?, case.repeat.unwrap_or(1));
        let message = format!("`require`: expected at most {repeat}, found `{require}`");
        let at = self.places().value(&format!("{pointer}/require"));
        let finding = Finding::new(Code::InvalidValue, at, message);
        (require > repeat && repeat > 0).then(|| finding.help("raise `repeat`, or lower `require`"))
    }

    fn read_values(
        &self,
        case: &model::Case,
        pointer: &str,
        row: Option<&Row>,
        named: &NamedCase<'_>,
        findings: &mut Vec<Finding>,
    ) -> Values {
        let mut values = self.defaults.clone();
        let places = self.places();
        let in_case = |within: &str| places.key_and_value(&[pointer, "/variables", within].concat());
        self.reader.read_table(&case.variables, &in_case, &mut values, findings);
        if let Some(row) = row {
            let in_row = |_: &str| (row.at.clone(), row.at.clone());
            self.reader.read_table(&row.variables, &in_row, &mut values, findings);
        }
        // With a misspelt `variables`, report that key only, not every missing value.
        let is_misspelt = || self.raw.pointer(pointer).is_some_and(|case| is_misspelt(case, "variables"));
        let misspelt = case.variables.is_empty() && is_misspelt();
        if let Some(template) = self.template.filter(|_| !misspelt) {
            self.reader.check_unset(template, &values, named, findings);
        }
        values
    }

    fn compile_expectations(
        &self,
        case: &model::Case,
        pointer: &str,
        row: Option<&Row>,
        findings: &mut Vec<Finding>,
    ) -> Expectations {
        let places = self.places();
        let in_case = |within: &str| places.key_and_value(&[pointer, "/expect", within].concat());
        let mut compiled =
            expectations::compile(&case.expect, &self.fields, &in_case, self.reader.patterns, findings);
        if let Some(row) = row.filter(|row| !row.expect.is_empty()) {
            match serde_json::from_value::<Expect>(Value::Object(row.expect.clone())) {
                Ok(expect) => {
                    let in_row = |_: &str| (row.at.clone(), row.at.clone());
                    let more =
                        expectations::compile(&expect, &self.fields, &in_row, self.reader.patterns, findings);
                    compiled.checks.extend(more.checks);
                    compiled.measures.extend(more.measures);
                }
                Err(cause) => findings.push(Finding::new(Code::DataFile, row.at.clone(), cause.to_string())),
            }
        }
        compiled
    }

    fn compile_snapshot_policy(
        &self,
        case: &model::Case,
        pointer: &str,
        findings: &mut Vec<Finding>,
    ) -> Option<Policy> {
        let switch = case.snapshot.as_ref().or(self.typed.snapshot.as_ref());
        if matches!(switch, Some(SnapshotSwitch::Switch(false))) {
            return None;
        }
        let (of_model, of_case) = (policy(self.typed.snapshot.as_ref()), policy(case.snapshot.as_ref()));
        let own = format!("{pointer}/snapshot");
        for (policy, pointer) in [(of_model, "/snapshot"), (of_case, own.as_str())] {
            let fields = policy.into_iter().flat_map(|policy| policy.fields.keys());
            for field in fields.filter(|field| !self.fields.contains(&field.as_str())) {
                let at = self.places().key(&join(&format!("{pointer}/fields"), field));
                findings.extend(expectations::unknown_field(field, &self.fields, at));
            }
        }
        match Policy::compile(of_model, of_case) {
            Ok(policy) => Some(policy),
            Err(errors) => {
                findings.extend(errors.iter().map(|error| {
                    let table = match error.table {
                        snapshot::PolicyTable::Model => "/snapshot",
                        snapshot::PolicyTable::Case => own.as_str(),
                    };
                    let at = self.places().key(&format!("{table}{}", error.pointer));
                    Finding::new(Code::SelectorInvalid, at, error.to_string()).help(error.help())
                }));
                Some(Policy::default())
            }
        }
    }
}

fn policy(switch: Option<&SnapshotSwitch>) -> Option<&SnapshotPolicy> {
    match switch {
        Some(SnapshotSwitch::Policy(policy)) => Some(policy),
        _ => None,
    }
}

/// The fields that a mapping table declares, whether or not their paths compile.
pub(super) fn declared_fields(mapping: &Map<String, Value>) -> Vec<&str> {
    mapping.keys().map(String::as_str).collect()
}
