//! Request bodies: which texts are accepted, the errors for others, and the escaping of values.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bedrock_check::diagnose::Code;
use bedrock_check::template::{Template, TemplateErrorKind};
use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

fn values(pairs: &Value) -> BTreeMap<String, Value> {
    pairs.as_object().expect("an object").iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Renders `body` and checks the text, and that it parses to the rendered value.
#[track_caller]
fn check(body: &str, given: &Value, expected: &str) {
    let template = Template::parse(body).expect("a body");
    let rendered = template.render(&values(given)).expect("all values");
    assert_eq!(rendered.text, expected);
    assert_eq!(serde_json::from_str::<Value>(&rendered.text).expect("JSON"), rendered.value);
}

#[test]
fn values_replace_placeholders() {
    check(r#"{"n": {{n}}}"#, &json!({"n": 200}), r#"{"n": 200}"#);
    check(r#"{"n": {{ n }} }"#, &json!({"n": "x"}), r#"{"n": "x" }"#);
    check(r#"{"n": "{{n}}"}"#, &json!({"n": 200}), r#"{"n": "200"}"#);
    check(r#"["{{a}}-{{a}}{{b}}"]"#, &json!({"a": true, "b": null}), r#"["true-truenull"]"#);
    check(r#""{{j}}""#, &json!({"j": {"a": ["\""]}}), r#""{\"a\":[\"\\\"\"]}""#);
    check("{{whole}}", &json!({"whole": [1, {"a": 2}]}), r#"[1,{"a":2}]"#);
    check(r#"{"a":{"b":{{c.d-e}}}}"#, &json!({"c.d-e": 1}), r#"{"a":{"b":1}}"#);
    check(r#"{"a":{"b":"{{c}}"}}"#, &json!({"c": 1}), r#"{"a":{"b":"1"}}"#);
    check(r#"{"a":{"b":1}}"#, &json!({}), r#"{"a":{"b":1}}"#);
}

#[test]
fn values_are_escaped_in_strings() {
    check(
        r#"{"p": "{{p}}"}"#,
        &json!({"p": "\", \"x\": \"\\ {{p}}\n\u{1}"}),
        r#"{"p": "\", \"x\": \"\\ {{p}}\n\u0001"}"#,
    );
    check(r"[{{p}}]", &json!({"p": "1], \"x\": ["}), r#"["1], \"x\": ["]"#);
}

#[test]
fn braces_can_be_written() {
    check(r#"["\u007b{a}} {a} }} {"]"#, &json!({}), r#"["\u007b{a}} {a} }} {"]"#);
    check(r#"["\u007b{{a}}}"]"#, &json!({"a": 1}), r#"["\u007b1}"]"#);
}

#[test]
fn numbers_keep_their_text() {
    let number = |text: &str| Value::Number(text.parse::<Number>().unwrap());
    check("[{{n}}, 1.50]", &json!({ "n": number("28.0") }), "[28.0, 1.50]");
    check(
        "[{{n}}]",
        &json!({ "n": number("123456789012345678901234567890") }),
        "[123456789012345678901234567890]",
    );
}

#[test]
fn placeholders_have_their_places() {
    let body = r#"{"ü": {{ a.b }}, "t": "x{{c}}"}"#;
    let template = Template::parse(body).expect("a body");
    let seen = template.placeholders().iter().map(|p| (p.name.as_str(), &body[p.at.clone()], p.in_string));
    assert_eq!(seen.collect::<Vec<_>>(), [("a.b", "{{ a.b }}", false), ("c", "{{c}}", true)]);
}

#[test]
fn each_variable_without_value_is_named_once() {
    let template = Template::parse(r#"["{{a}}", {{b}}, {{a}}, {{c}}]"#).unwrap();
    let unset = template.render(&values(&json!({"b": 1}))).unwrap_err();
    let seen = unset.iter().map(|unset| (unset.to_string(), unset.at.clone()));
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [("`a` has no value".into(), 2..7), ("`c` has no value".into(), 24..29)]
    );
}

/// The errors of `body`: each place is marked below the text, followed by code, message and help.
fn errors_in(body: &str) -> String {
    let errors = Template::parse(body).expect_err(body);
    let mut printed = format!("{}\n", body.escape_debug().to_string().replace("\\\"", "\""));
    for error in errors {
        let at = body.get(error.at.clone()).expect("a place in the text");
        let help = error.help().map_or(String::new(), |help| format!("; {help}"));
        writeln!(printed, "  {} {:?} {at:?}: {error}{help}", error.code(), error.at)
            .expect("writing to a string can't fail");
    }
    printed
}

#[test]
fn invalid_json_is_reported_with_help() {
    let bodies = [
        "",
        "  \n",
        "{",
        "[1, 2",
        "{\"a\": 1,}",
        "[1,]",
        "[,1]",
        "{\"a\" 1}",
        "{\"a\": 1 \"b\": 2}",
        "[1 2]",
        "{'a': 1}",
        "{\"a\": 'x'}",
        "{a: 1}",
        "{\"a\": hello}",
        "{\"a\": True}",
        "{\"a\": None}",
        "[NaN]",
        "[-x]",
        "{\"a\": 1} // end",
        "[1, # one\n2]",
        "[01]",
        "[1.]",
        "[.5]",
        "[+1]",
        "[1e]",
        "[1.5.2]",
        "[\"a\\x\"]",
        "[\"\\u12\"]",
        "[\"\\ud83d\"]",
        "[\"\\ude00\"]",
        "[\"a\nb\"]",
        "[\"a\tb\"]",
        "[\"a",
        "{} {}",
        "{}}",
        "]",
        "\u{feff}{}",
        "[`a`]",
        "{prompt}",
        "{\"a\": {prompt}}",
        "{\"a\": {{n}}0}",
        "{\"a\": x{{n}}}",
        "{\"a\": 1{{n}}}",
        "{\"a\": \"x\" + {{n}}}",
        "{\"a\":: 1}",
        "[\"\\\"]",
        "{\"$serde_json::private::Number\": \"1\"}",
    ];
    insta::assert_snapshot!(bodies.map(errors_in).concat());
}

#[test]
fn bad_placeholders_do_not_hide_each_other() {
    let bodies = [
        r#"{"a": "{{", "b": "{{}}", "c": "{{ two words }}", "d": "{{x"}"#,
        r#"{"max": {{max}, "p": "{{p}"}"#,
        r#"{"max": {{max, "p": {{1p}}, "q": {{ok}}}"#,
        r#"{"a": "{{{a}}}", "b": "{{#if x}}yes{{/if}}"}"#,
        r#"{"{{name}}": 1, "x{{": 2, "a": 3, "\u0061": 4}"#,
        r#"{{"a": 1}}"#,
        r#"{"a": {{"b": 1}, "c": 2}"#,
        r#"{"a": 1, "b": {"a": 2, "a": 3}, "a": {{}}, }"#,
    ];
    insta::assert_snapshot!(bodies.map(errors_in).concat());
}

#[test]
fn nesting_has_a_maximum_depth() {
    let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    assert!(Template::parse(&nested(120)).is_ok());
    let errors = Template::parse(&nested(121)).unwrap_err();
    assert_eq!((errors[0].code(), errors[0].at.clone()), (Code::TooDeep, 120..121));
    assert_eq!(Template::parse(&"[{\"a\":".repeat(200_000)).unwrap_err()[0].code(), Code::TooDeep);
}

/// A generated body: its text, and the value that it must render to.
#[derive(Clone, Debug)]
enum Shape {
    Value(Value),
    Hole(usize),
    Text(Vec<Result<String, usize>>),
    Array(Vec<Shape>),
    Object(Vec<(String, Shape)>),
}

impl Shape {
    fn write(&self, out: &mut String) {
        match self {
            Shape::Value(value) => out.push_str(&value.to_string().replace("{{", "{\\u007b")),
            Shape::Hole(index) => write!(out, "{{{{ v{index} }}}}").expect("writing to a string can't fail"),
            Shape::Text(pieces) => {
                out.push('"');
                for piece in pieces {
                    match piece {
                        Ok(text) => {
                            let quoted = Value::from(text.as_str()).to_string();
                            out.push_str(&quoted[1..quoted.len() - 1].replace('{', "\\u007b"));
                        }
                        Err(index) => {
                            write!(out, "{{{{v{index}}}}}").expect("writing to a string can't fail");
                        }
                    }
                }
                out.push('"');
            }
            Shape::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { " , " } else { "\n" });
                    item.write(out);
                }
                out.push(']');
            }
            Shape::Object(members) => {
                out.push('{');
                for (index, (name, member)) in members.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { " " });
                    write!(out, "{} :", Value::from(name.as_str()).to_string().replace("{{", "{\\u007b"))
                        .expect("writing to a string can't fail");
                    member.write(out);
                }
                out.push('}');
            }
        }
    }

    fn filled(&self, values: &[Value]) -> Value {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match self {
            Shape::Value(value) => value.clone(),
            Shape::Hole(index) => values[*index].clone(),
            Shape::Text(pieces) => Value::String(
                pieces.iter().map(|p| p.clone().unwrap_or_else(|index| text(&values[index]))).collect(),
            ),
            Shape::Array(items) => items.iter().map(|item| item.filled(values)).collect(),
            Shape::Object(members) => {
                let filled = members.iter().map(|(name, member)| (name.clone(), member.filled(values)));
                Value::Object(filled.collect::<Map<_, _>>())
            }
        }
    }
}

/// Texts with characters that are special in templates or JSON.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        4 => prop::sample::select(vec![
            "\"", "\\", "{", "}", "{{", "}}", "{{v0}}", "\n", "\u{0}", "\u{1f}", "\u{7f}", "\u{2028}", "😀", "\\u007b", "/", "a",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

fn number() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "-?(0|[1-9][0-9]{0,30})",
        "-?(0|[1-9][0-9]{0,5})\\.[0-9]{1,20}",
        "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,3})?[eE][+-]?[0-9]{1,4}",
    ];
    text.prop_map(|text| Value::Number(text.parse().expect("a number")))
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number(),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((text(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn shape() -> impl Strategy<Value = Shape> {
    let piece = prop_oneof![text().prop_map(Ok), (0..4_usize).prop_map(Err)];
    let leaf = prop_oneof![
        json_value().prop_map(Shape::Value),
        (0..4_usize).prop_map(Shape::Hole),
        prop::collection::vec(piece, 0..5).prop_map(Shape::Text),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Shape::Array),
            prop::collection::btree_map(text(), inner, 0..4)
                .prop_map(|members| Shape::Object(members.into_iter().collect())),
        ]
    })
}

/// A JSON text with a few changed characters.
fn nearly_json() -> impl Strategy<Value = String> {
    let alphabet: Vec<char> =
        "{}[]\":,\\/ \n\t'0123456789.+-eEtruefalsn\u{0}\u{feff}ü\u{d7ff}#u".chars().collect();
    let change = (any::<prop::sample::Index>(), 0..3_u8, prop::sample::select(alphabet));
    let pretty = (json_value(), any::<bool>())
        .prop_map(|(value, pretty)| if pretty { format!("{value:#}") } else { value.to_string() });
    (pretty, prop::collection::vec(change, 0..4)).prop_map(|(text, changes)| {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, kind, char) in changes {
            let at = at.index(chars.len() + 1);
            match kind {
                0 => chars.insert(at, char),
                1 if at < chars.len() => chars[at] = char,
                _ if at < chars.len() => drop(chars.remove(at)),
                _ => {}
            }
        }
        chars.into_iter().collect()
    })
}

/// Checks that `serde_json` and the template agree about `text`, which has no placeholder.
#[track_caller]
fn agree(text: &str) {
    let reference = serde_json::from_str::<Value>(text);
    match (Template::parse(text), reference) {
        (Ok(template), Ok(value)) => {
            let rendered = template.render(&BTreeMap::new()).expect("no variables");
            assert_eq!((rendered.text.as_str(), rendered.value), (text, value));
        }
        (Err(errors), reference) => {
            let ours = |kind: &TemplateErrorKind| {
                matches!(kind, TemplateErrorKind::DuplicateMember { .. } | TemplateErrorKind::TooDeep)
            };
            let stricter = errors.iter().all(|error| ours(&error.kind));
            assert!(reference.is_err() || stricter, "{text:?} is refused: {errors:?}");
        }
        (Ok(_), Err(error)) => panic!("{text:?} is accepted, but {error}"),
    }
}

#[test]
fn the_template_and_serde_json_accept_the_same_text() {
    for text in [
        "0",
        "-0",
        "-",
        "00",
        "0.0",
        "1E+9",
        "1e999",
        "1e-",
        "\"\\u0000\"",
        "\"\\uD83D\\uDE00\"",
        "\"\\uD83D\\u0041\"",
        "\"\u{7f}\"",
        "true1",
        "nul",
        "[1,2",
        " \u{b}1",
        "\u{a0}1",
        "1\u{0}",
        "\"\\/\"",
        "\"\\U0041\"",
        "\"\\u00e\"",
        "{}{",
        "\"\\uD83D",
    ] {
        agree(text);
    }
}

proptest! {
    #[test]
    fn rendering_keeps_the_structure(shape in shape(), values in prop::collection::vec(json_value(), 4)) {
        let mut body = String::new();
        shape.write(&mut body);
        let template = Template::parse(&body).unwrap_or_else(|errors| panic!("{body}: {errors:?}"));
        let given = values.iter().enumerate().map(|(index, value)| (format!("v{index}"), value.clone()));
        let rendered = template.render(&given.collect()).unwrap();
        prop_assert_eq!(&rendered.value, &shape.filled(&values));
        prop_assert_eq!(serde_json::from_str::<Value>(&rendered.text).expect("JSON"), rendered.value);
    }

    #[test]
    fn parsing_any_text_never_panics(text in prop_oneof![text(), any::<String>(), nearly_json()]) {
        for error in Template::parse(&text).err().unwrap_or_default() {
            prop_assert!(text.get(error.at.clone()).is_some(), "{:?}", error);
            let _ = (error.to_string(), error.help(), error.code());
        }
    }

    #[test]
    fn bodies_without_placeholders_are_json(text in nearly_json()) {
        let text = text.replace("{{", "{ {").replace("{{", "{ {");
        agree(&text);
    }
}
