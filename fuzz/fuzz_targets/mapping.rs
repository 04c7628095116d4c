//! Any text as a JSONPath, applied to any JSON: compiling and extracting never panic.
#![no_main]

use bedrock_check::exchange::Headers;
use bedrock_check::mapping::Mapping;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|input: (&str, &str)| {
    let (path, body) = input;
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
});
