//! Any text as mapped output: what parses renders to what parses to the same.
#![no_main]

use bedrock_check::snapshot::{contents, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(fields) = parse(text) {
        assert_eq!(parse(&contents(&fields)).expect("rendered contents parse"), fields);
    }
});
