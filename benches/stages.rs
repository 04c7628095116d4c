//! Benchmarks of single stages with a config and a reply of typical size: `cargo bench`, or `cargo bench -- NAME`.

use std::collections::BTreeMap;

use bedrock_check::config::source::Document;
use bedrock_check::diagnose::Sources;
use bedrock_check::exchange::{Answer, Exchange, Headers, Operation, Request, Response};
use bedrock_check::files::Base;
use bedrock_check::fixture::{self, Fixture, Origin, Provenance};
use bedrock_check::lint::secrets;
use bedrock_check::mapping::Mapping;
use bedrock_check::schema::Schema;
use bedrock_check::snapshot::{self, Header};
use bedrock_check::template::Template;
use bedrock_check::words::nearest;
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use serde_json::{Map, Value, json};

/// The first config that `workload.py` writes.
const CONFIG: &str = include_str!("config.toml");

/// The pointer to the request body, where most findings of lint are located.
const BODY: &str = "/models/claude-00000/request/body";

fn main() {
    divan::main();
}

// --- config ---------------------------------------------------------------------------------------------

#[divan::bench]
fn parse_toml(bencher: Bencher) {
    bencher.counter(BytesCount::of_str(CONFIG)).bench(|| Document::parse(black_box(CONFIG)));
}

#[divan::bench]
fn compile_schema(bencher: Bencher) {
    bencher.bench(Schema::config);
}

#[divan::bench]
fn check_schema(bencher: Bencher) {
    let (schema, sources) = (Schema::config(), Sources::default());
    let file = sources.add("config.toml", CONFIG);
    let (document, _) = Document::parse(CONFIG);
    bencher.counter(BytesCount::of_str(CONFIG)).bench_local(|| schema.check(black_box(&document), file));
}

#[divan::bench]
fn look_for_secrets(bencher: Bencher) {
    let file = Sources::default().add("config.toml", CONFIG);
    bencher.counter(BytesCount::of_str(CONFIG)).bench(|| secrets::check(black_box(CONFIG), file));
}

#[divan::bench]
fn place_of_a_value(bencher: Bencher) {
    let (document, _) = Document::parse(CONFIG);
    bencher.bench_local(|| document.place(black_box(BODY)));
}

#[divan::bench]
fn place_inside_the_body(bencher: Bencher) {
    let (document, _) = Document::parse(CONFIG);
    bencher.bench_local(|| document.range_in_string(black_box(BODY), &(300..307)));
}

#[divan::bench]
fn did_you_mean() -> Option<&'static str> {
    nearest(
        black_box("maxTokens"),
        ["model_id", "max_tokens", "region", "credentials", "operation", "stream"],
    )
}

// --- request --------------------------------------------------------------------------------------------

#[divan::bench]
fn parse_template(bencher: Bencher) {
    let text = body();
    bencher.counter(BytesCount::of_str(&text)).bench(|| Template::parse(black_box(&text)));
}

#[divan::bench]
fn fill_template(bencher: Bencher) {
    let text = body();
    let template = Template::parse(&text).expect("the body is well formed");
    let values = values();
    bencher.counter(BytesCount::of_str(&text)).bench(|| template.fill(black_box(&values)));
}

#[divan::bench]
fn fingerprint(bencher: Bencher) {
    let request = request();
    let bytes = BytesCount::of_str(&request.body.to_string());
    bencher.counter(bytes).bench(|| fixture::fingerprint(black_box(&request)));
}

// --- reply ----------------------------------------------------------------------------------------------

#[divan::bench]
fn parse_fixture(bencher: Bencher) {
    let text = recorded().render();
    bencher.counter(BytesCount::of_str(&text)).bench(|| Fixture::parse(black_box(&text)));
}

#[divan::bench]
fn render_fixture(bencher: Bencher) {
    let fixture = recorded();
    bencher.counter(BytesCount::of_str(&fixture.render())).bench(|| black_box(&fixture).render());
}

#[divan::bench]
fn extract_fields(bencher: Bencher) {
    let (mapping, headers, reply) = (mapping(), Headers::new(), reply());
    bencher.counter(ItemsCount::new(3_u32)).bench(|| mapping.extract(black_box(&headers), black_box(&reply)));
}

#[divan::bench]
fn snapshot_contents(bencher: Bencher) {
    let fields = mapped();
    let bytes = BytesCount::of_str(&snapshot::render_contents(&fields));
    bencher.counter(bytes).bench(|| snapshot::render_contents(black_box(&fields)));
}

/// The cost of a case whose output equals the accepted snapshot.
#[divan::bench]
fn compare_unchanged_snapshot(bencher: Bencher) {
    let text = snapshot::render(&Header::default(), &snapshot::render_contents(&mapped()));
    let file = accepted(&text);
    let bytes = BytesCount::of_str(&text);
    bencher
        .counter(bytes)
        .bench(|| snapshot::has_exact_text(file.path(), &Base::default(), black_box(&text)));
}

/// The cost of reading a snapshot when the output differs, without reporting the difference.
#[divan::bench]
fn read_snapshot(bencher: Bencher) {
    let text = snapshot::render(&Header::default(), &snapshot::render_contents(&mapped()));
    let file = accepted(&text);
    bencher.counter(BytesCount::of_str(&text)).bench(|| snapshot::read(black_box(file.path())));
}

// --- test data ------------------------------------------------------------------------------------------

fn body() -> String {
    let (document, _) = Document::parse(CONFIG);
    let body = document.value.pointer(BODY).and_then(Value::as_str);
    body.expect("the config has a body").to_owned()
}

fn values() -> BTreeMap<String, Value> {
    let values = json!({
        "topic": "deadline clause owner",
        "audience": "delay",
        "tone": "plain",
        "limit": 584,
        "temperature": 0.2,
    });
    serde_json::from_value(values).expect("a map")
}

fn request() -> Request {
    let template = Template::parse(&body()).expect("the body is well formed");
    Request {
        operation: Operation::InvokeModel,
        region: "us-east-1".to_owned(),
        model_id: "global.anthropic.claude-haiku-4-5-20251001-v1:0".to_owned(),
        headers: Headers::new(),
        body: template.fill(&values()).expect("all values"),
    }
}

/// 2 KB, with quotes and line ends in the text.
fn reply() -> Value {
    let text = "Summary of \"revenue\": shipment audit renewal latency.\n".repeat(33);
    json!({
        "id": "msg_bdrk_000000000000000000000000",
        "type": "message",
        "role": "assistant",
        "model": "claude-3-haiku-20240307",
        "content": [{ "type": "text", "text": text }],
        "stop_reason": "end_turn",
        "stop_sequence": null,
        "usage": { "input_tokens": 20, "output_tokens": 40 },
    })
}

fn recorded() -> Fixture {
    let response = Response { status: 200, headers: Headers::new(), body: reply() };
    Fixture {
        case: "claude::summary".to_owned(),
        source: Provenance { origin: Origin::HandWritten, from: None },
        exchange: Exchange { request: request(), answer: Answer::Response(response) },
    }
}

fn mapping() -> Mapping {
    let paths = json!({
        "output_text": "$.content[0].text",
        "input_tokens": "$.usage.input_tokens",
        "output_tokens": "$.usage.output_tokens",
    });
    let paths: Map<String, Value> = serde_json::from_value(paths).expect("a map");
    Mapping::compile(&paths).0
}

fn mapped() -> Vec<(String, Value)> {
    mapping().extract(&Headers::new(), &reply()).0.fields
}

fn accepted(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::io::Write::write_all(&mut file, text.as_bytes()).expect("it can be written");
    file
}
