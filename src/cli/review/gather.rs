//! The pending snapshots that a command line names.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::Map;

use super::show::snapshots;
use super::written::Overlay;
use crate::check::{Checked, Purpose};
use crate::cli::arguments::{Configs, Reviewed};
use crate::cli::environment::Environment;
use crate::cli::output::Output;
use crate::cli::session::{Session, verdict};
use crate::cli::test::why_empty;
use crate::cli::{Exit, Failure};
use crate::diagnose::{Finding, Severity, visible};
use crate::review::{Hidden, Kept, Pending, Places, find, hidden, without_output};
use crate::run::{Plan, Selection};

/// The configs whose pending snapshots are asked for.
pub(super) struct Gathered {
    pub session: Session,
    pub checked: Checked,
    pub overlay: Overlay,
    configs: Configs,
    selection: Selection,
    named: Named,
    /// Where to look instead of here.
    pub kept: Option<Kept>,
}

/// What is pending, and what went wrong on the way.
pub(super) struct Found<'s> {
    pub pending: Vec<Pending<'s>>,
    /// [`Exit::Clean`] if all could be read.
    pub exit: Exit,
}

/// What the words of the command line name besides configs.
#[derive(Default)]
struct Named {
    ids: Vec<String>,
    snapshots: Vec<PathBuf>,
}

impl Gathered {
    pub(super) fn new(
        reviewed: &Reviewed,
        environment: Environment,
        output: &mut Output,
    ) -> Result<Gathered, Failure> {
        let session = Session::start(environment, Map::new(), output)?;
        let selection = reviewed.filter.selection().map_err(Failure::usage)?;
        let (configs, named) = split(reviewed);
        let checked = session.check(&configs, Purpose::List)?;
        let overlay = Overlay { overrides: session.overrides(&configs)?, profile: configs.profile.clone() };
        Ok(Gathered { session, checked, overlay, configs, selection, named, kept: None })
    }

    pub(super) fn plan(&self) -> Plan<'_> {
        Plan::new(&self.checked.suites, &self.selection)
    }

    /// What waits for the cases of `plan`. Configs and files that can't be read are told.
    pub(super) fn find<'s>(&'s self, plan: &Plan<'s>, output: &Output) -> Result<Found<'s>, Failure> {
        let root = &self.session.root.path;
        let pending_dir = self.session.environment.non_empty("INSTA_PENDING_DIR").map(Path::new);
        let places = Places { root, pending_dir, kept: self.kept.as_ref() };
        let (pending, unusable) = find(plan, &places, &self.session.sources);
        let errors = self.checked.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let errors: Vec<Finding> = errors.cloned().chain(unusable).collect();
        self.session.print(&errors, &mut std::io::stderr(), output.color_of(&std::io::stderr()))?;
        if self.kept.is_none() {
            self.tell_unlisted(plan, &pending, &places, output)?;
        }
        let pending: Vec<_> = pending.into_iter().filter(|pending| self.named.takes(pending)).collect();
        let reasons = [verdict(&errors), self.nothing(plan, &pending, output)];
        Ok(Found { pending, exit: Exit::most_urgent(&reasons) })
    }

    /// Names what waits and can't be gone through yet.
    fn tell_unlisted(
        &self,
        plan: &Plan<'_>,
        pending: &[Pending<'_>],
        places: &Places<'_>,
        output: &Output,
    ) -> Result<(), Failure> {
        let hidden = self.hidden(places)?;
        for Hidden { id, file } in &hidden {
            output.talk(&format!("  HIDDEN   {}  {}", visible(id), visible(&file.display().to_string())));
        }
        if !hidden.is_empty() {
            let count = hidden.len();
            output.talk(&format!(
                "{count} more pending; correct the config's errors first, or remove the file"
            ));
        }
        let conflicts = without_output(plan, pending);
        for path in &conflicts {
            output.talk(&format!("  CONFLICT {}", visible(&path.display().to_string())));
        }
        if !conflicts.is_empty() {
            let count = snapshots(conflicts.len());
            output.talk(&format!(
                "{count} in conflict; run `bedrock-check test` for the new output, then review it"
            ));
        }
        Ok(())
    }

    /// What waits for cases that mistakes in their configs hide.
    fn hidden(&self, places: &Places<'_>) -> Result<Vec<Hidden>, Failure> {
        let claims = &self.checked.claims;
        if claims.len() == self.checked.files && claims.iter().all(|config| config.is_whole) {
            return Ok(Vec::new());
        }
        let whole: HashSet<&Path> =
            claims.iter().filter(|config| config.is_whole).map(|config| config.path.as_path()).collect();
        let known: HashSet<&Path> =
            claims.iter().flat_map(|config| &config.files).map(PathBuf::as_path).collect();
        let configs = self.session.discover(&self.configs)?;
        let broken = configs.iter().filter(|config| !whole.contains(config.as_path()));
        let hidden = broken.map(|config| hidden(config, &self.session.root.relative(config), &known, places));
        Ok(hidden.flatten().collect())
    }

    /// That no case is selected, or that what is named does not wait.
    fn nothing(&self, plan: &Plan<'_>, pending: &[Pending<'_>], output: &Output) -> Exit {
        if plan.cases.is_empty() && self.checked.claims.len() == self.checked.files {
            output.talk(&format!("error: {}", why_empty(plan)));
            return Exit::NothingSelected;
        }
        let lost = self.named.lost(pending);
        for name in &lost {
            output.talk(&format!("error: nothing is pending for `{}`", visible(name)));
        }
        if lost.is_empty() { Exit::Clean } else { Exit::NothingSelected }
    }
}

