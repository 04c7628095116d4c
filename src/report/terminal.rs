//! The report on a terminal: a line for each case that didn't pass, wrote a file or has findings, the findings, and a recap.

use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::Reporter;
use crate::diagnose::{
    self, Code, Finding, Severity, Sources, masked, masked_member, secrets, visible, visible_in_color,
    visible_line,
};
use crate::invoke::{NotCalled, Recorded};
use crate::run::{CaseRun, Changed, Event, Measured, Outcome, Summary, Written};
use crate::words::plural;

/// The maximum number of lines that are shown of a recording's diff.
const DIFF_LINES: usize = 20;

/// How much is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Nothing.
    Silent,
    /// The verdict only.
    Verdict,
    /// The cases that didn't pass.
    Quiet,
    Normal,
    /// Every case, with its mapped output.
    Verbose,
}

/// Writes the report to a terminal or to the log of a CI run.
pub struct Terminal<'s, W: Write> {
    out: W,
    renderer: diagnose::Terminal<'s>,
    verbosity: Verbosity,
    color: bool,
    /// Outcomes and ids of the cases in the recap: those that didn't pass.
    recap_lines: Vec<(Outcome, String)>,
    diff_tool: Option<DiffTool<'s>>,
    title: Option<String>,
    /// Whether the last line printed is in the list of cases and no blank line follows it.
    in_list: bool,
    /// Findings that the environment caused. The same finding is printed in full only once, even if it affects a hundred cases.
    environment_findings: Vec<Finding>,
}

/// Renders changed output with an external tool. `None` if the tool fails.
pub type DiffTool<'s> = Box<dyn Fn(&Changed) -> Option<String> + 's>;

/// Renders a change with `tool`, with terminal control sequences made visible. The tool isn't called for text that contains a
/// secret.
pub fn render_with_tool(tool: &DiffTool<'_>, changed: &Changed) -> Option<String> {
    let has_secret = [&changed.old, &changed.new].into_iter().any(|text| !secrets(text).is_empty());
    let diff = if has_secret { None } else { tool(changed) }?;
    Some(visible_in_color(&masked(&diff)))
}

