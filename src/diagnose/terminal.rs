//! Findings as people read them: an excerpt with carets, in rustc's look.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::secret::masked;
use super::visible::visible;
use super::{Finding, Label, Severity, Sources, Span};

/// Renders findings for a terminal.
pub struct Terminal<'s> {
    sources: &'s Sources,
    renderer: Renderer,
}

impl<'s> Terminal<'s> {
    /// `color` says whether ANSI styles may be written.
    pub fn new(sources: &'s Sources, color: bool) -> Terminal<'s> {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        Terminal { sources, renderer: renderer.term_width(WIDTH) }
    }

    /// The finding as text that ends with a newline.
    pub fn render(&self, finding: &Finding) -> String {
        let excerpts = self.excerpts(finding);
        let message = shown(&finding.message);
        let title = level(finding.severity).primary_title(message).id(finding.code.id());
        let mut group = Group::with_title(title);
        for excerpt in &excerpts {
            group = excerpt.add_to(group);
        }
        for note in &finding.notes {
            group = group.element(Level::NOTE.message(shown(&head(note))));
        }
        if let Some(help) = &finding.help {
            group = group.element(Level::HELP.message(shown(help)));
        }
        format!("{}\n", self.renderer.render(&[group]))
    }

    /// One excerpt a file, that of the primary place first.
    fn excerpts(&self, finding: &Finding) -> Vec<Excerpt<'_>> {
        let mut excerpts: Vec<Excerpt<'_>> = Vec::new();
        let related = finding.related.iter().map(|label| (AnnotationKind::Context, label));
        for (kind, label) in std::iter::once((AnnotationKind::Primary, &finding.at)).chain(related) {
            match excerpts.iter_mut().find(|excerpt| excerpt.at.file == label.span.file) {
                Some(excerpt) => excerpt.labels.push((kind, label.clone())),
                None => excerpts.push(Excerpt {
                    sources: self.sources,
                    at: label.span.clone(),
                    labels: vec![(kind, label.clone())],
                }),
            }
        }
        excerpts
    }
}

/// Longer lines are cut around the caret.
const WIDTH: usize = 120;

/// The first lines of a long note; the file that it is about has the rest.
fn head(note: &str) -> Cow<'_, str> {
    let Some((end, _)) = note.match_indices('\n').nth(NOTE_LINES) else { return Cow::Borrowed(note) };
    let more = note[end + 1..].lines().count();
    Cow::Owned(format!("{}\n… {more} more lines", &note[..end]))
}

/// As much as fits on a screen.
const NOTE_LINES: usize = 40;

/// Text that neither tells a secret nor commands a terminal.
fn shown(text: &str) -> String {
    visible(&masked(text)).into_owned()
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Hint => Level::INFO.with_name("hint"),
    }
}

/// The labelled lines of one file.
struct Excerpt<'s> {
    sources: &'s Sources,
    at: Span,
    labels: Vec<(AnnotationKind, Label)>,
}

impl Excerpt<'_> {
    fn add_to<'a>(&self, group: Group<'a>) -> Group<'a> {
        let path = self.sources.path(self.at.file).display().to_string();
        let text = self.sources.text(self.at.file);
        if text.is_empty() {
            return group.element(Origin::path(path));
        }
        let window = self.window(&text);
        let line = text[..window.start].bytes().filter(|byte| *byte == b'\n').count() + 1;
        // A carriage return would be drawn. A blank in its place keeps every range.
        let lines = masked(&text[window.clone()]).replace("\r\n", " \n");
        let lines = lines.strip_suffix('\r').map(str::to_owned).unwrap_or(lines);
        let snippet = Snippet::source(lines).path(path).line_start(line);
        group.element(snippet.annotations(self.labels.iter().map(|(kind, label)| {
            let range = clamp(label.span.range(), &text);
            let within = range.start - window.start..range.end - window.start;
            let text = (!label.text.is_empty()).then(|| shown(&label.text));
            kind.span(within).label(text)
        })))
    }

    /// Whole lines from the first labelled one to the last, so that a large file costs nothing.
    fn window(&self, text: &str) -> Range<usize> {
        let ranges = || self.labels.iter().map(|(_, label)| clamp(label.span.range(), text));
        let start = ranges().map(|range| range.start).min().unwrap_or(0);
        let end = ranges().map(|range| range.end).max().unwrap_or(0);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
        line_start..line_end
    }
}

/// `range` within `text` and on character boundaries, whatever a stage computed.
fn clamp(range: Range<usize>, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(range.start.min(text.len()));
    let end = text.ceil_char_boundary(range.end.clamp(start, text.len()));
    // A caret at a line's end belongs to that line.
    start..start + text[start..end].trim_end_matches(['\r', '\n']).len()
}
