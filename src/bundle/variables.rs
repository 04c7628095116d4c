//! The environment variables that a bundle needs, and those whose values it may contain.

use std::collections::{BTreeMap, BTreeSet};

use super::manifest::{BundledValue, OverriddenKey, Variable};
use super::mask::{make_stand_in, mask_variable};
use crate::config::overrides::{Override, PREFIX};
use crate::fixture::{self, fingerprint};
use crate::run::{Plan, Planned};

/// A variable of `--env` that no config reads.
#[derive(Debug, thiserror::Error)]
#[error("`--env {name}`: no config reads this variable")]
pub struct UnreadVariable {
    name: String,
}

impl UnreadVariable {
    pub fn help(&self) -> &'static str {
        "name a variable that a config reads: `{ env = \"NAME\" }`"
    }
}

/// The variables of `environment` that the configs have `read`, and those that override keys.
///
/// The bundle contains a value if a fixture in it contains the value too, or if `shared` names the variable.
/// Otherwise it contains another value of the same form. That is enough for the other cases: their fixtures are
/// missing or stale with any value.
pub fn bundled_variables(
    environment: &BTreeMap<String, String>,
    plan: &Plan<'_>,
    read: &BTreeSet<String>,
    shared: &[String],
) -> Result<Vec<Variable>, UnreadVariable> {
    if let Some(name) = shared.iter().find(|name| !read.contains(*name)) {
        return Err(UnreadVariable { name: name.clone() });
    }
    let recorded = recorded_variables(plan);
    let variables = environment.iter().filter_map(|(name, value)| {
        if name.starts_with(PREFIX) {
            return Some(bundled_override(name, value));
        }
        let is_public = recorded.contains(name.as_str()) || shared.contains(name);
        read.contains(name).then(|| bundled_variable(name, value, is_public))
    });
    Ok(variables.collect())
}

fn bundled_variable(name: &str, value: &str, is_public: bool) -> Variable {
    let masked = mask_variable(name, value);
    let (value, bundled) = match (is_public, masked != value) {
        (true, true) => (masked.into_owned(), BundledValue::Masked),
        (true, false) => (value.to_owned(), BundledValue::Value),
        (false, _) => (make_stand_in(&masked), BundledValue::StandIn),
    };
    Variable { name: name.to_owned(), value: Some(value), bundled }
}

/// A variable that overrides a key. Credentials are left out, because a replay doesn't need them.
fn bundled_override(name: &str, value: &str) -> Variable {
    if Override::from_environment(name, value).is_none_or(|set| set.sets_credentials()) {
        return Variable { name: name.to_owned(), value: None, bundled: BundledValue::Omitted };
    }
    bundled_variable(name, value, true)
}

/// The keys that `--set` overrides, with secrets masked.
pub fn overridden_keys(flags: &[String]) -> Vec<OverriddenKey> {
    // An invalid flag is left out.
    let is_needed = |flag: &str| Override::from_flag(flag).is_ok_and(|set| !set.sets_credentials());
    let set = flags.iter().filter_map(|flag| flag.split_once('=').map(|(key, value)| (flag, key, value)));
    let set = set.map(|(flag, key, value)| OverriddenKey {
        key: key.to_owned(),
        value: is_needed(flag).then(|| mask_variable(key.trim(), value).into_owned()),
    });
    set.collect()
}

/// The variables whose values are in a fixture that is not stale.
fn recorded_variables<'p>(plan: &'p Plan<'_>) -> BTreeSet<&'p str> {
    let cases = plan.cases.iter().filter(|planned| !planned.case.from_environment.is_empty());
    cases.filter(|planned| is_recorded(planned)).flat_map(variables_in_request).collect()
}

fn is_recorded(planned: &Planned<'_>) -> bool {
    let request = planned.model.request(planned.case);
    let Ok(Some(stored)) = fixture::read_from(&planned.case.fixture_path, &planned.suite.base) else {
        return false;
    };
    !stored.fixture.is_edited(&stored.fingerprint) && fingerprint(&request) == stored.fingerprint
}

/// The environment variables whose values are in the request of the case.
fn variables_in_request<'p>(planned: &'p Planned<'_>) -> Vec<&'p str> {
    let of_case = planned.case.from_environment.iter();
    let used = of_case.filter(|(name, _)| {
        planned.model.template.placeholders().iter().any(|placeholder| placeholder.name == **name)
    });
    used.map(|(_, environment)| environment.as_str()).collect()
}
