//! Passes the events and records of a run to its reports.

use std::io;

use crate::diagnose::Sources;
use crate::record::{Record, SeenFindings, records};
use crate::run::Event;

/// Turns the events of a run into one format.
pub trait Reporter {
    /// Handles the next event. Called from one thread, in order.
    fn handle_event(&mut self, event: Event<'_>) -> io::Result<()>;

    /// Writes the output that is still buffered. Called once, even if the run was interrupted.
    fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Turns the records of a run into one format.
pub trait Recorder {
    /// Adds the next record. Called from one thread, in order.
    fn add_record(&mut self, record: &Record) -> io::Result<()>;

    /// Writes the output that is still buffered. Called once, even if the run was interrupted.
    fn close(self: Box<Self>) -> io::Result<()>;
}

/// Collects the records.
impl Recorder for &mut Vec<Record> {
    fn add_record(&mut self, record: &Record) -> io::Result<()> {
        self.push(record.clone());
        Ok(())
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

/// All reporters of a run. If one fails, the others continue.
pub struct Reporters<'a> {
    sources: &'a Sources,
    /// Reporters that handle events.
    events: Vec<Box<dyn Reporter + 'a>>,
    /// Recorders that get every record.
    streams: Vec<Box<dyn Recorder + 'a>>,
    /// Recorders that get each finding only once.
    documents: Vec<Box<dyn Recorder + 'a>>,
    seen_findings: SeenFindings,
    first_error: Option<io::Error>,
}

impl<'a> Reporters<'a> {
    /// `sources` are the files in which the findings of the run are located.
    pub fn new(sources: &'a Sources) -> Reporters<'a> {
        Reporters {
            sources,
            events: Vec::new(),
            streams: Vec::new(),
            documents: Vec::new(),
            seen_findings: SeenFindings::default(),
            first_error: None,
        }
    }

    pub fn add(&mut self, reporter: impl Reporter + 'a) {
        self.events.push(Box::new(reporter));
    }

    /// Adds a recorder that gets every record.
    pub fn add_stream(&mut self, recorder: impl Recorder + 'a) {
        self.streams.push(Box::new(recorder));
    }

    /// Adds a recorder that gets each finding once.
    pub fn add_document(&mut self, recorder: impl Recorder + 'a) {
        self.documents.push(Box::new(recorder));
    }

    pub fn handle_event(&mut self, event: Event<'_>) {
        for reporter in &mut self.events {
            keep_first(&mut self.first_error, reporter.handle_event(event));
        }
        if self.streams.is_empty() && self.documents.is_empty() {
            return;
        }
        for record in records(event, self.sources) {
            let is_new = self.seen_findings.is_new(&record);
            let documents = self.documents.iter_mut().filter(|_| is_new);
            for recorder in self.streams.iter_mut().chain(documents) {
                keep_first(&mut self.first_error, recorder.add_record(&record));
            }
        }
    }

    /// Closes all reporters and returns the first error of any of them.
    pub fn close(mut self) -> io::Result<()> {
        for reporter in &mut self.events {
            keep_first(&mut self.first_error, reporter.close());
        }
        for recorder in self.streams.into_iter().chain(self.documents) {
            keep_first(&mut self.first_error, recorder.close());
        }
        self.first_error.map_or(Ok(()), Err)
    }
}

fn keep_first(first: &mut Option<io::Error>, result: io::Result<()>) {
    if let Err(error) = result {
        first.get_or_insert(error);
    }
}
