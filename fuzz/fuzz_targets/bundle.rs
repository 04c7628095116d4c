//! Any bytes as a bundle: no file is unpacked outside the target folder.
#![no_main]

use std::path::{Component, Path};

use bedrock_check::bundle::verify;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    drop(verify(bytes, &mut |name, _| {
        assert!(Path::new(name).components().all(|part| matches!(part, Component::Normal(_))));
        Ok(())
    }));
});
