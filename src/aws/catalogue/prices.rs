use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::{id_in_arn, rows, without_geography};

/// The source of the prices, as `plan` prints it.
pub const SOURCE: &str = "litellm 1.109.1, 2026-11-22";

/// The price of a model, in USD.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// For a million input tokens.
    pub input: f64,
    /// For a million output tokens.
    pub output: f64,
    /// For each call, in addition to its tokens: for an image or a query.
    pub call: f64,
    /// The model's limit of output tokens.
    pub max_output: Option<u64>,
    /// There is no price for this ID in this Region, so this is the price of the same model without its geography.
    pub borrowed: bool,
}

impl Price {
    /// The cost of one call in USD.
    pub fn cost(&self, input: u64, output: u64) -> f64 {
        self.call + (tokens(input) * self.input + tokens(output) * self.output) / 1e6
    }
}

#[expect(clippy::cast_precision_loss, reason = "no response has 2^52 tokens")]
fn tokens(count: u64) -> f64 {
    count as f64
}

/// The prices of the table, and those of the user's settings, which override them.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    custom: BTreeMap<String, Price>,
}

impl Prices {
    pub fn new(custom: BTreeMap<String, Price>) -> Prices {
        Prices { custom }
    }

    /// The price of `model_id` in `region`. Returns `None` if it is unknown, or if the model isn't billed by tokens.
    pub fn price_for(&self, model_id: &str, region: &str) -> Option<Price> {
        if let Some(custom) = self.custom.get(model_id) {
            return Some(*custom);
        }
        let id = if model_id.starts_with("arn:") { id_in_arn(model_id)? } else { model_id };
        let exact = [format!("bedrock/{region}/{id}"), id.to_owned(), format!("bedrock/{id}")];
        let bare = without_geography(id).unwrap_or(id);
        let near = [format!("bedrock/{region}/{bare}"), bare.to_owned()];
        let find = |keys: &[String]| keys.iter().find_map(|key| TABLE.get(key.as_str()).copied());
        find(&exact).or_else(|| find(&near).map(|price| Price { borrowed: true, ..price }))
    }
}

static TABLE: LazyLock<HashMap<&'static str, Price>> = LazyLock::new(|| {
    let number = |cell: Option<&&str>| cell.and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    let row = |cells: Vec<&'static str>| {
        let price = Price {
            input: number(cells.get(1)),
            output: number(cells.get(2)),
            call: number(cells.get(3)),
            max_output: cells.get(4).and_then(|text| text.parse().ok()),
            borrowed: false,
        };
        (cells[0], price)
    };
    rows(include_str!("../../../data/prices.tsv")).map(row).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(model_id: &str, region: &str, expected: Option<(f64, f64, bool)>) {
        let price = Prices::default().price_for(model_id, region);
        assert_eq!(price.map(|price| (price.input, price.output, price.borrowed)), expected, "{model_id}");
    }

    #[test]
    fn a_price_of_the_region_is_preferred() {
        check("amazon.nova-lite-v1:0", "us-east-1", Some((0.06, 0.24, false)));
        check("amazon.nova-micro-v1:0", "us-gov-west-1", Some((0.042, 0.168, false)));
        let arn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
        check(arn, "us-east-1", Some((0.06, 0.24, false)));
        check("arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl", "us-east-1", None);
        check("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/x", "us-east-1", None);
        check("unknown.model-v1:0", "us-east-1", None);
    }

    #[test]
    fn a_profile_without_a_price_borrows_that_of_its_model() {
        let price = Prices::default().price_for("in.amazon.nova-lite-v1:0", "ap-south-1").unwrap();
        assert!(price.borrowed && price.input > 0.0);
    }

    #[test]
    fn a_custom_price_overrides_the_table() {
        let custom = Price { input: 1.0, output: 10.0, call: 0.0, max_output: None, borrowed: false };
        let prices = Prices::new(BTreeMap::from([("x".to_owned(), custom)]));
        let cost = prices.price_for("x", "us-east-1").unwrap().cost(1_000, 100);
        assert!((cost - 0.002).abs() < 1e-12);
    }

    #[test]
    fn every_row_of_the_table_is_a_price() {
        assert!(TABLE.len() > 400);
        assert!(TABLE.values().all(|price| price.input >= 0.0 && price.output >= 0.0));
        assert!(TABLE.values().all(|price| price.input + price.output + price.call >= 0.0));
    }
}
