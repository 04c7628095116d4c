//! JSON Lines: a versioned stream for scripts. `docs/jsonl.md` describes it.
//!
//! It contains no times except those of calls, so that the same inputs produce the same bytes.

use std::io::{self, Write};

use super::Recorder;
use crate::files::FileTarget;
use crate::record::Record;

/// Writes each record as a line.
pub struct JsonLines<W: Write> {
    out: W,
}

impl<W: Write> JsonLines<W> {
    pub fn new(out: W) -> JsonLines<W> {
        JsonLines { out }
    }
}

impl JsonLines<WholeFile> {
    /// Writes to a file, which is created when the run ends, never in parts.
    pub fn to_file(target: FileTarget) -> JsonLines<WholeFile> {
        JsonLines::new(WholeFile { target, bytes: Vec::new() })
    }
}

/// A file that is kept in memory until it is flushed.
pub struct WholeFile {
    target: FileTarget,
    bytes: Vec<u8>,
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target.write(&self.bytes)
    }
}

impl<W: Write> Recorder for JsonLines<W> {
    fn add_record(&mut self, record: &Record) -> io::Result<()> {
        writeln!(self.out, "{}", line(record)?)
    }

    fn close(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

/// A record as a line. `##[` is written with an escape: on standard output GitHub's runner would read it as a command, even
/// within a line.
fn line(record: &Record) -> io::Result<String> {
    Ok(serde_json::to_string(record)?.replace("##[", "#\\u0023["))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use serde_json::Value;

    use std::path::PathBuf;

    use super::*;
    use crate::diagnose::{Code, FileId, Finding, Sources, Span};
    use crate::record::records;
    use crate::report::DOCUMENTS;
    use crate::run::{CaseAttempt, CaseRun, Event, Outcome};

    fn secret() -> impl Strategy<Value = String> {
        let quoted = |length: usize| "q".repeat(length);
        prop::sample::select(vec![
            "AKIAQWERTYUIOPASDFGH".to_owned(),
            format!("secret_access_key = \"{}\"", quoted(40)),
            format!("sessionToken: '{}'", quoted(120)),
            format!("ABSK{}", quoted(60)),
            format!("bedrock-api-key-{}", quoted(30)),
            "-----BEGIN RSA PRIVATE KEY-----\nqqqqqqqq\n-----END RSA PRIVATE KEY-----".to_owned(),
            "-----BEGIN PRIVATE KEY-----".to_owned(),
            "-----END PRIVATE KEY-----".to_owned(),
            format!("ghp_{}", quoted(36)),
            format!("sk-ant-{}", quoted(40)),
        ])
    }

    fn text() -> impl Strategy<Value = String> {
        // `\u{8}` is an escape that starts a word in JSON.
        let around = || prop::sample::select(vec!["", " ", "\n", "\"", "\\", "\u{8}", "ü", "{\"a\":\""]);
        prop_oneof![
            ".{0,20}",
            (around(), secret(), around())
                .prop_map(|(before, secret, after)| [before, &secret, after].concat()),
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), text().prop_map(Value::from)];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((text(), inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn recorded(field: &str, value: &Value, message: &str) -> Vec<Record> {
        let sources = Sources::default();
        let file: FileId = sources.add("a.toml", "");
        let at = Span::file(file);
        let case = CaseRun {
            id: "m::c".to_owned(),
            model: "m".to_owned(),
            config: PathBuf::from("a.toml"),
            at: at.clone(),
            warns: false,
            attempt: CaseAttempt {
                outcome: Outcome::Fail,
                findings: vec![Finding::new(Code::ExpectationFailed, at, message).note(message)],
                mapped: vec![(field.to_owned(), value.clone())],
                ..CaseAttempt::default()
            },
            changed: None,
            written: None,
            unwritten: false,
        };
        records(Event::Finished(&case), &sources)
    }

    fn line(field: &str, value: &Value, message: &str) -> String {
        let mut lines = JsonLines::new(Vec::new());
        recorded(field, value, message).iter().try_for_each(|record| lines.add_record(record)).unwrap();
        String::from_utf8(lines.out).unwrap()
    }

    const SECRETS: [&str; 3] = ["AKIAQ", "qqqqqqqq", "-----BEGIN"];

    proptest! {
        #[test]
        fn every_line_is_json_and_contains_no_secret(field in text(), value in value(), message in text()) {
            let line = line(&field, &value, &message);
            prop_assert!(serde_json::from_str::<Value>(&line).is_ok(), "{line}");
            for part in SECRETS {
                prop_assert!(!line.contains(part), "{part}: {line}");
            }
        }

        #[test]
        fn every_line_reads_back_to_the_same_line(field in text(), value in value(), message in text()) {
            let line = line(&field, &value, &message);
            let record = Record::read(&line).unwrap().unwrap();
            let mut again = JsonLines::new(Vec::new());
            again.add_record(&record).unwrap();
            prop_assert_eq!(String::from_utf8(again.out).unwrap(), line);
        }

        #[test]
        fn no_document_contains_a_secret(field in text(), value in value(), message in text()) {
            let records = recorded(&field, &value, &message);
            for document in DOCUMENTS {
                let mut renderer = (document.renderer)(None);
                for record in &records {
                    renderer.add_record(record);
                }
                let text = renderer.finish(&[]);
                for part in SECRETS {
                    prop_assert!(!text.contains(part), "{part}: {text}");
                }
            }
        }
    }

    #[test]
    fn a_member_with_the_name_of_a_secret_is_masked() {
        let line = line("secret_access_key", &Value::from("q".repeat(40)), "");
        assert!(line.contains(&format!("\"secret_access_key\":\"{}\"", "*".repeat(40))), "{line}");
    }
}
