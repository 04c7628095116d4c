//! Checks the names of files in a bundle: each must be valid on every operating system and below the folder that the
//! bundle is unpacked to.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use crate::diagnose::is_hidden;
use crate::files::portable::{fold_name, is_device};

/// Why a file in a bundle can't have a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("it is absolute")]
    Absolute,
    #[error("it points outside the folder")]
    Outside,
    #[error("it contains `{}`, which not every system allows in file names", .0.escape_default())]
    Character(char),
    #[error("`{0}` is a device on Windows")]
    Device(String),
    #[error("a folder of git must not be in a bundle")]
    GitFolder,
    #[error("it has a part that is empty or ends with a dot or a space")]
    InvalidPart,
    #[error("it is longer than {LENGTH_LIMIT} bytes")]
    TooLong,
    #[error("it occurs twice")]
    Duplicate,
    #[error("some systems can't distinguish it from `{}`: only case or the form of accents differs", .0.escape_debug())]
    Clash(String),
    #[error("it names both a file and a folder")]
    FileAndFolder,
}

const LENGTH_LIMIT: usize = 1024;

/// Checks the name of a file, or of a folder, which ends with `/`.
fn check_name(name: &str) -> Result<(), NameError> {
    if name.starts_with(['/', '\\']) || name.as_bytes().get(1) == Some(&b':') {
        return Err(NameError::Absolute);
    }
    if name.len() > LENGTH_LIMIT {
        return Err(NameError::TooLong);
    }
    let is_forbidden = |char: &char| {
        char.is_control() || is_hidden(*char) || r#"\:*?"<>|"#.contains(*char) || *char == '\u{fffd}'
    };
    if name.split(['/', '\\']).any(|part| part == "..") {
        return Err(NameError::Outside);
    }
    if name.split(['/', '\\']).any(is_git_folder) {
        return Err(NameError::GitFolder);
    }
    if let Some(forbidden) = name.chars().find(is_forbidden) {
        return Err(NameError::Character(forbidden));
    }
    let parts = || name.strip_suffix('/').unwrap_or(name).split('/');
    if parts().any(|part| part.is_empty() || part.ends_with(['.', ' '])) {
        return Err(NameError::InvalidPart);
    }
    parts().find(|part| is_device(part)).map_or(Ok(()), |part| Err(NameError::Device(part.to_owned())))
}

