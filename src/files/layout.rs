//! The paths of the files of a case: one fixture and one snapshot in folders beside its config.

use std::path::{Path, PathBuf};

/// `fixtures/MODEL/CASE.json` beside the config file.
pub fn fixture_path(config: &Path, model: &str, case: &str) -> PathBuf {
    let name = format!("{}.json", slug(case));
    config_folder(config).join("fixtures").join(slug(model)).join(name)
}

/// `snapshots/MODEL__CASE.snap` beside the config file.
pub fn snapshot_path(config: &Path, model: &str, case: &str) -> PathBuf {
    let name = format!("{}__{}.snap", slug(model), slug(case));
    config_folder(config).join("snapshots").join(name)
}

/// The folder of a config file.
pub fn config_folder(config: &Path) -> &Path {
    config.parent().unwrap_or(Path::new(""))
}

/// `name` as a part of a file name: lower case, words joined by one `-` or `_`, at most 96 bytes.
///
/// A slug never contains `__`, because `__` separates the model from the case in the name of a snapshot.
///
/// Different names may have the same slug; lint reports that before anything is written.
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for char in name.chars().flat_map(char::to_lowercase) {
        let separator = if char == '_' { '_' } else { '-' };
        if char.is_alphanumeric() {
            slug.push(char);
        } else if !slug.is_empty() && !slug.ends_with(['-', '_']) {
            slug.push(separator);
        }
        if slug.len() >= LENGTH_LIMIT {
            break;
        }
    }
    let slug = slug.trim_end_matches(['-', '_']);
    if slug.is_empty() { "case".to_owned() } else { slug.to_owned() }
}

/// Leaves room for suffixes within the 255 bytes that file systems give a name.
const LENGTH_LIMIT: usize = 96;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_file_names() {
        for (name, expected) in [
            ("capital of France", "capital-of-france"),
            ("  JSON: {\"a\": 1}!", "json-a-1"),
            ("Größe Ünd", "größe-ünd"),
            ("../../etc/passwd", "etc-passwd"),
            ("a__b_", "a_b"),
            ("_ a _ b", "a-b"),
            ("…", "case"),
        ] {
            assert_eq!(slug(name), expected);
        }
        assert!(slug(&"é".repeat(300)).len() < 100);
        assert_eq!(slug(&"a".repeat(300)), "a".repeat(96));
        let config = Path::new("models/a.bedrock.toml");
        assert_eq!(fixture_path(config, "m", "A b"), Path::new("models/fixtures/m/a-b.json"));
        assert_eq!(snapshot_path(config, "m", "A b"), Path::new("models/snapshots/m__a-b.snap"));
        assert_eq!(snapshot_path(Path::new("bedrock.toml"), "m", "x"), Path::new("snapshots/m__x.snap"));
    }
}
