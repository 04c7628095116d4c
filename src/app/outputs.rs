//! Recognises the files that no report may replace.

use std::path::Path;

use crate::config::discover::is_config;
use crate::config::preferences::SETTINGS_FILES;
use crate::files::containment::{is_same_file, real_path};
use crate::files::{FIXTURE_LIMIT, read_text};
use crate::fixture::Fixture;

/// A file that no report may replace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptFile {
    Config,
    Settings,
    Snapshot,
    Recording,
    /// A file that git reads.
    Git,
    /// Another file that the command reads.
    Input,
}

impl KeptFile {
    /// The kind of file in a message, with its article.
    pub fn describe(self) -> &'static str {
        match self {
            KeptFile::Config => "a config",
            KeptFile::Settings => "the settings",
            KeptFile::Snapshot => "a snapshot",
            KeptFile::Recording => "a recording",
            KeptFile::Git => "a file of git",
            KeptFile::Input => "a file that this command reads",
        }
    }

    /// Recognises the file at `path` by its name, by its content, or as one of `inputs`, also behind symlinks and other
    /// spellings. `None` if a report may replace it.
    pub fn find<'p>(path: &Path, inputs: impl IntoIterator<Item = &'p Path>) -> Option<KeptFile> {
        let real = real_path(path);
        let by_name = [path, &real].into_iter().find_map(KeptFile::from_name);
        if by_name.is_some() || !real.is_file() {
            return by_name;
        }
        if is_recording(&real) {
            return Some(KeptFile::Recording);
        }
        inputs.into_iter().any(|input| is_same_file(input, &real)).then_some(KeptFile::Input)
    }

    fn from_name(path: &Path) -> Option<KeptFile> {
        let name = path.file_name()?.to_string_lossy();
        let is_settings = || SETTINGS_FILES.iter().any(|settings| Path::new(settings).ends_with(&*name));
        match &*name {
            ".gitignore" | ".gitattributes" | ".ignore" => Some(KeptFile::Git),
            _ if path.components().any(|part| part.as_os_str() == ".git") => Some(KeptFile::Git),
            name if is_config(name) => Some(KeptFile::Config),
            _ if is_settings() => Some(KeptFile::Settings),
            name if [".snap", ".snap.new"].iter().any(|end| name.ends_with(end)) => Some(KeptFile::Snapshot),
            _ => None,
        }
    }
}

fn is_recording(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
        && read_text(path, FIXTURE_LIMIT).is_ok_and(|text| Fixture::parse(&text).is_ok())
}
