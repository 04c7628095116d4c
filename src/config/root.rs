//! The repository that configs belong to: files stay below it, and snapshots name their source from it.

use std::path::{Component, Path, PathBuf};

/// What marks the root of a repository.
const MARKS: [&str; 3] = [".git", "bedrock-check.toml", ".config/bedrock-check.toml"];

/// The folder that holds everything a run may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    pub path: PathBuf,
    /// The working directory, seen from the root.
    here: PathBuf,
}

impl Root {
    /// Whether something says that this is a root, and not only that the command runs here.
    pub fn is_marked(&self) -> bool {
        MARKS.iter().any(|mark| self.path.join(mark).exists())
    }

    /// The nearest folder above `here` (absolute) with a mark, else `here` itself.
    pub fn above(here: &Path) -> Root {
        let marked = |folder: &&Path| MARKS.iter().any(|mark| folder.join(mark).exists());
        let path = here.ancestors().find(marked).unwrap_or(here).to_owned();
        let here = here.strip_prefix(&path).unwrap_or(Path::new("")).to_owned();
        Root { path, here }
    }

    /// `path`, which is relative to the working directory or absolute, from the root with `/`.
    ///
    /// A path that leads out of the root stays as it is.
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
    fn sources_are_named_from_the_root() {
        let folder = tempfile::tempdir().unwrap();
        let models = folder.path().join("a/models");
        std::fs::create_dir_all(&models).unwrap();
        crate::files::write_whole(&folder.path().join("bedrock-check.toml"), b"").unwrap();
        let root = Root::above(&models);
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
