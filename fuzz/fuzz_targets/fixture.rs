//! Parses any text as a fixture. Rendering it and parsing it again must give the same fixture.
#![no_main]

use bedrock_check::fixture::Fixture;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Fixture::parse(text) {
        Ok((fixture, _)) => {
            let again = Fixture::parse(&fixture.render()).expect("a rendered fixture parses").0;
            assert_eq!(again.render(), fixture.render());
        }
        Err(error) => assert!(error.at.clone().is_none_or(|at| text.get(at).is_some()), "{error:?}"),
    }
});
