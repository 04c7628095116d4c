#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bedrock_check_fuzz::config(bytes));
