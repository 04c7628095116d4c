//! Quotas, capacity, and failures of models.

use super::{Cause, Key, Retry, bedrock};

const THROTTLING: &[&str] = &["ThrottlingException", "throttlingException", "TooManyRequestsException"];
const UNAVAILABLE: &[&str] = &["ServiceUnavailableException"];

/// A cause that disappears after some time.
const fn temporary(id: &'static str, message: &'static str) -> Cause {
    bedrock(id, message).retry(Retry::Backoff).about(Key::Region).in_environment()
}

pub(super) const CAUSES: &[Cause] = &[
    temporary("throttle-rpm", r"^Too many requests, please wait before trying again\.")
        .with(THROTTLING, &[429])
        .means(
            "the account's quota of calls per minute for this model is used up",
            "set `requests_per_minute`, request a higher quota, or call through an inference profile",
        ),
    temporary("throttle-tpd", r"^Too many tokens per day, please wait before trying again\.")
        .with(THROTTLING, &[429])
        .means("the account's quota of tokens per day is used up", "continue tomorrow, or request a higher quota")
        .retry(Retry::Later),
    temporary("throttle-tpm", r"^Too many tokens, please wait before trying again\.")
        .with(THROTTLING, &[429])
        .means(
            "the account's quota of tokens per minute for this model is used up; new accounts have small quotas",
            "set `tokens_per_minute`, or request a higher quota",
        ),
    temporary("conn-limit", r"^Too many connections, please wait before trying again\.")
        .with(UNAVAILABLE, &[503])
        .means("Bedrock has no capacity for another connection", "run fewer cases at once with `--jobs`"),
    temporary("model-throttled", r"^Model is getting throttled\. Try your request again\.")
        .with(UNAVAILABLE, &[503])
        .means("the model has no capacity at the moment", "run fewer cases at once with `--jobs`, or retry later"),
    temporary("unable", r"^Bedrock is unable to process your request\.")
        .with(UNAVAILABLE, &[503])
        .means("Bedrock has no capacity at the moment", "retry later"),
    temporary("not-ready", r"^Model is not ready for inference\. Wait and try your request again\.")
        .with(&["ModelNotReadyException"], &[429])
        .means(
            "Bedrock is loading the imported model, because it was not called for a while; this takes minutes",
            "raise `retries` and `retry_pause`, or call the model once before the run",
        )
        .about(Key::ModelId),
    temporary("timeout", r"^Model has timed out in processing the request\.")
        .with(&["ModelTimeoutException", "modelStreamErrorException"], &[408])
        .means("the model took longer than Bedrock allows", "request fewer output tokens, or set `stream = true`"),
    temporary("stream-internal", r"^The system encountered an unexpected error during processing\.")
        .with(&["modelStreamErrorException", "InternalServerException"], &[500, 424])
        .means("the model failed before its response was complete, and the partial response is lost", "retry the call"),
    temporary("model-error", r"(?s).*")
        .with(&["ModelErrorException", "modelStreamErrorException"], &[424])
        .means("the model failed", "retry once; if it fails again, the request causes the failure: change the body")
        .retry(Retry::Once)
        .about(Key::ModelId),
    temporary("throttled", r"(?s).*")
        .with(THROTTLING, &[429])
        .means("a quota of the account is used up", "run fewer cases at once with `--jobs`, or request a higher quota"),
    temporary("internal", r"(?s).*")
        .with(&["InternalServerException", "ServiceUnavailableException"], &[500, 502, 503, 504])
        .means("Bedrock failed", "retry; the AWS Health Dashboard shows whether Bedrock has a problem"),
    temporary("quota-exceeded", r"(?s).*")
        .with(&["ServiceQuotaExceededException"], &[400])
        .means("a quota of the account is reached", "request a higher quota in the Service Quotas console")
        .retry(Retry::Later),
    bedrock("not-found", r"(?s).*").with(&["ResourceNotFoundException"], &[404]).means(
        "the model or resource does not exist, or this account has no access to it",
        "check the model ID and the Region",
    ),
    temporary("gateway", r"(?s).*")
        .with(&[], &[500, 502, 503, 504])
        .means(
            "the error has no code, so it does not come from Bedrock: a proxy or gateway in front of it failed, or the endpoint is another server",
            "retry; check the endpoint, and each proxy and gateway on the way to it",
        )
        .about(Key::Endpoint),
];
