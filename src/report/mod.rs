//! Events of a run in, formats out. One file a format.

mod cause;
mod collected;
mod exchange;
pub mod github;
mod html;
mod jsonl;
mod junit;
pub mod lines;
pub mod markdown;
mod merge;
mod previous;
pub mod sarif;
pub mod tap;
mod terminal;

use std::io;

pub use collected::{Collected, Render};
pub use jsonl::JsonLines;
pub use merge::{NoRun, Runs};
pub use terminal::{DiffTool, Terminal, Verbosity, shown_by};
pub(crate) use terminal::{took, usd};

use crate::run::Event;

/// A format that is one document, made of a whole run.
#[derive(Clone, Copy)]
pub struct Document {
    pub name: &'static str,
    pub render: Render,
    /// Looks at what was asked and what came, beside the previous run if there is one.
    pub compares: bool,
}

pub const DOCUMENTS: [Document; 6] = [
    Document { name: "junit", render: junit::render, compares: false },
    Document { name: "sarif", render: sarif::render, compares: false },
    Document { name: "tap", render: tap::render, compares: false },
    Document { name: "markdown", render: markdown::render, compares: true },
    Document { name: "html", render: html::render, compares: true },
    Document { name: "pr-comment", render: markdown::comment, compares: true },
];

/// Turns the events of a run into one format.
pub trait Reporter {
    /// Takes the next event. Called from one thread, in order.
    fn take(&mut self, event: Event<'_>) -> io::Result<()>;

    /// Writes what is still held back. Called once, also when the run was interrupted.
    fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// All reporters of a run. A broken one doesn't silence the others.
#[derive(Default)]
pub struct Reporters<'a> {
    reporters: Vec<Box<dyn Reporter + 'a>>,
    first_error: Option<io::Error>,
}

impl<'a> Reporters<'a> {
    pub fn add(&mut self, reporter: impl Reporter + 'a) {
        self.reporters.push(Box::new(reporter));
    }

    pub fn take(&mut self, event: Event<'_>) {
        for reporter in &mut self.reporters {
            keep_first(&mut self.first_error, reporter.take(event));
        }
    }

    /// Closes every reporter, and tells the first error that any of them met.
    pub fn close(mut self) -> io::Result<()> {
        for reporter in &mut self.reporters {
            keep_first(&mut self.first_error, reporter.close());
        }
        self.first_error.map_or(Ok(()), Err)
    }
}

fn keep_first(first: &mut Option<io::Error>, result: io::Result<()>) {
    if let Err(error) = result {
        first.get_or_insert(error);
    }
}
