//! SARIF 2.1.0, as code scanning reads it: a result for each finding.
//!
//! The structs are the part of the format that is written here; a test holds them to its schema.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::lines::{self, Case, Finding, Place};
use crate::diagnose::{Code, Severity, visible};

#[derive(Serialize)]
struct Log {
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<Outcome>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    short_description: Message,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

/// A result, in SARIF's words.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are SARIF's")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

/// Results that code scanning shows of a run; it refuses a run of more than 25,000.
const SHOWN: usize = 5_000;

/// A run as a SARIF log.
pub fn render(run: &lines::Run) -> String {
    let (told, left_out) = most_severe(told(run));
    let codes: BTreeSet<&str> = told.iter().map(|(_, finding)| finding.code.as_str()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let mut seen = BTreeMap::new();
    let results = told.into_iter().map(|(case, finding)| result(case, finding, &codes, &mut seen));
    let results = results.collect();
    let driver = Driver {
        name: "bedrock-check",
        version: env!("CARGO_PKG_VERSION"),
        rules: codes.iter().map(|code| rule(code)).collect(),
    };
    let run = Run {
        tool: Tool { driver },
        invocations: [invocation(run, left_out)],
        column_kind: "unicodeCodePoints",
        results,
    };
    let log = Log { version: "2.1.0", runs: [run] };
    let json = serde_json::to_string_pretty(&log).expect("strings and numbers are JSON");
    json + "\n"
}

/// Every finding, with its case if it has one.
fn told(run: &lines::Run) -> Vec<(Option<&Case>, &Finding)> {
    let of_none = run.findings.iter().map(|finding| (None, finding));
    let of_cases =
        run.cases.iter().flat_map(|case| case.findings.iter().map(move |finding| (Some(case), finding)));
    of_none.chain(of_cases).collect()
}

/// The most severe, in their order, and how many are left out.
fn most_severe<'r>(
    mut told: Vec<(Option<&'r Case>, &'r Finding)>,
) -> (Vec<(Option<&'r Case>, &'r Finding)>, usize) {
    let left_out = told.len().saturating_sub(SHOWN);
    if left_out > 0 {
        let mut by_severity: Vec<usize> = (0..told.len()).collect();
        by_severity.sort_by_key(|index| severity(told[*index].0, told[*index].1));
        let kept: BTreeSet<usize> = by_severity.into_iter().take(SHOWN).collect();
        let mut index = 0..told.len();
        told.retain(|_| index.next().is_some_and(|index| kept.contains(&index)));
    }
    (told, left_out)
}

fn severity(case: Option<&Case>, finding: &Finding) -> Severity {
    case.map_or(Severity::Error, Case::severity).max(finding.severity())
}

fn rule(code: &str) -> Rule {
    let known = Code::ALL.iter().find(|known| known.id() == code);
    let title = known.map_or("A finding of another version of bedrock-check.", |known| known.title());
    let explanation = known.map_or(title, |known| known.explanation());
    Rule {
        id: message(code).text,
        short_description: Message { text: title.to_owned() },
        help: Help { text: explanation.to_owned(), markdown: explanation.to_owned() },
        default_configuration: Configuration {
            level: level(known.map_or(Severity::Error, |known| known.severity())),
        },
    }
}

fn invocation(run: &lines::Run, left_out: usize) -> Invocation {
    let more = format!("{left_out} less severe findings are left out: code scanning shows {SHOWN}");
    let more = (left_out > 0).then(|| Notification { level: "warning", message: message(&more) });
    let lost = run.lost.iter().map(|lost| Notification { level: "error", message: message(lost) });
    Invocation {
        execution_successful: run.lost.is_empty() && !run.interrupted(),
        tool_execution_notifications: lost.chain(more).collect(),
    }
}

fn result(
    case: Option<&Case>,
    finding: &Finding,
    codes: &[&str],
    seen: &mut BTreeMap<String, usize>,
) -> Outcome {
    let related = finding.related.iter().enumerate();
    let related = related.map(|(id, place)| Location { id: Some(id + 1), ..location(place) });
    let print = fingerprint(case, finding);
    let count = seen.entry(print.clone()).or_default();
    *count += 1;
    let print = format!("{print}:{count}");
    Outcome {
        rule_id: message(&finding.code).text,
        rule_index: codes.binary_search(&finding.code.as_str()).expect("the codes are those of all findings"),
        level: level(severity(case, finding)),
        message: message(&finding.text()),
        locations: [location(&finding.at)],
        related_locations: related.collect(),
        // The second is the one that GitHub looks at.
        partial_fingerprints: BTreeMap::from([
            ("bedrockCheck/v1", print.clone()),
            ("primaryLocationLineHash", print),
        ]),
    }
}

/// What a finding is about, without where it stands and what a model said today: the same after lines were added above.
fn fingerprint(case: Option<&Case>, finding: &Finding) -> String {
    let subject = finding.message.split('`').nth(1).unwrap_or(&finding.message);
    let case = case.map_or("", |case| case.id.as_str());
    let parts = [finding.code.as_str(), &finding.at.path, case, subject].join("\0");
    data_encoding::HEXLOWER.encode(&Sha256::digest(parts.as_bytes())[..16])
}

fn location(place: &Place) -> Location {
    let region = Region {
        start_line: place.start.line.max(1),
        start_column: place.start.column.max(1),
        end_line: place.end.line.max(1),
        end_column: place.end.column.max(1),
    };
    let artifact_location = ArtifactLocation { uri: uri(&place.path) };
    let text = Some(&place.text).filter(|text| !text.is_empty());
    Location {
        id: None,
        physical_location: PhysicalLocation { artifact_location, region },
        message: text.map(|text| message(text)),
    }
}

/// What a path in a URI can't hold as it is.
const RESERVED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    utf8_percent_encode(path, RESERVED).to_string()
}

/// Text in which nothing is hidden, and no link: `[words](place)` would be one.
fn message(text: &str) -> Message {
    Message { text: visible(text).replace("](", "] (") }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn the_most_severe_are_kept_and_the_rest_is_counted() {
        let mut run = lines::Run::default();
        let at = json!({ "path": "a.toml", "start": { "line": 1, "column": 1 }, "end": { "line": 1, "column": 2 } });
        for index in 0..SHOWN + 3 {
            let severity = if index == SHOWN + 2 { "error" } else { "warning" };
            // Equal findings are one.
            let message = format!("`{index}`");
            let finding =
                json!({ "code": "unused-variable", "severity": severity, "message": message, "at": at });
            run.take(json!({ "type": "finding", "finding": finding })).unwrap();
        }
        let log: Value = serde_json::from_str(&render(&run)).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert_eq!((results.len(), &results[SHOWN - 1]["level"]), (SHOWN, &json!("error")));
        let told = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        assert_eq!(told, "3 less severe findings are left out: code scanning shows 5000");
    }
}