/// Whether git, or a file system, takes `part` for `.git`: git runs programs that the configuration in such a folder names.
/// Windows ignores dots and spaces at the end and what follows a colon, and gives `.git` the short name `GIT~1`.
fn is_git_folder(part: &str) -> bool {
    let end = part.find(':').unwrap_or(part.len());
    let visible: String = part[..end].chars().filter(|char| !is_hidden(*char)).collect();
    let name = fold_name(visible.trim_end_matches(['.', ' ']));
    let short = name.strip_prefix("git~");
    name == ".git"
        || short.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The names that a bundle already contains: its files and all folders of their paths.
#[derive(Default)]
pub(super) struct Names {
    /// By folder, and by the text that is the same for all names that some file system treats as equal.
    entries: BTreeMap<(FolderId, String), NamedEntry>,
}

/// The number of a folder in the order of insertion; the folder that the bundle is unpacked to is 0.
type FolderId = usize;

struct NamedEntry {
    /// The name in its folder.
    name: String,
    /// `None` for a file.
    folder: Option<FolderId>,
}

impl Names {
    /// Adds the name of a file, or of a folder, which ends with `/`, if it is valid and doesn't clash with another name.
    pub(super) fn insert(&mut self, name: &str) -> Result<(), NameError> {
        check_name(name)?;
        let (mut folder, mut start) = (0, 0);
        for (end, _) in name.match_indices('/') {
            folder = self.insert_folder(folder, name, start..end)?;
            start = end + 1;
        }
        if start == name.len() { Ok(()) } else { self.insert_file(folder, name, start) }
    }

    /// Adds the folder at `part` of the path `name`, unless it exists with exactly this name.
    fn insert_folder(
        &mut self,
        parent: FolderId,
        name: &str,
        part: Range<usize>,
    ) -> Result<FolderId, NameError> {
        let id = self.entries.len() + 1;
        let new = NamedEntry { name: name[part.clone()].to_owned(), folder: Some(id) };
        let entry = self.entries.entry((parent, fold_name(&new.name))).or_insert_with(|| new);
        let id = entry.folder.ok_or(NameError::FileAndFolder)?;
        if entry.name == name[part.clone()] { Ok(id) } else { Err(clash(&name[..part.start], entry)) }
    }

    /// Adds the file whose name starts at `start` of the path `name`.
    fn insert_file(&mut self, parent: FolderId, name: &str, start: usize) -> Result<(), NameError> {
        let (folders, file) = name.split_at(start);
        match self.entries.entry((parent, fold_name(file))) {
            Entry::Vacant(entry) => {
                entry.insert(NamedEntry { name: file.to_owned(), folder: None });
                Ok(())
            }
            Entry::Occupied(entry) if entry.get().folder.is_some() => Err(NameError::FileAndFolder),
            Entry::Occupied(entry) if entry.get().name == file => Err(NameError::Duplicate),
            Entry::Occupied(entry) => Err(clash(folders, entry.get())),
        }
    }
}

fn clash(folders: &str, other: &NamedEntry) -> NameError {
    NameError::Clash([folders, &other.name].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_between_systems_are_refused() {
        for (name, expected) in [
            ("repository/a b/ü.toml", None),
            ("repository/.config/x.toml", None),
            ("/etc/passwd", Some(NameError::Absolute)),
            ("C:/x", Some(NameError::Absolute)),
            ("\\\\host\\x", Some(NameError::Absolute)),
            ("a/../../x", Some(NameError::Outside)),
            ("a\\..\\x", Some(NameError::Outside)),
            ("a\\x", Some(NameError::Character('\\'))),
            ("a/x\n", Some(NameError::Character('\n'))),
            ("a//x", Some(NameError::InvalidPart)),
            ("./x", Some(NameError::InvalidPart)),
            ("", Some(NameError::InvalidPart)),
            ("x. ", Some(NameError::InvalidPart)),
            ("a/NUL", Some(NameError::Device("NUL".to_owned()))),
            ("con.toml", Some(NameError::Device("con.toml".to_owned()))),
            ("aux/x", Some(NameError::Device("aux".to_owned()))),
            ("COM1.txt", Some(NameError::Device("COM1.txt".to_owned()))),
            ("lpt³", Some(NameError::Device("lpt³".to_owned()))),
            ("console/com10/auxiliary.toml", None),
            ("a\u{202e}lmot.x", Some(NameError::Character('\u{202e}'))),
            ("a/.git/config", Some(NameError::GitFolder)),
            (".GIT./x", Some(NameError::GitFolder)),
            (".git /x", Some(NameError::GitFolder)),
            ("git~1/x", Some(NameError::GitFolder)),
            (".g\u{200c}it/x", Some(NameError::GitFolder)),
            (".git::$INDEX_ALLOCATION/x", Some(NameError::GitFolder)),
            (".gitignore", None),
            ("git/.github/git~x", None),
        ] {
            assert_eq!(check_name(name).err(), expected, "{name}");
        }
        assert_eq!(check_name(&"x".repeat(2000)), Err(NameError::TooLong));
    }

    #[test]
    fn names_do_not_clash_on_any_file_system() {
        let mut names = Names::default();
        assert_eq!(names.insert("a/b"), Ok(()));
        assert_eq!(names.insert("a/b"), Err(NameError::Duplicate));
        assert_eq!(names.insert("a/B"), Err(NameError::Clash("a/b".to_owned())));
        assert_eq!(names.insert("A/d"), Err(NameError::Clash("a".to_owned())));
        assert_eq!(names.insert("a/b/c"), Err(NameError::FileAndFolder));
        assert_eq!(names.insert("A"), Err(NameError::FileAndFolder));
        assert_eq!(names.insert("a/c"), Ok(()));
        assert_eq!(names.insert("a/"), Ok(()));
        assert_eq!(names.insert("a/\u{e9}"), Ok(()));
        assert_eq!(names.insert("a/E\u{301}"), Err(NameError::Clash("a/\u{e9}".to_owned())));
    }
}
