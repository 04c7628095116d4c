//! Sources: AWS's service models and troubleshooting pages, recorded refusals, and reports of users.

use super::{Cause, Key, Retry, Service, Side};

/// Every cause that is known. Order matters: the narrower one comes first.
pub const CAUSES: &[Cause] = &[Cause {
    id: "model-id-invalid",
    service: Service::Bedrock,
    codes: &["ValidationException"],
    statuses: &[400],
    message: r"^The provided model identifier is invalid\.",
    cause: "the model ID has the form of one, and names no model or inference profile in this Region",
    remedy: "check its spelling, the Region and the geography in front of it (`us.`, `eu.`)",
    tell_apart: &[],
    retry: Retry::Never,
    at: Key::ModelId,
    side: Side::Config,
}];
