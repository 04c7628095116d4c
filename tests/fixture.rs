//! Fixture files: written fixtures can be read back, and invalid fixtures are reported with place and reason.

use bedrock_check::diagnose::LineColumn;
use bedrock_check::exchange::{
    Answer, Event, Exchange, Headers, Operation, Refusal, Request, Response, Stream,
};
use bedrock_check::fixture::{
    Fixture, Origin, Provenance, REQUEST_HEADERS, RESPONSE_HEADERS, fingerprint, request_diff,
};
use insta::assert_snapshot;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn json_values() -> impl Strategy<Value = Value> {
    let numbers = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (-1000i32..1000, 0u32..1000).prop_map(|(whole, part)| format!("{whole}.{part}")),
        proptest::sample::select(
            &["0", "-0", "28.0", "1e5", "1E-7", "0.10", "12345678901234567890123.50"][..]
        )
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        numbers.prop_map(|text| serde_json::from_str(&text).expect("a number")),
        ".{0,8}".prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::Array),
            btree_map(".{0,4}", inner, 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn headers(names: &'static [&'static str]) -> impl Strategy<Value = Headers> {
    btree_map(proptest::sample::select(names).prop_map(str::to_owned), ".{0,6}", 0..4)
}

fn requests() -> impl Strategy<Value = Request> {
    let operations = proptest::sample::select(&Operation::ALL[..]);
    let parts = (operations, "[a-z0-9-]{0,9}", ".{0,9}", headers(REQUEST_HEADERS), json_values());
    parts.prop_map(|(operation, region, model_id, headers, body)| Request {
        operation,
        region,
        model_id,
        headers,
        body,
    })
}

fn answers() -> impl Strategy<Value = Answer> {
    let headers = || headers(RESPONSE_HEADERS);
    let event = (".{0,6}", any::<bool>(), any::<Option<u64>>(), json_values());
    let event =
        event.prop_map(|(kind, exception, offset_ms, payload)| Event { kind, exception, offset_ms, payload });
    prop_oneof![
        (any::<u16>(), headers(), json_values())
            .prop_map(|(status, headers, body)| Answer::Response(Response { status, headers, body })),
        (any::<u16>(), headers(), vec(event, 0..5))
            .prop_map(|(status, headers, events)| Answer::Stream(Stream { status, headers, events })),
        (any::<u16>(), ".{0,9}", ".{0,9}", headers()).prop_map(|(status, code, message, headers)| {
            Answer::Refusal(Refusal { status, code, message, headers })
        }),
    ]
}

fn fixtures() -> impl Strategy<Value = Fixture> {
    let source = (proptest::sample::select(&Origin::ALL[..]), any::<Option<String>>());
    let parts = (".{0,9}", source, requests(), answers());
    parts.prop_map(|(case, (origin, from), request, answer)| Fixture {
        case,
        source: Provenance { origin, from },
        exchange: Exchange { request, answer },
    })
}

proptest! {
    #[test]
    fn fixtures_round_trip_byte_for_byte(fixture in fixtures()) {
        let text = fixture.render();
        let (read, recorded) = Fixture::parse(&text).expect("what is written can be read");
        prop_assert_eq!(read.render(), text);
        prop_assert!(!read.is_edited(&recorded));
        prop_assert_eq!(read, fixture);
    }

    #[test]
    fn fingerprints_ignore_the_order_of_members(request in requests()) {
        let turned = Request { body: reversed(&request.body), ..request.clone() };
        prop_assert_eq!(fingerprint(&turned), fingerprint(&request));
        prop_assert!(request_diff(&turned, &request).is_empty());
    }

    #[test]
    fn fingerprints_ignore_nothing_else(request in requests(), at in any::<prop::sample::Index>()) {
        for changed in changes(&request, at) {
            prop_assert_ne!(fingerprint(&changed), fingerprint(&request), "{:?}", changed);
            prop_assert!(!request_diff(&changed, &request).is_empty());
        }
    }

    #[test]
    fn reading_any_text_as_a_fixture_never_panics(fixture in fixtures(), at in any::<prop::sample::Index>(), with in ".{0,3}") {
        let mut text = fixture.render();
        let offsets: Vec<usize> = text.char_indices().map(|(offset, _)| offset).collect();
        let offset = *at.get(&offsets);
        let end = text[offset..].chars().next().map_or(offset, |char| offset + char.len_utf8());
        text.replace_range(offset..end, &with);
        check_place(&text);
        text.truncate(offset);
        check_place(&text);
    }
}

