//! Sources: AWS's service models and troubleshooting pages, recorded refusals, and reports of users.
//!
//! Order matters: within a table the narrower row comes first, and so do the tables.

mod access;
mod body;
mod capacity;
mod client;
mod credentials;
mod model;
mod sts;

use super::{Cause, Key, Retry, Service, Side};

/// Every cause that is known, table by table.
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

/// A row, about what the config asks of Bedrock; the functions below say what is different.
const fn bedrock(id: &'static str, message: &'static str) -> Cause {
    Cause {
        id,
        service: Service::Bedrock,
        codes: &[],
        statuses: &[],
        message,
        cause: "",
        remedy: "",
        tell_apart: &[],
        retry: Retry::Never,
        at: Key::ModelId,
        side: Side::Config,
    }
}

const fn sts(id: &'static str, message: &'static str) -> Cause {
    Cause { service: Service::Sts, at: Key::RoleArn, side: Side::Environment, ..bedrock(id, message) }
}

const fn client(id: &'static str, message: &'static str) -> Cause {
    let row = Cause { service: Service::Client, side: Side::Environment, ..bedrock(id, message) };
    Cause { retry: Retry::Backoff, at: Key::Endpoint, ..row }
}

impl Cause {
    const fn with(self, codes: &'static [&'static str], statuses: &'static [u16]) -> Cause {
        Cause { codes, statuses, ..self }
    }

    const fn says(self, cause: &'static str, remedy: &'static str) -> Cause {
        Cause { cause, remedy, ..self }
    }

    const fn at(self, at: Key) -> Cause {
        Cause { at, ..self }
    }

    const fn retry(self, retry: Retry) -> Cause {
        Cause { retry, ..self }
    }

    const fn of_the_environment(self) -> Cause {
        Cause { side: Side::Environment, ..self }
    }

    const fn tell_apart(self, tell_apart: &'static [&'static str]) -> Cause {
        Cause { tell_apart, ..self }
    }
}
