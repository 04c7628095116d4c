//! ZIP archives. Reading is limited in size and count, because archives are untrusted. The bytes of a written archive
//! depend only on its files.

use std::io::{self, Write as _};

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use rawzip::time::UtcDateTime;
use rawzip::{
    CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipArchiveWriter, ZipFileHeaderRecord,
    ZipSliceArchive,
};

/// The largest archive that is read or written.
pub const ARCHIVE_LIMIT: u64 = 512 << 20;

/// The most entries that are read or written.
pub const COUNT_LIMIT: usize = 200_000;

/// Why an archive can't be read. `name` is the name of an entry.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("it is not a ZIP archive, or it is truncated")]
    NotAnArchive,
    #[error("there are bytes before or after the archive, or a comment in it")]
    ExtraBytes,
    #[error("the archive is damaged: {0}")]
    Damaged(rawzip::Error),
    #[error("the archive has more than {COUNT_LIMIT} entries")]
    TooManyEntries,
    #[error("`{name}` can't be unpacked: its data is damaged or in another compression than `deflate`")]
    DamagedEntry { name: String },
    #[error("`{name}` is larger than {} MiB", limit >> 20)]
    TooLarge { name: String, limit: u64 },
    #[error("`{name}` has another name in its own header than in the directory of the archive")]
    NameMismatch { name: String },
}

/// An archive in memory.
pub struct Archive<'b> {
    zip: ZipSliceArchive<&'b [u8]>,
}

/// An entry as described by the directory of the archive. Nothing here is checked against the data yet.
#[derive(Debug)]
pub struct Entry {
    /// The name in the directory. Bytes that are not UTF-8 are replaced by `\u{fffd}`.
    pub name: String,
    pub kind: EntryKind,
    pub size: u64,
    /// The offset of the entry in the bytes of the archive.
    offset: u64,
    crc: u32,
    method: CompressionMethod,
    wayfinder: ZipArchiveEntryWayfinder,
}

/// The kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    File,
    Folder,
    /// A symlink, a device, a FIFO, a socket, or an encrypted file.
    Special,
}

impl<'b> Archive<'b> {
    pub fn read(bytes: &'b [u8]) -> Result<Archive<'b>, ArchiveError> {
        let zip = ZipArchive::from_slice(bytes).map_err(|_| ArchiveError::NotAnArchive)?;
        Ok(Archive { zip })
    }

    /// The entries in the order of the directory.
    pub fn entries(&self) -> Result<Vec<Entry>, ArchiveError> {
        let mut found = Vec::new();
        let mut entries = self.zip.entries();
        while let Some(record) = entries.next_entry().map_err(ArchiveError::Damaged)? {
            if found.len() == COUNT_LIMIT {
                return Err(ArchiveError::TooManyEntries);
            }
            found.push(read_entry(&record));
        }
        Ok(found)
    }

    /// Checks that the bytes contain nothing before the first of `entries`, nothing after the end record, and no
    /// comment.
    pub fn check_no_extra_bytes(&self, entries: &[Entry]) -> Result<(), ArchiveError> {
        let start = entries.iter().map(|entry| entry.offset).min().unwrap_or_default();
        let ends_with_archive = self.zip.end_offset() == self.zip.get_ref().len() as u64;
        let is_alone = start == 0 && ends_with_archive && self.zip.comment().as_bytes().is_empty();
        if is_alone { Ok(()) } else { Err(ArchiveError::ExtraBytes) }
    }

    /// The unpacked contents of `entry`, if they have at most `limit` bytes and match the checksum.
    pub fn unpack(&self, entry: &Entry, limit: u64) -> Result<Vec<u8>, ArchiveError> {
        let name = || entry.name.clone();
        if entry.size > limit {
            return Err(ArchiveError::TooLarge { name: name(), limit });
        }
        let found = self.zip.get_entry(entry.wayfinder).map_err(ArchiveError::Damaged)?;
        if String::from_utf8_lossy(found.local_header().file_path().as_bytes()) != entry.name {
            return Err(ArchiveError::NameMismatch { name: name() });
        }
        decompress(entry.method, found.data(), usize::try_from(entry.size).unwrap_or(usize::MAX))
            .filter(|contents| contents.len() as u64 == entry.size && crc32fast::hash(contents) == entry.crc)
            .ok_or_else(|| ArchiveError::DamagedEntry { name: name() })
    }
}

fn read_entry(record: &ZipFileHeaderRecord<'_>) -> Entry {
    Entry {
        name: String::from_utf8_lossy(record.file_path().as_bytes()).into_owned(),
        kind: entry_kind(record),
        size: record.uncompressed_size_hint(),
        offset: record.local_header_offset(),
        crc: record.crc32(),
        method: record.compression_method(),
        wayfinder: record.wayfinder(),
    }
}

/// The kind by the mode that Unix systems unpack the entry with. Other systems only know files and folders.
fn entry_kind(record: &ZipFileHeaderRecord<'_>) -> EntryKind {
    const TYPE: u32 = 0o170_000;
    const REGULAR: u32 = 0o100_000;
    const FOLDER: u32 = 0o040_000;
    // `rawzip` adds the bit of a folder to the mode if the name ends with `/`.
    let kind = record.mode().value() & TYPE;
    match (kind, record.is_dir()) {
        _ if record.flags().is_encrypted() => EntryKind::Special,
        (FOLDER | 0, true) => EntryKind::Folder,
        (kind, true) if kind == REGULAR | FOLDER => EntryKind::Folder,
        (REGULAR | 0, false) => EntryKind::File,
        _ => EntryKind::Special,
    }
}

/// Unpacks `data`. `None` if the method is not supported, the data is damaged, or the result has more than `limit`
/// bytes.
fn decompress(method: CompressionMethod, data: &[u8], limit: usize) -> Option<Vec<u8>> {
    match method {
        CompressionMethod::STORE => Some(data.to_vec()).filter(|data| data.len() <= limit),
        CompressionMethod::DEFLATE => decompress_to_vec_with_limit(data, limit).ok(),
        _ => None,
    }
}

/// Writes an archive. All files have the same time, permissions and compression, so that the bytes are reproducible.
pub struct ArchiveWriter {
    zip: ZipArchiveWriter<Vec<u8>>,
}

impl Default for ArchiveWriter {
    fn default() -> ArchiveWriter {
        ArchiveWriter { zip: ZipArchiveWriter::new(Vec::new()) }
    }
}

impl ArchiveWriter {
    pub fn add(&mut self, name: &str, contents: &[u8]) -> io::Result<()> {
        let file = self.zip.new_file(name).compression_method(CompressionMethod::DEFLATE);
        let file = file.last_modified(UtcDateTime::from_unix(EARLIEST_DATE)).unix_permissions(0o100_644);
        let (mut entry, config) = file.start().map_err(io::Error::other)?;
        entry.write_all(&compress_to_vec(contents, COMPRESSION_LEVEL))?;
        let mut checksummed = config.wrap(io::sink());
        checksummed.write_all(contents)?;
        let (_, sums) = checksummed.finish().map_err(io::Error::other)?;
        entry.finish(sums).map_err(io::Error::other)?;
        Ok(())
    }

