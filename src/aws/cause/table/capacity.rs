//! Quotas, capacity, and models that fail.

use super::{Cause, Key, Retry, bedrock};

const THROTTLING: &[&str] = &["ThrottlingException", "throttlingException", "TooManyRequestsException"];
const UNAVAILABLE: &[&str] = &["ServiceUnavailableException"];

/// A row about what passes.
const fn passing(id: &'static str, message: &'static str) -> Cause {
    bedrock(id, message).retry(Retry::Backoff).at(Key::Region).of_the_environment()
}

pub(super) const CAUSES: &[Cause] = &[
    passing("throttle-rpm", r"^Too many requests, please wait before trying again\.")
        .with(THROTTLING, &[429])
        .says(
            "the account's calls a minute for this model are used up",
            "set `requests_per_minute`, ask for a higher quota, or call through an inference profile",
        ),
    passing("throttle-tpd", r"^Too many tokens per day, please wait before trying again\.")
        .with(THROTTLING, &[429])
        .says("the account's tokens of the day are used up", "go on tomorrow, or ask for a higher quota")
        .retry(Retry::Later),
    passing("throttle-tpm", r"^Too many tokens, please wait before trying again\.")
        .with(THROTTLING, &[429])
        .says(
            "the account's tokens a minute for this model are used up; new accounts have small quotas",
            "set `tokens_per_minute`, or ask for a higher quota",
        ),
    passing("conn-limit", r"^Too many connections, please wait before trying again\.")
        .with(UNAVAILABLE, &[503])
        .says("Bedrock has no capacity for another connection", "run fewer cases at once: `--jobs`"),
    passing("model-throttled", r"^Model is getting throttled\. Try your request again\.")
        .with(UNAVAILABLE, &[503])
        .says("the model has no capacity at the moment", "run fewer cases at once, or try again later"),
    passing("unable", r"^Bedrock is unable to process your request\.")
        .with(UNAVAILABLE, &[503])
        .says("Bedrock has no capacity at the moment", "try again later"),
    passing("not-ready", r"^Model is not ready for inference\. Wait and try your request again\.")
        .with(&["ModelNotReadyException"], &[429])
        .says(
            "an imported model that nobody called is loaded again, which takes minutes",
            "raise `retries` and `retry_pause`, or call it once before",
        )
        .at(Key::ModelId),
    passing("timeout", r"^Model has timed out in processing the request\.")
        .with(&["ModelTimeoutException", "modelStreamErrorException"], &[408])
        .says("the model took longer than Bedrock allows", "ask for less output, or stream"),
    passing("stream-internal", r"^The system encountered an unexpected error during processing\.")
        .with(&["modelStreamErrorException", "InternalServerException"], &[500, 424])
        .says("the model failed in the midst of its work; what it had said is lost", "try again"),
    passing("model-error", r"(?s).*")
        .with(&["ModelErrorException", "modelStreamErrorException"], &[424])
        .says("the model failed", "try again once; if it stays, the request makes it fail")
        .retry(Retry::Once)
        .at(Key::ModelId),
    passing("throttled", r"(?s).*")
        .with(THROTTLING, &[429])
        .says("a quota of the account is used up", "run fewer cases at once, or ask for a higher quota"),
    passing("internal", r"(?s).*")
        .with(&["InternalServerException", "ServiceUnavailableException"], &[500, 502, 503, 504])
        .says("Bedrock failed", "try again; AWS's health dashboard tells whether others see it too"),
    passing("quota-exceeded", r"(?s).*")
        .with(&["ServiceQuotaExceededException"], &[400])
        .says("a quota of the account is reached", "ask for a higher one in the Service Quotas console")
        .retry(Retry::Later),
    bedrock("not-found", r"(?s).*").with(&["ResourceNotFoundException"], &[404]).says(
        "there is no such model or resource, or none that this account may call",
        "check the model ID and the Region",
    ),
    passing("gateway", r"(?s).*")
        .with(&[], &[500, 502, 503, 504])
        .says(
            "something in front of Bedrock failed, or stands in its place: Bedrock's own errors have a code",
            "try again; check what stands in between: a proxy, a gateway",
        )
        .at(Key::Endpoint),
];
