//! Bundles that are damaged, forged or hostile.

use std::io::{self, Write as _};
use std::path::Path;

use bedrock_check::bundle::verify;
use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use serde_json::json;

use crate::bundle::{Files, check, elsewhere, packed, relisted, small, unpacked};
use crate::common::Project;
use crate::demo_project::{MODEL, case, record_each, text_answer};

/// An archive with exactly these names and this mode, valid or not.
pub fn forged(files: &[(&[u8], &[u8])], mode: u32) -> Vec<u8> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for (name, contents) in files {
        let file = archive.new_file(EntryPath::verbatim(*name)).compression_method(CompressionMethod::STORE);
        let (mut entry, config) = file.unix_permissions(mode).start().expect("an entry");
        entry.write_all(contents).expect("contents");
        let mut checked = config.wrap(io::sink());
        checked.write_all(contents).expect("contents");
        let (_, sums) = checked.finish().expect("sums");
        entry.finish(sums).expect("an entry");
    }
    archive.finish().expect("an archive")
}

#[track_caller]
fn check_refused(bundle: &[u8], expected: &str) {
    let other = elsewhere(bundle);
    let printed = other.run(["bundle", "verify", "evidence.zip"]);
    check(&printed, &["exit 1\n", "error: evidence.zip: ", expected]);
    let printed = other.run(["bundle", "verify", "evidence.zip", "--json"]);
    check(&printed, &["exit 1\n", "\"valid\": false"]);
    let printed = other.run(["test", "--bundle", "evidence.zip"]);
    check(&printed, &["exit 2\n", "error: evidence.zip: ", expected]);
    assert_eq!(other.tree(), ["evidence.zip"]);
}

#[test]
fn a_damaged_bundle_is_refused_with_the_reason() {
    let good = small();
    let files = unpacked(&good);
    let fixture = "repository/fixtures/demo/greeting.json";
    let with = |edit: &dyn Fn(&mut Files)| {
        let mut files = files.clone();
        edit(&mut files);
        packed(&files)
    };
    check_refused(b"", "it is not a ZIP archive");
    check_refused(b"version = 1\n", "it is not a ZIP archive");
    check_refused(&good[..good.len() - 30], "it is not a ZIP archive, or it is truncated");
    check_refused(&good[good.len() / 2..], "it is not a ZIP archive, or it is truncated");
    let at = good.windows(fixture.len()).position(|part| part == fixture.as_bytes()).expect("a name") + 100;
    let mut flipped = good.clone();
    flipped[at] ^= 1;
    check_refused(
        &flipped,
        "`repository/fixtures/demo/greeting.json` can't be unpacked: its data is damaged",
    );
    check_refused(&with(&|files| drop(files.remove("bundle.json"))), "there is no `bundle.json`");
    check_refused(
        &with(&|files| drop(files.remove(fixture))),
        "the manifest lists `repository/fixtures/demo/greeting.json`, but it is not in the archive",
    );
    check_refused(
        &with(&|files| drop(files.insert("repository/more.toml".into(), Vec::new()))),
        "`repository/more.toml` is in the archive, but the manifest doesn't list it",
    );
    check_refused(
        &with(&|files| files.get_mut(fixture).expect("a fixture").push(b'\n')),
        "greeting.json` has 945 bytes, but the manifest lists 944",
    );
    check_refused(
        &with(&|files| files.get_mut(fixture).expect("a fixture")[0] = b'['),
        "was changed: its SHA-256",
    );
    check_refused(
        &with(&|files| drop(files.insert("bundle.json".into(), b"[".to_vec()))),
        "`bundle.json` can't be read",
    );
    let of_format_2 = relisted(files.clone(), |manifest| manifest["format"] = json!(2));
    check_refused(&of_format_2, "`bundle.json` has format 2, but this version only reads format 1");
    let of_another =
        relisted(files.clone(), |manifest| manifest["conditions"]["configs"] = json!(["/etc/passwd"]));
    check_refused(&of_another, "the config `/etc/passwd`, but doesn't list it");
    let twice = relisted(files.clone(), |manifest| {
        let first = manifest["files"][0].clone();
        manifest["files"].as_array_mut().expect("a list").push(first);
    });
    check_refused(&twice, "more than once");
    let mut lacking = files.clone();
    lacking.remove("reports/run.jsonl");
    check_refused(&relisted(lacking, |_| ()), "`reports/run.jsonl` is missing");
}

