//! Checks request bodies against the schema of their family.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Subject;
use crate::aws::family::{CONVERSE, Family, family_of_body};
use crate::aws::model_id::{ModelId, clean_paste};
use crate::config::model::{Variable, VariableType};
use crate::config::variables;
use crate::diagnose::{Code, FINDINGS_LIMIT, Finding, Severity, Span, short};
use crate::pointer::steps;
use crate::schema::body::{Expected, Kind, Violation, violations};
use crate::schema::family::schemas;
use crate::suite::{Case, Model, all_expect_errors};
use crate::template::Hole;

/// Reports what the model's family refuses in the bodies of its cases. If the model has no cases, reports
/// mistakes in the body that no values of its variables could avoid.
pub(super) fn check(subject: Subject<'_>) -> Vec<Finding> {
    let Some(model) = subject.model else { return Vec::new() };
    let variables = Variables::of(subject);
    let bodies = bodies(subject, model, &variables);
    let Some((family, guessed)) = bodies.first().and_then(|body| family(model, &body.value)) else {
        return Vec::new();
    };
    let Some(schemas) = schemas(family.id) else { return Vec::new() };
    let model_id = clean_paste(&model.model_id).model_id;
    let base = ModelId::parse(&model_id).base;
    let expected = Expected { id: family.id, schema: schemas.request(), family: family.name, base };
    if let Some(finding) = other_api(model, subject, &bodies, expected) {
        return vec![finding];
    }
    let holes = model.template.holes();
    let mut told = BTreeSet::new();
    let mut findings = Vec::new();
    for body in &bodies {
        for violation in violations(&body.value, expected) {
            if findings.len() > FINDINGS_LIMIT {
                return findings;
            }
            let hole = holes.iter().find(|hole| hole.holds(&violation.pointer));
            // One object can lack several members, which all have the same pointer.
            let lacked = (violation.kind == Kind::Missing).then(|| violation.message.clone());
            let mut is_new = || told.insert((violation.pointer.clone(), violation.kind, lacked.clone()));
            if body.leaves_open(hole, &violation) || !is_new() {
                continue;
            }
            let sure = violation.sure && !guessed;
            let finding = finding(model, body, hole, &violation);
            findings.push(finding.severity(if sure { Severity::Error } else { Severity::Warning }));
        }
    }
    findings
}

/// Reports a body that is valid for the other API and not for the one that is called. It is one mistake,
/// however many members show it.
fn other_api(
    model: &Model,
    subject: Subject<'_>,
    bodies: &[Body<'_>],
    expected: Expected<'_>,
) -> Option<Finding> {
    let own = ModelId::parse(&model.model_id).family()?;
    let (family, whose, instead) = if model.operation.is_converse() {
        (own, format!("{}'s own", own.name), "invoke")
    } else {
        (CONVERSE, "one for Converse".to_owned(), "converse")
    };
    let other =
        Expected { id: family.id, schema: schemas(family.id)?.request(), family: family.name, ..expected };
    // The body is valid for the other API, and has or lacks members in which the APIs differ.
    let swapped = |body: &Body<'_>| {
        let here = violations(&body.value, expected);
        let differs = here.iter().any(|violation| matches!(violation.kind, Kind::Member | Kind::Missing));
        differs && here.iter().any(|violation| violation.sure) && violations(&body.value, other).is_empty()
    };
    if !bodies.iter().all(swapped) {
        return None;
    }
    let called = if model.operation.is_converse() { "Converse" } else { "InvokeModel" };
    let body = model.places.body(Some(&model.template.opening())).unwrap_or_else(|| model.at.clone());
    let mut finding =
        Finding::new(Code::BodyOtherApi, body, format!("the body is {whose}, and {called} is called"))
            .help(format!("write `operation = \"{instead}\"`, or the body that {called} takes"));
    if subject.places.find("/operation").is_some() {
        finding = finding.related(subject.places.value("/operation"), "called by this");
    }
    Some(finding)
}

/// The family that the body is for, and whether it was only guessed from the body.
fn family(model: &Model, body: &Value) -> Option<(&'static Family, bool)> {
    if model.operation.is_converse() {
        return Some((CONVERSE, false));
    }
    let model_id = clean_paste(&model.model_id).model_id;
    let named = ModelId::parse(&model_id).family().map(|family| (family, false));
    named.or_else(|| family_of_body(body).map(|family| (family, true)))
}

