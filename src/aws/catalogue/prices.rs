use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::{of_arn, rows, without_geography};

/// Where the prices come from, as `plan` tells it.
pub const SOURCE: &str = "litellm 1.109.1, 2026-11-22";

/// What a model costs, in USD.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// A million input tokens.
    pub input: f64,
    /// A million output tokens.
    pub output: f64,
    /// A call, besides its tokens: an image, a query.
    pub call: f64,
    /// The most output tokens that the model gives.
    pub max_output: Option<u64>,
    /// Not the price of this very ID and Region: that of the same model elsewhere.
    pub borrowed: bool,
}

impl Price {
    /// USD for so many tokens.
    pub fn cost(&self, input: u64, output: u64) -> f64 {
        self.call + (tokens(input) * self.input + tokens(output) * self.output) / 1e6
    }
}

#[expect(clippy::cast_precision_loss, reason = "no answer has 2^52 tokens")]
fn tokens(count: u64) -> f64 {
    count as f64
}

/// The prices that are known: a person's own over those of the table.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    own: BTreeMap<String, Price>,
}

impl Prices {
    pub fn new(own: BTreeMap<String, Price>) -> Prices {
        Prices { own }
    }

    /// What `model_id` costs in `region`. `None` for what has no price by tokens, or none that is known.
    pub fn of(&self, model_id: &str, region: &str) -> Option<Price> {
        if let Some(own) = self.own.get(model_id) {
            return Some(*own);
        }
        let id = if model_id.starts_with("arn:") { of_arn(model_id)? } else { model_id };
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
        let price = Prices::default().of(model_id, region);
        assert_eq!(price.map(|price| (price.input, price.output, price.borrowed)), expected, "{model_id}");
    }

    #[test]
    fn prices_are_those_of_the_region_where_it_has_its_own() {
        check("amazon.nova-lite-v1:0", "us-east-1", Some((0.06, 0.24, false)));
        check("amazon.nova-micro-v1:0", "us-gov-west-1", Some((0.042, 0.168, false)));
        let arn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
        check(arn, "us-east-1", Some((0.06, 0.24, false)));
        check("arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl", "us-east-1", None);
        check("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/x", "us-east-1", None);
        check("nobody.knows-v1:0", "us-east-1", None);
    }

    #[test]
    fn a_profile_without_a_price_has_its_model_s() {
        let price = Prices::default().of("in.amazon.nova-lite-v1:0", "ap-south-1").unwrap();
        assert!(price.borrowed && price.input > 0.0);
    }

    #[test]
    fn one_s_own_price_wins_and_tokens_are_counted() {
        let own = Price { input: 1.0, output: 10.0, call: 0.0, max_output: None, borrowed: false };
        let prices = Prices::new(BTreeMap::from([("x".to_owned(), own)]));
        let cost = prices.of("x", "us-east-1").unwrap().cost(1_000, 100);
        assert!((cost - 0.002).abs() < 1e-12);
    }

    #[test]
    fn every_line_of_the_table_is_a_price() {
        assert!(TABLE.len() > 400);
        assert!(TABLE.values().all(|price| price.input >= 0.0 && price.output >= 0.0));
        assert!(TABLE.values().all(|price| price.input + price.output + price.call >= 0.0));
    }
}
