//! Writes rights as a readable policy.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::note::Note;
use super::right::{Condition, Right, Topic};

/// A policy that grants exactly `rights`.
pub fn document(rights: &[Right]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements(rights) })
}

/// The statements of [`document`].
pub fn statements(rights: &[Right]) -> Vec<Value> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let statements = grouped(rights).into_iter().map(|statement| {
        let sid = statement.topic.sid(&statement.actions);
        let count = seen.entry(sid.clone()).or_default();
        *count += 1;
        let number = if *count == 1 { String::new() } else { count.to_string() };
        statement.to_json(&format!("{sid}{number}"))
    });
    statements.collect()
}

/// A note if the policy exceeds a limit of IAM: 6,144 characters for a managed policy, 10,240 for the policies of a
/// role together, without white space (IAM, "IAM and AWS STS quotas").
pub fn too_long(document: &Value) -> Option<Note> {
    const LIMITS: [(usize, &str); 2] = [(10_240, "the policies of a role"), (6_144, "a managed policy")];
    let characters = document.to_string().len();
    let exceeded = LIMITS.iter().find(|(limit, _)| characters > *limit);
    exceeded.map(|(limit, what)| Note::TooLong { characters, limit: *limit, what })
}

/// Resources with the same actions, topic and condition.
struct Statement<'r> {
    topic: Topic,
    actions: Vec<&'r str>,
    resources: Vec<&'r str>,
    /// The operator, the key and the values.
    condition: Option<(&'static str, &'static str, Vec<&'r str>)>,
}

fn grouped(rights: &[Right]) -> Vec<Statement<'_>> {
    type Key<'r> = (Topic, Option<&'r Condition>);
    let mut actions: BTreeMap<(Key<'_>, &str), BTreeSet<&str>> = BTreeMap::new();
    for right in rights.iter().filter(|right| !is_covered(right, rights)) {
        let key = ((right.topic, right.condition.as_ref()), right.resource.as_str());
        actions.entry(key).or_default().insert(right.action);
    }
    let mut resources: BTreeMap<(Key<'_>, Vec<&str>), Vec<&str>> = BTreeMap::new();
    for ((key, resource), actions) in actions {
        resources.entry((key, actions.into_iter().collect())).or_default().push(resource);
    }
    let mut statements: Vec<Statement<'_>> = Vec::new();
    for (((topic, condition), actions), resources) in resources {
        let condition = condition.map(|found| (found.operator, found.key, vec![found.value.as_str()]));
        let statement = Statement { topic, actions, resources, condition };
        if !statements.iter_mut().any(|other| other.merge(&statement)) {
            statements.push(statement);
        }
    }
    statements
}

/// Whether another right grants the same without the condition.
fn is_covered(right: &Right, rights: &[Right]) -> bool {
    let same = |other: &Right| (other.action, &other.resource) == (right.action, &right.resource);
    right.condition.is_some() && rights.iter().any(|other| other.condition.is_none() && same(other))
}

impl<'r> Statement<'r> {
    /// Adds the condition values of `other` if the statements differ only in them. Returns whether it did.
    fn merge(&mut self, other: &Statement<'r>) -> bool {
        let same =
            (self.topic, &self.actions, &self.resources) == (other.topic, &other.actions, &other.resources);
        match (&mut self.condition, &other.condition) {
            (Some(own), Some(more)) if same && (own.0, own.1) == (more.0, more.1) => {
                own.2.extend(&more.2);
                true
            }
            _ => false,
        }
    }

    fn to_json(&self, sid: &str) -> Value {
        let mut statement = Map::new();
        statement.insert("Sid".to_owned(), sid.into());
        statement.insert("Effect".to_owned(), "Allow".into());
        statement.insert("Action".to_owned(), one_or_array(&self.actions));
        statement.insert("Resource".to_owned(), one_or_array(&self.resources));
        if let Some((operator, key, values)) = &self.condition {
            let condition = json!({ *operator: { *key: one_or_array(values) } });
            statement.insert("Condition".to_owned(), condition);
        }
        Value::Object(statement)
    }
}

/// A single value as a string, several values as an array. IAM accepts both.
pub(in crate::iam) fn one_or_array(values: &[&str]) -> Value {
    match values {
        [one] => (*one).into(),
        _ => json!(values),
    }
}
