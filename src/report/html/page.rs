//! The page: the values for the template.

use std::sync::Arc;

use askama::Template;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::embed;
use super::figures::Figures;
use super::models::Models;
use super::rows::{PreviousResult, Row, detail, row};
use crate::diagnose::visible;
use crate::record::{Case, Finding, Record, Run};
use crate::report::Renderer;
use crate::report::previous::{CaseChange, Match, Previous};
use crate::report::totals::Totals;
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
    success: bool,
    modes: String,
    outcomes: Vec<Tally>,
    alerts: Vec<String>,
    findings: Vec<ShownFinding>,
    comparison: Option<Vec<Tally>>,
    figures: Figures,
    rows: String,
    details: Vec<String>,
}

/// The number of cases of a kind. `filter` is the name with which the script selects them.
struct Tally {
    filter: &'static str,
    words: String,
    count: usize,
}

/// A finding that belongs to no case.
struct ShownFinding {
    severity: String,
    code: String,
    message: String,
    text: String,
}

/// A run as a page, compared with the previous run if there is one. It keeps all records until the end, because the page
/// needs all cases at once.
pub(in crate::report) struct Html {
    run: Run,
    totals: Totals,
    previous: Option<Previous>,
}

impl Html {
    pub(in crate::report) fn new(previous: Option<Arc<Run>>) -> Html {
        Html { run: Run::default(), totals: Totals::default(), previous: previous.map(Previous::new) }
    }

    /// The comparison of each case with the previous run, in the order of the cases.
    fn compared(&self) -> Vec<PreviousResult<'_>> {
        let cases = || self.run.cases.iter();
        let Some(previous) = &self.previous else { return cases().map(|_| PreviousResult::NoRun).collect() };
        let by_path = cases().any(|case| previous.get(case, Match::Path).is_some());
        let by = if by_path { Match::Path } else { Match::Name };
        cases().map(|case| PreviousResult::Case(previous.get(case, by))).collect()
    }
}

impl Renderer for Html {
    fn add_record(&mut self, record: &Record) {
        self.totals.add_record(record);
        self.run.add_record(record.clone());
    }

    fn finish(self: Box<Self>, missing: &[String]) -> String {
        let Html { run, totals, previous } = &*self;
        let previous = previous.as_ref().map(Previous::run);
        let models = Models::from_cases(&run.cases);
        let compared: Vec<(&Case, PreviousResult<'_>)> = run.cases.iter().zip(self.compared()).collect();
        let rows: Vec<Row> = compared.iter().map(|(case, compared)| row(case, &models, *compared)).collect();
        let details = compared.iter().map(|(case, compared)| embed::json(&detail(case, *compared)));
        let counted = visible(&totals.counted()).into_owned();
        let page = Page {
            style: STYLE,
            style_hash: hash(STYLE),
            script: SCRIPT,
            script_hash: hash(SCRIPT),
            title: format!("bedrock-check: {counted}"),
            success: totals.is_success(missing),
            counted,
            modes: modes(run),
            outcomes: outcomes(totals),
            alerts: alerts(totals, missing, previous),
            findings: run.findings.iter().map(shown_finding).collect(),
            comparison: previous.map(|previous| comparison(&rows, previous)),
            figures: Figures::new(run, previous, &models),
            rows: embed::json(&rows),
            details: details.collect(),
        };
        let text = page.render().expect("writing to a string can't fail");
        // On standard output GitHub's runner would read `##[` as a command, even within a line.
        text.replace("##[", "#&#35;[")
    }
}

/// The hash of a script or a style for a content security policy.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(text)))
}

fn modes(run: &Run) -> String {
    let mut modes: Vec<&str> = run.starts.iter().map(|start| start.mode.name()).collect();
    modes.dedup();
    visible(&modes.join(", ")).into_owned()
}

fn outcomes(totals: &Totals) -> Vec<Tally> {
    let counts = Outcome::ALL.map(|outcome| Tally {
        filter: outcome.name(),
        words: outcome
            .counted(totals.count(outcome))
            .split_once(' ')
            .map(|(_, words)| words.to_owned())
            .unwrap_or_default(),
        count: totals.count(outcome),
    });
    counts.into_iter().filter(|count| count.count > 0 || count.filter == Outcome::Pass.name()).collect()
}

fn alerts(totals: &Totals, missing: &[String], previous: Option<&Run>) -> Vec<String> {
    let asides = totals.asides().map(str::to_owned);
    let missing = missing.iter().map(|missing| format!("Missing: {}", visible(missing)));
    let previous = previous.into_iter().flat_map(|previous| &previous.missing);
    let previous = previous.map(|missing| format!("Missing from the previous run: {}", visible(missing)));
    asides.chain(missing).chain(previous).collect()
}

fn shown_finding(finding: &Finding) -> ShownFinding {
    let text = |text: &str| visible(text).into_owned();
    ShownFinding {
        severity: finding.severity().name().to_owned(),
        code: text(&finding.code),
        message: text(&finding.message),
        text: text(&finding.rendered()),
    }
}

/// How the cases changed since the previous run.
fn comparison(rows: &[Row], previous: &Run) -> Vec<Tally> {
    let count = |kind: CaseChange| rows.iter().filter(|row| row.since.contains(&kind)).count();
    let tally =
        |kind: CaseChange| Tally { filter: kind.name(), words: kind.words().to_owned(), count: count(kind) };
    let gone = previous.cases.len().saturating_sub(rows.len() - count(CaseChange::Added));
    let only_there = || Tally {
        filter: "",
        words: format!("{} only in the previous run", plural(gone, "case")),
        count: gone,
    };
    CaseChange::ALL.into_iter().map(tally).chain((gone > 0).then(only_there)).collect()
}