impl<'s, W: Write> Terminal<'s, W> {
    pub fn new(out: W, sources: &'s Sources, verbosity: Verbosity, color: bool) -> Terminal<'s, W> {
        Terminal {
            out,
            renderer: diagnose::Terminal::new(sources, color),
            verbosity,
            color,
            recap_lines: Vec::new(),
            diff_tool: None,
            title: None,
            in_list: false,
            environment_findings: Vec::new(),
        }
    }

    /// Shows changed output with `tool` instead of the diff.
    #[must_use]
    pub fn with_diff_tool(mut self, tool: Option<DiffTool<'s>>) -> Terminal<'s, W> {
        self.diff_tool = tool;
        self
    }

    /// Prints the first line of a run. Findings about the configs are printed before it.
    fn title(&mut self) -> io::Result<()> {
        let Some(title) = self.title.take() else { return Ok(()) };
        self.in_list = true;
        writeln!(self.out, "{title}")
    }

    /// Prints findings that belong to no case. Hints are printed only in verbose runs; `validate` prints them always.
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        let least = |severity| match severity {
            Severity::Error => Verbosity::Quiet,
            Severity::Warning => Verbosity::Normal,
            Severity::Hint => Verbosity::Verbose,
        };
        let shown: Vec<_> =
            findings.iter().filter(|finding| self.verbosity >= least(finding.severity)).collect();
        if self.in_list && !shown.is_empty() {
            self.in_list = false;
            writeln!(self.out)?;
        }
        shown.iter().try_for_each(|finding| writeln!(self.out, "{}", self.renderer.render(finding)))
    }

    fn case(&mut self, case: &CaseRun) -> io::Result<()> {
        if !matches!(case.attempt.outcome, Outcome::Pass | Outcome::Skipped) {
            self.recap_lines.push((case.attempt.outcome, case.id.clone()));
        }
        let plain_pass = case.attempt.outcome == Outcome::Pass
            && case.written.is_none()
            && case.attempt.recorded.as_ref().is_none_or(|recorded| *recorded == Recorded::Same)
            && case.attempt.findings.is_empty();
        let least = match case.attempt.measured {
            _ if !plain_pass => Verbosity::Quiet,
            // A call takes long enough that the user waits for its result.
            Some(Measured { call: Some(_), .. }) => Verbosity::Normal,
            _ => Verbosity::Verbose,
        };
        if self.verbosity < least || case.attempt.outcome == Outcome::Skipped {
            return Ok(());
        }
        let word = self.paint(style(case.attempt.outcome), &format!("{:<8}", outcome_word(case)));
        let took = case
            .attempt
            .measured
            .as_ref()
            .map(|measured| format!("   {}", format_measured(measured)))
            .unwrap_or_default();
        let again = self.is_repeated(case);
        let note = if again { "   (as above)" } else { case_note(case) };
        writeln!(self.out, "  {word} {}{took}{note}", visible_line(&case.id))?;
        if again {
            self.in_list = true;
            return Ok(());
        }
        self.in_list = case.attempt.findings.is_empty();
        if self.verbosity == Verbosity::Verbose {
            for (field, value) in &case.attempt.mapped {
                writeln!(
                    self.out,
                    "           {} = {}",
                    visible_line(field),
                    diagnose::short(&masked_member(field, value).to_string(), 90)
                )?;
            }
        }
        self.recording_diff(case)?;
        if !case.attempt.findings.is_empty() {
            writeln!(self.out)?;
        }
        let shown = case.changed.as_ref().and_then(|changed| self.run_diff_tool(changed));
        for finding in &case.attempt.findings {
            match &shown {
                Some(diff) if finding.code == Code::SnapshotDiffers => {
                    let bare = Finding { notes: Vec::new(), ..finding.clone() };
                    writeln!(self.out, "{}\n{diff}", self.renderer.render(&bare))?;
                }
                _ => writeln!(self.out, "{}", self.renderer.render(finding))?,
            }
        }
        Ok(())
    }

    /// Whether the environment made the case fail with the same finding as an earlier case.
    fn is_repeated(&mut self, case: &CaseRun) -> bool {
        let [finding] = case.attempt.findings.as_slice() else { return false };
        if !case.attempt.environment {
            return false;
        }
        let same = |other: &Finding| {
            (other.code, &other.at, &other.notes, &other.help)
                == (finding.code, &finding.at, &finding.notes, &finding.help)
        };
        let again = self.environment_findings.iter().any(same);
        if !again {
            self.environment_findings.push(finding.clone());
        }
        again
    }

    /// Prints what a new recording changed in the fixture.
    fn recording_diff(&mut self, case: &CaseRun) -> io::Result<()> {
        let Some(Recorded::Changed(diff)) = &case.attempt.recorded else { return Ok(()) };
        if self.verbosity < Verbosity::Normal {
            return Ok(());
        }
        let lines: Vec<String> = diff.lines().collect();
        for line in lines.iter().take(DIFF_LINES) {
            writeln!(self.out, "           {}", visible(&masked(line)))?;
        }
        if lines.len() > DIFF_LINES {
            writeln!(self.out, "           … {} more lines", lines.len() - DIFF_LINES)?;
        }
        Ok(())
    }

    /// The output of the diff tool. The tool isn't given secrets, because they could not be masked reliably in its output.
    fn run_diff_tool(&self, changed: &Changed) -> Option<String> {
        render_with_tool(self.diff_tool.as_ref()?, changed)
    }

    fn print_summary(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.refused > 0 {
            return writeln!(self.out, "{}: no case ran", plural(summary.refused, "error"));
        }
        self.title()?;
        if self.verbosity > Verbosity::Verdict {
            self.print_recap()?;
        }
        let counts = Outcome::ALL.iter().filter(|outcome| summary.count(**outcome) > 0);
        let counts =
            counts.map(|outcome| self.paint(style(*outcome), &outcome.counted(summary.count(*outcome))));
        let counts: Vec<String> = counts.collect();
        let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
        let noun = plural(summary.cases(), "case");
        writeln!(self.out, "  {noun}{counts}{}   {}", summary_notes(summary), seconds(summary.took))
    }

    /// Lists the cases that didn't pass again at the end, if there are several.
    fn print_recap(&mut self) -> io::Result<()> {
        if self.recap_lines.len() > 1 {
            writeln!(self.out, "  ──────")?;
            for (outcome, id) in &self.recap_lines {
                let word = self.paint(style(*outcome), &format!("{:<8}", outcome.name().to_uppercase()));
                writeln!(self.out, "  {word} {}", visible_line(id))?;
            }
        }
        if self.verbosity > Verbosity::Quiet { writeln!(self.out, "  ──────") } else { Ok(()) }
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

impl<W: Write> Reporter for Terminal<'_, W> {
    fn handle_event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Started { mode, cases, files, .. } => {
                let (cases_, files) = (plural(cases, "case"), plural(files, "file"));
                let title = format!("  {:<8} {cases_} in {files}", mode.name());
                self.title = Some(title).filter(|_| cases > 0 && self.verbosity > Verbosity::Quiet);
                Ok(())
            }
            Event::Findings(findings) => self.findings(findings),
            Event::Finished(case) => self.title().and_then(|()| self.case(case)),
            Event::Ended(summary) => self.print_summary(summary),
        }
    }

