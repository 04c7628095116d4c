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
use crate::schema::body::{ExpectedFamily, Violation, ViolationKind, find_violations};
use crate::schema::family::schemas;
use crate::suite::{Case, Model, all_expect_errors};
use crate::template::TemplatedValue;

/// Reports what the model's family refuses in the bodies of its cases. If the model has no cases, reports
/// mistakes in the body that no values of its variables could avoid.
pub(super) fn check(subject: Subject<'_>) -> Vec<Finding> {
    let Some(model) = subject.model else { return Vec::new() };
    let variables = Variables::from_subject(subject);
    let bodies = bodies(subject, model, &variables);
    let Some((family, is_guessed)) = bodies.first().and_then(|body| find_family(model, &body.value)) else {
        return Vec::new();
    };
    let Some(schemas) = schemas(family.id) else { return Vec::new() };
    let model_id = clean_paste(&model.model_id).model_id;
    let base = ModelId::parse(&model_id).base;
    let expected = ExpectedFamily { id: family.id, schema: schemas.request(), name: family.name, base };
    if let Some(finding) = check_other_api(model, subject, &bodies, expected) {
        return vec![finding];
    }
    let templated_values = model.template.templated_values();
    let mut reported = BTreeSet::new();
    let mut findings = Vec::new();
    for body in &bodies {
        for violation in find_violations(&body.value, expected) {
            if findings.len() > FINDINGS_LIMIT {
                return findings;
            }
            let templated = templated_values.iter().find(|templated| templated.contains(&violation.pointer));
            // One object can lack several members, which all have the same pointer.
            let missing = (violation.kind == ViolationKind::MissingMember).then(|| violation.message.clone());
            let mut is_new = || reported.insert((violation.pointer.clone(), violation.kind, missing.clone()));
            if body.could_be_valid(templated, &violation) || !is_new() {
                continue;
            }
            let sure = violation.sure && !is_guessed;
            let finding = finding(model, body, templated, &violation);
            findings.push(finding.severity(if sure { Severity::Error } else { Severity::Warning }));
        }
    }
    findings
}

/// Reports a body that is valid for the other API and not for the one that is called. It is one mistake,
/// however many members show it.
fn check_other_api(
    model: &Model,
    subject: Subject<'_>,
    bodies: &[Body<'_>],
    expected: ExpectedFamily<'_>,
) -> Option<Finding> {
    let own = ModelId::parse(&model.model_id).family()?;
    let (family, format_name, operation) = if model.operation.is_converse() {
        (own, format!("{}'s own format", own.name), "invoke")
    } else {
        (CONVERSE, "the format of Converse".to_owned(), "converse")
    };
    let other = ExpectedFamily {
        id: family.id,
        schema: schemas(family.id)?.request(),
        name: family.name,
        ..expected
    };
    // The body is valid for the other API, and has or lacks members in which the APIs differ.
    let swapped = |body: &Body<'_>| {
        let here = find_violations(&body.value, expected);
        let differs = here.iter().any(|violation| {
            matches!(violation.kind, ViolationKind::UnknownMember | ViolationKind::MissingMember)
        });
        differs
            && here.iter().any(|violation| violation.sure)
            && find_violations(&body.value, other).is_empty()
    };
    if !bodies.iter().all(swapped) {
        return None;
    }
    let called = if model.operation.is_converse() { "Converse" } else { "InvokeModel" };
    let body = model.places.body(Some(&model.template.first_character())).unwrap_or_else(|| model.at.clone());
    let mut finding =
        Finding::new(Code::BodyOtherApi, body, format!("the body has {format_name}, but {called} is called"))
            .help(format!("write `operation = \"{operation}\"`, or the body that {called} takes"));
    if subject.places.find("/operation").is_some() {
        finding = finding.related(subject.places.value("/operation"), "selects the operation");
    }
    Some(finding)
}

/// The family that the body is for, and whether it was only guessed from the body.
fn find_family(model: &Model, body: &Value) -> Option<(&'static Family, bool)> {
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
    /// The case that sends the body; `None` if all its values are samples.
    case: Option<&'m Case>,
    /// Variables whose values are samples.
    sampled: BTreeSet<String>,
}

/// The bodies of the cases that don't expect an error, or of all cases if every case expects one.
fn bodies<'m>(subject: Subject<'_>, model: &'m Model, variables: &Variables) -> Vec<Body<'m>> {
    let all = all_expect_errors(&subject.typed.cases);
    let cases = model.cases.iter().filter(|case| all || case.expect.error.is_none());
    let of_cases = cases.filter_map(|case| fill_body(model, Some(case), variables));
    let bodies: Vec<Body<'_>> = of_cases.collect();
    if bodies.is_empty() { fill_body(model, None, variables).into_iter().collect() } else { bodies }
}

