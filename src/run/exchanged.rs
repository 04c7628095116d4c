//! What was asked and what came, as a report may show it.

use serde_json::Value;

use super::plan::Planned;
use crate::assemble::{self, Problem};
use crate::aws::catalogue::Prices;
use crate::exchange::{Answer, Exchange, Headers, Refusal, Request, map_strings};
use crate::fixture::{REQUEST_HEADERS, RESPONSE_HEADERS, allowed_headers, mask_exchange};
use crate::invoke::cost::{Usage, usage};
use crate::invoke::{Answered, accounts, latency_ms};
use crate::mapping::Origin;
use crate::suite::Withheld;

/// One exchange of a case, masked as a fixture is; what came from the environment is blotted out.
#[derive(Clone, Debug)]
pub struct Exchanged {
    pub request: Request,
    pub came: Came,
    /// Where the values of each field stand in what came.
    pub origins: Vec<(String, Origin)>,
    pub usage: Option<Usage>,
    /// Of the call, or of the recording if that tells it.
    pub latency_ms: Option<u64>,
    /// USD of one call, where tokens and price are known.
    pub cost: Option<f64>,
}

#[derive(Clone, Debug)]
pub enum Came {
    /// A response; of a stream what its events amount to.
    Response {
        status: u16,
        headers: Headers,
        body: Value,
        events: Option<usize>,
    },
    Refusal(Refusal),
}

/// The exchange of a case; its answer is that of `answered`.
pub(super) fn exchanged(
    planned: &Planned<'_>,
    request: &Request,
    answered: &Answered,
    prices: &Prices,
) -> Exchanged {
    let usage = usage(&answered.answer);
    let price = usage.and_then(|_| prices.price_for(&planned.model.model_id, &planned.model.region));
    let measured = answered.call.map(|call| u64::try_from(call.latency.as_millis()).unwrap_or(u64::MAX));
    let latency_ms = measured.or_else(|| latency_ms(&answered.answer));
    let exchange = Exchange { request: request.clone(), answer: answered.answer.clone() };
    let Exchange { request, answer } = mask_exchange(&exchange, &accounts(planned.model));
    let withheld = &planned.case.withheld;
    let came = came(answer, withheld);
    let origins = match &came {
        Came::Response { body, .. } => planned.model.mapping.origins(body),
        Came::Refusal(_) => Vec::new(),
    };
    let request = Request {
        headers: blotted_headers(&allowed_headers(&request.headers, REQUEST_HEADERS), withheld),
        body: blotted(&request.body, withheld),
        ..request
    };
    let cost = usage.zip(price).map(|(usage, price)| price.cost(usage.input, usage.output));
    Exchanged { request, came, origins, usage, latency_ms, cost }
}

fn came(answer: Answer, withheld: &Withheld) -> Came {
    let response = |status, headers: &Headers, body: &Value, events| Came::Response {
        status,
        headers: blotted_headers(&allowed_headers(headers, RESPONSE_HEADERS), withheld),
        body: blotted(body, withheld),
        events,
    };
    match answer {
        Answer::Response(of) => response(of.status, &of.headers, &of.body, None),
        Answer::Refusal(of) => refusal(of, withheld),
        Answer::Stream(stream) => {
            let whole = assemble::assemble(&stream);
            match whole.problem {
                Some(Problem::Refused(of)) => refusal(of, withheld),
                Some(Problem::Incomplete { .. }) | None => {
                    response(stream.status, &whole.headers, &whole.body, Some(stream.events.len()))
                }
            }
        }
    }
}

fn refusal(refusal: Refusal, withheld: &Withheld) -> Came {
    Came::Refusal(Refusal {
        message: withheld.blot_out(&refusal.message).into_owned(),
        headers: blotted_headers(&allowed_headers(&refusal.headers, RESPONSE_HEADERS), withheld),
        ..refusal
    })
}

fn blotted(value: &Value, withheld: &Withheld) -> Value {
    map_strings(value, &|_, text| withheld.blot_out(text).into_owned())
}

fn blotted_headers(headers: &Headers, withheld: &Withheld) -> Headers {
    headers.iter().map(|(name, value)| (name.clone(), withheld.blot_out(value).into_owned())).collect()
}
