//! Checks the names of files in a bundle: each must be valid on every operating system and below the folder that the
//! bundle is unpacked to.

use std::collections::BTreeSet;

use crate::diagnose::is_hidden;

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
    #[error("it has a part that is empty or ends with a dot or a space")]
    InvalidPart,
    #[error("it is longer than {LENGTH_LIMIT} bytes")]
    TooLong,
    #[error("it occurs twice, or differs from another name only in upper and lower case")]
    Duplicate,
    #[error("it names both a file and a folder")]
    FileAndFolder,
}

const LENGTH_LIMIT: usize = 1024;

/// Checks the name of a file, or of a folder, which ends with `/`.
pub(super) fn check_name(name: &str) -> Result<(), NameError> {
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
    if let Some(forbidden) = name.chars().find(is_forbidden) {
        return Err(NameError::Character(forbidden));
    }
    let parts = || name.strip_suffix('/').unwrap_or(name).split('/');
    if parts().any(|part| part.is_empty() || part.ends_with(['.', ' '])) {
        return Err(NameError::InvalidPart);
    }
    parts().find(|part| is_device(part)).map_or(Ok(()), |part| Err(NameError::Device(part.to_owned())))
}

/// Whether `part` is a device on Windows. An extension makes no difference: `con.toml` is a device too.
/// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
fn is_device(part: &str) -> bool {
    const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
    let stem = part.split('.').next().unwrap_or(part).trim_end_matches(' ').to_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let is_number = |rest: &str| {
        let mut chars = rest.chars();
        chars.next().is_some_and(|char| char.is_ascii_digit() || "¹²³".contains(char))
            && chars.next().is_none()
    };
    DEVICES.contains(&stem.as_str()) || port.is_some_and(is_number)
}

/// The names that a bundle already contains, in lower case.
#[derive(Default)]
pub(super) struct Names {
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
}

impl Names {
    /// Adds the name of a file, if it is valid and doesn't clash with another name.
    pub(super) fn insert(&mut self, name: &str) -> Result<(), NameError> {
        check_name(name)?;
        let folded = name.to_lowercase();
        let parents = || folded.match_indices('/').map(|(at, _)| &folded[..at]);
        if self.folders.contains(&folded) || parents().any(|folder| self.files.contains(folder)) {
            return Err(NameError::FileAndFolder);
        }
        self.folders.extend(parents().map(str::to_owned));
        if self.files.insert(folded) { Ok(()) } else { Err(NameError::Duplicate) }
    }
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
        ] {
            assert_eq!(check_name(name).err(), expected, "{name}");
        }
        assert_eq!(check_name(&"x".repeat(2000)), Err(NameError::TooLong));
    }

    #[test]
    fn names_do_not_clash_on_any_file_system() {
        let mut names = Names::default();
        assert_eq!(names.insert("a/b"), Ok(()));
        assert_eq!(names.insert("A/B"), Err(NameError::Duplicate));
        assert_eq!(names.insert("a/b/c"), Err(NameError::FileAndFolder));
        assert_eq!(names.insert("A"), Err(NameError::FileAndFolder));
        assert_eq!(names.insert("a/c"), Ok(()));
    }
}
