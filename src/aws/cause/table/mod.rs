//! The sources of the tables are AWS's service models and troubleshooting pages, recorded refusals, and reports of
//! users.
//!
//! The first row that matches is used, so within a table and between the tables a narrower row comes first.

mod access;
mod body;
mod capacity;
mod client;
mod credentials;
mod model;
mod sts;

use super::{Cause, Key, Retry, Service, Side};

/// All known causes.
pub(super) const CAUSES: [&[Cause]; 7] = [
    model::CAUSES,
    access::CAUSES,
    body::CAUSES,
    capacity::CAUSES,
    credentials::CAUSES,
    sts::CAUSES,
    client::CAUSES,
];

const VALIDATION: &str = "ValidationException";
const DENIED: &str = "AccessDeniedException";
const NOT_FOUND: &str = "ResourceNotFoundException";

/// A cause that Bedrock reports and that the config has to fix. The functions below change its fields.
const fn bedrock(id: &'static str, message: &'static str) -> Cause {
    Cause {
        id,
        service: Service::Bedrock,
        codes: &[],
        statuses: &[],
        message,
        cause: "",
        remedy: "",
        checks: &[],
        retry: Retry::Never,
        key: Key::ModelId,
        side: Side::Config,
    }
}

/// A cause that STS reports.
const fn sts(id: &'static str, message: &'static str) -> Cause {
    Cause { service: Service::Sts, key: Key::RoleArn, side: Side::Environment, ..bedrock(id, message) }
}

/// A cause that the HTTP client reports.
const fn client(id: &'static str, message: &'static str) -> Cause {
    let row = Cause { service: Service::Client, side: Side::Environment, ..bedrock(id, message) };
    Cause { retry: Retry::Backoff, key: Key::Endpoint, ..row }
}

impl Cause {
    const fn reported_with(self, codes: &'static [&'static str], statuses: &'static [u16]) -> Cause {
        Cause { codes, statuses, ..self }
    }

    const fn explain(self, cause: &'static str, remedy: &'static str) -> Cause {
        Cause { cause, remedy, ..self }
    }

    const fn key(self, key: Key) -> Cause {
        Cause { key, ..self }
    }

    const fn retry(self, retry: Retry) -> Cause {
        Cause { retry, ..self }
    }

    const fn in_environment(self) -> Cause {
        Cause { side: Side::Environment, ..self }
    }

    const fn checks(self, checks: &'static [&'static str]) -> Cause {
        Cause { checks, ..self }
    }
}
