//! Output streams: stdout for the result of a command, stderr for messages about it.

use std::io::{self, BufWriter, IsTerminal, Write};

use super::arguments::Global;
use super::guard::Guarded;
use super::{Exit, Failure};
use crate::app::Environment;
use crate::config::settings::ColorChoice;
use crate::diagnose::{Finding, Severity, visible};
use crate::files::describe_io_error;
use crate::report::Verbosity;
use crate::words::plural;

/// How a command prints: streams, colours and verbosity.
pub(super) struct Output {
    color: Option<ColorChoice>,
    no_color: bool,
    force_color: bool,
    on_github: bool,
    pub verbosity: Verbosity,
}

impl Output {
    pub(super) fn new(global: &Global, environment: &Environment) -> Output {
        let verbosity = match (global.verbose, global.quiet) {
            (true, _) => Verbosity::Verbose,
            (false, 0) => Verbosity::Normal,
            (false, 1) => Verbosity::Quiet,
            (false, _) => Verbosity::Verdict,
        };
        Output {
            color: global.color,
            no_color: environment.non_empty("NO_COLOR").is_some(),
            force_color: environment.non_empty("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            on_github: environment.is_github(),
            verbosity,
        }
    }

    /// Applies the setting `color`, which flags and environment variables override.
    pub(super) fn apply_color_setting(&mut self, color: Option<ColorChoice>) {
        self.color = self.color.or(color.filter(|_| !self.no_color && !self.force_color));
    }

    /// The stream for the command's result.
    pub(super) fn stdout(&self) -> BufWriter<Guarded<IgnoreBrokenPipe<io::Stdout>>> {
        BufWriter::new(Guarded::new(IgnoreBrokenPipe(io::stdout()), self.on_github))
    }

    pub(super) fn color_for(&self, terminal: &impl IsTerminal) -> bool {
        match self.color {
            Some(ColorChoice::Always) => true,
            Some(ColorChoice::Never) => false,
            Some(ColorChoice::Auto) | None => self.force_color || (!self.no_color && terminal.is_terminal()),
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

    /// Prints a line to stderr.
    pub(super) fn print_always(&self, line: &str) {
        self.message_printer()(line);
    }

    /// A function that prints a line to stderr, for callers that can't borrow `self`.
    pub(super) fn message_printer(&self) -> impl Fn(&str) + use<> {
        let on_github = self.on_github;
        // A failure to write to stderr can't be reported anywhere.
        move |line| drop(writeln!(Guarded::new(io::stderr(), on_github), "{line}"))
    }

    /// Wraps `out` so that GitHub's runner doesn't execute lines of it as commands.
    pub(super) fn guard<W: Write>(&self, out: W) -> Guarded<W> {
        Guarded::new(out, self.on_github)
    }

    /// Prints why a command failed, and returns its exit code.
    pub(super) fn report_failure(&mut self, failure: &Failure) -> Exit {
        let exit = Exit::from(failure);
        if exit != Exit::Clean {
            let code = failure.code().map(|code| format!("[{code}]")).unwrap_or_default();
            self.print_always(&format!("error{code}: {}", visible(&failure.to_string())));
            if let Some(help) = failure.help() {
                self.print_always(&format!("  = help: {}", visible(help)));
            }
        }
        exit
    }
}

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
