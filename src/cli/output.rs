//! Output streams: stdout for the result of a command, stderr for messages about it.

use std::io::{self, BufWriter, IsTerminal, Write};

use serde_json::Value;

use super::arguments::Global;
use super::escaped::{Content, Escaped};
use super::guard::Guarded;
use super::signals::ReceivedSignal;
use super::{Exit, Failure};
use crate::app::Environment;
use crate::config::settings::ColorChoice;
use crate::diagnose::{Finding, Severity, masked_value, visible_line};
use crate::files::describe_io_error;
use crate::report::Verbosity;
use crate::words::plural;

/// How a command prints: streams, colours and verbosity.
pub(super) struct Output {
    color: Option<ColorChoice>,
    /// What `CLICOLOR_FORCE` or `NO_COLOR` asks for.
    environment_color: Option<bool>,
    on_github: bool,
    has_diff_tool: bool,
    pub verbosity: Verbosity,
    /// The signal that interrupted the command.
    pub received: ReceivedSignal,
}

impl Output {
    pub(super) fn new(global: &Global, environment: &Environment) -> Output {
        let verbosity = match (global.verbose, global.quiet) {
            (true, _) => Verbosity::Verbose,
            (false, 0) => Verbosity::Normal,
            (false, 1) => Verbosity::Quiet,
            (false, _) => Verbosity::Verdict,
        };
        let forced = environment.non_empty("CLICOLOR_FORCE").filter(|value| *value != "0").map(|_| true);
        let unwanted = environment.non_empty("NO_COLOR").map(|_| false);
        Output {
            color: global.color,
            environment_color: forced.or(unwanted),
            on_github: environment.is_github(),
            has_diff_tool: environment.non_empty("INSTA_DIFF_TOOL").is_some(),
            verbosity,
            received: ReceivedSignal::default(),
        }
    }

    /// Applies the setting `color`, which flags and environment variables override.
    pub(super) fn apply_color_setting(&mut self, color: Option<ColorChoice>) {
        self.color = self.color.or(color.filter(|_| self.environment_color.is_none()));
    }

    /// The stream for a result that people read.
    pub(super) fn stdout(&self) -> Stdout {
        self.stdout_with(self.text(self.color()))
    }

    /// The stream for a document that programs read. It must contain no secrets.
    pub(super) fn data_stdout(&self) -> Stdout {
        self.stdout_with(Content::Data)
    }

    /// Prints a result for people.
    pub(super) fn print_text(&self, print: impl FnOnce(&mut Stdout) -> io::Result<()>) -> io::Result<()> {
        let mut out = self.stdout();
        print(&mut out)?;
        out.flush()
    }

    /// Prints a result as one JSON document, with secrets masked.
    pub(super) fn print_document(&self, document: &Value) -> io::Result<()> {
        let mut out = self.data_stdout();
        writeln!(out, "{:#}", masked_value(document))?;
        out.flush()
    }

    /// Prints a result as JSON Lines, with secrets masked.
    pub(super) fn print_json_lines(&self, lines: impl Iterator<Item = Value>) -> io::Result<()> {
        let mut out = self.data_stdout();
        for line in lines {
            writeln!(out, "{}", masked_value(&line))?;
        }
        out.flush()
    }

    fn stdout_with(&self, content: Content) -> Stdout {
        BufWriter::new(self.stream(io::stdout(), content))
    }

    /// The stream for messages.
    pub(super) fn stderr(&self) -> Stream<io::Stderr> {
        self.stream(io::stderr(), self.text(self.stderr_color()))
    }

    /// A diff tool chooses itself whether to use colours.
    fn text(&self, color: bool) -> Content {
        if color || self.has_diff_tool { Content::ColoredText } else { Content::Text }
    }

    fn stream<W: Write>(&self, out: W, content: Content) -> Stream<W> {
        Escaped::new(Guarded::new(IgnoreBrokenPipe(out), self.on_github), content)
    }

    /// Whether to colour messages.
    pub(super) fn stderr_color(&self) -> bool {
        self.color_for(&io::stderr())
    }

    fn color_for(&self, terminal: &impl IsTerminal) -> bool {
        match self.color {
            Some(ColorChoice::Always) => true,
            Some(ColorChoice::Never) => false,
            Some(ColorChoice::Auto) | None => {
                self.environment_color.unwrap_or_else(|| terminal.is_terminal())
            }
        }
    }

    pub(super) fn color(&self) -> bool {
        self.color_for(&io::stdout())
    }

    /// Whether to print findings of this severity: errors unless `-qq` is given, others only without `-q`.
    pub(super) fn shows(&self, severity: Severity) -> bool {
        let required = if severity == Severity::Error { Verbosity::Quiet } else { Verbosity::Normal };
        self.verbosity >= required
    }

    /// Prints a line to stderr, except with `-qq`.
    pub(super) fn print_message(&self, line: &str) {
        if self.verbosity > Verbosity::Verdict {
            self.print_always(line);
        }
    }

    /// Prints where the calls of a command go, and with which credentials, before they are made.
    pub(super) fn print_destinations(&self, destinations: &[String]) {
        for destination in destinations {
            self.print_message(&format!("  calls    {destination}"));
        }
    }

    /// Prints a line to stderr.
    pub(super) fn print_always(&self, line: &str) {
        self.message_printer()(line);
    }

    /// A function that prints a line to stderr, for callers that can't borrow `self`. Line breaks are escaped: they come from
    /// names, and must not look like further messages.
    pub(super) fn message_printer(&self) -> impl Fn(&str) + use<> {
        let on_github = self.on_github;
        // A failure to write to stderr can't be reported anywhere.
        move |line| {
            let mut out = Escaped::new(Guarded::new(io::stderr(), on_github), Content::Text);
            drop(writeln!(out, "{}", visible_line(line)));
        }
    }

    /// Prints why a command failed, and returns its exit code.
    pub(super) fn report_failure(&mut self, failure: &Failure) -> Exit {
        let exit = Exit::from(failure);
        if exit != Exit::Clean {
            let code = failure.code().map(|code| format!("[{code}]")).unwrap_or_default();
            self.print_always(&format!("error{code}: {failure}"));
            if let Some(help) = failure.help() {
                self.print_always(&format!("  = help: {help}"));
            }
        }
        exit
    }
}

/// A stream that is safe for terminals and for GitHub's runner.
type Stream<W> = Escaped<Guarded<IgnoreBrokenPipe<W>>>;

pub(super) type Stdout = BufWriter<Stream<io::Stdout>>;

/// `2 errors, 1 warning`, or `no findings`.
pub(super) fn severity_counts(findings: &[Finding]) -> String {
    let severities = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Hint, "hint")];
    let counts = severities.map(|(severity, noun)| {
        (findings.iter().filter(|finding| finding.severity == severity).count(), noun)
    });
    let counts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| plural(*count, noun)).collect();
    if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") }
}

/// A stream that ignores a closed pipe: the rest of the output is dropped, and the exit code stays the same.
pub(super) struct IgnoreBrokenPipe<W>(pub W);

impl<W: Write> Write for IgnoreBrokenPipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        ignore_broken_pipe(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        ignore_broken_pipe(self.0.flush(), ())
    }
}

fn ignore_broken_pipe<T>(result: io::Result<T>, closed: T) -> io::Result<T> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(closed),
        Err(error) => Err(io::Error::new(
            error.kind(),
            format!("can't write the output: {}", describe_io_error(&error)),
        )),
        result => result,
    }
}
