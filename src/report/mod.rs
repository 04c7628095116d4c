//! The records of a run in, formats out. One file a format.

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
pub use terminal::{DiffTool, Terminal, Verbosity, shown_by};
pub(crate) use terminal::{took, usd};

use crate::record::{Record, Run};

/// Makes one document of the records of a run.
pub trait Renderer {
    /// Takes the next record, in order. No finding comes twice.
    fn take(&mut self, record: &Record);

    /// The document. `lost` is what is known to be missing, a sentence each.
    fn finish(self: Box<Self>, lost: &[String]) -> String;
}

/// A format that is one document, made of a whole run.
#[derive(Clone, Copy)]
pub struct Document {
    pub name: &'static str,
    /// A renderer of one document, beside the previous run if there is one.
    pub renderer: fn(Option<Arc<Run>>) -> Box<dyn Renderer>,
    /// Looks at what was asked and what came, beside the previous run if there is one.
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
