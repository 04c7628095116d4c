//! The paths of the files of a case: one fixture and one snapshot in folders beside its config.

use std::path::{Path, PathBuf};

use super::portable::is_device;

/// `fixtures/MODEL/CASE.json` beside the config file.
pub fn fixture_path(config: &Path, model: &str, case: &str) -> PathBuf {
    fixture_folder(config, &file_slug(model)).join(file_slug(case) + ".json")
}

/// A folder or file that was recorded under a name that Windows can't have, and its new path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowsRename {
    pub from: PathBuf,
    pub to: PathBuf,
}

/// The folder and the file of a fixture that may exist under a name that Windows can't have, because earlier versions
/// used it. The second applies after the first.
pub fn windows_renames(config: &Path, model: &str, case: &str) -> impl Iterator<Item = WindowsRename> {
    let folder = fixture_folder(config, &file_slug(model));
    let folders = WindowsRename { from: fixture_folder(config, &slug(model)), to: folder.clone() };
    let file = |slug: String| folder.join(slug + ".json");
    let files = WindowsRename { from: file(slug(case)), to: file(file_slug(case)) };
    [folders, files].into_iter().filter(|rename| rename.from != rename.to)
}

fn fixture_folder(config: &Path, model: &str) -> PathBuf {
    config_folder(config).join("fixtures").join(model)
}

/// `snapshots/MODEL__CASE.snap` beside the config file.
pub fn snapshot_path(config: &Path, model: &str, case: &str) -> PathBuf {
    let name = format!("{}__{}.snap", slug(model), slug(case));
    config_folder(config).join("snapshots").join(name)
}

/// The folder of the config that has the fixture at `path`: the inverse of [`fixture_path`].
pub fn folder_of_fixtures(path: &Path) -> &Path {
    path.ancestors().nth(3).unwrap_or(Path::new(""))
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

/// Like [`slug`], for a file or folder that has this name alone or with an extension. Windows can't have a file `con.json`,
/// so the slugs of devices end with `-`, with which no other slug ends.
pub fn file_slug(name: &str) -> String {
    let slug = slug(name);
    if is_device(&slug) { slug + "-" } else { slug }
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

    /// A snapshot is named after the model and the case, so it never has the name of a device.
    #[test]
    fn a_fixture_never_has_the_name_of_a_device() {
        let config = Path::new("bedrock.toml");
        for (model, case, fixture, snapshot) in [
            ("m", "Con", "fixtures/m/con-.json", "snapshots/m__con.snap"),
            ("nul", "x", "fixtures/nul-/x.json", "snapshots/nul__x.snap"),
            ("COM1", "lpt\u{b9}", "fixtures/com1-/lpt\u{b9}-.json", "snapshots/com1__lpt\u{b9}.snap"),
            ("aux m", "com10", "fixtures/aux-m/com10.json", "snapshots/aux-m__com10.snap"),
        ] {
            assert_eq!(fixture_path(config, model, case), Path::new(fixture));
            assert_eq!(snapshot_path(config, model, case), Path::new(snapshot));
        }
        let renames = |model, case| -> Vec<_> {
            let path = |path: PathBuf| path.display().to_string();
            windows_renames(config, model, case).map(|rename| [path(rename.from), path(rename.to)]).collect()
        };
        assert_eq!(renames("m", "Con"), [["fixtures/m/con.json", "fixtures/m/con-.json"]]);
        let both = [["fixtures/nul", "fixtures/nul-"], ["fixtures/nul-/aux.json", "fixtures/nul-/aux-.json"]];
        assert_eq!(renames("nul", "aux"), both);
        assert!(renames("m", "x").is_empty());
    }
}
