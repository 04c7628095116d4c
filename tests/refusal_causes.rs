//! Causes of refusals: every known and every recorded message of AWS has a cause and a place in the config.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use bedrock_check::aws::cause::{self, Cause, Retry, Service, causes};
use bedrock_check::exchange::{Answer, Headers, Refusal};
use bedrock_check::import::read_recording;
use bedrock_check::wire;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use regex::Regex;
use serde_json::Value;

use crate::common;
use crate::demo_project::{project, record, refusal};

/// A line of the list of known messages.
struct KnownMessage {
    id: String,
    pattern: String,
    codes: Vec<String>,
    statuses: Vec<u16>,
    service: Service,
    retry: String,
}

fn known_messages() -> Option<Vec<KnownMessage>> {
    let text = fs::read_to_string(common::shared("facts")?.join("errors.tsv")).expect("a list");
    let word = Regex::new(r"[A-Za-z]+").expect("a regex");
    let number = Regex::new(r"\b[2-5]\d\d\b").expect("a regex");
    let rows = text.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let client = cells[2].starts_with('(');
        let codes = word.find_iter(cells[2]).map(|found| found.as_str().to_owned());
        let codes: Vec<String> = codes
            .filter(|code| code.len() > 8 && !["formerly", "in-stream"].contains(&code.as_str()))
            .collect();
        KnownMessage {
            id: cells[0].to_owned(),
            pattern: cells[1].to_owned(),
            codes: if client || codes.is_empty() { vec![String::new()] } else { codes },
            statuses: number
                .find_iter(cells[3])
                .map(|found| found.as_str().parse().expect("digits"))
                .collect(),
            service: match cells[0] {
                _ if client => Service::Client,
                id if id.starts_with("sts-") => Service::Sts,
                _ => Service::Bedrock,
            },
            retry: cells[7].to_owned(),
        }
    });
    Some(rows.collect())
}

/// Texts that match the pattern.
fn samples(pattern: &str) -> Vec<String> {
    let bare = pattern.trim_start_matches('^').trim_end_matches('$');
    // Wildcards are replaced by patterns for words.
    let bare = bare
        .replace("(.+?)", "[a-z #/]{3,9}")
        .replace("(.+)", "[a-z:/]{3,9}")
        .replace(r"(\S+)", "([a-z:/.-]{3,9})");
    let bare = bare.replace(r"\S+", "[a-z:/.-]{3,9}");
    let texts =
        proptest::string::string_regex(if bare == ".*" { "[a-z ]{0,9}" } else { &bare }).expect("a pattern");
    let mut runner = TestRunner::deterministic();
    (0..20).map(|_| texts.new_tree(&mut runner).expect("a text").current()).collect()
}

