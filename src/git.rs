//! Reads git's object store and index. Nothing else starts git.
//!
//! The repository is not trusted: its configuration can name programs (`core.fsmonitor`, filters, `gpg.program`, an
//! `ext::` remote), and a committed folder can look like a bare repository. Therefore git gets the repository by name
//! and an empty environment, and runs only commands that read objects and the index. None of them uses a filter, hook,
//! pager, signature check, external diff or fetch.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::files::{CONFIG_LIMIT, read_bytes};

/// The maximum size of the output of one command, in bytes. A list of a million paths is smaller.
const OUTPUT_LIMIT: u64 = 256 << 20;

/// A repository with a work tree.
pub struct Repository {
    program: PathBuf,
    work_tree: PathBuf,
}

impl Repository {
    /// The repository that contains `folder`: the closest `.git` in it or above it. `search_path` is the value of
    /// `PATH`, if it is set. `None` without git or outside of a repository.
    pub fn containing(folder: &Path, search_path: Option<&str>) -> Option<Repository> {
        let folder = folder.canonicalize().ok()?;
        let work_tree = folder.ancestors().find(|folder| folder.join(".git").exists())?.to_owned();
        Some(Repository { program: find_program(search_path.unwrap_or(DEFAULT_PATH))?, work_tree })
    }

    /// The full hash of the commit that is checked out; `None` before the first commit.
    pub fn head(&self) -> Option<String> {
        first_line(&self.run(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?)
    }

    /// The abbreviated hash of the last commit that changed `path`.
    pub fn last_change(&self, path: &Path) -> Option<String> {
        let path = self.relative(path)?;
        let path = path.as_os_str();
        let arguments = ["rev-list", "-1", "--abbrev-commit", "HEAD", "--"].map(OsStr::new);
        first_line(&self.run(arguments.into_iter().chain([path]))?)
    }

    /// The contents of `path` in `commit`. `None` if the commit lacks it, or if it is larger than `limit` bytes.
    pub fn read(&self, commit: &str, path: &Path, limit: u64) -> Option<Vec<u8>> {
        let mut object = OsString::from(format!("{commit}:"));
        object.push(self.relative(path)?);
        self.run_with(&[], limit, [OsStr::new("cat-file"), OsStr::new("blob"), &object])
    }

    /// The paths that differ from `commit`, or that it lacks. Line endings are not compared. All of `paths` must exist.
    pub fn find_changed(&self, commit: &str, paths: &[PathBuf]) -> Option<BTreeSet<PathBuf>> {
        let tree = self.run(["ls-tree", "-r", "-z", "--full-tree", commit])?;
        let recorded: BTreeMap<&[u8], &[u8]> =
            tree.split(|byte| *byte == 0).filter_map(parse_entry).collect();
        let hashes = self.hash(paths);
        let is_changed = |path: &PathBuf| {
            let name = self.relative(path)?;
            let recorded = recorded.get(name.as_os_str().as_encoded_bytes())?;
            let is_same = hashes.get(path.as_path()).is_some_and(|hash| hash.as_bytes() == *recorded);
            Some(!is_same && self.has_changed(commit, path))
        };
        Some(paths.iter().filter(|path| is_changed(path).unwrap_or(true)).cloned().collect())
    }

    /// Whether `path` differs from `commit` in more than its line endings, or `commit` lacks it.
    pub fn has_changed(&self, commit: &str, path: &Path) -> bool {
        // Git records the target of a symlink as its contents.
        let link = fs::read_link(path).map(|target| target.into_os_string().into_encoded_bytes());
        let Some(now) = link.ok().or_else(|| read_bytes(path, OUTPUT_LIMIT).ok()) else { return true };
        let limit = (now.len() as u64).saturating_mul(2).max(CONFIG_LIMIT);
        let without_cr = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        self.read(commit, path, limit)
            .is_none_or(|recorded| recorded != now && without_cr(&recorded) != without_cr(&now))
    }

    /// The hashes that `paths` have as git objects. A path that git can't read from a list of lines is left out.
    fn hash<'p>(&self, paths: &'p [PathBuf]) -> BTreeMap<&'p Path, String> {
        let absolute =
            |path: &'p PathBuf| Some((path, path.canonicalize().ok()?.into_os_string().into_string().ok()?));
        let listed: Vec<(&PathBuf, String)> =
            paths.iter().filter_map(absolute).filter(|(_, name)| !name.contains('\n')).collect();
        let list = listed.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("\n");
        let arguments = ["hash-object", "--no-filters", "--stdin-paths"];
        let output = self.run_with(list.as_bytes(), OUTPUT_LIMIT, arguments).unwrap_or_default();
        let output = String::from_utf8_lossy(&output).into_owned();
        listed.iter().map(|(path, _)| path.as_path()).zip(output.lines().map(str::to_owned)).collect()
    }

    /// `path` from the top of the work tree. If the last component is a symlink, it is not followed.
    fn relative(&self, path: &Path) -> Option<PathBuf> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.canonicalize().ok()?;
        Some(folder.strip_prefix(&self.work_tree).ok()?.join(path.file_name()?))
    }

    fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Option<Vec<u8>> {
        self.run_with(&[], OUTPUT_LIMIT, arguments)
    }

    /// Runs git with `input` on its standard input, and returns its output. `None` if it fails or prints more than
    /// `limit` bytes.
    fn run_with<S: AsRef<OsStr>>(
        &self,
        input: &[u8],
        limit: u64,
        arguments: impl IntoIterator<Item = S>,
    ) -> Option<Vec<u8>> {
        #[expect(clippy::disallowed_methods, reason = "this is where git is started")]
        let mut command = Command::new(&self.program);
        command.env_clear().envs(ENVIRONMENT).current_dir(&self.work_tree);
        command.args(["--no-pager", "--literal-pathspecs"]);
        command.arg("--git-dir").arg(self.work_tree.join(".git")).arg("--work-tree").arg(&self.work_tree);
        command.args(OVERRIDES.iter().flat_map(|setting| ["-c", setting])).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        let output = exchange(&mut child, input, limit);
        // Git ends when it writes to the closed pipe, so it isn't waited for longer than it works.
        let status = child.wait().ok()?;
        output.filter(|output| status.success() && output.len() as u64 <= limit)
    }
}

