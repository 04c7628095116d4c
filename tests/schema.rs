//! Files that the schema stage accepts, and files that it rejects for one mistake each.
//!
//! `tests/support/foreign-validators.sh` checks that other validators agree about the same files and schemas.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use bedrock_check::config::source::Document;
use bedrock_check::diagnose::{FileId, Finding, LineColumn, Sources};
use bedrock_check::files::write_whole;
use bedrock_check::schema::Schema;

/// The `.toml` files of `tests/schema/FOLDER`, sorted by name.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema").join(folder);
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    files.sort();
    files
}

fn name(path: &Path) -> &str {
    path.file_stem().and_then(|name| name.to_str()).expect("UTF-8")
}

struct Schemas {
    config: Schema,
    settings: Schema,
}

impl Schemas {
    fn new() -> Schemas {
        Schemas { config: Schema::config(), settings: Schema::settings() }
    }

    /// Checks a file: settings if its name begins with `settings`, otherwise a config.
    fn check(&self, path: &Path) -> (String, Vec<Finding>) {
        let text = fs::read_to_string(path).expect("UTF-8");
        let file: FileId = Sources::default().add(path, text.as_str());
        let (document, errors) = Document::parse(&text);
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
        let schema = if name(path).starts_with("settings") { &self.settings } else { &self.config };
        let findings = schema.check(&document, file);
        (text, findings)
    }
}

#[test]
fn valid_files_have_no_findings() {
    let schemas = Schemas::new();
    for path in files("valid") {
        let (_, findings) = schemas.check(&path);
        assert!(findings.is_empty(), "{}: {findings:#?}", path.display());
    }
}

#[test]
fn invalid_files_are_reported_in_our_own_words() {
    let schemas = Schemas::new();
    let mut printed = String::new();
    for path in files("invalid") {
        let (text, findings) = schemas.check(&path);
        assert!(!findings.is_empty(), "{} is accepted", path.display());
        for finding in findings {
            write_finding(&mut printed, name(&path), &text, &finding);
        }
    }
    insta::assert_snapshot!(printed);
}

fn write_finding(printed: &mut String, name: &str, text: &str, finding: &Finding) {
    let LineColumn { line, column } = LineColumn::at_offset(text, finding.at.span.start);
    writeln!(printed, "{name}:{line}:{column} {} {}", finding.code, finding.message)
        .expect("writing to a string can't fail");
    if let Some(help) = &finding.help {
        writeln!(printed, "    {help}").expect("writing to a string can't fail");
    }
}

/// Writes our verdicts into the file that the comparison with other validators reads.
#[test]
fn verdicts_are_written_for_comparison() {
    let schemas = Schemas::new();
    let mut verdicts = String::new();
    for folder in ["valid", "invalid"] {
        for path in files(folder) {
            let (_, findings) = schemas.check(&path);
            let verdict = if findings.is_empty() { "valid" } else { "invalid" };
            writeln!(verdicts, "{folder}/{}\t{verdict}", name(&path))
                .expect("writing to a string can't fail");
        }
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schema-verdicts.tsv");
    write_whole(&target, verdicts.as_bytes()).expect("the target folder is writable");
}
