//! Replaces files atomically: a file has either the old or the new content.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::Builder;

use super::describe_io_error;
use super::stream::Stream;
use super::temporary::{PREFIX, SUFFIX};

/// Replaces the content of the file at `path` by `bytes`, atomically.
///
/// The new content is written to a temporary file beside the old one, so that the rename stays on one file system, and
/// is synced to disk before the rename. Missing folders are created. An existing file keeps its permissions; a new one
/// gets the default ones. A stream (a device, a pipe, a socket, `/dev/stdout`) is written to, because replacing it by a
/// file would take it from other processes. The error names the path.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = match Stream::from_path(path) {
        Some(stream) => stream.write(bytes),
        None => replace(path, bytes),
    };
    written.map_err(|cause| {
        io::Error::new(
            cause.kind(),
            format!("can't write `{}`: {}", path.display(), describe_io_error(&cause)),
        )
    })
}

pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    // Another process must not take the file for that of a killed process. Not every file system can lock.
    drop(file.as_file().try_lock());
    if let Ok(old) = fs::metadata(path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::read_text;

    #[test]
    fn a_file_is_replaced_and_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/file.json");
        write_whole(&path, b"a longer text").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(read_text(&path, 10).unwrap(), "two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.json");
        write_whole(&path, b"one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }

    /// `/dev/shm` contains files like any other folder.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_below_dev_is_replaced_whole() {
        let Ok(folder) = tempfile::tempdir_in("/dev/shm") else { return };
        let path = folder.path().join("file.json");
        write_whole(&path, b"a longer text").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(read_text(&path, 100).unwrap(), "two");
    }

    /// `rename` replaces the symlink itself and leaves its target unchanged.
    #[cfg(unix)]
    #[test]
    fn a_symlink_to_a_file_and_a_broken_symlink_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        write_whole(&target, b"old").unwrap();
        for to in [&target, &folder.path().join("missing")] {
            let _ = fs::remove_file(&link);
            std::os::unix::fs::symlink(to, &link).unwrap();
            write_whole(&link, b"new").unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_file());
            assert_eq!(read_text(&link, 10).unwrap(), "new");
        }
        assert_eq!(read_text(&target, 10).unwrap(), "old");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt as _;
        write_whole(Path::new("/dev/null"), b"x").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_an_error_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt as _;
        let error = write_whole(Path::new("/dev/full"), b"x").unwrap_err().to_string();
        assert!(error.starts_with("can't write `/dev/full`: no space left"), "{error}");
        assert!(fs::metadata("/dev/full").unwrap().file_type().is_char_device());
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_receives_the_bytes() {
        use std::io::Read as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        write_whole(&path, b"a report").unwrap();
        let mut text = String::new();
        listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
        assert_eq!(text, "a report");
    }
}
