//! The checks of the fuzz targets hold for each input in `fuzz/corpus`.

use std::fs;
use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
mod checks;

type Check = fn(&[u8]);

#[test]
fn the_checks_hold_for_the_corpus() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let targets: [(&str, Check); 8] = [
        ("bundle", checks::bundle),
        ("config", checks::config),
        ("fixture", checks::fixture),
        ("mapping", checks::mapping),
        ("recording", checks::recording),
        ("refusal", checks::refusal),
        ("snapshot", checks::snapshot),
        ("template", checks::template),
    ];
    let names = |folder: &str| -> Vec<String> {
        let entries = fs::read_dir(root.join(folder)).expect("a folder");
        let names =
            entries.map(|entry| entry.expect("an entry").path().file_stem().unwrap_or_default().to_owned());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    let listed: Vec<&str> = targets.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        (names("fuzz_targets"), names("corpus")),
        (listed.iter().map(ToString::to_string).collect(), listed.iter().map(ToString::to_string).collect())
    );
    for (name, check) in targets {
        let inputs: Vec<_> = fs::read_dir(root.join("corpus").join(name)).expect("a folder").collect();
        assert!(!inputs.is_empty(), "{name}");
        for input in inputs {
            check(&fs::read(input.expect("an entry").path()).expect("a file"));
        }
    }
}
