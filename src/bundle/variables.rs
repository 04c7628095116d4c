//! What of the environment a bundle needs, and what of it may be in it.

use std::collections::{BTreeMap, BTreeSet};

use super::manifest::{Kept, Set, Variable};
use super::redact::{redacted_variable, stand_in};
use crate::config::overrides::{Override, PREFIX};
use crate::fixture::{self, fingerprint};
use crate::run::{Plan, Planned};

/// A variable that is to be in the bundle and shapes no case.
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

/// The variables of `environment` that the configs have `read`, and those that set keys of them.
///
/// A value is in the bundle if a recording in it shows the value anyway, or if `shared` names the variable.
/// Elsewhere another value of the same form does: what has no recording, or a stale one, has it then too.
pub fn variables(
    environment: &BTreeMap<String, String>,
    plan: &Plan<'_>,
    read: &BTreeSet<String>,
    shared: &[String],
) -> Result<Vec<Variable>, UnreadVariable> {
    if let Some(name) = shared.iter().find(|name| !read.contains(*name)) {
        return Err(UnreadVariable { name: name.clone() });
    }
    let recorded = recorded(plan);
    let variables = environment.iter().filter_map(|(name, value)| {
        if name.starts_with(PREFIX) {
            return Some(setting(name, value));
        }
        let shown = recorded.contains(name.as_str()) || shared.contains(name);
        read.contains(name).then(|| variable(name, value, shown))
    });
    Ok(variables.collect())
}

fn variable(name: &str, value: &str, shown: bool) -> Variable {
    let masked = redacted_variable(name, value);
    let (value, kept) = match (masked != value, shown) {
        (true, _) => (masked.into_owned(), Kept::Masked),
        (false, true) => (value.to_owned(), Kept::Value),
        (false, false) => (stand_in(value), Kept::StandIn),
    };
    Variable { name: name.to_owned(), value: Some(value), kept }
}

/// A variable that sets a key. A replay needs no credentials.
fn setting(name: &str, value: &str) -> Variable {
    if Override::from_environment(name, value).is_none_or(|set| set.sets_credentials()) {
        return Variable { name: name.to_owned(), value: None, kept: Kept::Nothing };
    }
    variable(name, value, true)
}

/// The keys that flags set, without secrets.
pub fn set(flags: &[String]) -> Vec<Set> {
    // What is no key has no place in a bundle.
    let is_needed = |flag: &str| Override::from_flag(flag).is_ok_and(|set| !set.sets_credentials());
    let set = flags.iter().filter_map(|flag| flag.split_once('=').map(|(key, value)| (flag, key, value)));
    let set = set.map(|(flag, key, value)| Set {
        key: key.to_owned(),
        value: is_needed(flag).then(|| redacted_variable(key.trim(), value).into_owned()),
    });
    set.collect()
}

/// The variables whose values a recording has that matches its request.
fn recorded<'p>(plan: &'p Plan<'_>) -> BTreeSet<&'p str> {
    let asks = plan.cases.iter().filter(|planned| !planned.case.from_environment.is_empty());
    asks.filter(|planned| is_recorded(planned)).flat_map(asked).collect()
}

fn is_recorded(planned: &Planned<'_>) -> bool {
    let request = planned.model.request(planned.case);
    let Ok(Some(stored)) = fixture::read_from(&planned.case.fixture_path, &planned.suite.base) else {
        return false;
    };
    !stored.fixture.is_edited(&stored.fingerprint) && fingerprint(&request) == stored.fingerprint
}

/// The variables of the environment that are in what the case asks.
fn asked<'p>(planned: &'p Planned<'_>) -> Vec<&'p str> {
    let of_case = planned.case.from_environment.iter();
    let asked = of_case.filter(|(name, _)| {
        planned.model.template.placeholders().iter().any(|placeholder| placeholder.name == **name)
    });
    asked.map(|(_, environment)| environment.as_str()).collect()
}
