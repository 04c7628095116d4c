//! Models, inference profiles and prices, from tables that are compiled in. `data/README.md` lists their sources.
//!
//! A table is parsed when a command first needs it. A replay that reports no costs parses none of them.

mod callable;
mod models;
mod prices;
mod profiles;

pub use callable::{Callable, Filter, callable};
pub use models::{Lifecycle, Model, Surface, model, models};
pub use prices::{Price, Prices, SOURCE};
pub use profiles::{Destinations, Profile, geographies_for, geography_covers, profile, profiles};

/// The day on which the tables were collected.
pub const DATE: &str = "2026-11-22";

/// The rows of a table after its header line, each split into cells.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).map(|line| line.split('\t').collect())
}

/// The items of a comma-separated cell.
fn items(cell: &'static str) -> Vec<&'static str> {
    cell.split(',').filter(|item| !item.is_empty()).collect()
}

/// The prefixes of the IDs of inference profiles.
pub const GEOGRAPHIES: [&str; 9] = ["us.", "eu.", "apac.", "jp.", "au.", "in.", "ca.", "us-gov.", "global."];

/// Removes the geography from the start of `model_id`. Returns `None` if it has none.
pub fn without_geography(model_id: &str) -> Option<&str> {
    GEOGRAPHIES.iter().find_map(|geography| model_id.strip_prefix(geography))
}

/// The ID at the end of the ARN of a foundation model or an inference profile.
fn id_in_arn(arn: &str) -> Option<&str> {
    let resource = arn.splitn(6, ':').nth(5)?;
    resource.strip_prefix("foundation-model/").or_else(|| resource.strip_prefix("inference-profile/"))
}
