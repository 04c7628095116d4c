//! Reads a config together with the layers that override it.

use std::path::Path;

use super::{syntax_finding, unreadable_finding};
use crate::config::layers::{Layer, Layers, Origin};
use crate::config::overrides::{self, Override};
use crate::config::source::Document;
use crate::diagnose::{FileId, Finding, Sources};
use crate::files::{self, Base};

/// Reads the file at `path`, relative to `base`, and calls `with` with its layers.
///
/// Returns findings if the file can't be read or parsed.
pub fn with_layers<T>(
    path: &Path,
    base: &Base,
    overrides: &[Override],
    profile: Option<&str>,
    sources: &Sources,
    with: impl FnOnce(&Layers<'_>) -> T,
) -> Result<T, Vec<Finding>> {
    let text = base
        .read_text(path, files::CONFIG_LIMIT)
        .map_err(|error| vec![unreadable_finding(path, base, &error, sources)])?;
    with_layers_of_text(&text, path, overrides, profile, sources, with)
}

/// Like [`with_layers`], for a `text` that is or was the content of the file at `path`.
pub fn with_layers_of_text<T>(
    text: &str,
    path: &Path,
    overrides: &[Override],
    profile: Option<&str>,
    sources: &Sources,
    with: impl FnOnce(&Layers<'_>) -> T,
) -> Result<T, Vec<Finding>> {
    let file = sources.add(path, text);
    let (document, errors) = Document::parse(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| syntax_finding(error, file)).collect());
    }
    let documents = override_documents(&document, overrides, sources);
    Ok(with_overrides(file, path, &document, &documents, profile, with))
}

pub(super) fn with_overrides<T>(
    file: FileId,
    path: &Path,
    document: &Document<'_>,
    overrides: &[OverrideDocument<'_>],
    profile: Option<&str>,
    with: impl FnOnce(&Layers<'_>) -> T,
) -> T {
    let parsed: Vec<Document<'_>> = overrides.iter().map(OverrideDocument::parse).collect();
    let mut layers = Layers::new(Layer { file, document, origin: Origin::File(path) }, profile);
    for (source, document) in overrides.iter().zip(&parsed) {
        layers.add_override(Layer { file: source.file, document, origin: source.origin });
    }
    with(&layers)
}

/// An override as a TOML document of its own, with positions like a file.
pub(super) struct OverrideDocument<'o> {
    pub(super) file: FileId,
    toml: String,
    origin: Origin<'o>,
}

impl OverrideDocument<'_> {
    pub(super) fn parse(&self) -> Document<'_> {
        Document::parse(&self.toml).0
    }
}

pub(super) fn override_documents<'o>(
    document: &Document<'_>,
    overrides: &'o [Override],
    sources: &Sources,
) -> Vec<OverrideDocument<'o>> {
    let override_documents = overrides.iter().filter_map(|key_override| {
        let toml = format!("{}version = 1\n", key_override.to_toml(&document.value)?);
        let file = sources.add(key_override.source.name(), toml.as_str());
        let origin = match &key_override.source {
            overrides::OverrideSource::Environment(name) => Origin::Environment(name),
            overrides::OverrideSource::Flag(flag) => Origin::Flag(flag),
        };
        Some(OverrideDocument { file, toml, origin })
    });
    override_documents.collect()
}
