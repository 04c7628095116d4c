//! Any text as a recording, and any bytes as event-stream frames: reading never panics.
#![no_main]

use bedrock_check::assemble::assemble;
use bedrock_check::exchange::Answer;
use bedrock_check::import::{plan_import, read_recording};
use bedrock_check::wire::decode;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    drop(decode(bytes));
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(recording) = read_recording(text, "fuzz") else { return };
    if let Answer::Stream(stream) = &recording.exchange.answer {
        drop(assemble(stream));
    }
    drop(plan_import(vec![("fuzz".to_owned(), recording)]));
});