#[test]
fn every_known_message_has_its_cause() {
    let Some(known) = known_messages() else { return };
    let mut wrong = BTreeSet::new();
    for row in &known {
        for text in samples(&row.pattern) {
            assert!(Regex::new(&row.pattern).expect("a regex").is_match(&text), "{}: {text}", row.id);
            for code in &row.codes {
                let statuses: Vec<Option<u16>> = row.statuses.iter().copied().map(Some).collect();
                let statuses = if statuses.is_empty() { vec![None] } else { statuses };
                let found: Vec<_> =
                    statuses.iter().map(|status| cause::find(row.service, *status, code, &text)).collect();
                // If a row has several codes and statuses, it is unknown which go together.
                let Some(found) = found.into_iter().flatten().find(|cause| cause.id == row.id) else {
                    wrong.insert(format!("{}: {code} {statuses:?} `{text}`", row.id));
                    continue;
                };
                if !agrees(found.retry, &row.retry) {
                    wrong.insert(format!("{}: retried {:?}, should be `{}`", row.id, found.retry, row.retry));
                }
            }
        }
    }
    println!("{} known messages", known.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(known.len() >= 50, "{}", known.len());
}

fn agrees(retry: Retry, listed: &str) -> bool {
    match listed {
        "yes" => retry == Retry::Backoff,
        "maybe" => matches!(retry, Retry::Once | Retry::Backoff),
        "no" => retry == Retry::Never,
        _ => retry == Retry::Later,
    }
}

/// The file, service, status, code and message of a refusal.
type RecordedRefusal = (String, Service, u16, String, String);

fn bedrock_refusal(file: &str, refusal: Refusal) -> RecordedRefusal {
    (file.to_owned(), Service::Bedrock, refusal.status, refusal.code, refusal.message)
}

/// The recorded refusals.
fn recorded() -> Option<Vec<RecordedRefusal>> {
    let corpus = common::shared("corpus")?;
    let index = fs::read_to_string(corpus.join("INDEX.tsv")).expect("an index");
    let mut found = Vec::new();
    for line in index.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (file, service) = (cells[0], cells[5]);
        let text = fs::read_to_string(corpus.join(file)).expect("an exchange");
        if service == "sts" {
            found.extend(
                read_sts_refusal(&text)
                    .map(|(status, code, message)| (file.to_owned(), Service::Sts, status, code, message)),
            );
        } else if let Ok(recording) = read_recording(&text, file) {
            let refusal = match recording.exchange.answer {
                Answer::Refusal(refusal) => Some(refusal),
                Answer::Stream(stream) => match bedrock_check::assemble::assemble(&stream).problem {
                    Some(bedrock_check::assemble::Problem::Refused(refusal)) => Some(refusal),
                    _ => None,
                },
                Answer::Response(_) => None,
            };
            found.extend(refusal.map(|refusal| bedrock_refusal(file, refusal)));
        } else {
            // Operations that call no model, such as CountTokens, are refused in the same way.
            let exchange: Value = serde_json::from_str(&text).expect("JSON");
            let status =
                exchange["response"]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
            let status = status.filter(|status| *status >= 300);
            let refusal =
                |status| wire::refusal_from_response(status, Headers::new(), &exchange["response"]["body"]);
            found.extend(status.map(|status| bedrock_refusal(file, refusal(status))));
        }
    }
    Some(found)
}

/// The status, code and message of a refusal by STS, in XML or as a client converted it.
fn read_sts_refusal(text: &str) -> Option<(u16, String, String)> {
    let exchange: Value = serde_json::from_str(text).expect("JSON");
    let response = &exchange["response"];
    let status = u16::try_from(response["status"].as_u64()?).ok()?;
    let body = match &response["body"] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let part = |name: &str| {
        let xml = Regex::new(&format!("(?s)<{name}>(.*?)</{name}>")).expect("a regex");
        let json = Regex::new(&format!("\"{name}\":\"((?:[^\"\\\\]|\\\\.)*)\"")).expect("a regex");
        let found = xml.captures(&body).or_else(|| json.captures(&body))?;
        Some(found[1].replace("&#39;", "'").replace("\\\\", "\\").replace("&apos;", "'"))
    };
    (status >= 300).then(|| (status, part("Code").unwrap_or_default(), part("Message").unwrap_or_default()))
}

#[test]
fn every_recorded_refusal_has_its_cause() {
    let Some(recorded) = recorded() else { return };
    let mut table: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut without = Vec::new();
    for (file, service, status, code, message) in &recorded {
        match cause::find(*service, Some(*status), code, message) {
            Some(cause) => table.entry(cause.id).or_default().push(format!("{file}: {message}")),
            None => without.push(format!("{file}: {status} {code}: {message}")),
        }
    }
    for (id, files) in &table {
        println!("{:>4}  {id}", files.len());
    }
    println!("{:>4}  recorded refusals in all", recorded.len());
    assert!(without.is_empty(), "{without:#?}");
    assert!(recorded.len() >= 45, "{}", recorded.len());
    // Messages whose only cause is the general `member-invalid`.
    let vague: BTreeSet<String> =
        table.get("member-invalid").into_iter().flatten().map(|text| short(text)).collect();
    insta::assert_snapshot!(vague.into_iter().collect::<Vec<_>>().join("\n"), @"");
}

fn short(text: &str) -> String {
    text.chars().take(200).collect()
}

#[test]
fn causes_are_well_formed() {
    let mut ids = BTreeSet::new();
    for cause in causes() {
        let Cause { id, cause: why, remedy, .. } = cause;
        assert!(ids.insert(*id), "`{id}` is there twice");
        for text in [why, remedy] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{id}: {text}");
        }
        assert!(remedy.starts_with(|c: char| c.is_lowercase()), "{id}: {remedy}");
    }
}

