//! The steps of a trust chain, as data.

use super::advice::Advice;
use crate::invoke::Trouble;
use crate::invoke::live::identity::{Identity, check};
use crate::suite::Credentials;

/// One step of the chain.
#[derive(Debug)]
pub struct Step {
    pub name: &'static str,
    /// The subject of the step.
    pub about: String,
    pub state: State,
    /// What to add to which policy so that the step succeeds.
    pub advice: Vec<Advice>,
}

#[derive(Debug)]
pub enum State {
    /// Passed; contains what was found.
    Ok(String),
    Failed(Box<Trouble>),
    NotRun,
}

/// The steps so far.
#[derive(Default)]
pub(super) struct Way {
    pub steps: Vec<Step>,
    /// The identity after the last step.
    pub identity: Option<Identity>,
}

impl Way {
    fn push(&mut self, name: &'static str, about: &str, state: State) {
        self.steps.push(Step { name, about: about.to_owned(), state, advice: Vec::new() });
    }

    pub(super) fn done(&mut self, name: &'static str, about: &str, result: Result<String, Trouble>) {
        let state = result.map_or_else(|trouble| State::Failed(Box::new(trouble)), State::Ok);
        self.push(name, about, state);
    }

    /// Adds the result of a step.
    pub(super) fn keep<T>(
        &mut self,
        name: &'static str,
        about: &str,
        result: Result<T, Trouble>,
        told: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        match result {
            Ok(value) => {
                self.push(name, about, State::Ok(told(&value)));
                Some(value)
            }
            Err(trouble) => {
                self.push(name, about, State::Failed(Box::new(trouble)));
                None
            }
        }
    }

    pub(super) fn not_run(&mut self, name: &'static str, about: &str) {
        self.push(name, about, State::NotRun);
    }

    pub(super) fn advise(&mut self, advice: Vec<Advice>) {
        if let Some(step) = self.steps.last_mut() {
            step.advice = advice;
        }
    }

    /// The call was answered, so the catalogue's doubts about the model don't matter.
    pub(super) fn overrule(&mut self) {
        let Some(Step { name: "model", state, .. }) = self.steps.last_mut() else { return };
        if let State::Failed(trouble) = state {
            *state = State::Ok(format!("answered, although the catalogue reports: {}", trouble.message));
        }
    }

    pub(super) fn account(&mut self, credentials: Option<&Credentials>) {
        let Some(identity) = &self.identity else { return self.not_run("account", "") };
        let allowed = credentials.map(|credentials| check(credentials, identity));
        let told = format!("as {}", identity.arn);
        let account = identity.account.clone();
        let result = allowed.unwrap_or(Ok(())).map(|()| told);
        if result.is_err() {
            self.identity = None;
        }
        self.done("account", &account, result);
    }
}
