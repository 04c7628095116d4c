//! Turns the records of a run into reports. Each format has its own file.

mod cause;
pub mod github;
mod html;
mod jsonl;
mod junit;
pub mod markdown;
mod previous;
mod rendered;
mod reporters;
pub mod sarif;
pub mod tap;
mod terminal;
mod totals;

use std::sync::Arc;

pub use jsonl::JsonLines;
pub use rendered::Rendered;
pub use reporters::{Recorder, Reporter, Reporters};
pub use terminal::{DiffTool, Terminal, Verbosity, render_with_tool};
pub(crate) use terminal::{format_measured, format_usd};

use crate::record::{Record, Run};

/// Makes one document of the records of a run.
pub trait Renderer {
    /// Adds the next record, in order. Repeated findings are left out.
    fn add_record(&mut self, record: &Record);

    /// The document. `missing` contains a sentence for each part of the run that is missing.
    fn finish(self: Box<Self>, missing: &[String]) -> String;
}

/// A format that is one document about a whole run.
#[derive(Clone, Copy)]
pub struct Document {
    pub name: &'static str,
    /// Creates the renderer of a document. It compares the run with the previous run, if one is given.
    pub renderer: fn(Option<Arc<Run>>) -> Box<dyn Renderer>,
    /// Whether the format shows exchanges and compares them with those of the previous run.
    pub compares: bool,
}

pub const DOCUMENTS: [Document; 6] = [
    Document { name: "junit", renderer: |_| Box::new(junit::JUnit::default()), compares: false },
    Document { name: "sarif", renderer: |_| Box::new(sarif::Sarif::default()), compares: false },
    Document { name: "tap", renderer: |_| Box::new(tap::Tap::default()), compares: false },
    Document {
        name: "markdown",
        renderer: |previous| Box::new(markdown::Markdown::document(previous)),
        compares: true,
    },
    Document { name: "html", renderer: |previous| Box::new(html::Html::new(previous)), compares: true },
    Document {
        name: "pr-comment",
        renderer: |previous| Box::new(markdown::Markdown::comment(previous)),
        compares: true,
    },
];
