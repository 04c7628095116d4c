//! SARIF 2.1.0 for GitHub's code scanning: a result for each finding.
//!
//! The structs contain only the parts of the format that are written here. A test checks them against SARIF's schema.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Renderer;
use crate::diagnose::{Code, Severity, visible};
use crate::record::{Case, Finding, Place, Record};

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
    results: Vec<SarifResult>,
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

/// A result of the log, which is a finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
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

/// How many results code scanning shows for a run. It rejects a run with more than 25,000.
const SHOWN: usize = 5_000;

/// A run as a SARIF log.
#[derive(Default)]
pub struct Sarif {
    /// Findings that belong to no case.
    findings: Vec<PartialResult>,
    cases: Vec<PartialResult>,
    interrupted: bool,
}

/// A result without its rule index, which depends on all other findings.
struct PartialResult {
    code: String,
    severity: Severity,
    /// Without the number that distinguishes equal fingerprints.
    fingerprint: String,
    message: Message,
    location: Location,
    related: Vec<Location>,
}

impl Renderer for Sarif {
    fn add_record(&mut self, record: &Record) {
        match record {
            Record::Start(_) => (),
            Record::Finding { finding } => self.findings.push(partial_result(None, finding)),
            Record::Case(case) => {
                self.cases.extend(case.findings.iter().map(|finding| partial_result(Some(case), finding)));
            }
            Record::End(end) => self.interrupted |= end.interrupted,
        }
    }

    fn finish(self: Box<Self>, missing: &[String]) -> String {
        let Sarif { findings, cases, interrupted } = *self;
        let (found, left_out) = most_severe(findings.into_iter().chain(cases).collect());
        let codes: BTreeSet<String> = found.iter().map(|found| found.code.clone()).collect();
        let codes: Vec<String> = codes.into_iter().collect();
        let mut seen = BTreeMap::new();
        let results = found.into_iter().map(|partial| complete(partial, &codes, &mut seen)).collect();
        let driver = Driver {
            name: "bedrock-check",
            version: env!("CARGO_PKG_VERSION"),
            rules: codes.iter().map(|code| rule(code)).collect(),
        };
        let run = Run {
            tool: Tool { driver },
            invocations: [invocation(interrupted, missing, left_out)],
            column_kind: "unicodeCodePoints",
            results,
        };
        let log = Log { version: "2.1.0", runs: [run] };
        let json = serde_json::to_string_pretty(&log).expect("strings and numbers are JSON");
        json + "\n"
    }
}

/// `case` is the case that the finding belongs to, if any.
fn partial_result(case: Option<&Case>, finding: &Finding) -> PartialResult {
    let related = finding.related.iter().enumerate();
    let related = related.map(|(id, place)| Location { id: Some(id + 1), ..location(place) });
    PartialResult {
        code: finding.code.clone(),
        severity: case.map_or(Severity::Error, Case::severity).max(finding.severity()),
        fingerprint: fingerprint(case, finding),
        message: message(&finding.text()),
        location: location(&finding.at),
        related: related.collect(),
    }
}

/// Keeps the most severe findings in their order, and returns the number of the others.
fn most_severe(mut found: Vec<PartialResult>) -> (Vec<PartialResult>, usize) {
    let left_out = found.len().saturating_sub(SHOWN);
    if left_out > 0 {
        let mut by_severity: Vec<usize> = (0..found.len()).collect();
        by_severity.sort_by_key(|index| found[*index].severity);
        let kept: BTreeSet<usize> = by_severity.into_iter().take(SHOWN).collect();
        let mut index = 0..found.len();
        found.retain(|_| index.next().is_some_and(|index| kept.contains(&index)));
    }
    (found, left_out)
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

fn invocation(interrupted: bool, missing: &[String], left_out: usize) -> Invocation {
    let more = format!("{left_out} less severe findings are left out: code scanning shows {SHOWN}");
    let more = (left_out > 0).then(|| Notification { level: "warning", message: message(&more) });
    let notifications =
        missing.iter().map(|missing| Notification { level: "error", message: message(missing) });
    Invocation {
        execution_successful: missing.is_empty() && !interrupted,
        tool_execution_notifications: notifications.chain(more).collect(),
    }
}

/// Adds the rule index, and a number that distinguishes equal fingerprints. `seen` counts the results of each fingerprint.
fn complete(partial: PartialResult, codes: &[String], seen: &mut BTreeMap<String, usize>) -> SarifResult {
    let count = seen.entry(partial.fingerprint.clone()).or_default();
    *count += 1;
    let numbered = format!("{}:{count}", partial.fingerprint);
    SarifResult {
        rule_id: message(&partial.code).text,
        rule_index: codes.binary_search(&partial.code).expect("the codes are those of all findings"),
        level: level(partial.severity),
        message: partial.message,
        locations: [partial.location],
        related_locations: partial.related,
        // GitHub reads `primaryLocationLineHash`.
        partial_fingerprints: BTreeMap::from([
            ("bedrockCheck/v1", numbered.clone()),
            ("primaryLocationLineHash", numbered),
        ]),
    }
}

/// Identifies the subject of a finding. It contains no line numbers and no output of a model, so it stays the same when lines
/// are added above the finding or the output changes.
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
    let text = place.text.as_ref().filter(|text| !text.is_empty());
    Location {
        id: None,
        physical_location: PhysicalLocation { artifact_location, region },
        message: text.map(|text| message(text)),
    }
}

/// The characters of a path that must be escaped in a URI.
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

/// Text with hidden characters made visible and without links, which would be written `[words](place)`.
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
    use serde_json::{Value, json};

    use super::*;

    fn results(records: &[Value]) -> Value {
        let mut sarif = Box::new(Sarif::default());
        for record in records {
            sarif.add_record(&Record::read(&record.to_string()).unwrap().unwrap());
        }
        serde_json::from_str::<Value>(&sarif.finish(&[])).unwrap()["runs"][0].take()
    }

    fn finding(severity: &str, message: &str) -> Value {
        let at = json!({ "path": "a.toml", "start": { "line": 1, "column": 1 }, "end": { "line": 1, "column": 2 } });
        json!({ "code": "unused-variable", "severity": severity, "message": message, "at": at })
    }

    #[test]
    fn the_most_severe_are_kept_and_the_rest_is_counted() {
        let records = (0..SHOWN + 3).map(|index| {
            let severity = if index == SHOWN + 2 { "error" } else { "warning" };
            json!({ "type": "finding", "finding": finding(severity, &format!("`{index}`")) })
        });
        let run = results(&records.collect::<Vec<_>>());
        let results = run["results"].as_array().unwrap();
        assert_eq!((results.len(), &results[SHOWN - 1]["level"]), (SHOWN, &json!("error")));
        let notification = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        assert_eq!(notification, "3 less severe findings are left out: code scanning shows 5000");
    }

    #[test]
    fn the_same_finding_of_two_cases_has_two_fingerprints() {
        let case = |id: &str| {
            let findings = [finding("error", "`x`"), finding("error", "`x`")];
            json!({ "type": "case", "id": id, "model": "m", "config": "a.toml", "outcome": "fail", "findings": findings })
        };
        let run = results(&[case("m::first"), case("m::second")]);
        let prints: Vec<(&str, &str)> = run["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|result| result["partialFingerprints"]["bedrockCheck/v1"].as_str().unwrap())
            .map(|print| print.split_once(':').unwrap())
            .collect();
        let [first, second] = [prints[0].0, prints[2].0];
        assert_ne!(first, second);
        assert_eq!(prints, [(first, "1"), (first, "2"), (second, "1"), (second, "2")]);
    }
}
