//! Reports models and cases with the same name, or with names that give the same file names.

use std::collections::HashMap;
use std::path::Path;

use super::file_owner::{FileOwner, OwnedModel};
use crate::diagnose::{Code, Finding, Span};
use crate::files::layout;
use crate::files::portable::fold_name;
use crate::suite::Model;

/// Reports cases of one model that have the same name or the same file.
pub fn check_cases(model: &Model) -> Vec<Finding> {
    let mut seen: HashMap<String, (&str, &Span)> = HashMap::new();
    let mut findings = Vec::new();
    for case in std::iter::once(model).chain(&model.probes).flat_map(|model| &model.cases) {
        let file = fold_name(&layout::file_slug(&case.name));
        let Some((first, at)) = seen.insert(file, (&case.name, &case.at)) else { continue };
        let message = if first == case.name {
            format!("two cases of `{}` are named `{first}`", model.name)
        } else {
            format!(
                "the cases `{first}` and `{}` share the file name `{}`",
                case.name,
                layout::file_slug(first)
            )
        };
        let finding =
            Finding::new(Code::DuplicateCase, case.at.clone(), message).related(at.clone(), "the first one");
        findings.push(finding.help("rename one of them: fixtures and snapshots are named after their case"));
    }
    findings
}

/// Reports models of one folder whose names give the same file names.
pub fn check_models(configs: &[FileOwner]) -> Vec<Finding> {
    let mut seen: HashMap<(&Path, String), &OwnedModel> = HashMap::new();
    let mut findings = Vec::new();
    for config in configs {
        for model in &config.models {
            let key = (layout::config_folder(&config.path), fold_name(&layout::file_slug(&model.name)));
            let Some(first) = seen.insert(key, model) else { continue };
            let message = if first.name == model.name {
                format!("two models of this folder are named `{}`", model.name)
            } else {
                let slug = layout::file_slug(&model.name);
                format!("the models `{}` and `{}` share the file name `{slug}`", first.name, model.name)
            };
            let finding = Finding::new(Code::DuplicateModel, model.at.clone(), message)
                .related(first.at.clone(), "the first one")
                .help("rename one of them, or move its file to another folder");
            findings.push(finding);
        }
    }
    findings
}
