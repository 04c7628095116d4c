//! `# bedrock-check: allow(CODE)`: comments that suppress findings.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::config::source::Document;
use crate::diagnose::{Code, FileId, Finding, Span};
use crate::words::nearest;

/// One code that a comment allows.
#[derive(Debug)]
struct AllowedCode {
    /// The place of the code in the comment.
    name: Range<usize>,
    code: Option<Code>,
    /// The lines or the value that the comment applies to.
    scope: Range<usize>,
}

/// A comment that starts with `# bedrock-check:`, with the rest of the line as a group.
static COMMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"#[ \t]*bedrock-check:([^\n]*)").expect("the pattern compiles"));

/// `allow(CODE, …)`. A comment may have several; any other words are taken as the reason.
static ALLOW: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\ballow\(([^)\n]*)\)").expect("the pattern compiles"));

/// Removes from `findings` those that comments of `document` allow, and reports comments that allow nothing. Returns how
/// many it removed.
///
/// A comment at the end of a line applies to that line. A comment on a line of its own applies to the key or
/// header that follows, including the whole value of the key.
pub fn apply(document: &Document<'_>, file: FileId, findings: &mut Vec<Finding>) -> usize {
    let text = document.text();
    if !text.contains("bedrock-check:") {
        return 0;
    }
    let (allows, mut comment_findings) = parse_comments(document, file);
    let mut used = vec![false; allows.len()];
    let before = findings.len();
    findings.retain(|finding| {
        let covers = |allow: &AllowedCode| {
            let at = &finding.at.span;
            allow.code == Some(finding.code) && at.file == file && allow.scope.contains(&at.start)
        };
        let Some(index) = allows.iter().position(covers) else { return true };
        used[index] = finding.code.can_be_lowered();
        !used[index]
    });
    let removed = before - findings.len();
    let unused = allows.iter().zip(used).filter(|(_, used)| !used).map(|(allow, _)| allow);
    comment_findings.extend(unused.map(|allow| unused_allow(allow, &text[allow.name.clone()], file)));
    findings.extend(comment_findings);
    removed
}

/// The allowed codes, and findings about comments that can't be parsed.
fn parse_comments(document: &Document<'_>, file: FileId) -> (Vec<AllowedCode>, Vec<Finding>) {
    let (mut allows, mut findings) = (Vec::new(), Vec::new());
    let entries = document.entries();
    let is_in_value = |at: usize| entries.iter().any(|entry| entry.is_string && entry.value.contains(&at));
    for found in COMMENT.captures_iter(document.text()) {
        let whole = found.get(0).expect("group 0 is the whole match").range();
        if is_in_value(whole.start) {
            continue;
        }
        let directive = found.get(1).expect("every match has this group");
        let lists = ALLOW.captures_iter(directive.as_str()).filter_map(|list| list.get(1));
        let codes: Vec<_> =
            lists.flat_map(|list| split_names(list.as_str(), directive.start() + list.start())).collect();
        if codes.is_empty() {
            let message = "this comment has no `allow(CODE)`";
            let finding = Finding::new(Code::UnusedAllow, Span::new(file, whole), message);
            findings.push(finding.help("write `# bedrock-check: allow(CODE)`"));
            continue;
        }
        let scope = find_scope(document, whole.start);
        let allow = |(name, text): (Range<usize>, &str)| AllowedCode {
            name,
            code: text.parse().ok(),
            scope: scope.clone(),
        };
        allows.extend(codes.into_iter().map(allow));
    }
    (allows, findings)
}

/// The names between commas, with their places.
fn split_names(list: &str, start: usize) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = start;
    list.split(',').filter_map(move |part| {
        let begin = at + (part.len() - part.trim_start().len());
        at += part.len() + 1;
        let name = part.trim();
        (!name.is_empty()).then(|| (begin..begin + name.len(), name))
    })
}

/// The bytes that the comment at `at` applies to.
fn find_scope(document: &Document<'_>, at: usize) -> Range<usize> {
    let text = document.text();
    let own = line_of(text, at);
    let line = if text[own.start..at].trim().is_empty() { next_line(text, own.end) } else { own };
    let entries = document.entries();
    let begins = entries.iter().filter(|entry| line.contains(&entry.key.start));
    let end = begins.map(|entry| entry.value.end).max();
    line.start..end.map_or(line.end, |end| end.max(line.end))
}

/// The next line after `at` that is neither empty nor only a comment.
fn next_line(text: &str, at: usize) -> Range<usize> {
    let mut line = line_of(text, (at + 1).min(text.len()));
    while line.end < text.len() {
        let words = text[line.clone()].trim();
        if !words.is_empty() && !words.starts_with('#') {
            break;
        }
        line = line_of(text, line.end + 1);
    }
    line
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    start..end
}

fn unused_allow(allow: &AllowedCode, name: &str, file: FileId) -> Finding {
    let finding =
        |message: String| Finding::new(Code::UnusedAllow, Span::new(file, allow.name.clone()), message);
    match allow.code {
        None => finding(format!("`{name}` is not a finding code")).suggest(
            nearest(name, Code::ALL.iter().filter(|code| code.can_be_lowered()).map(|code| code.id())),
            "`bedrock-check explain` lists the codes",
        ),
        Some(code) if !code.can_be_lowered() => {
            finding(format!("`{name}` can't be allowed: the config can't run with this error"))
                .help("correct the error instead")
        }
        Some(_) => finding(format!("no `{name}` is reported here"))
            .help("remove the comment, or move it to the line of the finding or the line above"),
    }
}
