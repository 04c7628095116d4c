//! Pages that are generated from code: codes, causes, and tables of keys. The committed pages must be up to date;
//! `UPDATE_DOCS=1` updates them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bedrock_check::aws::cause::causes;
use bedrock_check::config::model::form::Form;
use bedrock_check::diagnose::Code;
use bedrock_check::schema::{SCHEMA, SETTINGS_SCHEMA};
use serde_json::Value;

#[test]
fn every_code_is_explained() {
    let mut page = String::from(
        "# Codes\n\nEvery finding has one of these codes. `bedrock-check explain CODE` prints the same; a code\n\
         that doesn't prevent a run can get another severity in the [settings](config.md#settings), such as `severity.CODE = \"off\"`.\n\
         [checks.md](checks.md) explains what the checks are based on.\n\n| code | severity | |\n| --- | --- | --- |\n",
    );
    for code in Code::ALL {
        let line = format!("| [{code}](#{code}) | {} | {} |\n", code.severity().name(), code.title());
        page.push_str(&line);
    }
    for code in Code::ALL {
        let (title, explanation) = (code.title(), code.explanation().trim_end());
        write!(page, "\n## {code}\n\n**{title}** ({})\n\n{explanation}\n", code.severity().name())
            .expect("writing to a string can't fail");
    }
    check("docs/codes.md", |_| page);
}

#[test]
fn codes_that_are_based_on_aws_knowledge_are_listed() {
    let mut table = String::from("| code | severity | |\n| --- | --- | --- |\n");
    for code in Code::ALL.iter().filter(|code| code.is_based_on_aws_knowledge()) {
        let (severity, title) = (code.severity().name(), code.title());
        writeln!(table, "| [{code}](codes.md#{code}) | {severity} | {title} |")
            .expect("writing to a string can't fail");
    }
    check("docs/checks.md", |page| {
        let (before, rest) = page.split_once("<!-- codes that rest on knowledge -->").expect("a start");
        let (_, after) = rest.split_once("<!-- end -->").expect("an end");
        format!("{before}<!-- codes that rest on knowledge -->\n\n{table}\n<!-- end -->{after}")
    });
}

#[test]
fn every_cause_is_explained() {
    let mut page = String::from(
        "# Causes\n\nThese are the causes for which AWS refuses a call, or a call does not reach AWS. A finding names the cause that\n\
         matches AWS's message, and points at the config key to correct. `bedrock-check explain CAUSE` prints the same.\n",
    );
    for cause in causes() {
        write!(page, "\n## {}\n\n{}", cause.id, cause.page()).expect("writing to a string can't fail");
    }
    check("docs/causes.md", |_| page);
}

#[test]
fn every_key_is_documented() {
    let schemas = [SCHEMA, SETTINGS_SCHEMA].map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
    check("docs/config.md", |page| {
        let mut parts = page.split("<!-- keys of ");
        let mut filled = parts.next().expect("a start").to_owned();
        for part in parts {
            let (name, rest) = part.split_once(" -->").expect("a name");
            let (_, rest) = rest.split_once("<!-- end -->").expect("an end");
            let table = match name {
                "the file" => table(&schemas[0]),
                "the settings" => table(&schemas[1]),
                name => table(&schemas[0]["definitions"][name]),
            };
            filled += &format!("<!-- keys of {name} -->\n\n{table}\n<!-- end -->{rest}");
        }
        filled
    });
}

fn table(schema: &Value) -> String {
    let keys = schema["properties"].as_object().expect("a table with keys");
    let mut table = String::from("| key | value | |\n| --- | --- | --- |\n");
    for (key, value) in keys {
        let printed = value["description"].as_str().expect("every key is documented");
        writeln!(table, "| `{key}` | {} | {printed} |", kind(value)).expect("writing to a string can't fail");
    }
    if let Some(others) = schema.get("additionalProperties").filter(|others| others.is_object()) {
        let printed = schema["description"].as_str().unwrap_or_default();
        writeln!(table, "| any other | {} | {printed} |", kind(others))
            .expect("writing to a string can't fail");
    }
    table
}

/// Describes the type of a value.
fn kind(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str()) {
        return named(target.trim_start_matches("#/definitions/"));
    }
    if let Some(branches) = schema["anyOf"].as_array() {
        return branches.iter().map(kind).collect::<Vec<_>>().join(", or ");
    }
    if let Some(names) = schema["enum"].as_array() {
        return names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => array(&schema["items"]),
        Value::String(name) if name == "object" => members(schema),
        Value::String(name) => bounds(name, schema),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        _ => "any value".to_owned(),
    }
}

fn array(items: &Value) -> String {
    if items.is_object() { format!("array: {}", kind(items)) } else { "array".to_owned() }
}

fn members(schema: &Value) -> String {
    match schema.get("additionalProperties").filter(|values| values.is_object()) {
        Some(values) => format!("table of names: {}", kind(values)),
        None => "table".to_owned(),
    }
}

fn bounds(name: &str, schema: &Value) -> String {
    let form = schema["pattern"].as_str().and_then(Form::from_pattern);
    match (form, &schema["minimum"], &schema["maximum"]) {
        (Some(form), ..) => form.description.replace('|', "\\|"),
        (None, Value::Number(least), Value::Number(most)) => format!("{name}, {least} to {most}"),
        (None, Value::Number(least), _) => format!("{name}, at least {least}"),
        _ => name.to_owned(),
    }
}

/// Describes a named shape: its words, or a link to the section of its keys.
fn named(name: &str) -> String {
    let definitions =
        [SCHEMA, SETTINGS_SCHEMA].map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
    let definition = definitions.iter().find_map(|schema| schema["definitions"].get(name)).expect("a shape");
    if definition.get("enum").is_some() {
        return kind(definition);
    }
    let section = SECTIONS.iter().find(|(known, _)| *known == name).map(|(_, section)| *section);
    if let Some(section) = section {
        return format!("[{section}](#{})", section.to_lowercase().replace(' ', "-"));
    }
    let keys = definition["properties"].as_object().expect("keys").keys();
    format!("`{{ {} }}`", keys.map(|key| format!("{key} = …")).collect::<Vec<_>>().join(", "))
}

/// Shapes with a section in docs/config.md, and the heading of the section.
const SECTIONS: [(&str, &str); 13] = [
    ("Credentials", "Credentials"),
    ("Hop", "Chained role"),
    ("Model", "Model"),
    ("Guardrail", "Guardrail"),
    ("Features", "Features"),
    ("Request", "Request body"),
    ("Variable", "Variable"),
    ("MappingRule", "Mapping"),
    ("Case", "Case"),
    ("Expect", "Expectations"),
    ("Predicates", "Predicates"),
    ("SnapshotPolicy", "Snapshot policy"),
    ("Profile", "Profile"),
];

/// Compares a page with the text that `made` returns for it; with `UPDATE_DOCS`, writes that text.
#[track_caller]
pub fn check(page: &str, made: impl FnOnce(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let made = made(&committed);
    if std::env::var_os("UPDATE_DOCS").is_some() && made != committed {
        fs::write(&path, &made).expect("a page");
    } else {
        assert!(made == committed, "{page} is out of date: run the tests with UPDATE_DOCS=1");
    }
}

#[test]
fn every_table_of_keys_has_a_section() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/config.md")).expect("a page");
    for (shape, section) in SECTIONS {
        assert!(page.contains(&format!("# {section}\n")), "docs/config.md has no section `{section}`");
        assert!(
            page.contains(&format!("<!-- keys of {shape} -->")),
            "docs/config.md has no table of {shape}"
        );
    }
}
