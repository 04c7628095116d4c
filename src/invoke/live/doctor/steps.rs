//! The steps of a trust chain, as data.

use super::advice::Advice;
use crate::invoke::CallFailure;
use crate::invoke::live::identity::{Identity, check_allowed_account};
use crate::suite::Credentials;

/// One step of the chain.
#[derive(Debug)]
pub struct Step {
    pub name: &'static str,
    /// The subject of the step.
    pub subject: String,
    pub state: State,
    /// The statements to add to policies so that the step succeeds.
    pub advice: Vec<Advice>,
}

#[derive(Debug)]
pub enum State {
    /// The step passed. Contains a description of its result.
    Ok(String),
    Failed(Box<CallFailure>),
    NotRun,
}

/// The steps that were run so far.
#[derive(Default)]
pub(super) struct Steps {
    pub list: Vec<Step>,
    /// The identity after the last step.
    pub identity: Option<Identity>,
}

impl Steps {
    fn push(&mut self, name: &'static str, subject: &str, state: State) {
        self.list.push(Step { name, subject: subject.to_owned(), state, advice: Vec::new() });
    }

    pub(super) fn add(&mut self, name: &'static str, subject: &str, result: Result<String, CallFailure>) {
        let state = result.map_or_else(|failure| State::Failed(Box::new(failure)), State::Ok);
        self.push(name, subject, state);
    }

    /// Adds a step and returns its value if it passed. `describe` creates the text of its result.
    pub(super) fn add_with_value<T>(
        &mut self,
        name: &'static str,
        subject: &str,
        result: Result<T, CallFailure>,
        describe: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        match result {
            Ok(value) => {
                self.push(name, subject, State::Ok(describe(&value)));
                Some(value)
            }
            Err(failure) => {
                self.push(name, subject, State::Failed(Box::new(failure)));
                None
            }
        }
    }

    pub(super) fn add_not_run(&mut self, name: &'static str, subject: &str) {
        self.push(name, subject, State::NotRun);
    }

    pub(super) fn set_advice(&mut self, advice: Vec<Advice>) {
        if let Some(step) = self.list.last_mut() {
            step.advice = advice;
        }
    }

    /// Replaces a failed check of the catalogue after the call was answered, because the model exists.
    pub(super) fn overrule_model_check(&mut self) {
        let Some(Step { name: "model", state, .. }) = self.list.last_mut() else { return };
        if let State::Failed(failure) = state {
            *state = State::Ok(format!("answered, although the catalogue reports: {}", failure.message));
        }
    }

    pub(super) fn check_account(&mut self, credentials: Option<&Credentials>) {
        let Some(identity) = &self.identity else { return self.add_not_run("account", "") };
        let allowed = credentials.map(|credentials| check_allowed_account(credentials, identity));
        let found = format!("as {}", identity.arn);
        let account = identity.account.clone();
        let result = allowed.unwrap_or(Ok(())).map(|()| found);
        if result.is_err() {
            self.identity = None;
        }
        self.add("account", &account, result);
    }
}