fn check_place(text: &str) {
    if let Err(error) = Fixture::parse(text) {
        assert!(error.at.is_none_or(|range| text.get(range).is_some()));
    }
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(reversed).collect(),
        Value::Object(members) => {
            let turned = members.iter().rev().map(|(name, value)| (name.clone(), reversed(value)));
            Value::Object(turned.collect::<Map<_, _>>())
        }
        plain => plain.clone(),
    }
}

/// Copies of the request with one change each; the change in the body is made at a value chosen by `at`.
fn changes(request: &Request, at: prop::sample::Index) -> Vec<Request> {
    let mut changed = vec![
        Request { region: format!("{}x", request.region), ..request.clone() },
        Request { model_id: format!("{} ", request.model_id), ..request.clone() },
        Request { operation: Operation::ALL[(request.operation as usize + 1) % 4], ..request.clone() },
    ];
    for name in REQUEST_HEADERS {
        let mut other = request.clone();
        other.headers.entry((*name).to_owned()).and_modify(|value| value.push('x')).or_default();
        changed.push(other);
    }
    let mut pointers = Vec::new();
    collect(&request.body, String::new(), &mut pointers);
    let pointer = at.get(&pointers);
    let place = request.body.pointer(pointer).expect("it was just found");
    for value in different_values(place) {
        let mut other = request.clone();
        *other.body.pointer_mut(pointer).expect("it was just found") = value;
        changed.push(other);
    }
    changed
}

