//! Finds the pending snapshots that a command line selects.

use std::path::Path;

use serde_json::Map;

use crate::app::{Environment, Session};
use crate::check::{Checked, Purpose};
use crate::cli::arguments::{Configs, ReviewArguments};
use crate::cli::empty::explain_empty_plan;
use crate::cli::output::Output;
use crate::cli::session::{self, exit_for};
use crate::cli::{Exit, Failure};
use crate::diagnose::{Finding, Severity};
use crate::review::{
    Artifact, ConfigOverrides, HiddenPending, Pending, PendingPlaces, PendingSelection,
    find_conflicts_without_output, find_hidden, find_pending,
};
use crate::run::{Plan, Selection};
use crate::words::plural;

/// The configs and the filters that select pending snapshots.
pub(super) struct PendingSearch {
    pub session: Session,
    pub checked: Checked,
    pub overrides: ConfigOverrides,
    configs: Configs,
    selection: Selection,
    selected: PendingSelection,
    /// If present, pending files are searched only in this artifact.
    pub artifact: Option<Artifact>,
}

/// The pending snapshots, and the exit code of the search.
pub(super) struct FoundPending<'s> {
    pub pending: Vec<Pending<'s>>,
    /// [`Exit::Clean`] if every config and file could be read, and every argument matched.
    pub exit: Exit,
}

impl PendingSearch {
    pub(super) fn new(
        arguments: &ReviewArguments,
        environment: Environment,
        output: &mut Output,
    ) -> Result<PendingSearch, Failure> {
        let session = session::start(environment, Map::new(), output)?;
        let selection = arguments.filter.selection().map_err(Failure::usage)?;
        let (selected, paths) = PendingSelection::from_arguments(&arguments.targets);
        let configs = Configs { paths, profile: arguments.profile.clone(), set: arguments.set.clone() };
        let checked = session.check(&configs, Purpose::List)?;
        let overrides =
            ConfigOverrides { overrides: session.overrides(&configs.set)?, profile: configs.profile.clone() };
        Ok(PendingSearch { session, checked, overrides, configs, selection, selected, artifact: None })
    }

    pub(super) fn plan(&self) -> Plan<'_> {
        Plan::new(&self.checked.suites, &self.selection)
    }

    /// Finds the pending snapshots for the cases of `plan`. Prints findings about configs and files that can't be read.
    pub(super) fn find<'s>(&'s self, plan: &Plan<'s>, output: &Output) -> Result<FoundPending<'s>, Failure> {
        let root = &self.session.root.path;
        let pending_dir = self.session.environment.non_empty("INSTA_PENDING_DIR").map(Path::new);
        let places = PendingPlaces { root, pending_dir, artifact: self.artifact.as_ref() };
        let (pending, unusable) = find_pending(plan, &places, &self.session.sources);
        let errors = self.checked.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let errors: Vec<Finding> = errors.cloned().chain(unusable).collect();
        session::print_to_stderr(&self.session, &errors, output)?;
        if self.artifact.is_none() {
            self.report_unlisted(plan, &pending, &places, output)?;
        }
        let pending: Vec<_> = pending.into_iter().filter(|pending| self.selected.selects(pending)).collect();
        let reasons = [exit_for(&errors), self.report_unmatched(plan, &pending, output)];
        Ok(FoundPending { pending, exit: Exit::most_urgent(&reasons) })
    }

    /// Prints the pending files and conflicts that can't be reviewed yet.
    fn report_unlisted(
        &self,
        plan: &Plan<'_>,
        pending: &[Pending<'_>],
        places: &PendingPlaces<'_>,
        output: &Output,
    ) -> Result<(), Failure> {
        let hidden = self.find_hidden(places)?;
        for HiddenPending { id, file } in &hidden {
            output.print_message(&format!("  HIDDEN   {id}  {}", file.display()));
        }
        if !hidden.is_empty() {
            let count = hidden.len();
            output.print_message(&format!(
                "{count} more pending; correct the config's errors first, or remove the file"
            ));
        }
        let conflicts = find_conflicts_without_output(plan, pending);
        for path in &conflicts {
            output.print_message(&format!("  CONFLICT {}", path.display()));
        }
        if !conflicts.is_empty() {
            let count = plural(conflicts.len(), "snapshot");
            output.print_message(&format!(
                "{count} in conflict; run `bedrock-check test` for the new output, then review it"
            ));
        }
        Ok(())
    }

    /// Finds the pending files of cases that are unknown because their config has errors.
    fn find_hidden(&self, places: &PendingPlaces<'_>) -> Result<Vec<HiddenPending>, Failure> {
        if !self.checked.has_hidden_cases() {
            return Ok(Vec::new());
        }
        let configs = self.session.discover(&self.configs)?;
        Ok(find_hidden(&configs, &self.checked.file_owners, &self.session.root, places))
    }

    /// Prints an error if no case is selected, or if nothing is pending for an argument.
    fn report_unmatched(&self, plan: &Plan<'_>, pending: &[Pending<'_>], output: &Output) -> Exit {
        if plan.cases.is_empty() && self.checked.file_owners.len() == self.checked.paths.len() {
            output.print_message(&format!("error: {}", explain_empty_plan(plan)));
            return Exit::NothingSelected;
        }
        let unmatched = self.selected.unmatched(pending);
        for name in &unmatched {
            output.print_message(&format!("error: nothing is pending for `{name}`"));
        }
        if unmatched.is_empty() { Exit::Clean } else { Exit::NothingSelected }
    }
}
