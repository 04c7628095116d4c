//! A report that is one document: the run is collected, and written when it ends.

use std::io;
use std::path::PathBuf;

use super::lines::Run;
use super::{Reporter, jsonl};
use crate::diagnose::Sources;
use crate::files::write_whole;
use crate::run::Event;

/// Makes a document of a run.
pub type Render = fn(&Run) -> String;

/// Where a document goes.
pub(super) type Write<'a> = Box<dyn FnOnce(&[u8]) -> io::Result<()> + 'a>;

/// Collects a run, and hands the document to `write` at the end.
pub struct Collected<'s> {
    sources: &'s Sources,
    run: Run,
    render: Render,
    write: Option<Write<'s>>,
}

impl<'s> Collected<'s> {
    pub fn new(render: Render, sources: &'s Sources, write: Write<'s>) -> Collected<'s> {
        Collected { sources, run: Run::default(), render, write: Some(write) }
    }

    /// Writes to a file, which appears whole when the run ends.
    pub fn to_file(render: Render, path: impl Into<PathBuf>, sources: &'s Sources) -> Collected<'s> {
        let path = path.into();
        Collected::new(render, sources, Box::new(move |bytes| write_whole(&path, bytes)))
    }
}

impl Reporter for Collected<'_> {
    fn take(&mut self, event: Event<'_>) -> io::Result<()> {
        let mut lines = jsonl::lines(event, self.sources).into_iter();
        lines.try_for_each(|line| self.run.take(line)).map_err(io::Error::other)
    }

    fn close(&mut self) -> io::Result<()> {
        let document = (self.render)(&self.run);
        self.write.take().map_or(Ok(()), |write| write(document.as_bytes()))
    }
}
