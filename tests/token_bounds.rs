//! Compares the upper bounds of token counts with the counts in recorded calls.

use std::fs;

use bedrock_check::import::read_recording;
use bedrock_check::invoke::cost::{TokenBound, usage};

use crate::common::shared;

#[test]
fn no_recorded_call_used_more_tokens_than_its_bound() {
    let Some(corpus) = shared("corpus") else { return };
    let index = fs::read_to_string(corpus.join("INDEX.tsv")).expect("an index");
    let (mut counted, mut limited, mut beyond) = (0, 0, Vec::new());
    for file in index.lines().skip(1).filter_map(|line| line.split('\t').next()) {
        let text = fs::read_to_string(corpus.join(file)).expect("an exchange");
        let Ok(recording) = read_recording(&text, file) else { continue };
        let Some(used) = usage(&recording.exchange.answer) else { continue };
        let body = &recording.exchange.request.body;
        let bound = TokenBound::from_body(&body.to_string(), body);
        counted += 1;
        limited += usize::from(bound.output.is_some());
        if used.input > bound.input || bound.output.is_some_and(|output| used.output > output) {
            beyond.push(format!("{file}: {used:?} of {bound:?}"));
        }
    }
    println!(
        "{counted} recorded calls report their tokens, {limited} of them limit their output; {} are beyond",
        beyond.len()
    );
    insta::assert_snapshot!(beyond.join("\n"), @"");
    assert!(counted > 400, "{counted}");
}
