//! Renders findings for people: an excerpt with carets, in the style of rustc.

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
    /// `color`: whether to write ANSI styles.
    pub fn new(sources: &'s Sources, color: bool) -> Terminal<'s> {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        Terminal { sources, renderer: renderer.term_width(WIDTH) }
    }

    /// Renders the finding as text that ends with a newline.
    pub fn render(&self, finding: &Finding) -> String {
        let excerpts = self.excerpts(finding);
        let message = safe(&finding.message);
        let title = level(finding.severity).primary_title(message).id(finding.code.id());
        let mut group = Group::with_title(title);
        for excerpt in &excerpts {
            group = excerpt.add_to(group);
        }
        for note in &finding.notes {
            group = group.element(Level::NOTE.message(safe(&head(note))));
        }
        if let Some(help) = &finding.help {
            group = group.element(Level::HELP.message(safe(help)));
        }
        format!("{}\n", self.renderer.render(&[group]))
    }

    /// One excerpt for each file, starting with the file of the primary place.
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

/// The width of the output. Longer lines are shortened around the caret.
const WIDTH: usize = 120;

/// The first lines of a note. The user finds the rest in the file that the note is about.
fn head(note: &str) -> Cow<'_, str> {
    let Some((end, _)) = note.match_indices('\n').nth(NOTE_LINES) else { return Cow::Borrowed(note) };
    let more = note[end + 1..].lines().count();
    Cow::Owned(format!("{}\n… {more} more lines", &note[..end]))
}

/// The maximum number of lines of a note, which fit on a screen.
const NOTE_LINES: usize = 40;

/// Masks secrets and escapes control characters.
fn safe(text: &str) -> String {
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
        let line = self.sources.position(self.at.file, window.start).line;
        // The renderer would draw a carriage return. Replacing it by a space keeps all offsets.
        let lines = masked(&text[window.clone()]).replace("\r\n", " \n");
        let lines = lines.strip_suffix('\r').map(str::to_owned).unwrap_or(lines);
        let snippet = Snippet::source(lines).path(path).line_start(line);
        group.element(snippet.annotations(self.labels.iter().map(|(kind, label)| {
            let range = clamp(label.span.range(), &text);
            let within = range.start - window.start..range.end - window.start;
            let text = (!label.text.is_empty()).then(|| safe(&label.text));
            kind.span(within).label(text)
        })))
    }

    /// The range of whole lines from the first label to the last. The renderer doesn't get the rest of a large file.
    fn window(&self, text: &str) -> Range<usize> {
        let ranges = || self.labels.iter().map(|(_, label)| clamp(label.span.range(), text));
        let start = ranges().map(|range| range.start).min().unwrap_or(0);
        let end = ranges().map(|range| range.end).max().unwrap_or(0);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
        line_start..line_end
    }
}

/// Limits `range` to `text` and to character boundaries, in case a stage computed a wrong range.
fn clamp(range: Range<usize>, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(range.start.min(text.len()));
    let end = text.ceil_char_boundary(range.end.clamp(start, text.len()));
    // A caret at the end of a line must not extend to the next line.
    start..start + text[start..end].trim_end_matches(['\r', '\n']).len()
}