    pub fn finish(self) -> io::Result<Vec<u8>> {
        self.zip.finish().map_err(io::Error::other)
    }
}

/// 1980-01-01, the earliest date in the ZIP format.
const EARLIEST_DATE: i64 = 315_532_800;

const COMPRESSION_LEVEL: u8 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ArchiveWriter::default();
        for (name, contents) in files {
            writer.add(name, contents).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn a_written_archive_can_be_read() {
        let bytes = archive(&[("a/ü.txt", b"one"), ("b", b"")]);
        let archive = Archive::read(&bytes).unwrap();
        let entries = archive.entries().unwrap();
        let read = |entry: &Entry| (entry.name.clone(), archive.unpack(entry, 3).unwrap());
        let read: Vec<_> = entries.iter().map(read).collect();
        assert_eq!(read, [("a/ü.txt".to_owned(), b"one".to_vec()), ("b".to_owned(), Vec::new())]);
        assert!(matches!(archive.unpack(&entries[0], 2), Err(ArchiveError::TooLarge { .. })));
    }

    #[test]
    fn an_entry_whose_local_name_differs_is_refused() {
        let mut bytes = archive(&[("a.txt", b"text"), ("b.txt", b"text")]);
        // The first occurrence is the local header before the data. The directory is at the end of the archive.
        let local = bytes.windows(5).position(|name| name == b"a.txt").unwrap();
        bytes[local] = b'b';
        let archive = Archive::read(&bytes).unwrap();
        let entries = archive.entries().unwrap();
        let refused = archive.unpack(&entries[0], 10);
        assert!(
            matches!(&refused, Err(ArchiveError::NameMismatch { name }) if name == "a.txt"),
            "{refused:?}"
        );
        assert_eq!(archive.unpack(&entries[1], 10).unwrap(), b"text");
    }

    #[test]
    fn a_flipped_byte_never_changes_the_contents() {
        let whole = archive(&[("a.txt", b"some text, some text"), ("b.txt", b"more")]);
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x11;
            let Ok(archive) = Archive::read(&bytes) else { continue };
            for entry in archive.entries().unwrap_or_default() {
                let contents = archive.unpack(&entry, 100).unwrap_or_default();
                assert!([&b""[..], b"some text, some text", b"more"].contains(&&contents[..]), "byte {at}");
            }
        }
    }
}
