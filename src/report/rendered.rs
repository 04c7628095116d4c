//! A report that is one document, which is written when the run ends.

use std::io;

use super::{Recorder, Renderer};
use crate::files::FileTarget;
use crate::record::Record;

type Write<'s> = Box<dyn FnOnce(&str) -> io::Result<()> + 's>;

/// Renders a run, and writes the document when the run ends.
pub struct Rendered<'s> {
    renderer: Box<dyn Renderer>,
    write: Write<'s>,
}

impl<'s> Rendered<'s> {
    pub fn new(renderer: Box<dyn Renderer>, write: impl FnOnce(&str) -> io::Result<()> + 's) -> Rendered<'s> {
        Rendered { renderer, write: Box::new(write) }
    }

    /// Writes to a file, which is created when the run ends, never in parts.
    pub fn to_file(renderer: Box<dyn Renderer>, target: FileTarget) -> Rendered<'s> {
        Rendered::new(renderer, move |document| target.write(document.as_bytes()))
    }
}

impl Recorder for Rendered<'_> {
    fn add_record(&mut self, record: &Record) -> io::Result<()> {
        self.renderer.add_record(record);
        Ok(())
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        (self.write)(&self.renderer.finish(&[]))
    }
}
