//! A report that is one document: the run is collected, and written when it ends.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::lines::Run;
use super::{Reporter, jsonl};
use crate::diagnose::Sources;
use crate::files::write_whole;
use crate::run::Event;

/// Makes a document of a run.
pub type Render = fn(&Run) -> String;

type Write<'s> = Box<dyn FnOnce(&Run) -> io::Result<()> + 's>;

/// Collects a run, and hands it over at the end.
pub struct Collected<'s> {
    sources: &'s Sources,
    run: Run,
    write: Option<Write<'s>>,
}

impl<'s> Collected<'s> {
    /// `previous` is the run to compare with.
    pub fn new(
        sources: &'s Sources,
        previous: Option<Arc<Run>>,
        write: impl FnOnce(&Run) -> io::Result<()> + 's,
    ) -> Collected<'s> {
        Collected { sources, run: Run::beside(previous), write: Some(Box::new(write)) }
    }

    /// Writes to a file, which appears whole when the run ends.
    pub fn to_file(
        render: Render,
        path: impl Into<PathBuf>,
        previous: Option<Arc<Run>>,
        sources: &'s Sources,
    ) -> Collected<'s> {
        let path = path.into();
        Collected::new(sources, previous, move |run| write_whole(&path, render(run).as_bytes()))
    }
}

impl Reporter for Collected<'_> {
    fn take(&mut self, event: Event<'_>) -> io::Result<()> {
        let mut lines = jsonl::lines(event, self.sources).into_iter();
        lines.try_for_each(|line| self.run.take(line)).map_err(io::Error::other)
    }

    fn close(&mut self) -> io::Result<()> {
        self.write.take().map_or(Ok(()), |write| write(&self.run))
    }
}