/// Writes `input` to the program while its output is read: it may print before it has read everything.
fn exchange(child: &mut Child, input: &[u8], limit: u64) -> Option<Vec<u8>> {
    let (mut stdin, stdout) = (child.stdin.take()?, child.stdout.take()?);
    thread::scope(|scope| {
        // The program may end before it has read everything; its exit status says whether that is an error.
        scope.spawn(move || drop(stdin.write_all(input)));
        let mut output = Vec::new();
        stdout.take(limit + 1).read_to_end(&mut output).ok()?;
        Some(output)
    })
}

/// Only the repository's own configuration is read, nothing that is missing is fetched, and nothing is asked.
const ENVIRONMENT: [(&str, &str); 7] = [
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" }),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
];

/// Overrides the settings of the repository that can start a program.
const OVERRIDES: [&str; 6] = [
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.sshCommand=false",
    "protocol.allow=never",
    "log.showSignature=false",
];

/// The folders that a shell searches if `PATH` is not set.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Finds `git` in the absolute folders of `search_path`. A relative one could be a folder of the repository.
fn find_program(search_path: &str) -> Option<PathBuf> {
    let name = format!("git{}", env::consts::EXE_SUFFIX);
    let folders = env::split_paths(search_path).filter(|folder| folder.is_absolute());
    folders.map(|folder| folder.join(&name)).find(|program| program.is_file())
}

fn first_line(output: &[u8]) -> Option<String> {
    String::from_utf8_lossy(output).lines().next().filter(|line| !line.is_empty()).map(str::to_owned)
}

/// The path and the hash in a line of `git ls-tree`, `MODE TYPE HASH<tab>PATH`.
fn parse_entry(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let hash = line[..tab].rsplit(|byte| *byte == b' ').next()?;
    Some((&line[tab + 1..], hash))
}
