use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{items, rows};

/// A base model.
#[derive(Debug, PartialEq, Eq)]
pub struct Model {
    pub id: &'static str,
    pub lifecycle: Lifecycle,
    /// The day on which it reaches the end of its life, such as `2026-09-10`, if known.
    pub ends: Option<&'static str>,
    pub surface: Surface,
    /// Regions in which its own ID can be called.
    pub on_demand: Vec<&'static str>,
    /// The IDs of its inference profiles.
    pub profiles: Vec<&'static str>,
    pub streaming: Option<bool>,
    /// `text`, `image`, `video`, `speech`, `audio`. Empty if unknown.
    pub input: Vec<&'static str>,
    /// The values of `input`, and `embedding`.
    pub output: Vec<&'static str>,
    pub tools: Option<bool>,
    pub structured_output: Option<bool>,
}

/// The lifecycle status of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    Active,
    Legacy,
    /// AWS listed it once, and no longer does.
    Retired,
}

/// The API that serves a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// Bedrock Runtime: InvokeModel and Converse.
    Runtime,
    /// Bedrock Mantle, which implements the APIs of OpenAI and Anthropic.
    Mantle,
}

impl Lifecycle {
    pub fn name(self) -> &'static str {
        match self {
            Lifecycle::Active => "active",
            Lifecycle::Legacy => "legacy",
            Lifecycle::Retired => "retired",
        }
    }
}

impl Model {
    /// Whether it reached the end of its life before the catalogue was collected.
    pub fn has_ended(&self) -> bool {
        self.lifecycle == Lifecycle::Retired || self.ends.is_some_and(|ends| ends <= super::DATE)
    }
}

/// All models, in the order of their IDs.
pub fn models() -> impl Iterator<Item = &'static Model> {
    MODELS.values()
}

/// The model with this base ID.
pub fn model(id: &str) -> Option<&'static Model> {
    MODELS.get(id)
}

static MODELS: LazyLock<BTreeMap<&'static str, Model>> = LazyLock::new(|| {
    rows(include_str!("../../../data/models.tsv"))
        .filter_map(parse_row)
        .map(|model| (model.id, model))
        .collect()
});

fn parse_row(cells: Vec<&'static str>) -> Option<Model> {
    let [id, lifecycle, ends, surface, on_demand, profiles, streaming, input, output, tools, structured] =
        cells.try_into().ok()?;
    let lifecycle = match lifecycle {
        "ACTIVE" => Lifecycle::Active,
        "LEGACY" => Lifecycle::Legacy,
        _ => Lifecycle::Retired,
    };
    Some(Model {
        id,
        lifecycle,
        ends: Some(ends).filter(|ends| !ends.is_empty()),
        surface: if surface == "mantle" { Surface::Mantle } else { Surface::Runtime },
        on_demand: items(on_demand),
        profiles: items(profiles),
        streaming: yes_or_no(streaming),
        input: items(input),
        output: items(output),
        tools: yes_or_no(tools),
        structured_output: yes_or_no(structured),
    })
}

fn yes_or_no(cell: &str) -> Option<bool> {
    match cell {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::catalogue::profile;

    #[test]
    fn every_row_is_a_model() {
        let lines = include_str!("../../../data/models.tsv").lines().count() - 1;
        assert_eq!(models().count(), lines);
        for profile_id in models().flat_map(|model| &model.profiles) {
            assert!(profile(profile_id).is_some(), "{profile_id}");
        }
    }

    #[test]
    fn a_model_has_ended_if_its_end_is_before_the_catalogue_date() {
        assert!(model("anthropic.claude-3-haiku-20240307-v1:0").unwrap().has_ended());
        assert!(model("anthropic.claude-v2").unwrap().has_ended());
        assert!(!model("anthropic.claude-sonnet-4-5-20250929-v1:0").unwrap().has_ended());
        assert!(!model("amazon.nova-pro-v1:0").unwrap().has_ended());
    }
}
