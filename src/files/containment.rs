//! Resolves symlinks in paths, and checks whether a path is below a folder.

use std::path::{Component, Path, PathBuf};

/// `path` as an absolute path. Symlinks are resolved in the part of the path that exists.
///
/// In the part that doesn't exist, `..` removes the component before it.
pub fn real_path(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    path.canonicalize().unwrap_or_else(|_| partly_real_path(path))
}

fn partly_real_path(path: &Path) -> PathBuf {
    let mut real = PathBuf::new();
    if path.is_relative() {
        real = Path::new(".").canonicalize().unwrap_or_default();
    }
    for component in path.components() {
        match component {
            Component::CurDir => (),
            Component::ParentDir => drop(real.pop()),
            part => {
                real.push(part);
                real = real.canonicalize().unwrap_or(real);
            }
        }
    }
    real
}

/// Whether both paths lead to the same file, also through a symlink or a hard link.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let identity = |path: &Path| path.metadata().ok().map(|found| (found.dev(), found.ino()));
        identity(one).is_some_and(|found| Some(found) == identity(other))
    }
    #[cfg(not(unix))]
    {
        let identity = |path: &Path| path.canonicalize().ok();
        identity(one).is_some_and(|found| Some(found) == identity(other))
    }
}

/// Whether `path` is `root` or below it after symlinks are resolved.
pub fn is_below(path: &Path, root: &Path) -> bool {
    real_path(path).starts_with(real_path(root))
}

/// `path` relative to `root`. Symlinks are only resolved if `path` doesn't begin with `root`. `None` if `path` is not
/// below `root`.
pub fn relative_to(path: &Path, root: &Path) -> Option<PathBuf> {
    let from_root = |path: &Path, root: &Path| path.strip_prefix(root).map(Path::to_owned).ok();
    let absolute = |path: &Path| std::path::absolute(path).ok();
    from_root(path, root)
        .or_else(|| from_root(&absolute(path)?, &absolute(root)?))
        .or_else(|| from_root(&real_path(path), &real_path(root)))
}

#[cfg(test)]
mod tests {
    use std::fs::create_dir_all;

    use super::*;

    /// Creates a folder that contains the folders `in` and `out`. Also returns its path without symlinks.
    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        create_dir_all(path.join("in/models")).unwrap();
        create_dir_all(path.join("out")).unwrap();
        (folder, path)
    }

    #[test]
    fn symlinks_are_resolved_as_far_as_the_path_exists() {
        let (_guard, folder) = folder();
        for (path, expected) in [
            ("in/models", "in/models"),
            ("in/./models/../new/a.json", "in/new/a.json"),
            ("in/new/../../out/a.json", "out/a.json"),
            ("in/new/../models", "in/models"),
        ] {
            assert_eq!(real_path(&folder.join(path)), folder.join(expected), "{path}");
        }
        assert_eq!(real_path(Path::new("")), Path::new(".").canonicalize().unwrap());
        assert_eq!(real_path(Path::new("no-such")), Path::new(".").canonicalize().unwrap().join("no-such"));
    }

    #[test]
    fn parent_components_cannot_hide_a_path_outside() {
        let (_guard, folder) = folder();
        let root = folder.join("in");
        for (path, expected) in [
            ("in", true),
            ("in/models", true),
            ("in/new/a.json", true),
            ("in/../in/models", true),
            ("in/models/../../out", false),
            ("in/new/../../out/new", false),
            ("inside", false),
        ] {
            assert_eq!(is_below(&folder.join(path), &root), expected, "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn symlinks_are_followed_behind_folders_that_do_not_exist() {
        let (_guard, folder) = folder();
        std::os::unix::fs::symlink(folder.join("out"), folder.join("in/link")).unwrap();
        for path in ["in/link", "in/link/new", "in/new/../link/new"] {
            assert!(!is_below(&folder.join(path), &folder.join("in")), "{path}");
        }
        assert_eq!(relative_to(&folder.join("in/link/a"), &folder.join("out")), Some("a".into()));
        assert_eq!(
            relative_to(&folder.join("in/link/a"), &folder.join("in")),
            Some("link/a".into()),
            "as written"
        );
        assert_eq!(relative_to(&folder.join("out/a"), &folder.join("in")), None);
    }
}