#[test]
fn the_manifest_must_match_the_recorded_run() {
    let files = unpacked(&small());
    let counts = relisted(files.clone(), |manifest| manifest["outcomes"] = json!({ "pass": 99_999 }));
    check_refused(&counts, "the manifest lists 99999 `pass`, but `reports/run.jsonl` contains 1 `pass`");
    let run = files["reports/run.jsonl"].clone();
    let is_end = |part: &[u8]| part == b"{\"type\":\"end\"";
    let cut = run.windows(13).position(is_end).expect("an end");
    for (record, expected) in [
        (&b""[..], " was cut short: it contains 0 of 0 cases"),
        (b"what is this?\n", ", line 1: expected a line of JSON"),
        (b"\xff", " is not UTF-8"),
        (&run[..cut], " was cut short: it contains 1 of 1 cases"),
        (&run[..cut + 5], " was cut short"),
        (&[&run[..], &run].concat(), " contains 2 runs"),
    ] {
        let mut files = files.clone();
        files.insert("reports/run.jsonl".to_owned(), record.to_vec());
        let expected = format!("the record of the run is invalid: `reports/run.jsonl`{expected}");
        check_refused(&relisted(files, |_| ()), &expected);
    }
    let none = relisted(files, |manifest| manifest["conditions"]["configs"] = json!([]));
    check_refused(&none, "the manifest names no config");
}

#[test]
fn a_manifest_cannot_forge_lines_of_the_output() {
    let files = unpacked(&small());
    let digest = format!("0.1.0\n  digest   sha256:{}", "0".repeat(64));
    for (member, value) in [("version", &digest[..]), ("name", "a b"), ("version", "")] {
        let forged = relisted(files.clone(), |manifest| manifest["tool"][member] = json!(value));
        check_refused(&forged, &format!("the value of `tool.{member}` is invalid"));
    }
    let commit = relisted(files.clone(), |manifest| {
        manifest["git"] = json!({ "commit": digest, "changed": [] });
    });
    check_refused(&commit, "the value of `git.commit` is invalid");
    let profile = relisted(files.clone(), |manifest| manifest["conditions"]["profile"] = json!("a\nb"));
    check_refused(&profile, "the value of `conditions.profile` is invalid");
    // The error is one line, even if a name contains a line break.
    let listed = relisted(files, |manifest| {
        manifest["files"][0]["path"] = json!(format!("{digest}\nall is well"));
    });
    let printed = elsewhere(&listed).run(["bundle", "verify", "evidence.zip"]);
    assert!(!printed.lines().any(|line| line.starts_with("  digest") || line == "all is well"), "{printed}");
    check(&printed, &["exit 1\n", "\\n  digest"]);
    let printed = elsewhere(&small()).run(["bundle", "verify", "evidence.zip"]);
    assert!(printed.lines().nth(3).expect("a line").starts_with("  digest   sha256:"), "{printed}");
}

#[test]
fn bytes_around_the_archive_are_refused() {
    let good = small();
    check_refused(&[b"#!/bin/sh\n", &good[..]].concat(), "there are bytes before or after the archive");
    check_refused(&[&good[..], b"more"].concat(), "there are bytes before or after the archive");
    let mut comment = good[..good.len() - 2].to_vec();
    comment.extend(b"\x04\x00more");
    check_refused(&comment, "or a comment");
}