impl Named {
    fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.snapshots.is_empty()
    }

    fn takes(&self, pending: &Pending<'_>) -> bool {
        let named = |path: &PathBuf| is_named(path, pending);
        self.is_empty() || self.ids.iter().any(|id| id == pending.id()) || self.snapshots.iter().any(named)
    }

    /// The names that nothing pending has.
    fn lost(&self, pending: &[Pending<'_>]) -> Vec<String> {
        let ids = self.ids.iter().filter(|id| !pending.iter().any(|pending| pending.id() == **id));
        let paths = self.snapshots.iter().filter(|path| !pending.iter().any(|found| is_named(path, found)));
        ids.cloned().chain(paths.map(|path| path.display().to_string())).collect()
    }
}

/// As cargo-insta has it: the end of a path is enough.
fn is_named(path: &Path, pending: &Pending<'_>) -> bool {
    let path = path.strip_prefix(".").unwrap_or(path);
    let (whole, snapshot) = (pending.snapshot(), without_new(path));
    snapshot.is_relative() && whole.ends_with(&snapshot)
        || pending.file == path
        || real(whole).is_some_and(|whole| Some(whole) == real(&snapshot))
}

/// The file's folder without links: a new snapshot is not there yet.
fn real(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(folder.canonicalize().ok()?.join(path.file_name()?))
}

fn without_new(path: &Path) -> PathBuf {
    if path.extension().is_some_and(|extension| extension == "new") {
        path.with_extension("")
    } else {
        path.to_owned()
    }
}

fn split(reviewed: &Reviewed) -> (Configs, Named) {
    let mut configs =
        Configs { paths: Vec::new(), profile: reviewed.profile.clone(), set: reviewed.set.clone() };
    let mut named = Named::default();
    for word in &reviewed.what {
        let text = word.to_string_lossy();
        if without_new(word).extension().is_some_and(|extension| extension == "snap") {
            configs.paths.extend(home(word));
            named.snapshots.push(word.clone());
        } else if text.contains("::") && !word.exists() {
            named.ids.push(text.into_owned());
        } else {
            configs.paths.push(word.clone());
        }
    }
    configs.paths.sort();
    configs.paths.dedup();
    (configs, named)
}

/// The folder of the config that a snapshot belongs to, if the path leads there from here.
fn home(snapshot: &Path) -> Option<PathBuf> {
    let folder = snapshot.parent()?;
    let here = || PathBuf::from(".");
    let is_snapshots = folder.ends_with("snapshots") && folder.is_dir();
    is_snapshots.then(|| {
        folder.parent().filter(|home| !home.as_os_str().is_empty()).map_or_else(here, Path::to_owned)
    })
}
