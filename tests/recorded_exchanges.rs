//! Every recorded exchange is imported, written, read, replayed and mapped.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bedrock_check::assemble::{Problem, assemble};
use bedrock_check::aws::family::Role;
use bedrock_check::exchange::{Answer, Headers, Operation, Request};
use bedrock_check::fixture::{Fixture, Origin, Provenance};
use bedrock_check::import::{ErrorKind, plan_import, read_recording};
use bedrock_check::mapping::infer::{MappedField, MappedFrom, fit_mapping};
use bedrock_check::wire::decode;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::common::{self, Project};

pub struct Row {
    pub file: String,
    pub operation: String,
    pub provenance: String,
    pub family: String,
    pub status: String,
}

fn index(corpus: &Path) -> Vec<Row> {
    let text = fs::read_to_string(corpus.join("INDEX.tsv")).expect("an index");
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let head = lines.next().expect("a head");
    let column = |name: &str| head.iter().position(|column| column == name).expect("a column");
    let [file, operation, provenance, family, status] =
        ["file", "operation", "provenance", "family", "status"].map(column);
    let rows = lines.map(|cells| {
        let cell = |index: usize| cells.get(index).cloned().unwrap_or_default();
        Row {
            file: cell(file),
            operation: cell(operation),
            provenance: cell(provenance),
            family: cell(family),
            status: cell(status),
        }
    });
    rows.collect()
}

pub fn model_calls(corpus: &Path) -> Vec<(Row, String)> {
    let calls = index(corpus).into_iter().filter(|row| row.operation.parse::<Operation>().is_ok());
    calls
        .map(|row| {
            let text = fs::read_to_string(corpus.join(&row.file)).expect("an exchange");
            (row, text)
        })
        .collect()
}

#[derive(Default)]
struct Tally {
    tried: usize,
    passed: usize,
    problems: Vec<String>,
}

#[test]
fn every_recorded_exchange_is_imported_replayed_and_mapped() {
    let Some(corpus) = common::shared("corpus") else { return };
    let mut families: BTreeMap<String, Tally> = BTreeMap::new();
    let mut failed = Vec::new();
    for (row, text) in model_calls(&corpus) {
        let name = format!("{} {}", row.operation, if row.family.is_empty() { "-" } else { &row.family });
        let tally = families.entry(name).or_default();
        tally.tried += 1;
        match replay(&row, &text) {
            Ok(()) => tally.passed += 1,
            Err(problem) => {
                tally.problems.push(format!("{} ({}): {problem}", row.file, row.provenance));
                if row.provenance == "recorded" {
                    failed.push(row.file);
                }
            }
        }
    }
    let mut report = String::new();
    for (family, tally) in &families {
        writeln!(report, "{:>4} of {:>4}  {family}", tally.passed, tally.tried)
            .expect("writing to a string can't fail");
        tally.problems.iter().for_each(|problem| {
            writeln!(report, "               {problem}").expect("writing to a string can't fail");
        });
    }
    let (passed, tried) = families.values().fold((0, 0), |sum, one| (sum.0 + one.passed, sum.1 + one.tried));
    println!("{report}{passed:>4} of {tried:>4}  in all");
    assert!(failed.is_empty(), "{report}");
    assert!(tried > 0, "the corpus holds no model calls");
}

