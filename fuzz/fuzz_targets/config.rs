//! Any text as a config: parsing and the schema never panic, and places are within the text.
#![no_main]

use bedrock_check::config::source::Document;
use bedrock_check::diagnose::Sources;
use bedrock_check::schema::Schema;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::config);

fuzz_target!(|text: &str| {
    let file = Sources::default().add("fuzz.toml", text);
    let (document, _) = Document::parse(text);
    for finding in SCHEMA.check(&document, file) {
        assert!(text.get(finding.at.span.range()).is_some(), "{finding:?}");
    }
});
