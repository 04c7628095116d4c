//! Writing whole files: the old content or the new one.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::Builder;

use super::reason;

/// Replaces the file at `path` by `bytes`: whatever happens, it is the old one or the new one.
///
/// The new file is written beside the old one, so that the rename stays on one file system, and
/// reaches the disk before it takes the name. Missing folders are made. A file that exists keeps
/// its permissions; a new one gets the usual ones. A device or a pipe is written to: a file in its place
/// would take it from everyone else. The error names the path.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes).map_err(|cause| {
        io::Error::new(cause.kind(), format!("can't write `{}`: {}", path.display(), reason(&cause)))
    })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if is_device(path) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut builder = Builder::new();
    builder.prefix(".bedrock-check-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    if let Ok(old) = fs::metadata(path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// `/dev/stdout` may lead to a file, and is none all the same.
fn is_device(path: &Path) -> bool {
    let special = |found: fs::Metadata| !found.is_file() && !found.is_dir();
    fs::metadata(path).is_ok_and(|found| special(found) || path.starts_with("/dev"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::read_text;

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_stays_one() {
        use std::os::unix::fs::FileTypeExt as _;
        write_whole(Path::new("/dev/null"), b"x").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        assert!(
            write_whole(Path::new("/dev/full"), b"x").unwrap_err().to_string().starts_with("can't write")
        );
        assert!(fs::metadata("/dev/full").unwrap().file_type().is_char_device());
    }

    #[test]
    fn a_file_is_replaced_and_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/file.json");
        write_whole(&path, b"one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(read_text(&path, 10).unwrap(), "two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
    }
}
