//! Renders findings for people: an excerpt with carets, in the style of rustc.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::secret::{LONGEST_SECRET, masked};
use super::visible::{is_hidden, visible, visible_line};
use super::{Finding, Label, LineColumn, Severity, Sources, Span};

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
        let message = safe_line(&finding.message);
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
        let rendered = self.renderer.render(&[group]);
        format!("{}\n", with_columns_of_source(&rendered, &excerpts))
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

/// Precedes the path of an excerpt with escapes. It is a hidden character, so no other text contains it.
const PLACE_MARK: char = '\u{1}';

/// Corrects the place after each mark: the renderer counts the columns of the escaped text, and editors count those of
/// the file.
fn with_columns_of_source(rendered: &str, excerpts: &[Excerpt<'_>]) -> String {
    let mut parts = rendered.split(PLACE_MARK);
    let mut corrected = parts.next().unwrap_or_default().to_owned();
    let mut marked = excerpts.iter().filter(|excerpt| excerpt.has_escapes());
    for part in parts {
        let place = marked.next().and_then(|excerpt| excerpt.with_column_of_source(part));
        corrected.push_str(place.as_deref().unwrap_or(part));
    }
    corrected
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

/// The same on one line. The name of a file may contain line breaks, and must not look like further output.
fn safe_line(text: &str) -> String {
    visible_line(&masked(text)).into_owned()
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
        let (path, text) = (self.path(), self.sources.text(self.at.file));
        if text.is_empty() {
            return group.element(Origin::path(path));
        }
        let window = self.window(&text);
        let line = self.sources.position(self.at.file, window.start).line;
        let lines = lines(&text, &window);
        let shown = visible(&lines);
        // Escapes are longer than the characters, so that the text before an offset must be escaped, too.
        let at = |offset: usize| {
            lines.get(..offset - window.start).map_or(shown.len(), |before| visible(before).len())
        };
        let path = if shown == lines { path } else { format!("{PLACE_MARK}{path}") };
        let snippet = Snippet::source(shown.to_string()).path(path).line_start(line);
        group.element(snippet.annotations(self.labels.iter().map(|(kind, label)| {
            let range = clamp(label.span.range(), &text);
            let text = (!label.text.is_empty()).then(|| safe_line(&label.text));
            kind.span(at(range.start)..at(range.end)).label(text)
        })))
    }

    fn path(&self) -> String {
        visible_line(&self.sources.path(self.at.file).display().to_string()).into_owned()
    }

    fn has_escapes(&self) -> bool {
        let text = self.sources.text(self.at.file);
        lines(&text, &self.window(&text)).contains(is_hidden)
    }

    /// `rendered` starts with the path of this excerpt, a line and a column. Replaces the column by the one in the file.
    fn with_column_of_source(&self, rendered: &str) -> Option<String> {
        let (path, text) = (self.path(), self.sources.text(self.at.file));
        let rest = rendered.strip_prefix(&path)?;
        let rest = rest.trim_start_matches(|char: char| char == ':' || char.is_ascii_digit());
        let start = clamp(self.at.range(), &text).start;
        let LineColumn { line, column } = self.sources.position(self.at.file, start);
        Some(format!("{path}:{line}:{column}{rest}"))
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

/// The source lines in `window` as the renderer gets them, before hidden characters are escaped. All offsets stay the same.
fn lines(text: &str, window: &Range<usize>) -> String {
    // A secret may begin before the window, or end after it.
    let start = text.floor_char_boundary(window.start.saturating_sub(LONGEST_SECRET));
    let end = text.ceil_char_boundary((window.end + LONGEST_SECRET).min(text.len()));
    let masked = masked(&text[start..end]);
    // The carriage return of a line break is not part of the line.
    let lines = masked[window.start - start..window.end - start].replace("\r\n", " \n");
    match lines.strip_suffix('\r') {
        Some(without_return) => without_return.to_owned(),
        None => lines,
    }
}

/// Limits `range` to `text` and to character boundaries, in case a stage computed a wrong range.
fn clamp(range: Range<usize>, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(range.start.min(text.len()));
    let end = text.ceil_char_boundary(range.end.clamp(start, text.len()));
    // A caret at the end of a line must not extend to the next line.
    start..start + text[start..end].trim_end_matches(['\r', '\n']).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Code;

    #[test]
    fn carets_are_below_the_text_after_hidden_characters() {
        let sources = Sources::default();
        let text = "a = 1\nb\u{9b} = '\u{202e}\u{2028}' x # \u{e0041}\u{1b}[31m\n";
        let file = sources.add("a\u{1b}\n\u{202e}.toml", text);
        let start = text.find('x').unwrap();
        let finding = Finding::new(Code::TomlSyntax, Span::new(file, start..start + 1), "found `x`")
            .related(Span::new(file, 6..7), "first")
            .related(Span::new(sources.add("b\u{9b}", "\u{85}\u{85}y\u{200b}\r\n"), 4..5), "second\r");
        let rendered = Terminal::new(&sources, false).render(&finding);
        assert!(!rendered.contains(is_hidden), "{rendered:?}");
        insta::assert_snapshot!(rendered, @r"
        error[toml-syntax]: found `x`
         --> a\u{1b}\n\u{202e}.toml:2:11
          |
        2 | b\u{9b} = '\u{202e}\u{2028}' x # \u{e0041}\u{1b}[31m
          | - first                      ^
          |
         ::: b\u{9b}:1:3
          |
        1 | \u{85}\u{85}y\u{200b}
          |             - second\r
        ");
    }
}
