//! A run as Markdown: for a file, for the step summary of a workflow, and for a comment on a pull request.
//!
//! Texts from configs and models are written only in code spans, code blocks and escaped HTML, where they can't be markup,
//! links or mentions.

use std::fmt::Write as _;
use std::sync::Arc;

use super::cause::cause;
use super::previous::{Match, Previous};
use super::totals::Totals;
use super::{Renderer, format_usd};
use crate::diagnose::{Code, Severity, visible, visible_line};
use crate::record::{Case, Changed, Finding, Place, Record, Run};
use crate::run::tokens;
use crate::words::plural;

/// Marks the comment, so that a workflow finds it and can edit it.
const MARKER: &str = "<!-- bedrock-check -->\n";

/// How long a document may be.
struct Limit {
    most: usize,
    measure: fn(&str) -> usize,
    name: &'static str,
    /// Most characters of one note.
    note: usize,
}

/// A run as Markdown.
pub struct Markdown {
    marker: &'static str,
    limit: Limit,
    totals: Totals,
    previous: Option<Previous>,
    /// How cases are matched with those of the previous run, according to the cases so far.
    by: Match,
    findings: Vec<Section>,
    cases: Vec<Section>,
}

/// The section of a case, or of a finding that belongs to no case.
struct Section {
    severity: Severity,
    name: String,
    title: String,
    cause: Cause,
    rest: String,
}

/// The cause of a case for each way to match it with the previous run. Which way applies is known only after the last case.
#[derive(Clone, Copy, Default)]
struct Cause {
    by_path: Option<&'static str>,
    by_name: Option<&'static str>,
}

impl Markdown {
    /// A document without a limit. `previous` is the run to compare with.
    pub fn document(previous: Option<Arc<Run>>) -> Markdown {
        let limit = Limit { most: usize::MAX, measure: str::len, name: "no limit", note: usize::MAX };
        Markdown::new("", limit, previous)
    }

    /// A step summary, which GitHub limits to 1 MiB.
    pub fn summary(previous: Option<Arc<Run>>) -> Markdown {
        Markdown::new("", Limit { most: 1 << 20, measure: str::len, name: "1 MiB", note: 20_000 }, previous)
    }

    /// A comment, which GitHub limits to 65,536 characters.
    pub fn comment(previous: Option<Arc<Run>>) -> Markdown {
        let measure = |text: &str| text.chars().count();
        let limit = Limit { most: 65_536, measure, name: "65,536 characters", note: 6_000 };
        Markdown::new(MARKER, limit, previous)
    }

    fn new(marker: &'static str, limit: Limit, previous: Option<Arc<Run>>) -> Markdown {
        Markdown {
            marker,
            limit,
            totals: Totals::default(),
            previous: previous.map(Previous::new),
            by: Match::Name,
            findings: Vec::new(),
            cases: Vec::new(),
        }
    }

    /// The document, if `used` of its limit is used already by text before it.
    pub fn finish_after(mut self: Box<Self>, missing: &[String], used: usize) -> String {
        self.limit.most = self.limit.most.saturating_sub(used);
        self.finish(missing)
    }

    fn case(&mut self, case: &Case) {
        let before = |by| self.previous.as_ref().and_then(|previous| previous.get(case, by));
        if before(Match::Path).is_some() {
            self.by = Match::Path;
        }
        if !case.is_skipped() && (!case.is_done() || !case.findings.is_empty()) {
            let cause = Cause {
                by_path: cause(case, before(Match::Path)),
                by_name: cause(case, before(Match::Name)),
            };
            self.cases.push(case_section(case, cause, &self.limit));
        }
    }
}

impl Renderer for Markdown {
    fn add_record(&mut self, record: &Record) {
        self.totals.add_record(record);
        match record {
            Record::Start(_) | Record::End(_) => (),
            Record::Finding { finding } => match finding.severity() {
                Severity::Error | Severity::Warning => {
                    self.findings.push(finding_section(finding, &self.limit));
                }
                Severity::Hint => (),
            },
            Record::Case(case) => self.case(case),
        }
    }

    /// The head, then sections up to the limit, the most severe first. The sections left out are listed by name.
    fn finish(self: Box<Self>, missing: &[String]) -> String {
        let Markdown { marker, limit, totals, by, findings, cases, .. } = *self;
        let mut out = format!("{marker}{}", head(&totals, missing));
        // Keep room for the list of the sections that are left out.
        let room = limit.most.saturating_sub(LIST_ROOM);
        if (limit.measure)(&out) > room {
            return if (limit.measure)(&out) <= limit.most { out } else { String::new() };
        }
        let mut sections: Vec<Section> = findings.into_iter().chain(cases).collect();
        sections.sort_by_key(|section| section.severity);
        let mut cut = Vec::new();
        let mut taken = (limit.measure)(&out);
        for section in sections {
            let text = section.text(by);
            let length = (limit.measure)(&text);
            if taken + length > room {
                cut.push(section.name);
            } else {
                out.push_str(&text);
                taken += length;
            }
        }
        if !cut.is_empty() {
            out.push_str(&list_left_out(&cut, &limit));
        }
        out
    }
}

/// Room for the text of [`list_left_out`].
const LIST_ROOM: usize = 2_000;

