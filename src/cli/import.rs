//! `import`: a config and fixtures out of recorded exchanges.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::arguments::Import as Arguments;
use super::environment::Environment;
use super::import_case;
use super::output::Output;
use super::{Ended, Exit, Failure};
use crate::diagnose::{LineColumn, secrets, visible};
use crate::files::fence::Fence;
use crate::files::layout;
use crate::files::{self, FIXTURE_LIMIT, ReadError};
use crate::import::{ErrorKind, Import, ImportError, Recording, plan_import, read_recording};
use crate::report::plural;

/// Name of the config that an import writes.
const CONFIG: &str = "imported.bedrock.toml";

pub(super) fn run(arguments: &Arguments, environment: Environment, output: &mut Output) -> Ended {
    let Some(out_dir) = &arguments.out else {
        return import_case::run(arguments, environment, output);
    };
    let paths = recordings(&arguments.files)?;
    let mut found = Vec::new();
    let mut left_out: Vec<LeftOut> = Vec::new();
    for path in &paths {
        match read(path) {
            Ok(recording) => found.push((name(path), recording)),
            Err(why) => left_out.push(why),
        }
    }
    for why in &left_out {
        output.talk(&format!("warning: {}", visible(&why.to_string())));
    }
    if found.is_empty() {
        return Err(Failure::Usage {
            message: format!("none of {} is a recorded model call", plural(paths.len(), "file")),
            help: Some(
                "`bedrock-check import` reads one exchange a JSON file: `request` and `response`".to_owned(),
            ),
        });
    }
    let unreadable = left_out.iter().any(LeftOut::is_broken);
    let import = plan_import(found);
    for note in &import.notes {
        output.talk(&format!("note: {}", visible(note)));
    }
    write(&import, out_dir, arguments.force)?;
    let mut out = output.answer();
    let fixtures = plural(import.fixtures.len(), "fixture");
    writeln!(out, "wrote {} and {fixtures}", out_dir.join(CONFIG).display())?;
    writeln!(out, "  next: `bedrock-check test {} --accept`", out_dir.display())?;
    out.flush()?;
    Ok(if unreadable { Exit::Invalid } else { Exit::Clean })
}

/// The files named, and the `.json` files of the folders named, sorted.
fn recordings(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = ignore::WalkBuilder::new(path).require_git(false).build();
            let entries = entries.map(|entry| entry.map(ignore::DirEntry::into_path));
            let entries: Vec<PathBuf> = entries.collect::<Result<_, _>>().map_err(Failure::usage)?;
            let entries = entries.into_iter();
            files
                .extend(entries.filter(|path| path.extension().is_some_and(|extension| extension == "json")));
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    files.dedup();
    if files.is_empty() {
        return Err(Failure::Usage {
            message: "there is no `.json` file".to_owned(),
            help: Some("name recorded exchanges, one JSON file each".to_owned()),
        });
    }
    Ok(files)
}

/// Why a file gives no case.
#[derive(Debug, thiserror::Error)]
pub(super) enum LeftOut {
    #[error(transparent)]
    File(#[from] ReadError),
    #[error(transparent)]
    Recording(#[from] ImportError),
}

impl LeftOut {
    /// A recording of some other operation is left out rightly; anything else is lost.
    fn is_broken(&self) -> bool {
        !matches!(self, LeftOut::Recording(ImportError { kind: ErrorKind::Operation(_), .. }))
    }
}

/// The exchange that a file holds.
pub(super) fn read(path: &Path) -> Result<Recording, LeftOut> {
    let text = files::read_text(path, FIXTURE_LIMIT)?;
    Ok(read_recording(&text, &path.display().to_string())?)
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// What somebody recorded may hold what nobody should commit.
fn refuse_secrets(all: &[(PathBuf, String)]) -> Result<(), Failure> {
    let found = all.iter().find_map(|(path, text)| Some((path, text, secrets(text).into_iter().next()?)));
    let Some((path, text, secret)) = found else { return Ok(()) };
    let at = LineColumn::of(text, secret.at.start);
    Err(Failure::Usage {
        message: format!(
            "{} would be written to `{}:{}:{}`",
            secret.name,
            path.display(),
            at.line,
            at.column
        ),
        help: Some(
            "revoke it, take it out of the recording, and import again; nothing was written".to_owned(),
        ),
    })
}

/// What would be written through a link to somewhere else.
fn refuse_links(all: &[(PathBuf, String)], out: &Path) -> Result<(), Failure> {
    let fence = Fence::new(out);
    match all.iter().find(|(path, _)| !fence.holds(path, out)) {
        None => Ok(()),
        Some((path, _)) => Err(Failure::Usage {
            message: format!("`{}` leads out of `{}`", path.display(), out.display()),
            help: Some("remove the link, or name another folder; nothing was written".to_owned()),
        }),
    }
}

/// Writes the config last, so that it never names what isn't there.
fn write(import: &Import, out: &Path, force: bool) -> Result<(), Failure> {
    let config = out.join(CONFIG);
    let mut all = vec![(config.clone(), import.config_text.clone())];
    for imported in &import.fixtures {
        let path = layout::fixture(&config, &imported.model, &imported.case);
        all.push((path, imported.fixture.render()));
    }
    all.extend(import.files.iter().map(|file| (out.join(&file.path), file.text.clone())));
    let mut seen = HashSet::new();
    let taken = all.iter().find(|(path, _)| (!force && path.exists()) || !seen.insert(path));
    if let Some((path, _)) = taken {
        return Err(Failure::Usage {
            message: format!("`{}` is there already", path.display()),
            help: Some("name another folder, or replace what is there with `--force`".to_owned()),
        });
    }
    refuse_secrets(&all)?;
    refuse_links(&all, out)?;
    for (path, text) in all.iter().rev() {
        files::write_whole(path, text.as_bytes())?;
    }
    Ok(())
}