#[test]
fn harmful_file_names_are_refused() {
    for (names, expected) in [
        (&[&b"../x"[..]][..], "the name `../x` can't be used: it points outside the folder"),
        (&[b"repository/../../x"], "it points outside the folder"),
        (&[b"/etc/passwd"], "it is absolute"),
        (&[b"C:\\x"], "it is absolute"),
        (&[b"..\\x"], "it points outside the folder"),
        (&[b"a", b"a"], "it occurs twice"),
        (&[b"a", b"A"], "the name `A` can't be used: some systems can't distinguish it from `a`"),
        (&["é".as_bytes(), "e\u{301}".as_bytes()], "some systems can't distinguish it from `é`"),
        (&["가".as_bytes(), "\u{1100}\u{1161}".as_bytes()], "some systems can't distinguish it from `가`"),
        (&["straße".as_bytes(), b"STRASSE"], "some systems can't distinguish it from `straße`"),
        (&[b"a/x", b"A/y"], "the name `A/y` can't be used: some systems can't distinguish it from `a`"),
        (&[b"a/x", b"A/"], "some systems can't distinguish it from `a`"),
        (&[b"a", b"A/"], "it names both a file and a folder"),
        (&[b"repository/.git/config"], "a folder of git must not be in a bundle"),
        (&[b"repository/a/.GIT/hooks/x"], "a folder of git must not be in a bundle"),
        (&[b".git/"], "a folder of git must not be in a bundle"),
        (&[b"repository/.git"], "a folder of git must not be in a bundle"),
        (&[b"repository/.git./x"], "a folder of git must not be in a bundle"),
        (&[b"repository/.git /x"], "a folder of git must not be in a bundle"),
        (&[b"repository/git~1/x"], "a folder of git must not be in a bundle"),
        (&["repository/.g\u{200c}it/x".as_bytes()], "a folder of git must not be in a bundle"),
        (&[b"repository\\.git\\x"], "a folder of git must not be in a bundle"),
        (&[b"repository/.git::$INDEX_ALLOCATION/x"], "a folder of git must not be in a bundle"),
        (&["a\u{fe0f}.toml".as_bytes()], "it contains `\\u{fe0f}`, which not every system allows"),
        (&["a\u{ad}.toml".as_bytes()], "it contains `\\u{ad}`, which not every system allows"),
        (&[b"a?"], "it contains `?`, which not every system allows"),
        (&[b"a."], "it has a part that is empty or ends with a dot or a space"),
        (&[b"a", b"a/b"], "it names both a file and a folder"),
        (&[b"a\x1b[31m"], "can't be used"),
        (&[b"\xff\xfe"], "can't be used"),
        (&[b"repository/NUL"], "`NUL` is a device on Windows"),
        (&[b"con.toml"], "`con.toml` is a device on Windows"),
        (&[b"aux/x"], "`aux` is a device on Windows"),
        (&[b"COM1.txt"], "`COM1.txt` is a device on Windows"),
        (&["a\u{202e}lmot.x".as_bytes()], "it contains `\\u{202e}`, which not every system allows"),
    ] {
        let files: Vec<(&[u8], &[u8])> = names.iter().map(|name| (*name, &b"x"[..])).collect();
        check_refused(&forged(&files, 0o100_644), expected);
    }
}

#[test]
fn special_files_are_refused() {
    let (symlink, fifo, character_device, block_device) = (0o120_777, 0o010_644, 0o020_644, 0o060_644);
    let (socket, folder) = (0o140_644, 0o040_755);
    for mode in [symlink, fifo, character_device, block_device, socket, folder] {
        let entry = forged(&[(b"repository/link", b"/etc/passwd")], mode);
        check_refused(&entry, "`repository/link` is not a regular file");
    }
    check_refused(
        &forged(&[(b"repository/link/", b"")], 0o120_777),
        "`repository/link/` is not a regular file",
    );
    // Other programs don't write the type of a regular file.
    check_refused(&forged(&[(b"a", b"x")], 0o644), "there is no `bundle.json`");
    check_refused(&forged(&[(b"a/", b"")], 0o040_755), "there is no `bundle.json`");
}

#[test]
fn no_bundle_is_made_with_names_that_other_systems_confuse() {
    let project = Project::with(&[("é.txt", "one"), ("e\u{301}.txt", "two"), (".git/note.txt", "three")]);
    let cases = |one: &str, other: &str| {
        let config = format!("{MODEL}{}{}", case("one", ""), case("two", ""));
        let config = config.replace("\"Say one\"", &format!("{{ file = '{one}' }}"));
        project.write("bedrock.toml", config.replace("\"Say two\"", &format!("{{ file = '{other}' }}")));
        record_each(&project, |_| Some(text_answer("Hello!")));
        project.run(["bundle"])
    };
    check(&cases("é.txt", "e\u{301}.txt"), &["exit 2\n", "some systems can't distinguish it from"]);
    check(&cases("é.txt", ".git/note.txt"), &["exit 2\n", "a folder of git must not be in a bundle"]);
    assert!(!project.tree().contains(&"evidence.zip".to_owned()));
}

