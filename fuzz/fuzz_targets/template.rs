//! Any text as a body: a parsed template renders to valid JSON.
#![no_main]

use std::collections::BTreeMap;

use bedrock_check::template::Template;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: (&str, &str)| {
    let (body, value) = input;
    let Ok(template) = Template::parse(body) else { return };
    let names = template.placeholders().iter().map(|placeholder| placeholder.name.clone());
    let values: BTreeMap<String, Value> = names.map(|name| (name, Value::from(value))).collect();
    let rendered = template.render(&values).expect("every variable has a value");
    let parsed: Value = serde_json::from_str(&rendered.text).expect("a rendered body is JSON");
    assert_eq!(parsed, rendered.value);
});
