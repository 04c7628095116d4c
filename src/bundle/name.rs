//! Names that files of a bundle may have: the same file on every system, and never one outside of the folder.

use std::collections::BTreeSet;

/// Why a name is not for a bundle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("it is absolute")]
    Absolute,
    #[error("it leads out of the folder")]
    LeadsOut,
    #[error("it has `{}`, which is no part of a name on every system", .0.escape_default())]
    Character(char),
    #[error("it has a part that is empty or ends with a dot or a space")]
    Part,
    #[error("it is longer than {LENGTH_LIMIT} bytes")]
    Long,
    #[error("it is there twice, or differs from another only in the case of letters")]
    Twice,
    #[error("it is a file and a folder at once")]
    FileAndFolder,
}

const LENGTH_LIMIT: usize = 1024;

/// Whether `name` may be a file's, or with `/` at its end a folder's.
pub(super) fn check(name: &str) -> Result<(), NameError> {
    if name.starts_with(['/', '\\']) || name.as_bytes().get(1) == Some(&b':') {
        return Err(NameError::Absolute);
    }
    if name.len() > LENGTH_LIMIT {
        return Err(NameError::Long);
    }
    let odd = |char: &char| char.is_control() || r#"\:*?"<>|"#.contains(*char) || *char == '\u{fffd}';
    if name.split(['/', '\\']).any(|part| part == "..") {
        return Err(NameError::LeadsOut);
    }
    if let Some(odd) = name.chars().find(odd) {
        return Err(NameError::Character(odd));
    }
    let parts = name.strip_suffix('/').unwrap_or(name).split('/');
    let fits = |part: &str| !part.is_empty() && !part.ends_with(['.', ' ']);
    if parts.into_iter().all(fits) { Ok(()) } else { Err(NameError::Part) }
}

/// The names of a bundle so far.
#[derive(Default)]
pub(super) struct Names {
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
}

impl Names {
    /// Takes the name of one more file.
    pub(super) fn take(&mut self, name: &str) -> Result<(), NameError> {
        check(name)?;
        let folded = name.to_lowercase();
        let above = || folded.match_indices('/').map(|(at, _)| &folded[..at]);
        if self.folders.contains(&folded) || above().any(|folder| self.files.contains(folder)) {
            return Err(NameError::FileAndFolder);
        }
        self.folders.extend(above().map(str::to_owned));
        if self.files.insert(folded) { Ok(()) } else { Err(NameError::Twice) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_mean_the_same_everywhere_are_taken() {
        for (name, expected) in [
            ("repository/a b/ü.toml", None),
            ("repository/.config/x.toml", None),
            ("/etc/passwd", Some(NameError::Absolute)),
            ("C:/x", Some(NameError::Absolute)),
            ("\\\\host\\x", Some(NameError::Absolute)),
            ("a/../../x", Some(NameError::LeadsOut)),
            ("a\\..\\x", Some(NameError::LeadsOut)),
            ("a\\x", Some(NameError::Character('\\'))),
            ("a/x\n", Some(NameError::Character('\n'))),
            ("a//x", Some(NameError::Part)),
            ("./x", Some(NameError::Part)),
            ("", Some(NameError::Part)),
            ("x. ", Some(NameError::Part)),
        ] {
            assert_eq!(check(name).err(), expected, "{name}");
        }
        assert_eq!(check(&"x".repeat(2000)), Err(NameError::Long));
    }

    #[test]
    fn names_do_not_clash_on_any_file_system() {
        let mut names = Names::default();
        assert_eq!(names.take("a/b"), Ok(()));
        assert_eq!(names.take("A/B"), Err(NameError::Twice));
        assert_eq!(names.take("a/b/c"), Err(NameError::FileAndFolder));
        assert_eq!(names.take("A"), Err(NameError::FileAndFolder));
        assert_eq!(names.take("a/c"), Ok(()));
    }
}