#[test]
fn archives_that_would_fill_the_disk_are_refused() {
    let mut good = forged(&[(b"bundle.json", b"{}")], 0o100_644);
    let directory = good.windows(4).rposition(|part| part == b"PK\x01\x02").expect("a directory");
    good[directory + 24..directory + 28].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    check_refused(&good, "the unpacked files have more than 1024 MiB in total");
    good[directory + 24..directory + 28].copy_from_slice(&(300_u32 << 20).to_le_bytes());
    check_refused(&good, "`bundle.json` is larger than 256 MiB");
    let zeros = packed(&Files::from([("bundle.json".to_owned(), vec![0; 4 << 20])]));
    assert!(zeros.len() < 100_000, "it inflates to much more");
    let directory = zeros.windows(4).rposition(|part| part == b"PK\x01\x02").expect("a directory");
    let mut bomb = zeros;
    bomb[directory + 24..directory + 28].copy_from_slice(&10_u32.to_le_bytes());
    check_refused(&bomb, "`bundle.json` can't be unpacked: its data is damaged");
}

#[test]
fn a_bundle_cannot_run_commands_or_write_files() {
    let mut files = unpacked(&small());
    let project = Project::with(&[("private.txt", "private"), ("target.xml", "as it was")]);
    let at = |name: &str| project.path().join(name).display().to_string();
    let outside = format!("report = [\"junit={}\"]", at("target.xml"));
    for setting in ["mode = \"live\"", "update = \"always\"", "unreferenced = \"delete\"", &outside] {
        files.insert("repository/bedrock-check.toml".to_owned(), setting.into());
        project.write("evidence.zip", relisted(files.clone(), |_| ()));
        check(&project.run(["test", "--bundle", "evidence.zip"]), &["exit 2\n", "error[setting-needs-flag]"]);
    }
    files.insert("repository/bedrock-check.toml".to_owned(), b"report = [\"junit=target.xml\"]\n".to_vec());
    let tool = format!("touch {}", at("touched"));
    let evil = relisted(files.clone(), |manifest| {
        let variable = |name: &str, value: &str| json!({ "name": name, "value": value, "kept": "value" });
        let report = format!("[\"junit={}\"]", at("more.xml"));
        manifest["conditions"]["environment"] =
            json!([variable("INSTA_DIFF_TOOL", &tool), variable("BEDROCK_CHECK_REPORT", &report)]);
    });
    project.write("evidence.zip", evil);
    check(&project.run(["test", "--bundle", "evidence.zip"]), &["exit 0\n", "replay   1 case", "1 passed"]);
    assert_eq!(project.tree(), ["evidence.zip", "private.txt", "target.xml"]);
    assert_eq!(project.read("target.xml"), "as it was");
    // The folder of the bundle is the root even if the bundle contains no settings.
    files.remove("repository/bedrock-check.toml");
    let config = String::from_utf8(files["repository/bedrock.toml"].clone()).expect("UTF-8");
    let reads = config.replace("\"Say greeting\"", &format!("{{ file = {:?} }}", at("private.txt")));
    files.insert("repository/bedrock.toml".to_owned(), reads.into_bytes());
    project.write("evidence.zip", relisted(files, |_| ()));
    let printed = project.run(["test", "--bundle", "evidence.zip"]);
    check(&printed, &["exit 2\n", "file-outside-root"]);
}

mod properties {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static GOOD: LazyLock<Vec<u8>> = LazyLock::new(small);

    /// The files of the bundle `bytes`; `None` if it is refused.
    fn verified_files(bytes: &[u8]) -> Option<Files> {
        let mut files = Files::new();
        let take = &mut |name: &str, contents: &[u8]| {
            assert!(Path::new(name).is_relative() && !name.contains(".."), "{name}");
            files.insert(name.to_owned(), contents.to_vec());
            Ok(())
        };
        verify(bytes, take).ok().map(|_| files)
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(verified_files(&bytes).is_none());
        }

        #[test]
        fn changed_bytes_never_change_the_contents(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            cut in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let mut bytes = GOOD.clone();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            if let Some(files) = verified_files(&bytes) {
                prop_assert_eq!(Some(files), verified_files(&GOOD));
            }
        }
    }
}
