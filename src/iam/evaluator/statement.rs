//! Reads the statements of a policy.

use serde_json::{Map, Value};

use super::elements;
use super::error::PolicyErrorKind;
use super::policy::{Condition, Effect, Matcher, PolicyKind, Statement};
use super::principal::Principals;
use super::reader::Reader;
use crate::pointer::join;

const MEMBERS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];
/// Pairs of members of which a statement may contain only one.
const OPPOSITES: [(&str, &str); 3] =
    [("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")];

pub(super) struct StatementReader<'r> {
    reader: &'r mut Reader,
    kind: PolicyKind,
    sids: Vec<String>,
}

/// The elements of a statement that contain no mistake.
#[derive(Default)]
struct Parts {
    sid: Option<String>,
    effect: Option<Effect>,
    actions: Option<Matcher>,
    resources: Option<Matcher>,
    principals: Option<Principals>,
    conditions: Vec<Condition>,
}

impl<'r> StatementReader<'r> {
    pub(super) fn new(reader: &'r mut Reader, kind: PolicyKind) -> Self {
        Self { reader, kind, sids: Vec::new() }
    }

    /// Reads `Statement`, which is a single statement or an array of statements.
    pub(super) fn read_all(&mut self, value: &Value, pointer: &str) -> Vec<Statement> {
        let statements = self.reader.one_or_more(value, pointer);
        statements.into_iter().filter_map(|(pointer, value)| self.read_one(value, pointer)).collect()
    }

    fn read_one(&mut self, value: &Value, pointer: String) -> Option<Statement> {
        let object = self.reader.object(value, &pointer)?;
        self.check_members(object, &pointer);
        let mut parts = Parts::default();
        for (name, value) in object {
            self.read_member(name, value, &join(&pointer, name), &mut parts);
        }
        let Parts { sid, effect, actions, resources, principals, conditions } = parts;
        Some(Statement {
            pointer,
            sid,
            effect: effect?,
            actions: actions?,
            resources,
            principals,
            conditions,
        })
    }

    fn check_members(&mut self, object: &Map<String, Value>, pointer: &str) {
        for (first, second) in OPPOSITES {
            if object.contains_key(first) && object.contains_key(second) {
                self.reader.error(pointer, PolicyErrorKind::Conflict { first, second });
            }
        }
        let needed: [(&str, &[&str]); 3] = match self.kind {
            PolicyKind::Permissions => [
                ("Effect", &["Effect"]),
                ("Action", &["Action", "NotAction"]),
                ("Resource", &["Resource", "NotResource"]),
            ],
            PolicyKind::Trust => [
                ("Effect", &["Effect"]),
                ("Principal", &["Principal", "NotPrincipal"]),
                ("Action", &["Action", "NotAction"]),
            ],
        };
        for (member, any_of) in needed {
            if !any_of.iter().any(|name| object.contains_key(*name)) {
                self.reader.error(pointer, PolicyErrorKind::Missing { place: "statement", member });
            }
        }
    }

    fn read_member(&mut self, name: &str, value: &Value, pointer: &str, parts: &mut Parts) {
        match name {
            "Sid" => parts.sid = self.sid(value, pointer),
            "Effect" => parts.effect = self.effect(value, pointer),
            "Action" | "NotAction" => parts.actions = Some(elements::actions(self.reader, value, pointer)),
            "Principal" | "NotPrincipal" if self.kind == PolicyKind::Trust => {
                parts.principals = Some(elements::principals(self.reader, value, pointer));
            }
            "Resource" | "NotResource" if self.kind == PolicyKind::Permissions => {
                parts.resources = Some(elements::resources(self.reader, value, pointer));
            }
            "Condition" => parts.conditions = elements::conditions(self.reader, value, pointer),
            _ => self.misplaced(name, pointer),
        }
    }

    fn misplaced(&mut self, name: &str, pointer: &str) {
        let policy = match self.kind {
            PolicyKind::Permissions => "permission",
            PolicyKind::Trust => "trust",
        };
        match MEMBERS.into_iter().find(|member| *member == name) {
            Some(member) => self.reader.error(pointer, PolicyErrorKind::Misplaced { member, policy }),
            None => self.reader.unknown_member(pointer, name, &MEMBERS),
        }
    }

    /// Reads a `Sid`: letters and digits, unique in the policy. It may be empty, as the console writes it.
    fn sid(&mut self, value: &Value, pointer: &str) -> Option<String> {
        let sid = self.reader.string(value, pointer)?.to_owned();
        if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            self.reader.error(pointer, PolicyErrorKind::SidCharacters { found: sid.clone() });
        } else if !sid.is_empty() && self.sids.contains(&sid) {
            self.reader.error(pointer, PolicyErrorKind::SidTwice { found: sid.clone() });
        }
        self.sids.push(sid.clone());
        Some(sid)
    }

    fn effect(&mut self, value: &Value, pointer: &str) -> Option<Effect> {
        match self.reader.string(value, pointer)? {
            "Allow" => Some(Effect::Allow),
            "Deny" => Some(Effect::Deny),
            found => {
                self.reader.error(pointer, PolicyErrorKind::Effect { found: found.to_owned() });
                None
            }
        }
    }
}
