//! The labels of models on a page.

use std::collections::{HashMap, HashSet};

use crate::diagnose::visible;
use crate::record::Case;

/// The models of a run. Models with the same name in several configs get different labels.
pub(super) struct Models<'r> {
    configs: HashMap<&'r str, HashSet<&'r str>>,
}

impl<'r> Models<'r> {
    pub(super) fn from_cases(cases: &'r [Case]) -> Models<'r> {
        let mut configs: HashMap<&str, HashSet<&str>> = HashMap::new();
        for case in cases {
            configs.entry(&case.model).or_default().insert(&case.config);
        }
        Models { configs }
    }

    /// The label of the model of `case`.
    pub(super) fn label(&self, case: &Case) -> String {
        let several = self.configs.get(case.model.as_str()).is_some_and(|configs| configs.len() > 1);
        let label = if several { format!("{} ({})", case.model, case.config) } else { case.model.clone() };
        visible(&label).into_owned()
    }
}
