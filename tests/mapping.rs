//! Mappings: the values that they extract from responses, and their errors.

use std::fmt::Write as _;

use bedrock_check::exchange::Headers;
use bedrock_check::mapping::{JsonPath, Mapping};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn table(spec: Value) -> Map<String, Value> {
    let Value::Object(table) = spec else { panic!("a table") };
    table
}

fn claude() -> Value {
    json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-3-haiku",
        "content": [{"type": "text", "text": "Paris is the capital."}],
        "stop_reason": "end_turn", "stop_sequence": null,
        "usage": {"input_tokens": 14, "output_tokens": 8, "odd-name": {"it's": 1}}
    })
}

fn headers() -> Headers {
    [
        ("x-amzn-bedrock-input-token-count", "14"),
        ("x-amzn-requestid", "0a1b"),
        ("content-type", "application/json"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Compiles the mapping without errors and extracts its fields from the response of Claude.
#[track_caller]
fn check(spec: Value, expected: &str) {
    let (mapping, errors) = Mapping::compile(&table(spec));
    assert!(errors.is_empty(), "{errors:?}");
    let (mapped, errors) = mapping.extract(&headers(), &claude());
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(Value::Object(mapped.fields.into_iter().collect()).to_string(), expected);
}

#[test]
fn fields_are_extracted_from_bodies_and_headers() {
    check(
        json!({"output_text": "$.content[0].text", "input_tokens": "$.usage.input_tokens"}),
        r#"{"output_text":"Paris is the capital.","input_tokens":14}"#,
    );
    check(
        json!({"output_text": {"path": "$.content[?@.type=='text'].text", "join": ""}}),
        r#"{"output_text":"Paris is the capital."}"#,
    );
    check(json!({"all": {"path": "$.usage[?@>0]", "join": "+"}}), r#"{"all":"14+8"}"#);
    check(json!({"all": {"path": "$.content[*].type", "collect": true}}), r#"{"all":["text"]}"#);
    check(json!({"tools": {"path": "$.content[?@.type=='tool_use']", "collect": true}}), r#"{"tools":[]}"#);
    check(json!({"reason": "$.stop_sequence"}), r#"{"reason":null}"#);
    check(
        json!({"reason": {"path": "$.stop_sequence", "type": "string", "optional": true}}),
        r#"{"reason":null}"#,
    );
    check(json!({"gone": {"path": "$.gone", "optional": true}}), r#"{"gone":null}"#);
    check(json!({"input_tokens": {"header": "X-Amzn-Bedrock-Input-Token-Count"}}), r#"{"input_tokens":14}"#);
    check(json!({"n": {"header": "x-amzn-bedrock-input-token-count", "type": "string"}}), r#"{"n":"14"}"#);
    check(json!({"id": {"header": "x-amzn-requestid"}}), r#"{"id":"0a1b"}"#);
    check(
        json!({"latency": {"header": "x-latency", "optional": true, "type": "integer"}}),
        r#"{"latency":null}"#,
    );
    check(
        json!({"output_text": {"path": "$.usage", "type": "object"}}),
        r#"{"output_text":{"input_tokens":14,"output_tokens":8,"odd-name":{"it's":1}}}"#,
    );
}

#[test]
fn numbers_keep_their_text_and_integers_are_recognised() {
    let body: Value =
        serde_json::from_str(r#"{"n": 28.0, "f": 0.5, "big": 123456789012345678901234567890}"#).unwrap();
    let integer = |path: &str| json!({"path": path, "type": "integer"});
    let spec =
        json!({"output_tokens": "$.n", "n": integer("$.n"), "big": integer("$.big"), "f": integer("$.f")});
    let (mapped, errors) = Mapping::compile(&table(spec)).0.extract(&Headers::new(), &body);
    assert_eq!(mapped.get("output_tokens").unwrap().to_string(), "28.0");
    assert_eq!(mapped.get("big").unwrap().to_string(), "123456789012345678901234567890");
    assert_eq!(
        errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["`f` expects an integer, found a number: `0.5`"]
    );
}

/// The error of a path that does not compile, with place, help and notes.
fn path_error(path: &str) -> String {
    let (mapping, errors) = Mapping::compile(&table(json!({ "f": path })));
    let [error] = errors.as_slice() else { panic!("one finding for {path:?}, not {errors:?}") };
    let at = error.at.clone().expect("a place");
    let help = error.help().map_or(String::new(), |help| format!("; {help}"));
    assert_eq!(mapping.fields().len(), usize::from(error.code().id() == "path-without-root"));
    format!(
        "{path}\n{}{}\n  {}: {error}{help}\n",
        " ".repeat(path[..at.start].chars().count()),
        "^".repeat(path[at].chars().count()),
        error.code()
    )
}

#[test]
fn bad_paths_are_reported_with_help() {
    let paths = [
        "",
        "$.",
        "$..",
        "$...a",
        "$.a..",
        "$a",
        "$.a-b",
        "$.usage.input-tokens.x",
        "$..a-b",
        "$.0",
        "$.a.1.b",
        "$.é.ü-x",
        "$.a[",
        "$.a[0",
        "$.a['b]",
        "$.a[]",
        "$.a[b]",
        "$.a[b-c]",
        "$.a[01]",
        "$.a[-0]",
        "$.a[99999999999999999999]",
        "$.a[1,]",
        "$.a.[0]",
        "$.a[0]b",
        "$.a]",
        "$.a[(@.length-1)]",
        "$.a^",
        "$.a~",
        "$.a[0]^.b",
        "$.a.length()",
        "$.a.@string()",
        "$.a[?(@.b=1)]",
        "$.a[?@.b===1]",
        "$.a[?@.b=='=' and @.c==2]",
        "$.a[?@.b==1 & @.c==2]",
        "$.a[?@.b=~/x/]",
        "$.a[?@.b in ['x']]",
        "$.a[?not @.b]",
        "$.a[?@.b-c==1]",
        "$.a[?@..b==1]",
        "$.a[?@.b[*]==1]",
        "$.a[?foo(@.b)]",
        "$.a[?length(@.b)]",
        "$.a[?@.b==[1]]",
        "$.a[?@.b=='x]",
        "$.a[?@.b",
        "$.a[?(@.b]",
        "$.a[\"\\x\"]",
        " $.a",
        "$.a ",
        "/choices/0/text",
        "@.a",
        "choices[0].message.content",
        ".a.b",
        "[0].x",
        "output.text",
        "output.te-xt",
        ".choices[].text",
        "{x}",
        "`a`",
    ];
    let deep = format!("$[?{}@.a{}]", "(".repeat(20), ")".repeat(20));
    insta::assert_snapshot!(paths.into_iter().chain([deep.as_str()]).map(path_error).collect::<String>());
}

#[test]
fn bad_fields_do_not_hide_the_good_ones() {
    let (mapping, errors) = Mapping::compile(&table(json!({
        "good": "$.a",
        "number": 1,
        "empty": {},
        "both": {"path": "$.a", "header": "h"},
        "typo": {"pth": "$.a", "optional": true},
        "joined": {"path": "$.a", "join": "", "collect": true},
        "a/b": {"path": "$.a-b"},
        "header": {"header": "two words"},
        "joined_header": {"header": "x", "join": ""},
        "type": {"path": "$.a", "type": "strng"},
        "types": {"path": 1},
        "flag": {"path": "$.a", "collect": "yes"},
        "extra": {"path": "a", "colour": 1},
    })));
    assert_eq!(mapping.names().collect::<Vec<_>>(), ["good", "extra"]);
    let printed = errors.iter().fold(String::new(), |mut printed, error| {
        writeln!(
            printed,
            "{} {} {:?}: {error}; {}",
            error.code(),
            error.pointer,
            error.at,
            error.help().unwrap_or_default()
        )
        .expect("writing to a string can't fail");
        printed
    });
    insta::assert_snapshot!(printed);
}

/// The error of extracting `field` with the mapping `spec`, with help and notes.
fn extraction_error(field: &str, spec: &Value, body: &Value) -> String {
    let (mapping, errors) = Mapping::compile(&table(json!({ field: spec })));
    assert!(errors.is_empty(), "{errors:?}");
    let (mapped, errors) = mapping.extract(&headers(), body);
    assert!(mapped.fields.is_empty(), "{mapped:?}");
    let [error] = errors.as_slice() else { panic!("one error, not {errors:?}") };
    let path = spec.as_str().or(spec["path"].as_str()).unwrap_or("");
    let at = error.at.clone().map_or(String::new(), |at| format!(" at `{}`", &path[at]));
    let mut printed = format!("{spec}\n  {} {}{at}: {error}\n", error.code(), error.pointer);
    for note in error.notes() {
        writeln!(printed, "  note: {note}").expect("writing to a string can't fail");
    }
    if let Some(help) = error.help() {
        writeln!(printed, "  help: {help}").expect("writing to a string can't fail");
    }
    printed
}

#[test]
fn a_missing_value_is_reported_with_the_existing_members() {
    let blocks = json!({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "list": [], "n": "\u{1b}[1m12"});
    let llama = json!({"generation": "Paris", "prompt_token_count": 9, "generation_token_count": 3, "stop_reason": "stop"});
    let many: Value = (0..20).collect();
    let cases = [
        ("output_text", json!("$.output.text"), claude()),
        ("output_text", json!("$.content.text"), claude()),
        ("output_text", json!("$.content[1].text"), claude()),
        ("output_text", json!("$.content[0].txt"), claude()),
        ("output_text", json!("$.contents[0].text"), claude()),
        ("output_text", json!("$.completion"), claude()),
        ("input_tokens", json!("$.usage.inputTokens"), claude()),
        (
            "input_tokens",
            json!("usage.prompt_tokens").as_str().map(|path| json!(format!("$.{path}"))).unwrap(),
            claude(),
        ),
        ("output_text", json!("$.output.message.content[0].text"), llama.clone()),
        ("input_tokens", json!("$.usage.input_tokens"), llama.clone()),
        ("output_tokens", json!("$.usage.output_tokens"), llama),
        ("its", json!("$.usage['odd_name']['its']"), claude()),
        ("text", json!("$.content[?@.type=='txt'].text"), claude()),
        ("nothing", json!("$.zzz"), claude()),
        ("nothing", json!("$.a.b"), json!("text")),
        ("output_text", json!("$.content[*].text"), blocks.clone()),
        ("all", json!("$[*]"), many),
        ("first", json!("$.list[0]"), blocks.clone()),
        ("output_text", json!("$.content"), claude()),
        ("output_text", json!("$.stop_sequence"), claude()),
        ("input_tokens", json!("$.n"), blocks.clone()),
        ("joined", json!({"path": "$.list[*]", "join": ""}), blocks),
        ("input_tokens", json!({"header": "x-amzn-bedrock-input-tokens-count"}), claude()),
        ("input_tokens", json!({"header": "x-amzn-requestid"}), claude()),
        ("latency", json!({"header": "zzz"}), claude()),
    ];
    insta::assert_snapshot!(cases.map(|(field, spec, body)| extraction_error(field, &spec, &body)).concat());
}

#[test]
fn places_refer_to_the_path_as_written() {
    let (mapping, hints) = Mapping::compile(&table(json!({"output_text": "output.text"})));
    assert_eq!(hints[0].help().unwrap(), "write `$.output.text`");
    let (_, errors) = mapping.extract(&Headers::new(), &json!({"output": {}}));
    assert_eq!((errors[0].at.clone(), errors[0].pointer.as_str()), (Some(6..11), "/output_text"));
    let (_, errors) = mapping.extract(&Headers::new(), &json!({}));
    assert_eq!(errors[0].at, Some(0..6));
}

proptest! {
    #[test]
    fn any_path_compiles_or_is_reported(path in prop_oneof![
        any::<String>(),
        "[$@.\\[\\]'\"a-c0-9?*=<>&|!()~^:, -]{0,24}",
        "\\$(\\.[a-c]|\\[[0-2]\\]|\\['é']|\\.\\.[a-c]|\\[\\*\\]|\\[\\?@\\.a==1\\]|[ .\\[\\]-]){0,6}",
    ]) {
        let body = json!({"a": [{"a": 1, "b": {"c": "x"}}, 2], "b": {"é": [null]}, "c": "text"});
        for parsed in [JsonPath::parse(&path), JsonPath::parse_lenient(&path)] {
            if let Err(error) = parsed {
                prop_assert!(path.get(error.at.clone()).is_some(), "{:?}", error);
            }
        }
        let (mapping, _) = Mapping::compile(&table(json!({ "output_text": path.clone() })));
        for error in mapping.extract(&Headers::new(), &body).1 {
            prop_assert!(error.at.clone().is_none_or(|at| path.get(at).is_some()), "{:?}", error);
            let _ = (error.to_string(), error.help(), error.notes());
        }
    }
}
