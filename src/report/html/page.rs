//! The page itself: what the template has to fill in.

use askama::Template;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::embed;
use super::figures::Figures;
use super::rows::{detail, row};
use crate::diagnose::visible;
use crate::report::cause::Previous;
use crate::report::lines::{Case, Finding, Run};
use crate::report::plural;
use crate::run::Outcome;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

#[derive(Template)]
#[template(path = "page.html", config = "src/report/html/askama.toml")]
struct Page {
    style: &'static str,
    style_hash: String,
    script: &'static str,
    script_hash: String,
    title: String,
    counted: String,
    well: bool,
    modes: String,
    outcomes: Vec<Tally>,
    alerts: Vec<String>,
    findings: Vec<Told>,
    comparison: Option<Vec<Tally>>,
    figures: Figures,
    rows: String,
    details: Vec<String>,
}

/// How many cases there are of a kind; `filter` is the name by which the script shows them.
struct Tally {
    filter: &'static str,
    words: String,
    count: usize,
}

/// A finding that belongs to no case.
struct Told {
    severity: String,
    code: String,
    message: String,
    text: String,
}

/// A run as a page; beside the previous run, if it has one.
pub(in crate::report) fn render(run: &Run) -> String {
    let before = run.previous.as_deref();
    let previous = Previous::of(before);
    let rows: Vec<_> = run.cases.iter().map(|case| row(case, previous.as_ref())).collect();
    let details = run.cases.iter().map(|case| embed::json(&detail(case, previous.as_ref())));
    let counted = visible(&run.counted()).into_owned();
    let page = Page {
        style: STYLE,
        style_hash: hash(STYLE),
        script: SCRIPT,
        script_hash: hash(SCRIPT),
        title: format!("bedrock-check: {counted}"),
        well: run.is_well(),
        counted,
        modes: modes(run),
        outcomes: outcomes(run),
        alerts: alerts(run),
        findings: run.findings.iter().map(told).collect(),
        comparison: previous.as_ref().map(|previous| comparison(run, previous, before)),
        figures: Figures::of(run, before),
        rows: embed::json(&rows),
        details: details.collect(),
    };
    page.render().expect("a string takes all that the template writes")
}

/// As a content security policy names a script or a style.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(text)))
}

fn modes(run: &Run) -> String {
    let mut modes: Vec<&str> = run.starts.iter().map(|start| start.mode.as_str()).collect();
    modes.dedup();
    visible(&modes.join(", ")).into_owned()
}

fn outcomes(run: &Run) -> Vec<Tally> {
    let of = |outcome: Outcome| run.cases.iter().filter(|case| case.outcome == outcome.name()).count();
    let counts = Outcome::ALL.map(|outcome| Tally {
        filter: outcome.name(),
        words: outcome
            .counted(of(outcome))
            .split_once(' ')
            .map(|(_, words)| words.to_owned())
            .unwrap_or_default(),
        count: of(outcome),
    });
    counts.into_iter().filter(|count| count.count > 0 || count.filter == Outcome::Pass.name()).collect()
}

fn alerts(run: &Run) -> Vec<String> {
    let asides = [
        (run.refused(), "The configs have errors: no case ran."),
        (run.interrupted(), "The run was interrupted."),
    ];
    let asides = asides.iter().filter(|(applies, _)| *applies).map(|(_, aside)| (*aside).to_owned());
    asides.chain(run.lost.iter().map(|lost| format!("Lost: {}", visible(lost)))).collect()
}

fn told(finding: &Finding) -> Told {
    let text = |text: &str| visible(text).into_owned();
    Told {
        severity: finding.severity().name().to_owned(),
        code: text(&finding.code),
        message: text(&finding.message),
        text: text(&finding.rendered()),
    }
}

/// What became of the cases since the previous run.
fn comparison(run: &Run, previous: &Previous<'_>, before: Option<&Run>) -> Vec<Tally> {
    let fails = |case: &Case| !case.is_done() && !case.warns;
    let both = || run.cases.iter().filter_map(|case| Some((case, previous.get(case)?)));
    let count = |is: &dyn Fn(&Case, &Case) -> bool| both().filter(|(now, before)| is(now, before)).count();
    let added = run.cases.len() - both().count();
    let gone = before.map_or(0, |before| before.cases.len()).saturating_sub(both().count());
    let counts = [
        ("broken", "newly failing", count(&|now, before| fails(now) && !fails(before))),
        ("mended", "no longer failing", count(&|now, before| !fails(now) && fails(before))),
        ("changed", "with another output", count(&|now, before| now.mapped != before.mapped)),
        ("added", "not in the previous run", added),
    ];
    let mut counts: Vec<Tally> = counts
        .into_iter()
        .map(|(filter, words, count)| Tally { filter, words: words.to_owned(), count })
        .collect();
    if gone > 0 {
        counts.push(Tally {
            filter: "",
            words: format!("only in the previous run ({})", plural(gone, "case")),
            count: gone,
        });
    }
    counts
}