fn fill_body<'m>(model: &'m Model, case: Option<&'m Case>, variables: &Variables) -> Option<Body<'m>> {
    let mut values = case.map(|case| case.values.clone()).unwrap_or_default();
    let mut sampled = BTreeSet::new();
    for placeholder in model.template.placeholders() {
        if !values.contains_key(&placeholder.name) {
            values.insert(placeholder.name.clone(), variables.sample(&placeholder.name)?);
            sampled.insert(placeholder.name.clone());
        }
    }
    let value = model.template.fill(&values).ok()?;
    // A body that is not an object is reported when the suite is built.
    value.is_object().then_some(Body { value, case, sampled })
}

impl Body<'_> {
    /// Whether the violation is in a sample value, and another value could be valid.
    fn could_be_valid(&self, templated: Option<&TemplatedValue<'_>>, violation: &Violation) -> bool {
        let sampled = |templated: &&TemplatedValue<'_>| {
            templated.placeholders.iter().any(|placeholder| self.sampled.contains(&placeholder.name))
        };
        match templated.filter(sampled) {
            // A placeholder within a string always gives a string. Any other one can become any JSON.
            Some(templated) if templated.placeholders.iter().all(|placeholder| placeholder.in_string) => {
                violation.depends_on_value
            }
            Some(_) => true,
            None => false,
        }
    }
}

fn finding(
    model: &Model,
    body: &Body<'_>,
    templated: Option<&TemplatedValue<'_>>,
    violation: &Violation,
) -> Finding {
    let masked = |text: &str| match body.case {
        Some(case) => case.masked_values.mask(text).into_owned(),
        None => text.to_owned(),
    };
    let code = match violation.kind {
        ViolationKind::UnknownMember => Code::BodyMember,
        ViolationKind::MissingMember => Code::BodyMissing,
        ViolationKind::InvalidValue => Code::BodyValue,
        ViolationKind::UnsupportedByGeneration => Code::BodyGeneration,
    };
    let mut finding = Finding::new(code, member_place(model, &violation.pointer), masked(&violation.message));
    if let (Some(templated), Some(case)) = (templated, body.case) {
        let names: Vec<_> =
            templated.placeholders.iter().map(|placeholder| format!("`{}`", placeholder.name)).collect();
        finding = finding.related(
            case.at.clone(),
            format!("from {} in the case `{}`", names.join(" and "), short(&case.name, 40)),
        );
    }
    let quoted = || templated.and_then(|templated| propose_without_quotes(templated, violation));
    finding.help = violation.help.as_deref().map(masked).or_else(quoted);
    finding
}

/// A placeholder in quotes always gives a string, which may be the wrong type.
fn propose_without_quotes(templated: &TemplatedValue<'_>, violation: &Violation) -> Option<String> {
    let [placeholder] = &templated.placeholders[..] else { return None };
    let is_wrong_type = violation.kind == ViolationKind::InvalidValue && !violation.depends_on_value;
    (is_wrong_type && placeholder.in_string)
        .then(|| format!("write the placeholder without quotes: `{{{{{}}}}}`", placeholder.name))
}

/// The place of the member in the body, or the opening brace of the body if the member isn't found.
fn member_place(model: &Model, pointer: &str) -> Span {
    let steps: Vec<_> = steps(pointer).collect();
    let range = model
        .template
        .locate(&steps.iter().map(AsRef::as_ref).collect::<Vec<_>>())
        .unwrap_or_else(|| model.template.first_character());
    model.places.body(Some(&range)).unwrap_or_else(|| model.at.clone())
}

/// The declared variables, to sample values for those that a case doesn't set.
struct Variables(BTreeMap<String, Variable>);

impl Variables {
    fn from_subject(subject: Subject<'_>) -> Variables {
        let declared = variables::declared_variables(&subject.typed.variables).into_iter();
        Variables(declared.map(|declared| (declared.name, declared.variable)).collect())
    }

    /// A value that the variable's declaration permits.
    fn sample(&self, name: &str) -> Option<Value> {
        let variable = self.0.get(name)?;
        if let Some(first) = variable.one_of.as_ref().and_then(|values| values.first()) {
            return Some(first.clone());
        }
        Some(match variable.value_type.unwrap_or_default() {
            VariableType::String => Value::from("text"),
            VariableType::Integer | VariableType::Number => {
                variable.minimum.clone().map_or_else(|| Value::from(1), Value::Number)
            }
            VariableType::Boolean => Value::from(true),
            VariableType::Json => Value::Object(serde_json::Map::new()),
        })
    }
}
