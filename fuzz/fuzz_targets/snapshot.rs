//! Parses any text as mapped output. Rendering the fields and parsing them again must give the same fields.
#![no_main]

use bedrock_check::snapshot::{parse_contents, render_contents};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(fields) = parse_contents(text) {
        assert_eq!(parse_contents(&render_contents(&fields)).expect("rendered contents parse"), fields);
    }
});
