//! Quotas, capacity, and failures of models.

use super::{Cause, Key, Retry, bedrock};

const THROTTLING: &[&str] = &["ThrottlingException", "throttlingException", "TooManyRequestsException"];
const UNAVAILABLE: &[&str] = &["ServiceUnavailableException"];

/// A cause that disappears after some time.
const fn temporary(id: &'static str, message: &'static str) -> Cause {
    bedrock(id, message).retry(Retry::Backoff).key(Key::Region).in_environment()
}

pub(super) const CAUSES: &[Cause] = &[
    temporary("throttle-rpm", r"^Too many requests, please wait before trying again\.")
        .reported_with(THROTTLING, &[429])
        .explain(
            "the account's quota of calls per minute for this model is used up",
            "set `requests_per_minute`, request a higher quota, or call through an inference profile",
        ),
    temporary("throttle-tpd", r"^Too many tokens per day, please wait before trying again\.")
        .reported_with(THROTTLING, &[429])
        .explain("the account's quota of tokens per day is used up", "continue tomorrow, or request a higher quota")
        .retry(Retry::Later),
    temporary("throttle-tpm", r"^Too many tokens, please wait before trying again\.")
        .reported_with(THROTTLING, &[429])
        .explain(
            "the account's quota of tokens per minute for this model is used up; new accounts have small quotas",
            "set `tokens_per_minute`, or request a higher quota",
        ),
    temporary("conn-limit", r"^Too many connections, please wait before trying again\.")
        .reported_with(UNAVAILABLE, &[503])
        .explain("Bedrock has no capacity for another connection", "run fewer cases at once with `--jobs`"),
    temporary("model-throttled", r"^Model is getting throttled\. Try your request again\.")
        .reported_with(UNAVAILABLE, &[503])
        .explain("the model has no capacity at the moment", "run fewer cases at once with `--jobs`, or retry later"),
    temporary("unable", r"^Bedrock is unable to process your request\.")
        .reported_with(UNAVAILABLE, &[503])
        .explain("Bedrock has no capacity at the moment", "retry later"),
    temporary("not-ready", r"^Model is not ready for inference\. Wait and try your request again\.")
        .reported_with(&["ModelNotReadyException"], &[429])
        .explain(
            "Bedrock is loading the imported model, because it was not called for a while; this takes minutes",
            "raise `retries` and `retry_pause`, or call the model once before the run",
        )
        .key(Key::ModelId),
    temporary("timeout", r"^Model has timed out in processing the request\.")
        .reported_with(&["ModelTimeoutException", "modelStreamErrorException"], &[408])
        .explain("the model took longer than Bedrock allows", "request fewer output tokens, or set `stream = true`"),
    temporary("stream-internal", r"^The system encountered an unexpected error during processing\.")
        .reported_with(&["modelStreamErrorException", "InternalServerException"], &[500, 424])
        .explain("the model failed before its response was complete, and the partial response is lost", "retry the call"),
    temporary("model-error", r"(?s).*")
        .reported_with(&["ModelErrorException", "modelStreamErrorException"], &[424])
        .explain("the model failed", "retry once; if it fails again, the request causes the failure: change the body")
        .retry(Retry::Once)
        .key(Key::ModelId),
    temporary("throttled", r"(?s).*")
        .reported_with(THROTTLING, &[429])
        .explain("a quota of the account is used up", "run fewer cases at once with `--jobs`, or request a higher quota"),
    temporary("internal", r"(?s).*")
        .reported_with(&["InternalServerException", "ServiceUnavailableException"], &[500, 502, 503, 504])
        .explain("Bedrock failed", "retry; the AWS Health Dashboard shows whether Bedrock has a problem"),
    temporary("quota-exceeded", r"(?s).*")
        .reported_with(&["ServiceQuotaExceededException"], &[400])
        .explain("a quota of the account is reached", "request a higher quota in the Service Quotas console")
        .retry(Retry::Later),
    bedrock("not-found", r"(?s).*").reported_with(&["ResourceNotFoundException"], &[404]).explain(
        "the model or resource does not exist, or this account has no access to it",
        "check the model ID and the Region",
    ),
    temporary("gateway", r"(?s).*")
        .reported_with(&[], &[500, 502, 503, 504])
        .explain(
            "the error has no code, so it does not come from Bedrock: a proxy or gateway in front of it failed, or the endpoint is another server",
            "retry; check the endpoint, and each proxy and gateway on the way to it",
        )
        .key(Key::Endpoint),
];