fn replay(row: &Row, text: &str) -> Result<(), String> {
    let recording = read_recording(text, &row.file).map_err(|error| error.to_string())?;
    let fixture = Fixture {
        case: "model::case".to_owned(),
        source: Provenance { origin: Origin::Imported, from: recording.from.clone() },
        exchange: recording.exchange,
    };
    let written = fixture.render();
    let (read, recorded) = Fixture::parse(&written).map_err(|error| error.to_string())?;
    same(&read, &fixture, "the fixture")?;
    same(&read.render(), &written, "the text of the fixture")?;
    if read.is_edited(&recorded) {
        return Err("the fingerprint changed".to_owned());
    }
    let file: Value = serde_json::from_str(text).expect("it was read before");
    same(
        &Value::from(read.exchange.request.model_id.as_str()),
        &file["request"]["model_id"],
        "the model ID",
    )?;
    let request = &read.exchange.request;
    match &read.exchange.answer {
        Answer::Refusal(refusal) => {
            refused(&file["response"], refusal.status, &refusal.code, &refusal.message)
        }
        Answer::Response(response) => mapped(request, &response.headers, &response.body, &file),
        Answer::Stream(stream) => {
            let whole = assemble(stream);
            match whole.problem {
                None => mapped(request, &whole.headers, &whole.body, &file),
                Some(Problem::Refused(refusal))
                    if !refusal.code.is_empty() && !refusal.message.is_empty() =>
                {
                    Ok(())
                }
                Some(problem) => Err(problem.to_string()),
            }
        }
    }?;
    same(&row.status, &file["response"]["status"].to_string(), "the status")
}

fn same<T: PartialEq>(one: &T, other: &T, what: &str) -> Result<(), String> {
    if one == other { Ok(()) } else { Err(format!("{what} is another one")) }
}

/// Checks that an error has the received status, code and message.
fn refused(response: &Value, status: u16, code: &str, message: &str) -> Result<(), String> {
    let headers = response["headers"].as_object().expect("headers");
    let typed = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amzn-errortype"));
    let expected = typed.and_then(|(_, value)| value.as_str()?.split(':').next()).unwrap_or_default();
    let received = response["body"].get("message").or_else(|| response["body"].get("Message"));
    same(&Value::from(status), &response["status"], "the status")?;
    same(&code, &expected, "the code")?;
    same(&Some(message), &received.and_then(Value::as_str), "the message")
}

/// Checks that the inferred mapping finds an output, and both token counts if the response contains counts.
fn mapped(request: &Request, headers: &Headers, body: &Value, file: &Value) -> Result<(), String> {
    let mapping = fit_mapping(request, headers, body);
    for field in &mapping {
        found(field, headers, body)?;
    }
    let has = |role: Role| mapping.iter().any(|field| field.role == role);
    if !has(Role::Output) {
        let speechless = has_no_text(request.operation, body);
        speechless.then_some(()).ok_or_else(|| format!("no output was found in {body:.200}"))?;
    }
    let printed = file["response"].to_string();
    for (role, names) in [(Role::InputTokens, INPUT_COUNTS), (Role::OutputTokens, OUTPUT_COUNTS)] {
        let counted =
            names.iter().find(|name| printed.to_ascii_lowercase().contains(&format!("\"{name}\":")));
        if let (Some(name), false) = (counted, has(role)) {
            return Err(format!("`{name}` is there and no mapping finds it"));
        }
    }
    Ok(())
}

/// Members and headers with token counts, in lower case.
const INPUT_COUNTS: &[&str] = &[
    "input_tokens",
    "inputtokens",
    "inputtokencount",
    "inputtexttokencount",
    "prompt_tokens",
    "prompt_token_count",
    "x-amzn-bedrock-input-token-count",
];
const OUTPUT_COUNTS: &[&str] = &[
    "output_tokens",
    "outputtokens",
    "outputtokencount",
    "totaloutputtexttokencount",
    "tokencount",
    "completion_tokens",
    "generation_token_count",
    "x-amzn-bedrock-output-token-count",
];

/// Whether the response has no content, or only reasoning.
fn has_no_text(operation: Operation, body: &Value) -> bool {
    let content =
        if operation.is_converse() { &body["output"]["message"]["content"] } else { &body["content"] };
    let blocks = content.as_array().map(Vec::as_slice).unwrap_or_default();
    content.is_array()
        && blocks.iter().all(|block| block.get("reasoningContent").is_some() || block["type"] == "thinking")
}

