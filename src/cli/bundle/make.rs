//! `bundle`: runs the cases, gathers what they read, runs them again from that alone, and packs both.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf, absolute};

use serde_json::Map;

use super::gather::{self, Files, gather};
use super::inside::{evidence, replay, scratch, write};
use super::outcomes::{self, Outcomes, differences};
use super::{origin, variables};
use crate::app::{Environment, Session};
use crate::bundle::{
    self, Conditions, FORMAT, FileKind, Git, Kept, Manifest, REPORTS, REPOSITORY, Redacted, Tool, redact,
};
use crate::check::{Checked, Purpose};
use crate::cli::arguments::{MakeBundle, Test};
use crate::cli::output::Output;
use crate::cli::session;
use crate::cli::{Ended, Exit, Failure, test};
use crate::diagnose::visible;
use crate::files::archive::ARCHIVE_LIMIT;
use crate::files::{read_bytes, write_whole};
use crate::report::{DOCUMENTS, Verbosity};
use crate::run::Plan;
use crate::words::plural;

/// The reports that are made of the run, by their names; each format is one of `report::DOCUMENTS`.
const MADE: [(&str, &str); 5] = [
    ("html", "report.html"),
    ("junit", "junit.xml"),
    ("markdown", "report.md"),
    ("sarif", "findings.sarif"),
    ("tap", "run.tap"),
];

pub(super) fn run(arguments: &MakeBundle, environment: Environment, output: &mut Output) -> Ended {
    let target = target(&arguments.output)?;
    let scratch = scratch()?;
    let told = scratch.path().join("run.jsonl");
    let here = Test {
        configs: arguments.configs.clone(),
        filter: arguments.filter.clone(),
        report: vec![format!("jsonl={}", told.display())],
        ..Test::default()
    };
    let exit = test::run(&evidence(here), environment.clone(), output)?;
    if !matches!(exit, Exit::Clean | Exit::Failed | Exit::Pending) || !told.exists() {
        output.talk("no bundle was written");
        return Ok(exit);
    }
    let session = session::start(environment, Map::new(), output)?;
    let checked = session.check(&arguments.configs, Purpose::Run)?;
    let selection = arguments.filter.selection().map_err(Failure::usage)?;
    let plan = Plan::new(&checked.suites, &selection);
    let mut files = gather(&session, &checked, &plan, &target)?;
    let conditions = conditions(arguments, &session, &checked, &plan)?;
    let run = outcomes::run(&told)?;
    let outcomes = outcomes::of(&run, |config| session.root.relative(Path::new(config)));
    rehearse(scratch.path(), &mut files, &conditions, &outcomes, &session.environment, output)?;
    let git = origin(&session, &files);
    let bytes = pack(&files, conditions, bundle::counted(&run), git)?;
    write_whole(&target, &bytes)?;
    tell(&arguments.output, &bytes, files.len(), output)?;
    Ok(exit)
}

/// Where the bundle goes, also when the working directory is another one.
fn target(path: &Path) -> Result<PathBuf, Failure> {
    if path == Path::new("-") || path.is_dir() {
        return Err(Failure::Usage {
            message: format!("`--output {}`: a bundle is a file", path.display()),
            help: Some("name a file, such as `evidence.zip`".to_owned()),
        });
    }
    if path.exists() && !is_free(path) {
        return Err(Failure::Usage {
            message: format!("`--output {}` is there, and is no bundle", path.display()),
            help: Some("name another file; a bundle, and an empty file, would be replaced".to_owned()),
        });
    }
    absolute(path).map_err(Failure::Output)
}

/// Whether nothing but a bundle is lost if another one takes its place.
fn is_free(path: &Path) -> bool {
    let bytes = path.is_file().then(|| read_bytes(path, ARCHIVE_LIMIT));
    bytes.is_some_and(|bytes| bytes.is_ok_and(|bytes| bytes.is_empty() || bundle::is_bundle(&bytes)))
}

fn conditions(
    arguments: &MakeBundle,
    session: &Session,
    checked: &Checked,
    plan: &Plan<'_>,
) -> Result<Conditions, Failure> {
    let configs = checked.suites.iter().map(|suite| gather::name(session, &suite.path));
    let read = checked.reads.so_far().variables;
    let full_match = session.environment.non_empty("INSTA_REQUIRE_FULL_MATCH");
    Ok(Conditions {
        configs: configs.collect::<Result<_, _>>()?,
        profile: arguments.configs.profile.clone(),
        set: variables::set(&arguments.configs.set),
        environment: variables::variables(session, plan, &read, &arguments.env)?,
        filter: arguments.filter.ids.clone(),
        model: arguments.filter.model.clone(),
        tag: arguments.filter.tag.clone(),
        full_match: full_match.is_some_and(|value| value != "0"),
    })
}

