//! The request and the answer of a case, as reports show them.

use serde_json::Value;

use super::plan::Planned;
use crate::assemble::{self, Problem};
use crate::aws::catalogue::Prices;
use crate::exchange::{Answer, Exchange, Headers, Refusal, Request};
use crate::fixture::{REQUEST_HEADERS, RESPONSE_HEADERS, allowed_headers, mask_exchange};
use crate::invoke::cost::{Usage, usage};
use crate::invoke::{Invocation, accounts_in_config, latency_ms};
use crate::mapping::Origin;
use crate::suite::MaskedValues;

/// One exchange of a case. It is masked like a fixture, and values that came from environment variables are masked too.
#[derive(Clone, Debug)]
pub struct ReportedExchange {
    pub request: Request,
    pub answer: ReportedAnswer,
    /// Where in the answer the values of each mapped field are located.
    pub origins: Vec<(String, Origin)>,
    pub usage: Option<Usage>,
    /// Measured for a call that was made; for a recorded answer the value it contains, if any.
    pub latency_ms: Option<u64>,
    /// The cost of one call in USD, if its token counts and the price are known.
    pub cost: Option<f64>,
}

#[derive(Clone, Debug)]
pub enum ReportedAnswer {
    /// A response. The events of a stream are assembled to one body.
    Response {
        status: u16,
        headers: Headers,
        body: Value,
        events: Option<usize>,
    },
    Refusal(Refusal),
}

/// The exchange of a case with the answer from `invocation`, masked for reports.
pub(super) fn reported_exchange(
    planned: &Planned<'_>,
    request: &Request,
    invocation: &Invocation,
    prices: &Prices,
) -> ReportedExchange {
    let usage = usage(&invocation.answer);
    let price = usage.and_then(|_| prices.price_for(&planned.model.model_id, &planned.model.region));
    let measured = invocation.call.map(|call| u64::try_from(call.latency.as_millis()).unwrap_or(u64::MAX));
    let latency_ms = measured.or_else(|| latency_ms(&invocation.answer));
    let exchange = Exchange { request: request.clone(), answer: invocation.answer.clone() };
    let Exchange { request, answer } = mask_exchange(&exchange, &accounts_in_config(planned.model));
    let masked_values = &planned.case.masked_values;
    let answer = reported_answer(answer, masked_values);
    let origins = match &answer {
        ReportedAnswer::Response { body, .. } => planned.model.mapping.find_origins(body),
        ReportedAnswer::Refusal(_) => Vec::new(),
    };
    let request = Request {
        headers: masked_headers(&allowed_headers(&request.headers, REQUEST_HEADERS), masked_values),
        body: masked_values.mask_strings(&request.body),
        ..request
    };
    let cost = usage.zip(price).map(|(usage, price)| price.cost(usage.input, usage.output));
    ReportedExchange { request, answer, origins, usage, latency_ms, cost }
}

fn reported_answer(answer: Answer, masked_values: &MaskedValues) -> ReportedAnswer {
    let response = |status, headers: &Headers, body: &Value, events| ReportedAnswer::Response {
        status,
        headers: masked_headers(&allowed_headers(headers, RESPONSE_HEADERS), masked_values),
        body: masked_values.mask_strings(body),
        events,
    };
    match answer {
        Answer::Response(whole) => response(whole.status, &whole.headers, &whole.body, None),
        Answer::Refusal(error) => refusal(error, masked_values),
        Answer::Stream(stream) => {
            let assembled = assemble::assemble(&stream);
            match assembled.problem {
                Some(Problem::Refused(error)) => refusal(error, masked_values),
                Some(Problem::Incomplete { .. }) | None => {
                    response(stream.status, &assembled.headers, &assembled.body, Some(stream.events.len()))
                }
            }
        }
    }
}

fn refusal(refusal: Refusal, masked_values: &MaskedValues) -> ReportedAnswer {
    ReportedAnswer::Refusal(Refusal {
        message: masked_values.mask(&refusal.message).into_owned(),
        headers: masked_headers(&allowed_headers(&refusal.headers, RESPONSE_HEADERS), masked_values),
        ..refusal
    })
}

fn masked_headers(headers: &Headers, masked_values: &MaskedValues) -> Headers {
    headers.iter().map(|(name, value)| (name.clone(), masked_values.mask(value).into_owned())).collect()
}
