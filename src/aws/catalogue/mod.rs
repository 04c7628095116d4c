//! Models, inference profiles and prices: tables that are compiled in, `data/README.md` says where from.
//!
//! They are read when a command needs them, and by no replay that doesn't ask for costs.

mod callable;
mod models;
mod prices;
mod profiles;

pub use callable::{Callable, Filter, callable};
pub use models::{Lifecycle, Model, Surface, model, models};
pub use prices::{Price, Prices, SOURCE};
pub use profiles::{Destinations, Profile, geographies_of, profile, profiles, reaches};

/// The day of the scan that the tables are of.
pub const DATE: &str = "2026-11-22";

/// The lines of a table behind its head, as cells.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).map(|line| line.split('\t').collect())
}

/// A cell that holds several, with commas.
fn list(cell: &'static str) -> Vec<&'static str> {
    cell.split(',').filter(|item| !item.is_empty()).collect()
}

/// What stands in front of an inference profile's ID.
pub const GEOGRAPHIES: [&str; 9] = ["us.", "eu.", "apac.", "jp.", "au.", "in.", "ca.", "us-gov.", "global."];

/// `model_id` without its geography, if it has one.
pub fn without_geography(model_id: &str) -> Option<&str> {
    GEOGRAPHIES.iter().find_map(|geography| model_id.strip_prefix(geography))
}

/// The model or profile ID that an ARN of the catalogue's own resources ends with.
fn of_arn(arn: &str) -> Option<&str> {
    let resource = arn.splitn(6, ':').nth(5)?;
    resource.strip_prefix("foundation-model/").or_else(|| resource.strip_prefix("inference-profile/"))
}
