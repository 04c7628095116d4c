//! The root of the repository: only files below it are read, and paths in snapshots are relative to it.

use std::path::{Component, Path, PathBuf};

/// Files and folders that mark the root of a repository.
const MARKS: [&str; 3] = [".git", "bedrock-check.toml", ".config/bedrock-check.toml"];

/// The folder that contains all files that a run may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    pub path: PathBuf,
    /// The working directory, relative to the root.
    here: PathBuf,
}

impl Root {
    /// Whether the folder contains a mark. If not, it is only the working directory.
    pub fn is_marked(&self) -> bool {
        MARKS.iter().any(|mark| self.path.join(mark).exists())
    }

    /// Finds the nearest folder with a mark: `here` (absolute) or one above it. Without a mark, it is `here`.
    pub fn find(here: &Path) -> Root {
        let marked = |folder: &&Path| MARKS.iter().any(|mark| folder.join(mark).exists());
        let path = here.ancestors().find(marked).unwrap_or(here).to_owned();
        let here = here.strip_prefix(&path).unwrap_or(Path::new("")).to_owned();
        Root { path, here }
    }

    /// Converts `path`, which is absolute or relative to the working directory, to a path relative to the root,
    /// with `/` as separator.
    ///
    /// A path outside the root keeps its leading `..`, or stays absolute.
    pub fn relative(&self, path: &Path) -> String {
        let from_root = path.strip_prefix(&self.path).map_or_else(|_| self.here.join(path), Path::to_owned);
        let mut steps: Vec<String> = Vec::new();
        for component in from_root.components() {
            match component {
                Component::CurDir => (),
                Component::ParentDir if steps.last().is_some_and(|step| step != "..") => drop(steps.pop()),
                Component::RootDir => steps.push(String::new()),
                other => steps.push(other.as_os_str().to_string_lossy().into_owned()),
            }
        }
        steps.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_root() {
        let folder = tempfile::tempdir().unwrap();
        let models = folder.path().join("a/models");
        std::fs::create_dir_all(&models).unwrap();
        crate::files::write_whole(&folder.path().join("bedrock-check.toml"), b"").unwrap();
        let root = Root::find(&models);
        assert_eq!(root.path, folder.path());
        for (path, expected) in [
            (PathBuf::from("x.bedrock.toml"), "a/models/x.bedrock.toml"),
            (PathBuf::from("./../y.toml"), "a/y.toml"),
            (models.join("z.toml"), "a/models/z.toml"),
        ] {
            assert_eq!(root.relative(&path), expected);
        }
    }
}