/// Lists the entries that were left out: their number and the first names.
fn list_left_out(cut: &[String], limit: &Limit) -> String {
    let noun = if cut.len() == 1 { "entry" } else { "entries" };
    let mut out = format!(
        "\n**{} {noun} left out: GitHub's limit is {}.** A report of another format contains them.\n\n",
        cut.len(),
        limit.name
    );
    for (index, id) in cut.iter().enumerate() {
        let line = format!("- {}\n", code(&shortened(id, 100)));
        if out.len() + line.len() > LIST_ROOM - 100 {
            writeln!(out, "- … and {} more", cut.len() - index).expect("writing to a string can't fail");
            break;
        }
        out.push_str(&line);
    }
    out
}

fn head(totals: &Totals, missing: &[String]) -> String {
    let mark = if totals.is_success(missing) { "✅" } else { "❌" };
    let mut out = format!("## {mark} bedrock-check\n\n{}\n", totals.counted());
    for aside in totals.asides() {
        writeln!(out, "\n**{aside}**").expect("writing to a string can't fail");
    }
    for missing in missing.iter().take(20) {
        writeln!(out, "\n**Missing:** {}", code(&shortened(missing, 300)))
            .expect("writing to a string can't fail");
    }
    if missing.len() > 20 {
        writeln!(out, "\n**Missing:** {} more", missing.len() - 20).expect("writing to a string can't fail");
    }
    out
}

/// The section of a finding that belongs to no case.
fn finding_section(finding: &Finding, limit: &Limit) -> Section {
    Section {
        severity: finding.severity(),
        name: format!("{} {}", finding.code, finding.at),
        title: format!("\n### {}\n", code(&finding.code)),
        cause: Cause::default(),
        rest: format!("\n{}", finding_item(finding, limit)),
    }
}

fn case_section(case: &Case, cause: Cause, limit: &Limit) -> Section {
    let aside = if case.warns { ", only warns" } else { "" };
    let (id, outcome) = (code(&case.id), code(case.outcome.name()));
    let rows = [
        ("tokens", case.changed.as_ref().and_then(token_change)),
        ("cost", case.changed.as_ref().and_then(cost_change)),
    ];
    let rows = rows.into_iter().filter_map(|(name, row)| Some(row_of(name, &row?)));
    let findings = case.findings.iter().map(|finding| finding_item(finding, limit));
    Section {
        severity: if case.is_done() { Severity::Hint } else { case.severity() },
        name: case.id.clone(),
        title: format!("\n### {id} — {outcome}{aside}\n\n{}\n", place_code(&case.place())),
        cause,
        rest: rows.chain(["\n".to_owned()]).chain(findings).collect(),
    }
}

impl Section {
    fn text(&self, by: Match) -> String {
        let cause = match by {
            Match::Path => self.cause.by_path,
            Match::Name => self.cause.by_name,
        };
        let cause = cause.map(|cause| row_of("cause", cause)).unwrap_or_default();
        [self.title.as_str(), &cause, &self.rest].concat()
    }
}

fn row_of(name: &str, row: &str) -> String {
    format!("\n{name}: {row}\n")
}

/// `input 25, output 11 → 14 (+3)`.
fn token_change(changed: &Changed) -> Option<String> {
    let parts = ["input", "output"].into_iter().filter_map(|name| {
        let key = format!("{name}_tokens");
        let (old, new) = (tokens(&changed.old, &key)?, tokens(&changed.new, &key)?);
        let change = i128::from(new) - i128::from(old);
        Some(if change == 0 {
            format!("{name} {old}")
        } else {
            format!("{name} {old} → {new} ({change:+})")
        })
    });
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn cost_change(changed: &Changed) -> Option<String> {
    let [old, new] = changed.cost_usd?;
    Some(if old.total_cmp(&new).is_eq() {
        format_usd(old)
    } else {
        format!("{} → {} a call", format_usd(old), format_usd(new))
    })
}

fn finding_item(finding: &Finding, limit: &Limit) -> String {
    let message = code(&shortened(&finding.message, 2_000));
    let mut out = format!("- **{}** {message} at {}\n", finding.severity().name(), place_code(&finding.at));
    if let Some(help) = &finding.help {
        writeln!(out, "- help: {}", code(&shortened(help, 2_000))).expect("writing to a string can't fail");
    }
    let is_diff = finding.code == Code::SnapshotDiffers.id();
    out.extend(finding.notes.iter().map(|note| block(note, is_diff, limit.note)));
    out.push('\n');
    out
}

/// A note as a code block. A long note is cut, with a line that gives the number of characters left out.
fn block(note: &str, is_diff: bool, limit: usize) -> String {
    let note = visible(note);
    let kept: String = note.chars().take(limit).collect();
    let cut = note.chars().count() - kept.chars().count();
    let fence = "`".repeat(longest_run(&kept).max(2) + 1);
    let language = if is_diff { "diff" } else { "text" };
    let mut out = format!("\n{fence}{language}\n{}\n{fence}\n", kept.trim_end_matches('\n'));
    if cut > 0 {
        writeln!(out, "\n… {} cut here", plural(cut, "character")).expect("writing to a string can't fail");
    }
    out
}

fn place_code(place: &Place) -> String {
    code(&place.to_string())
}

/// A code span on one line. Its fence is longer than any run of backticks in `text`.
fn code(text: &str) -> String {
    let shown = visible_line(text);
    if shown.trim().is_empty() {
        return "` `".to_owned();
    }
    let run = longest_run(&shown);
    let fence = "`".repeat(run + 1);
    let pad = if run > 0 { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn shortened(text: &str, limit: usize) -> String {
    let kept: String = text.chars().take(limit).collect();
    if kept.len() < text.len() { kept + "…" } else { kept }
}
