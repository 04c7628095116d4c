//! A run as Markdown: for a file, for the step summary of a workflow, and for a comment on a pull request.
//!
//! What comes from a config or a model stands in code spans, code blocks and escaped HTML only: there it is no
//! markup, no link and no mention.

use std::fmt::Write as _;

use super::cause::cause;
use super::lines::{Case, Changed, Finding, Place, Run};
use super::previous::Previous;
use super::usd;
use crate::diagnose::{Code, Severity, visible};
use crate::run::{Outcome, tokens};
use crate::words::plural;

/// By this a workflow finds its comment, to edit it in place.
const MARKER: &str = "<!-- bedrock-check -->\n";

/// How much a document may hold.
struct Limit {
    most: usize,
    measure: fn(&str) -> usize,
    name: &'static str,
    /// Characters of one note.
    note: usize,
}

/// A run as a document of any length.
pub fn render(run: &Run) -> String {
    document(run, "", &Limit { most: usize::MAX, measure: str::len, name: "no limit", note: usize::MAX })
}

/// A run for the step summary, in which `taken` bytes of GitHub's 1 MiB are used.
pub fn summary(run: &Run, taken: usize) -> String {
    let most = (1 << 20_usize) - taken.min(1 << 20);
    document(run, "", &Limit { most, measure: str::len, name: "1 MiB", note: 20_000 })
}

/// A run for a comment of GitHub's 65,536 characters.
pub fn comment(run: &Run) -> String {
    let measure = |text: &str| text.chars().count();
    document(run, MARKER, &Limit { most: 65_536, measure, name: "65,536 characters", note: 6_000 })
}

/// The head, then sections until the limit; the rest is named.
fn document(run: &Run, marker: &str, limit: &Limit) -> String {
    let mut out = format!("{marker}{}", head(run));
    // What says that something was cut needs room as well.
    let room = limit.most.saturating_sub(REST);
    if (limit.measure)(&out) > room {
        return if (limit.measure)(&out) <= limit.most { out } else { String::new() };
    }
    let mut cut = Vec::new();
    let mut taken = (limit.measure)(&out);
    for (id, section) in sections(run, limit) {
        let length = (limit.measure)(&section);
        if taken + length > room {
            cut.push(id);
        } else {
            out.push_str(&section);
            taken += length;
        }
    }
    if !cut.is_empty() {
        out.push_str(&rest(&cut, limit));
    }
    out
}

/// Room for what [`rest`] says.
const REST: usize = 2_000;

/// Says what was cut: how much, and the names of the first.
fn rest(cut: &[String], limit: &Limit) -> String {
    let noun = if cut.len() == 1 { "entry" } else { "entries" };
    let mut out = format!(
        "\n**{} {noun} left out: GitHub takes {}.** A report of another format has them.\n\n",
        cut.len(),
        limit.name
    );
    for (index, id) in cut.iter().enumerate() {
        let line = format!("- {}\n", code(&shortened(id, 100)));
        if out.len() + line.len() > REST - 100 {
            writeln!(out, "- … and {} more", cut.len() - index).expect("a string grows");
            break;
        }
        out.push_str(&line);
    }
    out
}

fn head(run: &Run) -> String {
    let mark = if run.is_well() { "✅" } else { "❌" };
    let mut out = format!("## {mark} bedrock-check\n\n{}\n", run.counted());
    for aside in run.asides() {
        writeln!(out, "\n**{aside}**").expect("a string grows");
    }
    for lost in run.lost.iter().take(20) {
        writeln!(out, "\n**Lost:** {}", code(&shortened(lost, 300))).expect("a string grows");
    }
    if run.lost.len() > 20 {
        writeln!(out, "\n**Lost:** {} more", run.lost.len() - 20).expect("a string grows");
    }
    out
}

/// A section with its name for each finding that belongs to no case and each case with something to tell, the worst first.
fn sections(run: &Run, limit: &Limit) -> Vec<(String, String)> {
    let previous = Previous::of(run);
    let told = run.findings.iter().filter(|finding| finding.severity() != Severity::Hint);
    let told = told.map(|finding| {
        (finding.severity(), format!("{} {}", finding.code, finding.at), alone(finding, limit))
    });
    let cases = run.cases.iter().filter(|case| case.outcome != Outcome::Skipped.name());
    let cases = cases.filter(|case| !case.is_done() || !case.findings.is_empty());
    let cases = cases.map(|case| {
        let severity = if case.is_done() { Severity::Hint } else { case.severity() };
        let before = previous.as_ref().and_then(|previous| previous.get(case));
        (severity, case.id.clone(), section(case, before, limit))
    });
    let mut sections: Vec<_> = told.chain(cases).collect();
    sections.sort_by_key(|(severity, ..)| *severity);
    sections.into_iter().map(|(_, id, text)| (id, text)).collect()
}

fn alone(finding: &Finding, limit: &Limit) -> String {
    format!("\n### {}\n\n{}", code(&finding.code), told(finding, limit))
}

fn section(case: &Case, before: Option<&Case>, limit: &Limit) -> String {
    let aside = if case.warns { ", only warns" } else { "" };
    let mut out =
        format!("\n### {} — {}{aside}\n\n{}\n", code(&case.id), code(&case.outcome), at(&case.place()));
    let rows = [
        ("cause", cause(case, before).map(str::to_owned)),
        ("tokens", case.changed.as_ref().and_then(token_change)),
        ("cost", case.changed.as_ref().and_then(cost_change)),
    ];
    for (name, row) in rows.into_iter().filter_map(|(name, row)| Some((name, row?))) {
        writeln!(out, "\n{name}: {row}").expect("a string grows");
    }
    out.push('\n');
    out.extend(case.findings.iter().map(|finding| told(finding, limit)));
    out
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
    Some(if old.total_cmp(&new).is_eq() { usd(old) } else { format!("{} → {} a call", usd(old), usd(new)) })
}

fn told(finding: &Finding, limit: &Limit) -> String {
    let message = code(&shortened(&finding.message, 2_000));
    let mut out = format!("- **{}** {message} at {}\n", finding.severity().name(), at(&finding.at));
    if let Some(help) = &finding.help {
        writeln!(out, "- help: {}", code(&shortened(help, 2_000))).expect("a string grows");
    }
    let is_diff = finding.code == Code::SnapshotDiffers.id();
    out.extend(finding.notes.iter().map(|note| block(note, is_diff, limit.note)));
    out.push('\n');
    out
}

/// A note as a code block; what is long is cut, which is said.
fn block(note: &str, is_diff: bool, limit: usize) -> String {
    let note = visible(note);
    let kept: String = note.chars().take(limit).collect();
    let cut = note.chars().count() - kept.chars().count();
    let fence = "`".repeat(longest_run(&kept).max(2) + 1);
    let language = if is_diff { "diff" } else { "text" };
    let mut out = format!("\n{fence}{language}\n{}\n{fence}\n", kept.trim_end_matches('\n'));
    if cut > 0 {
        writeln!(out, "\n… {} cut here", plural(cut, "character")).expect("a string grows");
    }
    out
}

fn at(place: &Place) -> String {
    code(&place.to_string())
}

/// A code span on one line: its fence is longer than any run of backticks in it.
fn code(text: &str) -> String {
    let one_line = text.replace('\n', "\\n").replace('\t', "\\t");
    let shown = visible(&one_line);
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