#[test]
fn a_refusal_is_reported_at_the_key_that_caused_it() {
    let findings = |message: &str| {
        let project = project(&[("hello", "")]);
        record(&project, &[("demo::hello", refusal("ValidationException", message))]);
        project.run(["test", "--check"])
    };
    insta::assert_snapshot!(findings("The provided model identifier is invalid."), @r#"
    exit 1
    --- stdout
      replay   1 case in 1 file
      ERROR    demo::hello

    error[call-failed]: `demo::hello` was refused with 400 (ValidationException)
      --> bedrock.toml:7:12
       |
     7 | model_id = "global.anthropic.claude-haiku-4-5-20251001-v1:0"
       |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ...
    17 | name = "hello"
       |        ------- in `demo::hello`
       |
       = note: Bedrock's message: The provided model identifier is invalid.
       = note: cause: the model ID has a valid form, but this Region has no model or inference profile with this ID (`bedrock-check explain model-id-invalid`)
       = note: to find the reason: `aws bedrock list-foundation-models --region REGION` lists the base models of the Region
       = note: to find the reason: `aws bedrock list-inference-profiles --region REGION` lists the inference profiles
       = note: if the case expects this refusal, add: `expect.error = { code = "ValidationException" }`
       = help: check the spelling, the Region, and the geography at the start of the ID (`us.`, `eu.`, …)

      ──────
      1 case: 1 error   [TIME]
    "#);
    insta::assert_snapshot!(
        findings("Malformed input request: #/messages/0: extraneous key [content] is not permitted, please reformat your input and try again."),
        @r#"
    exit 1
    --- stdout
      replay   1 case in 1 file
      ERROR    demo::hello

    error[call-failed]: `demo::hello` was refused with 400 (ValidationException)
      --> bedrock.toml:11:104
       |
    11 | ... = '{ "anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": [{ "role": "user", "content": "...
       |                                                                                                       ^^^^^^^^^
    ...
    17 | ... = "hello"
       |       ------- in `demo::hello`
       |
       = note: Bedrock's message: Malformed input request: #/messages/0: extraneous key [content] is not permitted, please reformat your input and try again.
       = note: cause: the body does not match the schema of the model (`bedrock-check explain malformed`)
       = note: if the case expects this refusal, add: `expect.error = { code = "ValidationException" }`
       = help: write a body in the native format of the model's family; a path such as `#/…` in the message points to the member

      ──────
      1 case: 1 error   [TIME]
    "#
    );
    insta::assert_snapshot!(findings("The maximum tokens you requested exceeds the model limit of 64."), @r#"
    exit 1
    --- stdout
      replay   1 case in 1 file
      ERROR    demo::hello

    error[call-failed]: `demo::hello` was refused with 400 (ValidationException)
      --> bedrock.toml:11:54
       |
    11 | body = '{ "anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": [{ "role": "user", "content"...
       |                                                      ^^^^^^^^^^^^
    ...
    17 | name = "hello"
       |        ------- in `demo::hello`
       |
       = note: Bedrock's message: The maximum tokens you requested exceeds the model limit of 64.
       = note: cause: the body requests more output tokens than the model's limit, which can be lower on Bedrock than on other platforms (`bedrock-check explain max-tokens-limit`)
       = note: if the case expects this refusal, add: `expect.error = { code = "ValidationException" }`
       = help: lower the maximum to the limit in the message

      ──────
      1 case: 1 error   [TIME]
    "#);
}

#[test]
fn causes_are_explained() {
    let project = project(&[]);
    insta::assert_snapshot!(project.run(["explain", "sts-denied"]), @"
    exit 0
    --- stdout
    cause sts-denied

    The trust policy of the role or the policy of the caller does not allow it, or the role does not exist: STS does not report which. What to do: check the role ARN, the trust policy, the external ID and the policy of the caller, in this order.

    | | |
    | --- | --- |
    | reported by | STS |
    | error code | `AccessDenied`, `AccessDeniedException` |
    | HTTP status | 403 |
    | config key | `role_arn` |
    | retried | no |
    | exit code | 3 |

    How to find the reason:

    - role: `aws iam get-role --role-name NAME` in the account of the role shows whether it exists, and its trust policy
    - trust policy: its `Principal` must contain the caller from the message, or the account of the caller
    - external ID: if the trust policy has a condition on `sts:ExternalId`, `external_id` must be set to the same value
    - caller: if the role is in another account, the policy of the caller must allow `sts:AssumeRole` on the role
    ");
}