    fn close(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn outcome_word(case: &CaseRun) -> String {
    let recorded = matches!(case.attempt.recorded, Some(Recorded::New | Recorded::Changed(_)));
    match (case.written, case.attempt.outcome) {
        (Some(Written::Accepted), _) => "ACCEPTED".to_owned(),
        (_, Outcome::Pass) if recorded => "RECORDED".to_owned(),
        (_, outcome) => outcome.name().to_uppercase(),
    }
}

/// `812 ms, first token after 210 ms, $0.0003`.
pub(crate) fn format_measured(measured: &Measured) -> String {
    let mut parts = Vec::new();
    if let Some(call) = measured.call {
        parts.push(format!("{} ms", call.latency.as_millis()));
        parts.extend(call.first_token.map(|time| format!("first token after {} ms", time.as_millis())));
    }
    parts.extend(measured.cost.map(format_usd));
    let attempts = measured.call.map_or(1, |call| call.attempts);
    if attempts > 1 {
        parts.push(plural(attempts as usize, "attempt"));
    }
    parts.extend(measured.passed.map(|(passed, calls)| format!("{passed} of {calls} passed")));
    parts.join(", ")
}

/// Sums below one dollar get more digits: `$0.000312`, `$1.24`.
pub(crate) fn format_usd(sum: f64) -> String {
    if sum >= 1.0 || sum == 0.0 { format!("${sum:.2}") } else { format!("${sum:.6}") }
}

fn case_note(case: &CaseRun) -> &'static str {
    match (case.warns && case.attempt.outcome != Outcome::Pass, case.written) {
        (true, _) => "   (warns only)",
        (_, Some(Written::Pending)) if case.attempt.recorded.is_some() => "   (recorded, waits for review)",
        (_, Some(Written::Pending)) => "   (waits for review)",
        _ => "",
    }
}

fn summary_notes(summary: &Summary) -> String {
    let parts = [
        (summary.recorded, "recorded"),
        (summary.accepted, "accepted"),
        (summary.pending, "waiting for review"),
        (summary.unreferenced, "unreferenced"),
        (summary.deselected, "not selected"),
        (summary.disabled, "disabled"),
        (summary.in_other_shards, "in other shards"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("; {count} {what}"));
    let mut notes: String = parts.collect();
    notes.extend(summary.weakened.phrases().map(|phrase| format!("; {phrase}")));
    if summary.cost > 0.0 {
        notes.push_str(&format!("; cost {}", format_usd(summary.cost)));
    }
    for (reason, words) in [(NotCalled::OverBudget, "budget used up"), (NotCalled::OutOfTime, "out of time")]
    {
        if summary.not_called.contains_key(&reason) {
            notes.push_str(&format!("; {words}"));
        }
    }
    if summary.interrupted {
        notes.push_str("; interrupted");
    }
    notes
}

fn style(outcome: Outcome) -> Style {
    let color = match outcome {
        Outcome::Pass => AnsiColor::Green,
        Outcome::Fail | Outcome::Error => AnsiColor::Red,
        Outcome::Differs | Outcome::New | Outcome::Stale | Outcome::Missing => AnsiColor::Yellow,
        Outcome::Skipped => AnsiColor::BrightBlack,
    };
    color.on_default().bold()
}

fn seconds(took: Duration) -> String {
    format!("{:.2} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Span;
    use crate::run::CaseAttempt;

    /// The terminal's output for a case whose output is now `new`, with a tool that prints `diff`.
    fn report_with_tool(new: &str, diff: &'static str) -> String {
        let sources = Sources::default();
        let at = Span::file(sources.add("a.toml", ""));
        let snapshot = "snapshots/m__c.snap".into();
        let case = CaseRun {
            id: "m::c".to_owned(),
            model: "m".to_owned(),
            config: "a.toml".into(),
            at: at.clone(),
            warns: false,
            attempt: CaseAttempt {
                outcome: Outcome::Differs,
                findings: vec![Finding::new(Code::SnapshotDiffers, at, "it differs").note("the plain diff")],
                ..CaseAttempt::default()
            },
            changed: Some(Changed { snapshot, old: "a".to_owned(), new: new.to_owned(), cost: None }),
            written: None,
            unwritten: false,
        };
        let mut out = Vec::new();
        let tool: DiffTool<'_> = Box::new(|_| Some(diff.to_owned()));
        let mut terminal =
            Terminal::new(&mut out, &sources, Verbosity::Normal, false).with_diff_tool(Some(tool));
        terminal.handle_event(Event::Finished(&case)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_output_of_a_diff_tool_is_masked_and_control_characters_are_visible() {
        let output =
            report_with_tool("b", "\u{1b}[1;32mb\u{1b}[0m\u{1b}]0;title\u{7} AKIAQWERTYUIOPASDFGH\r\n");
        let expected = format!("\u{1b}[1;32mb\u{1b}[0m\\u{{1b}}]0;title\\u{{7}} {}\n", "*".repeat(20));
        assert!(output.contains(&expected), "{output:?}");
    }

    #[test]
    fn a_diff_tool_gets_no_secrets() {
        let output = report_with_tool("AKIAQWERTYUIOPASDFGH", "the tool's diff");
        assert!(output.contains("the plain diff") && !output.contains("the tool's diff"), "{output}");
    }
}