fn collect(value: &Value, pointer: String, pointers: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| collect(item, format!("{pointer}/{index}"), pointers));
        }
        Value::Object(members) => {
            for (name, value) in members {
                let step = name.replace('~', "~0").replace('/', "~1");
                collect(value, format!("{pointer}/{step}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(pointer);
}

/// Values that differ from `value`: another type, text, order or set of members.
fn different_values(value: &Value) -> Vec<Value> {
    let mut others = vec![json!([value]), json!({ "": value })];
    match value {
        Value::Null => others.push("null".into()),
        Value::Bool(yes) => others.extend([Value::Bool(!yes), yes.to_string().into()]),
        Value::Number(number) => {
            let longer = match number.as_str() {
                text if text.contains(['e', 'E']) => format!("{text}1"),
                text if text.contains('.') => format!("{text}0"),
                text => format!("{text}.0"),
            };
            others.extend([serde_json::from_str(&longer).expect("a number"), number.as_str().into()]);
        }
        Value::String(text) => {
            others.extend([format!("{text}x").into(), format!(" {text}").into(), Value::Null]);
        }
        Value::Array(items) => {
            others.push(items.iter().cloned().chain([Value::Null]).collect());
            let turned: Vec<_> = items.iter().rev().cloned().collect();
            others.extend((turned != *items).then_some(Value::Array(turned)));
        }
        Value::Object(members) => {
            let mut more = members.clone();
            more.insert("a new one".to_owned(), Value::Null);
            others.push(Value::Object(more));
            let renamed = members.iter().map(|(name, value)| (format!("{name}'"), value.clone()));
            others.extend((!members.is_empty()).then(|| Value::Object(renamed.collect())));
        }
    }
    others
}

fn fixture(answer: Answer) -> Fixture {
    let request = Request {
        operation: Operation::InvokeModel,
        region: "us-east-1".to_owned(),
        model_id: "global.anthropic.claude-haiku-4-5-20251001-v1:0".to_owned(),
        headers: [("x-amzn-bedrock-trace", "ENABLED"), ("authorization", "AWS4-HMAC-SHA256 …")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        body: json!({ "max_tokens": 200, "messages": [{ "role": "user", "content": "What is the capital of France?" }] }),
    };
    Fixture {
        case: "claude-haiku::capital of France".to_owned(),
        source: Provenance { origin: Origin::HandWritten, from: None },
        exchange: Exchange { request, answer },
    }
}

fn response(body: Value) -> Answer {
    let headers = [("content-type", "application/json"), ("x-amzn-requestid", "1"), ("set-cookie", "x")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Answer::Response(Response { status: 200, headers, body })
}

#[test]
fn a_fixture_is_readable() {
    let fixture =
        fixture(response(json!({ "content": [{ "type": "text", "text": "Paris" }], "stop": [], "x": {} })));
    assert_snapshot!(fixture.render(), @r#"
    {
      "format": 1,
      "case": "claude-haiku::capital of France",
      "source": {
        "kind": "hand-written"
      },
      "fingerprint": "sha256:a15599d81252c05c216e8c9ca741a417d98c007e5771988d335a95895883edd7",
      "request": {
        "operation": "InvokeModel",
        "region": "us-east-1",
        "model_id": "global.anthropic.claude-haiku-4-5-20251001-v1:0",
        "headers": {
          "x-amzn-bedrock-trace": "ENABLED"
        },
        "body": {
          "max_tokens": 200,
          "messages": [
            {
              "role": "user",
              "content": "What is the capital of France?"
            }
          ]
        }
      },
      "response": {
        "status": 200,
        "headers": {
          "content-type": "application/json"
        },
        "body": {
          "content": [
            {
              "type": "text",
              "text": "Paris"
            }
          ],
          "stop": [],
          "x": {}
        }
      }
    }
    "#);
}

#[test]
fn vectors_and_events_stay_short() {
    let vector: Vec<f64> = (0..20).map(|index| f64::from(index) / 7.0).collect();
    let text = fixture(response(json!({ "embedding": vector, "counts": [1, 2] }))).render();
    assert_snapshot!(text.split_once("\"body\": {\n      \"embedding\"").unwrap().1, @r#"
    : [
            0.0, 0.14285714285714285, 0.2857142857142857, 0.42857142857142855, 0.5714285714285714,
            0.7142857142857143, 0.8571428571428571, 1.0, 1.1428571428571428, 1.2857142857142858,
            1.4285714285714286, 1.5714285714285714, 1.7142857142857142, 1.8571428571428572, 2.0,
            2.142857142857143, 2.2857142857142856, 2.4285714285714284, 2.5714285714285716, 2.7142857142857144
          ],
          "counts": [1, 2]
        }
      }
    }
    "#);
    let events = vec![
        Event {
            kind: "chunk".to_owned(),
            exception: false,
            offset_ms: Some(12),
            payload: json!({ "n": 28.0 }),
        },
        Event {
            kind: "throttlingException".to_owned(),
            exception: true,
            offset_ms: None,
            payload: json!({}),
        },
    ];
    let text = fixture(Answer::Stream(Stream { status: 200, headers: Headers::new(), events })).render();
    assert_snapshot!(text.split_once("\"stream\"").unwrap().1, @r#"
    : {
        "status": 200,
        "headers": {},
        "events": [
          {"type":"chunk","at_ms":12,"payload":{"n":28.0}},
          {"type":"throttlingException","exception":true,"payload":{}}
        ]
      }
    }
    "#);
}

#[test]
fn numbers_keep_their_text() {
    let text = fixture(response(json!({}))).render();
    let text = text.replace("\"body\": {}", "\"body\": [28.0, 1e+5, 12345678901234567890, -0, 1.50]");
    let (read, _) = Fixture::parse(&text).unwrap();
    assert_eq!(read.render(), text);
}

#[test]
fn an_edited_request_is_detected() {
    let text = fixture(response(json!({}))).render();
    let (read, recorded) = Fixture::parse(&text.replace("France?", "Spain?")).unwrap();
    assert!(read.is_edited(&recorded));
}

/// The error of reading a valid fixture after replacing `from` by `to`.
fn read_error(from: &str, to: &str) -> String {
    let good = fixture(response(json!({ "content": [] }))).render();
    assert!(good.contains(from), "{from}");
    let text = good.replacen(from, to, 1);
    let error = Fixture::parse(&text).expect_err("a bad fixture");
    let at = error.at.clone().expect("a place");
    let LineColumn { line, column } = LineColumn::at_offset(&text, at.start);
    format!("{line}:{column} `{}` {}[{}] help: {}\n", &text[at], error, error.code(), error.help())
}

#[test]
fn an_invalid_fixture_is_reported_with_place_and_reason() {
    let mut said = String::new();
    for (from, to) in [
        ("\"format\": 1", "\"format\": 2"),
        ("\"format\": 1", "\"format\": 2, \"novelty\": true"),
        ("\"format\": 1", "\"format\": 0"),
        ("\"format\": 1,", ""),
        ("\"format\": 1", "\"format\": \"1\""),
        ("\"model_id\"", "\"modelid\""),
        ("\"headers\": {", "\"colour\": {"),
        ("InvokeModel", "CountTokens"),
        ("hand-written", "handmade"),
        ("sha256:", "sha1:"),
        ("\"status\": 200", "\"status\": 99999"),
        ("\"status\": 200", "\"status\": 20.5"),
        ("\"response\": {", "\"response\": 5, \"x\": {"),
        ("\"headers\": {", "\"headers\": [5], \"x\": {"),
        ("\"region\": \"us-east-1\",", "\"region\": \"us-east-1\""),
        ("\"content\": []\n    }\n  }\n}\n", "\"content\": ["),
        ("\"response\": {", "\"resopnse\": {"),
        ("}\n}\n", "}\n}\n}"),
        ("\"content\": []", &format!("\"content\": {}{}", "[".repeat(200), "]".repeat(200))),
    ] {
        said.push_str(&read_error(from, to));
    }
    assert_snapshot!(said, @r#"
    2:3 `"format"` the fixture has format 2: it was written by a newer bedrock-check[fixture-version] help: upgrade bedrock-check, or record the case again: this version reads format 1
    2:3 `"format"` the fixture has format 2: it was written by a newer bedrock-check[fixture-version] help: upgrade bedrock-check, or record the case again: this version reads format 1
    2:3 `"format"` there is no fixture format 0[fixture-invalid] help: write `"format": 1`
    34:1 `}` the fixture lacks the member `format`[fixture-invalid] help: restore the file from version control, or record the case again
    2:13 `"1"` expected an integer, found the string `"1"`[fixture-invalid] help: restore the file from version control, or record the case again
    11:5 `"modelid"` a fixture has no member `modelid` here[fixture-invalid] help: did you mean `model_id`?
    12:5 `"colour"` a fixture has no member `colour` here[fixture-invalid] help: remove it, or record the case again
    9:5 `"operation"` `CountTokens` is not an operation that calls a model[fixture-invalid] help: write one of `InvokeModel`, `InvokeModelWithResponseStream`, `Converse`, `ConverseStream`
    5:5 `"kind"` `handmade` is not a kind of source[fixture-invalid] help: write one of `live`, `batch`, `imported`, `hand-written`
    7:3 `"fingerprint"` the fingerprint is invalid[fixture-invalid] help: write `sha256:` and 64 digits of lower-case hex
    26:15 `99999` expected an integer up to 65535, found the integer `99999`[fixture-invalid] help: restore the file from version control, or record the case again
    26:15 `20.5` expected an integer up to 65535, found the number `20.5`[fixture-invalid] help: restore the file from version control, or record the case again
    25:15 `5` expected an object, found the integer `5`[fixture-invalid] help: restore the file from version control, or record the case again
    12:15 ` ` expected an object, found an array[fixture-invalid] help: restore the file from version control, or record the case again
    11:5 `"` the fixture is not JSON: expected `,` or `}`[fixture-invalid] help: restore the file from version control, or record the case again
    31:18 `[` the fixture is truncated: its JSON is incomplete[fixture-invalid] help: restore the file from version control, or record the case again
    25:3 `"resopnse"` a fixture has no member `resopnse` here[fixture-invalid] help: did you mean `response`?
    35:1 `}` the fixture is not JSON: trailing characters[fixture-invalid] help: restore the file from version control, or record the case again
    31:142 `[` the fixture is nested too deeply[too-deep] help: record the case again with a flatter body
    "#);
}

#[test]
fn a_fixture_needs_exactly_one_answer() {
    let good = fixture(response(json!({}))).render();
    let (before, _) = good.split_once(",\n  \"response\"").unwrap();
    let error = "\"error\": { \"status\": 400, \"code\": \"ValidationException\", \"message\": \"no\" }";
    let none = Fixture::parse(&format!("{before}\n}}")).unwrap_err();
    assert_eq!(none.to_string(), "the fixture has no answer");
    let two = format!("{before},\n{error},\n\"stream\": {{ \"status\": 200, \"events\": [] }}\n}}");
    assert_eq!(Fixture::parse(&two).unwrap_err().to_string(), "the fixture has more than one answer");
    let (one, _) = Fixture::parse(&format!("{before},\n{error}\n}}")).unwrap();
    assert!(matches!(one.exchange.answer, Answer::Refusal(refusal) if refusal.status == 400));
}
