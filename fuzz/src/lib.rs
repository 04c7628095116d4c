//! What each fuzz target checks. The tests of the repository run these functions on the corpus.

use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::sync::LazyLock;

use bedrock_check::assemble::assemble;
use bedrock_check::aws::cause::{self, Member, Service, find_member};
use bedrock_check::bundle::verify;
use bedrock_check::config::source::Document;
use bedrock_check::diagnose::Sources;
use bedrock_check::exchange::{Answer, Headers};
use bedrock_check::fixture::Fixture;
use bedrock_check::import::{plan_import, read_recording};
use bedrock_check::mapping::Mapping;
use bedrock_check::schema::Schema;
use bedrock_check::snapshot::{parse_contents, render_contents};
use bedrock_check::template::Template;
use bedrock_check::wire::decode;
use serde_json::{Map, Value};

/// Any bytes as a bundle: no file is unpacked outside the target folder.
pub fn bundle(bytes: &[u8]) {
    drop(verify(bytes, &mut |name, _| {
        assert!(Path::new(name).components().all(|part| matches!(part, Component::Normal(_))));
        Ok(())
    }));
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::config);

/// Any text as a config: parsing and the schema never panic, and places are within the text.
pub fn config(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let file = Sources::default().add("fuzz.toml", text);
    let (document, _) = Document::parse(text);
    for finding in SCHEMA.check(&document, file) {
        assert!(text.get(finding.at.span.range()).is_some(), "{finding:?}");
    }
}

/// Any text as a fixture: rendering it and parsing it again gives the same fixture.
pub fn fixture(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match Fixture::parse(text) {
        Ok((fixture, _)) => {
            let again = Fixture::parse(&fixture.render()).expect("a rendered fixture parses").0;
            assert_eq!(again.render(), fixture.render());
        }
        Err(error) => assert!(error.at.clone().is_none_or(|at| text.get(at).is_some()), "{error:?}"),
    }
}

/// Any text as a JSONPath, and any JSON after a zero byte: compiling and extracting never panic.
pub fn mapping(bytes: &[u8]) {
    let Some([path, body]) = texts(bytes) else { return };
    let spec: Map<String, Value> = [("output_text".to_owned(), Value::from(path))].into_iter().collect();
    let (mapping, errors) = Mapping::compile(&spec);
    for error in &errors {
        assert!(error.at.clone().is_none_or(|at| path.get(at).is_some()), "{error:?}");
    }
    if let Ok(body) = serde_json::from_str::<Value>(body) {
        for error in mapping.extract(&Headers::new(), &body).1 {
            drop((error.to_string(), error.help(), error.notes()));
        }
    }
}

/// Any text as a recording, and any bytes as event-stream frames: reading never panics.
pub fn recording(bytes: &[u8]) {
    drop(decode(bytes));
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(recording) = read_recording(text, "fuzz") else { return };
    if let Answer::Stream(stream) = &recording.exchange.answer {
        drop(assemble(stream));
    }
    drop(plan_import(vec![("fuzz".to_owned(), recording)]));
}

/// A code, a message and a body with a zero byte between them: finding the cause of the refusal, the member it names, and the place
/// in the body never panics.
pub fn refusal(bytes: &[u8]) {
    let Some([code, message, body]) = texts(bytes) else { return };
    for service in [Service::Bedrock, Service::Sts, Service::Client] {
        for status in [400, 403, 429, 500] {
            cause::find(service, Some(status), code, message);
        }
    }
    let Ok(template) = Template::parse(body) else { return };
    let place = match find_member(message) {
        Some(Member::Path(steps)) => template.locate(&steps.iter().map(String::as_str).collect::<Vec<_>>()),
        Some(Member::Named(names)) => {
            template.locate_named(&names.iter().map(String::as_str).collect::<Vec<_>>())
        }
        None => template.locate_named(&["a", "b"]),
    };
    assert!(place.is_none_or(|range| body.get(range).is_some()));
}

/// Any text as mapped output: rendering the fields and parsing them again gives the same fields.
pub fn snapshot(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(fields) = parse_contents(text) {
        assert_eq!(parse_contents(&render_contents(&fields)).expect("rendered contents parse"), fields);
    }
}

/// Any text as a body, and a value after a zero byte: a parsed template renders to valid JSON.
pub fn template(bytes: &[u8]) {
    let Some([body, value]) = texts(bytes) else { return };
    let Ok(template) = Template::parse(body) else { return };
    let names = template.placeholders().iter().map(|placeholder| placeholder.name.clone());
    let values: BTreeMap<String, Value> = names.map(|name| (name, Value::from(value))).collect();
    let rendered = template.render(&values).expect("every variable has a value");
    let parsed: Value = serde_json::from_str(&rendered.text).expect("a rendered body is JSON");
    assert_eq!(parsed, rendered.value);
}

/// The texts between zero bytes. The last one contains the rest.
fn texts<const N: usize>(bytes: &[u8]) -> Option<[&str; N]> {
    let parts: Vec<&str> = str::from_utf8(bytes).ok()?.splitn(N, '\0').collect();
    parts.try_into().ok()
}
