//! The request and the answer of a case, as reports show them.

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

/// The exchange of a case with the answer from `answered`, masked for reports.
pub(super) fn reported_exchange(
    planned: &Planned<'_>,
    request: &Request,
    answered: &Answered,
    prices: &Prices,
) -> ReportedExchange {
    let usage = usage(&answered.answer);
    let price = usage.and_then(|_| prices.price_for(&planned.model.model_id, &planned.model.region));
    let measured = answered.call.map(|call| u64::try_from(call.latency.as_millis()).unwrap_or(u64::MAX));
    let latency_ms = measured.or_else(|| latency_ms(&answered.answer));
    let exchange = Exchange { request: request.clone(), answer: answered.answer.clone() };
    let Exchange { request, answer } = mask_exchange(&exchange, &accounts(planned.model));
    let withheld = &planned.case.withheld;
    let answer = reported_answer(answer, withheld);
    let origins = match &answer {
        ReportedAnswer::Response { body, .. } => planned.model.mapping.origins(body),
        ReportedAnswer::Refusal(_) => Vec::new(),
    };
    let request = Request {
        headers: masked_headers(&allowed_headers(&request.headers, REQUEST_HEADERS), withheld),
        body: masked_body(&request.body, withheld),
        ..request
    };
    let cost = usage.zip(price).map(|(usage, price)| price.cost(usage.input, usage.output));
    ReportedExchange { request, answer, origins, usage, latency_ms, cost }
}

fn reported_answer(answer: Answer, withheld: &Withheld) -> ReportedAnswer {
    let response = |status, headers: &Headers, body: &Value, events| ReportedAnswer::Response {
        status,
        headers: masked_headers(&allowed_headers(headers, RESPONSE_HEADERS), withheld),
        body: masked_body(body, withheld),
        events,
    };
    match answer {
        Answer::Response(whole) => response(whole.status, &whole.headers, &whole.body, None),
        Answer::Refusal(error) => refusal(error, withheld),
        Answer::Stream(stream) => {
            let assembled = assemble::assemble(&stream);
            match assembled.problem {
                Some(Problem::Refused(error)) => refusal(error, withheld),
                Some(Problem::Incomplete { .. }) | None => {
                    response(stream.status, &assembled.headers, &assembled.body, Some(stream.events.len()))
                }
            }
        }
    }
}

fn refusal(refusal: Refusal, withheld: &Withheld) -> ReportedAnswer {
    ReportedAnswer::Refusal(Refusal {
        message: withheld.blot_out(&refusal.message).into_owned(),
        headers: masked_headers(&allowed_headers(&refusal.headers, RESPONSE_HEADERS), withheld),
        ..refusal
    })
}

fn masked_body(value: &Value, withheld: &Withheld) -> Value {
    map_strings(value, &|_, text| withheld.blot_out(text).into_owned())
}

fn masked_headers(headers: &Headers, withheld: &Withheld) -> Headers {
    headers.iter().map(|(name, value)| (name.clone(), withheld.blot_out(value).into_owned())).collect()
}
