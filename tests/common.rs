//! A temporary project to run the binary in, and access to the reference material outside the repository.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub struct Project {
    dir: TempDir,
}

impl Project {
    /// A new directory with `files`, pairs of a relative path and a text.
    pub fn with(files: &[(&str, &str)]) -> Project {
        let project = Project { dir: TempDir::new().expect("a temporary directory") };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// A new, empty directory below `folder`.
    pub fn below(folder: &str) -> Project {
        Project { dir: TempDir::new_in(folder).expect("a temporary directory") }
    }

    /// A copy of the repository's example with its data, fixtures, schemas and snapshots.
    pub fn example() -> Project {
        let project = Project::with(&[]);
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in ["example", "fixtures", "schemas", "snapshots"] {
            let mut files = Vec::new();
            collect(repository, &repository.join(folder), &mut files);
            for path in files {
                project.write(&path, fs::read(repository.join(&path)).expect("a file"));
            }
        }
        let config = fs::read(repository.join("bedrock.example.toml")).expect("a file");
        project.write("bedrock.example.toml", config);
        project
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    /// Like [`Project::write`], but atomic: a watcher never reads a partial file.
    pub fn save(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        let beside = tempfile::NamedTempFile::new().expect("a file");
        fs::write(beside.path(), text).expect("a file");
        beside.persist(path).expect("one file system");
    }

    /// Copies every file below `folder` into the project.
    pub fn copy(&self, folder: &Path) {
        let mut files = Vec::new();
        collect(folder, folder, &mut files);
        for path in files {
            self.write(&path, fs::read(folder.join(&path)).expect("a file"));
        }
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).expect("a text file")
    }

    /// Every file below the project, sorted.
    pub fn tree(&self) -> Vec<String> {
        let mut files = Vec::new();
        collect(self.path(), self.path(), &mut files);
        files.sort();
        files
    }

    /// The path and the text of every file below the project, sorted.
    pub fn contents(&self) -> Vec<(String, String)> {
        self.tree().into_iter().map(|path| (path.clone(), self.read(&path))).collect()
    }

    /// `bedrock-check` in the project, with an empty environment.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bedrock-check"));
        command.current_dir(self.path()).env_clear();
        command
    }

    /// Runs `bedrock-check args…`.
    pub fn output(&self, args: &[&str]) -> Output {
        self.command().args(args).output().expect("the binary runs")
    }

    /// Runs `bedrock-check args…` and returns the exit code and both streams, like [`Project::run_command`].
    pub fn run<const N: usize>(&self, args: [&str; N]) -> String {
        self.run_command(self.command().args(args))
    }

    /// Runs `command` and returns the exit code and both streams. The path of the project is replaced by `[DIR]`,
    /// times by `[TIME]`.
    pub fn run_command(&self, command: &mut Command) -> String {
        let output = command.output().expect("the binary runs");
        let mut printed = format!("exit {}\n", output.status.code().expect("no signal"));
        for (name, bytes) in [("stdout", output.stdout), ("stderr", output.stderr)] {
            if !bytes.is_empty() {
                let text = String::from_utf8(bytes).expect("UTF-8");
                write!(printed, "--- {name}\n{text}").expect("writing to a string can't fail");
            }
        }
        let printed = printed.replace(&self.path().display().to_string(), "[DIR]");
        let time = regex::Regex::new(r"\b\d+(\.\d+)? ?(ms|s)\b").expect("a regex");
        time.replace_all(&printed, "[TIME]").into_owned()
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a directory").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            collect(root, &entry, files);
        } else {
            let path = entry.strip_prefix(root).expect("below the root");
            files.push(path.to_str().expect("UTF-8").replace('\\', "/"));
        }
    }
}

/// A folder of the reference material: recorded exchanges, published test suites, facts about AWS.
///
/// The material is located at `BEDROCK_CHECK_MATERIAL`, by default in `shared` beside the repository. Returns `None` and
/// calls [`skip`] if the folder is absent.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let material = std::env::var_os("BEDROCK_CHECK_MATERIAL").filter(|place| !place.is_empty());
    let path = repository.join(material.unwrap_or_else(|| "../shared".into())).join(folder);
    if path.is_dir() {
        return Some(path);
    }
    skip(&format!("{} is absent", path.display()));
    None
}

/// Prints that a test, or a part of it, is skipped, and why. With `BEDROCK_CHECK_NO_SKIP` the test fails instead.
#[track_caller]
pub fn skip(why: &str) {
    assert!(std::env::var_os("BEDROCK_CHECK_NO_SKIP").is_none(), "{why}");
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    // The test harness would hide the output of `eprintln` in a passing test.
    writeln!(std::io::stderr(), "SKIPPED {test}: {why}").expect("standard error is open");
}