/// Runs the cases from `files` alone, and adds the reports of that run. It must end as the first one did.
fn rehearse(
    scratch: &Path,
    files: &mut Files,
    conditions: &Conditions,
    expected: &Outcomes,
    environment: &Environment,
    output: &Output,
) -> Result<(), Failure> {
    for (name, file) in &*files {
        write(&scratch.join(name), &file.bytes)?;
    }
    let told = scratch.join(bundle::RUN);
    let arguments = Test { report: vec![format!("jsonl={}", told.display())], ..Test::default() };
    replay(&scratch.join(REPOSITORY), conditions, arguments, environment, &mut output.silent())?;
    let run = outcomes::run(&told)?;
    let mut other = differences(expected, &outcomes::of(&run, str::to_owned));
    if !other.is_empty() {
        let errors = run.findings.iter().filter(|finding| run.refused() && finding.severity == "error");
        other.splice(0..0, errors.map(|finding| finding.message.clone()));
        return Err(not_the_same(&other, files, conditions));
    }
    add_report(files, bundle::RUN, read_bytes(&told, bundle::FILE_LIMIT).map_err(Failure::usage)?)?;
    for (format, name) in MADE {
        let document = DOCUMENTS.iter().find(|document| document.name == format);
        let text = (document.expect("the format is a document").render)(&run);
        add_report(files, &[REPORTS, name].concat(), text.into_bytes())?;
    }
    Ok(())
}

/// Adds a report, which has no secrets if everything is well.
fn add_report(files: &mut Files, name: &str, bytes: Vec<u8>) -> Result<(), Failure> {
    let report = redact(FileKind::Data, name, bytes);
    let report = report.map_err(|why| Failure::usage(format!("the report `{name}`: {why}")))?;
    files.insert(name.to_owned(), report);
    Ok(())
}

/// That what is left out of a bundle makes another run of it.
fn not_the_same(other: &[String], files: &Files, conditions: &Conditions) -> Failure {
    const SHOWN: usize = 3;
    let mut told = other.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    if other.len() > SHOWN {
        told += &format!("; and {} more", other.len() - SHOWN);
    }
    let lacking = |kept| conditions.environment.iter().filter(move |variable| variable.kept == kept);
    let help = if let Some(variable) = lacking(Kept::StandIn).next() {
        let name = &variable.name;
        format!("the value of `{name}` is in no recording, so it is left out; `--env {name}` puts it in")
    } else if let Some(variable) = lacking(Kept::Masked).next() {
        format!(
            "the value of `{}` holds a secret, which is masked; leave its cases out with `-k`",
            variable.name
        )
    } else if let Some((name, _)) = files.iter().find(|(_, file)| file.changed) {
        format!("secrets are masked in `{name}`, and perhaps elsewhere; take them out of what the cases ask")
    } else {
        "what the run reads besides the files of the repository is not in a bundle".to_owned()
    };
    Failure::Usage {
        message: format!("a replay of the bundle would not be this run, so none was written: {told}"),
        help: Some(help),
    }
}

fn origin(session: &Session, files: &Files) -> Option<Git> {
    let names = files.keys().filter_map(|name| name.strip_prefix(REPOSITORY));
    origin::git(&session.root.path, names)
}

fn pack(
    files: &BTreeMap<String, Redacted>,
    conditions: Conditions,
    outcomes: BTreeMap<String, usize>,
    git: Option<Git>,
) -> Result<Vec<u8>, Failure> {
    let tool = Tool { name: "bedrock-check".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    let mut manifest = Manifest { format: FORMAT, tool, git, conditions, outcomes, files: Vec::new() };
    bundle::write(&mut manifest, files).map_err(Failure::usage)
}

fn tell(path: &Path, bytes: &[u8], files: usize, output: &Output) -> std::io::Result<()> {
    if output.verbosity <= Verbosity::Verdict {
        return Ok(());
    }
    let mut out = output.answer();
    let (path, kib) = (visible(&path.display().to_string()).into_owned(), bytes.len().div_ceil(1024));
    writeln!(out, "  bundle: {path}, {}, {kib} KiB", plural(files, "file"))?;
    writeln!(out, "  digest: sha256:{}", bundle::sha256(bytes))?;
    out.flush()
}