fn found(field: &MappedField, headers: &Headers, body: &Value) -> Result<(), String> {
    let query = |path: &str| {
        JsonPath::parse(path).map(|path| path.query(body).all().into_iter().cloned().collect::<Vec<_>>())
    };
    let finds = match &field.from {
        MappedFrom::Header(name) => headers.contains_key(name),
        MappedFrom::Path(path) => query(path).is_ok_and(|found| found.len() == 1),
        MappedFrom::Joined(path) => {
            query(path).is_ok_and(|found| !found.is_empty() && found.iter().all(Value::is_string))
        }
    };
    finds.then_some(()).ok_or_else(|| format!("`{}` finds nothing at {:?}", field.field, field.from))
}

#[test]
fn every_recording_is_imported_checked_and_replayed_by_the_binary() {
    let Some(corpus) = common::shared("corpus") else { return };
    // Recordings edited by hand contain bodies that AWS refuses, and answers of other families.
    let lowered = "severity = { body-member = \"warning\", body-missing = \"warning\", body-value = \"warning\", mapping-impossible = \"warning\" }\n";
    let project = Project::with(&[("bedrock-check.toml", lowered)]);
    let imported = project.output(&["import", corpus.to_str().expect("UTF-8"), "--out", "models"]);
    assert_eq!(imported.status.code(), Some(0), "{imported:?}");
    let validated = project.output(&["validate", "models"]);
    assert_eq!(validated.status.code(), Some(0), "{validated:?}");
    let accepted = project.output(&["test", "models", "--accept", "-q"]);
    assert_eq!(accepted.status.code(), Some(0), "{accepted:?}");
    let replayed = project.output(&["test", "models", "--check", "--report", "jsonl=run.jsonl"]);
    assert_eq!(replayed.status.code(), Some(0), "{replayed:?}");
    let run = project.read("run.jsonl");
    let end: Value = serde_json::from_str(run.lines().last().expect("a footer")).expect("JSON");
    println!("{} of {} cases replay through the binary", end["outcomes"]["pass"], end["cases"]);
    assert_eq!(end["outcomes"]["pass"], end["cases"]);
    assert_eq!(end["cases"].as_u64(), u64::try_from(model_calls(&corpus).len()).ok());
}

#[test]
fn the_same_recordings_give_the_same_bytes() {
    let Some(corpus) = common::shared("corpus") else { return };
    let recordings = || {
        let calls = model_calls(&corpus).into_iter();
        calls
            .map(|(row, text)| (row.file.clone(), read_recording(&text, &row.file).expect("a recording")))
            .collect()
    };
    assert_eq!(plan_import(recordings()), plan_import(recordings()));
}

#[test]
fn raw_frames_contain_the_recorded_events() {
    let Some(corpus) = common::shared("corpus") else { return };
    let mut streams = 0;
    for (row, text) in model_calls(&corpus) {
        let mut file: Value = serde_json::from_str(&text).expect("JSON");
        let response = file["response"].as_object_mut().expect("a response");
        if response.contains_key("body_base64") && response.shift_remove("events").is_some() {
            let listed = read_recording(&text, &row.file).expect("a recording");
            assert_eq!(read_recording(&file.to_string(), &row.file), Ok(listed), "{}", row.file);
            streams += 1;
        }
    }
    println!("{streams} streams were decoded");
    assert!(streams > 0);
}

#[test]
fn recordings_of_other_operations_are_refused() {
    let Some(corpus) = common::shared("corpus") else { return };
    let others = index(&corpus).into_iter().filter(|row| row.operation.parse::<Operation>().is_err());
    for row in others {
        let text = fs::read_to_string(corpus.join(&row.file)).expect("an exchange");
        let error = read_recording(&text, &row.file).expect_err("no model call");
        assert_eq!(error.kind, ErrorKind::Operation(row.operation), "{}", row.file);
    }
}

#[test]
fn frames_are_decoded_as_in_the_published_vectors() {
    let Some(vectors) = common::shared("oracles/eventstream/test_data") else { return };
    for entry in fs::read_dir(vectors).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let name = entry.file_name().expect("a name").to_string_lossy().into_owned();
        let decoded = decode(&fs::read(&entry).expect("a file"));
        assert_eq!(decoded.is_ok(), name.starts_with("valid_"), "{name}: {decoded:?}");
    }
}
