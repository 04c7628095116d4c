//! The snapshot format as read by a YAML 1.2 parser and by insta.

use std::fs;

use bedrock_check::snapshot::{
    Header, matches, matches_fully, parse_contents, read, render, render_contents,
};
use proptest::prelude::*;
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};

/// Texts that are difficult to write as YAML, and arbitrary texts.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z ,.'\"]{1,8}",
        2 => prop::sample::select(vec![
            "\n", "\n\n", " ", "  ", "\t", "\r", "\r\n", ": ", ":", " #", "#", "-", "- ", "---", "...", "|", ">",
            "\"", "\\", "\\\n", "null", "true", "1", "1e5", "~", "[", "]", "{", "}", "<<<<<<< ", "=======", "\u{85}",
            "\u{2028}", "\u{feff}", "\u{a0}", "\u{3000}", "\u{202e}", "\u{1b}[1m", "\0", "\u{fffe}", "\u{e0041}", "é",
            "😀", "🏳️‍🌈",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn number() -> impl Strategy<Value = Value> {
    let text = r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,3})?";
    text.prop_map(|text| Value::Number(text.parse::<Number>().expect("JSON's grammar")))
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => number(),
        4 => text().prop_map(Value::String),
        1 => prop::collection::vec(number(), 0..20).prop_map(Value::Array),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((text(), inner), 0..5)
                .prop_map(|entries| Value::Object(Map::from_iter(entries))),
        ]
    })
}

fn fields() -> impl Strategy<Value = Vec<(String, Value)>> {
    prop::collection::vec((text(), value()), 0..5)
        .prop_map(|entries| Map::from_iter(entries).into_iter().collect())
}

/// The value that an independent YAML parser reads from `contents`; bare scalars become JSON values.
fn foreign(contents: &str) -> Value {
    let mut parser = Parser::new_from_str(contents).map(|event| event.expect(contents).0);
    let value = parser.find_map(|event| match event {
        Event::StreamStart | Event::DocumentStart(..) => None,
        first => Some(first),
    });
    let value = foreign_node(value.expect("a document"), &mut parser);
    assert!(matches!(parser.next(), Some(Event::DocumentEnd)), "one document");
    value
}

fn foreign_node<'a>(event: Event<'a>, parser: &mut impl Iterator<Item = Event<'a>>) -> Value {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, ..) => {
            serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned()))
        }
        Event::Scalar(text, ..) => Value::String(text.into_owned()),
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            while let Some(event) = parser.next().filter(|event| !matches!(event, Event::SequenceEnd)) {
                list.push(foreign_node(event, parser));
            }
            Value::Array(list)
        }
        Event::MappingStart(..) => {
            let mut map = Map::new();
            while let Some(event) = parser.next().filter(|event| !matches!(event, Event::MappingEnd)) {
                let Event::Scalar(key, ..) = event else { panic!("a key: {event:?}") };
                let event = parser.next().expect("a value");
                map.insert(key.into_owned(), foreign_node(event, parser));
            }
            Value::Object(map)
        }
        other => panic!("{other:?}"),
    }
}

/// Headers that insta can write and read back.
fn header() -> impl Strategy<Value = Header> {
    let word = || {
        // insta writes `0o7` and `+.inf` without quotes; it reads the first as a number and panics on the second.
        let misread = |text: &String| text.starts_with("0o") || text.starts_with("+.");
        text().prop_filter("insta can't read back what it writes", move |text| !misread(text))
    };
    let filled = || prop::option::of(word().prop_filter("a text", |text| !text.is_empty()));
    let info = prop::collection::vec((word(), word()), 0..4)
        .prop_map(|entries| std::collections::BTreeMap::from_iter(entries).into_iter().collect());
    (word(), filled(), filled(), info).prop_map(|(source, description, expression, info)| Header {
        source,
        description,
        expression,
        info,
    })
}

proptest! {
    /// Consequently, different outputs have different contents.
    #[test]
    fn contents_read_back_as_the_same_values(fields in fields()) {
        let contents = render_contents(&fields);
        prop_assert_eq!(contents.trim_end(), &contents, "insta would trim it");
        prop_assert_eq!(parse_contents(&contents).expect(&contents), fields, "{}", contents);
    }

    #[test]
    fn a_foreign_yaml_parser_reads_the_same_values(fields in fields()) {
        let contents = render_contents(&fields);
        let text = format!("{contents}\n");
        prop_assert_eq!(foreign(&text), Value::Object(Map::from_iter(fields)), "{}", contents);
    }

    #[test]
    fn reading_arbitrary_text_never_panics(text in text()) {
        let _ = parse_contents(&text);
        let _ = parse_contents(&format!("a: {text}"));
        let _ = parse_contents(&format!("a:\n  - {text}\n  - b"));
    }

    /// A header that our reader accepts does not make insta's reader panic.
    #[test]
    fn reading_arbitrary_headers_never_panics(text in text(), more in text()) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.snap");
        fs::write(&path, format!("---\nsource: {text}\ninfo:\n  - {more}\n{text}: {more}\n---\nb\n")).expect("a file");
        let _ = read(&path);
    }

    #[test]
    fn insta_reads_what_was_written_and_writes_the_same_bytes(header in header(), fields in fields()) {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, saved) = (folder.path().join("m__c.snap"), folder.path().join("saved.snap"));
        let contents = render_contents(&fields);
        let bytes = render(&header, &contents);
        fs::write(&path, &bytes).expect("a file");
        insta::Snapshot::from_file(&path).expect(&bytes).save(&saved).expect("a file");
        prop_assert_eq!(fs::read_to_string(saved).expect("a file"), bytes);

        let accepted = read(&path).expect("insta's form").expect("a file");
        prop_assert_eq!(&accepted.header, &header);
        prop_assert_eq!(accepted.text(), contents.as_str());
        prop_assert!(matches_fully(&accepted, &header, &contents));
    }
}

#[test]
fn foreign_snapshots_are_compared_by_the_rules_of_insta() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.snap");
    fs::write(&path, "---\nsource: a\n---\none\r\ntwo  \n\n").expect("a file");
    let accepted = read(&path).expect("a snapshot").expect("a file");
    assert!(matches(&accepted, "one\ntwo"));
    assert!(matches(&accepted, "\none\r\ntwo\n"), "legacy rules");
    assert!(!matches(&accepted, "one\n two"));
    assert!(!matches_fully(&accepted, &Header::default(), "one\ntwo"));
}

#[test]
fn long_text_and_vectors_stay_whole() {
    let line = "The capital of France is Paris. ".repeat(40_000);
    let vector: Vec<Value> =
        (0..4096).map(|index| format!("{index}.0").parse::<Number>().expect("JSON").into()).collect();
    let lines = "Ein Satz.\n\tein Absatz\n\n".repeat(20_000);
    let fields: Vec<(String, Value)> =
        [("line", line.into()), ("lines", lines.into()), ("vector", vector.into())]
            .map(|(name, value): (&str, Value)| (name.to_owned(), value))
            .into();
    let contents = render_contents(&fields);
    assert_eq!(parse_contents(&contents).expect("our own form"), fields);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.snap");
    fs::write(&path, render(&Header::default(), &contents)).expect("a file");
    assert!(matches(&read(&path).expect("a snapshot").expect("a file"), &contents));
}
