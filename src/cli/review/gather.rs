//! Finds the pending snapshots that a command line selects.

use std::path::Path;

use serde_json::Map;

use crate::app::{Environment, Session};
use crate::check::{Checked, Purpose};
use crate::cli::arguments::{Configs, Reviewed};
use crate::cli::empty::why_empty;
use crate::cli::output::Output;
use crate::cli::session::{self, verdict};
use crate::cli::{Exit, Failure};
use crate::diagnose::{Finding, Severity, visible};
use crate::review::{
    Artifact, ConfigOverrides, HiddenPending, Pending, PendingPlaces, PendingSelection,
    find_conflicts_without_output, find_hidden, find_pending,
};
use crate::run::{Plan, Selection};
use crate::words::plural;

/// The configs and the filters that select pending snapshots.
pub(super) struct Gathered {
    pub session: Session,
    pub checked: Checked,
    pub overrides: ConfigOverrides,
    configs: Configs,
    selection: Selection,
    named: PendingSelection,
    /// If present, pending files are searched only in this artifact.
    pub artifact: Option<Artifact>,
}

/// The pending snapshots, and the exit code of the search.
pub(super) struct Found<'s> {
    pub pending: Vec<Pending<'s>>,
    /// [`Exit::Clean`] if every config and file could be read, and every argument matched.
    pub exit: Exit,
}

impl Gathered {
    pub(super) fn new(
        reviewed: &Reviewed,
        environment: Environment,
        output: &mut Output,
    ) -> Result<Gathered, Failure> {
        let session = session::start(environment, Map::new(), output)?;
        let selection = reviewed.filter.selection().map_err(Failure::usage)?;
        let (named, paths) = PendingSelection::from_arguments(&reviewed.what);
        let configs = Configs { paths, profile: reviewed.profile.clone(), set: reviewed.set.clone() };
        let checked = session.check(&configs, Purpose::List)?;
        let overrides =
            ConfigOverrides { overrides: session.overrides(&configs.set)?, profile: configs.profile.clone() };
        Ok(Gathered { session, checked, overrides, configs, selection, named, artifact: None })
    }

    pub(super) fn plan(&self) -> Plan<'_> {
        Plan::new(&self.checked.suites, &self.selection)
    }

    /// Finds the pending snapshots for the cases of `plan`. Prints findings about configs and files that can't be read.
    pub(super) fn find<'s>(&'s self, plan: &Plan<'s>, output: &Output) -> Result<Found<'s>, Failure> {
        let root = &self.session.root.path;
        let pending_dir = self.session.environment.non_empty("INSTA_PENDING_DIR").map(Path::new);
        let places = PendingPlaces { root, pending_dir, artifact: self.artifact.as_ref() };
        let (pending, unusable) = find_pending(plan, &places, &self.session.sources);
        let errors = self.checked.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let errors: Vec<Finding> = errors.cloned().chain(unusable).collect();
        session::print(&self.session, &errors, &mut std::io::stderr(), output.color_of(&std::io::stderr()))?;
        if self.artifact.is_none() {
            self.tell_unlisted(plan, &pending, &places, output)?;
        }
        let pending: Vec<_> = pending.into_iter().filter(|pending| self.named.selects(pending)).collect();
        let reasons = [verdict(&errors), self.nothing(plan, &pending, output)];
        Ok(Found { pending, exit: Exit::most_urgent(&reasons) })
    }

    /// Prints the pending files and conflicts that can't be reviewed yet.
    fn tell_unlisted(
        &self,
        plan: &Plan<'_>,
        pending: &[Pending<'_>],
        places: &PendingPlaces<'_>,
        output: &Output,
    ) -> Result<(), Failure> {
        let hidden = self.hidden(places)?;
        for HiddenPending { id, file } in &hidden {
            output.talk(&format!("  HIDDEN   {}  {}", visible(id), visible(&file.display().to_string())));
        }
        if !hidden.is_empty() {
            let count = hidden.len();
            output.talk(&format!(
                "{count} more pending; correct the config's errors first, or remove the file"
            ));
        }
        let conflicts = find_conflicts_without_output(plan, pending);
        for path in &conflicts {
            output.talk(&format!("  CONFLICT {}", visible(&path.display().to_string())));
        }
        if !conflicts.is_empty() {
            let count = plural(conflicts.len(), "snapshot");
            output.talk(&format!(
                "{count} in conflict; run `bedrock-check test` for the new output, then review it"
            ));
        }
        Ok(())
    }

    /// Finds the pending files of cases that are unknown because their config has errors.
    fn hidden(&self, places: &PendingPlaces<'_>) -> Result<Vec<HiddenPending>, Failure> {
        if !self.checked.hides_cases() {
            return Ok(Vec::new());
        }
        let configs = self.session.discover(&self.configs)?;
        Ok(find_hidden(&configs, &self.checked.claims, &self.session.root, places))
    }

    /// Prints an error if no case is selected, or if nothing is pending for an argument.
    fn nothing(&self, plan: &Plan<'_>, pending: &[Pending<'_>], output: &Output) -> Exit {
        if plan.cases.is_empty() && self.checked.claims.len() == self.checked.files {
            output.talk(&format!("error: {}", why_empty(plan)));
            return Exit::NothingSelected;
        }
        let lost = self.named.unmatched(pending);
        for name in &lost {
            output.talk(&format!("error: nothing is pending for `{}`", visible(name)));
        }
        if lost.is_empty() { Exit::Clean } else { Exit::NothingSelected }
    }
}