/// A body to check.
struct Body<'m> {
    value: Value,
    /// The case that sends the body; `None` if all its values are made up.
    case: Option<&'m Case>,
    /// Variables whose values are made up.
    made_up: BTreeSet<String>,
}

/// The bodies of the cases that don't expect an error, or of all cases if every case expects one.
fn bodies<'m>(subject: Subject<'_>, model: &'m Model, variables: &Variables) -> Vec<Body<'m>> {
    let all = all_expect_errors(&subject.typed.cases);
    let cases = model.cases.iter().filter(|case| all || case.expect.error.is_none());
    let of_cases = cases.filter_map(|case| body(model, Some(case), variables));
    let bodies: Vec<Body<'_>> = of_cases.collect();
    if bodies.is_empty() { body(model, None, variables).into_iter().collect() } else { bodies }
}

fn body<'m>(model: &'m Model, case: Option<&'m Case>, variables: &Variables) -> Option<Body<'m>> {
    let mut values = case.map(|case| case.values.clone()).unwrap_or_default();
    let mut made_up = BTreeSet::new();
    for placeholder in model.template.placeholders() {
        if !values.contains_key(&placeholder.name) {
            values.insert(placeholder.name.clone(), variables.sample(&placeholder.name)?);
            made_up.insert(placeholder.name.clone());
        }
    }
    let value = model.template.fill(&values).ok()?;
    // A body that is not an object is reported when the suite is built.
    value.is_object().then_some(Body { value, case, made_up })
}

impl Body<'_> {
    /// Whether the violation is in a made-up value, and another value could be valid.
    fn leaves_open(&self, hole: Option<&Hole<'_>>, violation: &Violation) -> bool {
        let made_up = |hole: &&Hole<'_>| {
            hole.placeholders.iter().any(|placeholder| self.made_up.contains(&placeholder.name))
        };
        match hole.filter(made_up) {
            // A placeholder within a string always gives a string. Any other one can become any JSON.
            Some(hole) if hole.placeholders.iter().all(|placeholder| placeholder.in_string) => {
                violation.by_value
            }
            Some(_) => true,
            None => false,
        }
    }
}

fn finding(model: &Model, body: &Body<'_>, hole: Option<&Hole<'_>>, violation: &Violation) -> Finding {
    let blotted = |text: &str| match body.case {
        Some(case) => case.withheld.blot_out(text).into_owned(),
        None => text.to_owned(),
    };
    let code = match violation.kind {
        Kind::Member => Code::BodyMember,
        Kind::Missing => Code::BodyMissing,
        Kind::Value => Code::BodyValue,
        Kind::Generation => Code::BodyGeneration,
    };
    let mut finding = Finding::new(code, place(model, &violation.pointer), blotted(&violation.message));
    if let (Some(hole), Some(case)) = (hole, body.case) {
        let names: Vec<_> =
            hole.placeholders.iter().map(|placeholder| format!("`{}`", placeholder.name)).collect();
        finding = finding
            .related(case.at.clone(), format!("by {} of `{}`", names.join(" and "), short(&case.name, 40)));
    }
    finding.help = violation.help.as_deref().map(blotted);
    finding
}

/// The place of the member in the body, or the opening brace of the body if the member isn't found.
fn place(model: &Model, pointer: &str) -> Span {
    let steps: Vec<_> = steps(pointer).collect();
    let range = model
        .template
        .locate(&steps.iter().map(AsRef::as_ref).collect::<Vec<_>>())
        .unwrap_or_else(|| model.template.opening());
    model.places.body(Some(&range)).unwrap_or_else(|| model.at.clone())
}

/// The declared variables, to make up values for those that a case doesn't set.
struct Variables(BTreeMap<String, Variable>);

impl Variables {
    fn of(subject: Subject<'_>) -> Variables {
        let declared = variables::declared(&subject.typed.variables).into_iter();
        Variables(declared.map(|declared| (declared.name, declared.variable)).collect())
    }

    /// A value that the variable's declaration permits.
    fn sample(&self, name: &str) -> Option<Value> {
        let variable = self.0.get(name)?;
        if let Some(first) = variable.one_of.as_ref().and_then(|values| values.first()) {
            return Some(first.clone());
        }
        Some(match variable.holds.unwrap_or_default() {
            VariableType::String => Value::from("text"),
            VariableType::Integer | VariableType::Number => {
                variable.minimum.clone().map_or_else(|| Value::from(1), Value::Number)
            }
            VariableType::Boolean => Value::from(true),
            VariableType::Json => Value::Object(serde_json::Map::new()),
        })
    }
}
