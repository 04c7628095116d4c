//! The page itself: what the template has to fill in.

use askama::Template;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::embed;
use super::figures::Figures;
use super::models::Models;
use super::rows::{Row, detail, row};
use crate::diagnose::visible;
use crate::report::lines::{Finding, Run};
use crate::report::previous::{Previous, Since};
use crate::run::Outcome;
use crate::words::plural;

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
    let previous = Previous::of(run);
    let models = Models::of(&run.cases);
    let rows: Vec<Row> = run.cases.iter().map(|case| row(case, &models, previous.as_ref())).collect();
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
        comparison: previous.as_ref().map(|previous| comparison(&rows, previous)),
        figures: Figures::of(run, &models),
        rows: embed::json(&rows),
        details: details.collect(),
    };
    let text = page.render().expect("a string takes all that the template writes");
    // A page on standard output is read by GitHub's runner, which takes this for a command wherever it stands.
    text.replace("##[", "#&#35;[")
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
    let asides = run.asides().map(str::to_owned);
    let lost = run.lost.iter().map(|lost| format!("Lost: {}", visible(lost)));
    let previous = run.previous.iter().flat_map(|previous| &previous.lost);
    let previous = previous.map(|lost| format!("Of the previous run: {}", visible(lost)));
    asides.chain(lost).chain(previous).collect()
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
fn comparison(rows: &[Row], previous: &Previous<'_>) -> Vec<Tally> {
    let count = |kind: Since| rows.iter().filter(|row| row.since.contains(&kind)).count();
    let tally =
        |kind: Since| Tally { filter: kind.name(), words: kind.words().to_owned(), count: count(kind) };
    let gone = previous.len().saturating_sub(rows.len() - count(Since::Added));
    let only_there = || Tally {
        filter: "",
        words: format!("{} only in the previous run", plural(gone, "case")),
        count: gone,
    };
    Since::ALL.into_iter().map(tally).chain((gone > 0).then(only_there)).collect()
}
