//! Refusals of AssumeRole and similar calls.

use super::{Cause, Key, sts};

const DENIED: &[&str] = &["AccessDenied", "AccessDeniedException"];

pub(super) const CAUSES: &[Cause] = &[
    sts("sts-tagsession", r"is not authorized to perform: sts:TagSession on resource")
        .reported_with(DENIED, &[403])
        .explain(
            "the trust policy of the role does not allow session tags",
            "add `sts:TagSession` to the actions of the trust policy, or remove `session_tags`",
        )
        .key(Key::SessionTags),
    sts("sts-source-identity", r"is not authorized to perform: sts:SetSourceIdentity on resource")
        .reported_with(DENIED, &[403])
        .explain(
            "the trust policy of the role does not allow a source identity",
            "add `sts:SetSourceIdentity` to the actions of the trust policy, or remove `source_identity`",
        )
        .key(Key::SourceIdentity),
    sts("sts-denied", r"is not authorized to perform: sts:AssumeRole\b")
        .reported_with(DENIED, &[403])
        .explain(
            "the trust policy of the role or the policy of the caller does not allow it, or the role does not exist: STS does not report which",
            "check the role ARN, the trust policy, the external ID and the policy of the caller, in this order",
        )
        .checks(&[
            "role: `aws iam get-role --role-name NAME` in the account of the role shows whether it exists, and its trust policy",
            "trust policy: its `Principal` must contain the caller from the message, or the account of the caller",
            "external ID: if the trust policy has a condition on `sts:ExternalId`, `external_id` must be set to the same value",
            "caller: if the role is in another account, the policy of the caller must allow `sts:AssumeRole` on the role",
        ]),
    sts("sts-expired", r"^The security token included in the request is expired$")
        .reported_with(&["ExpiredToken", "ExpiredTokenException"], &[403, 400])
        .explain("the caller's own temporary credentials have expired", "log in again, or refresh them")
        .key(Key::Source),
    sts("sts-client-id", r"^The security token included in the request is invalid\.?$")
        .reported_with(&["InvalidClientTokenId"], &[403])
        .explain("AWS does not recognize the caller's access key", "check the access key and its session token")
        .key(Key::Source),
    sts("sts-signature", r"^The request signature we calculated does not match the signature you provided\.")
        .reported_with(&["SignatureDoesNotMatch"], &[403])
        .explain("the secret access key does not belong to the access key ID", "check the secret access key")
        .key(Key::Source),
    sts("sts-clock-skew", r"^Signature (expired|not yet current)")
        .reported_with(&["SignatureDoesNotMatch", "RequestExpired"], &[400, 403])
        .explain("the clock of this machine is wrong", "set the clock")
        .key(Key::Source),
    sts("sts-max-duration", r"^The requested DurationSeconds exceeds the MaxSessionDuration set for this role\.")
        .reported_with(&["ValidationError"], &[400])
        .explain(
            "the requested session is longer than the role allows; the default limit is an hour",
            "lower `duration`, or raise the role's maximum session duration",
        )
        .key(Key::Duration),
    sts(
        "sts-chaining",
        r"^The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining\.",
    )
    .reported_with(&["ValidationError"], &[400])
    .explain(
        "the caller is itself a session of a role, and sessions of chained roles last an hour at most",
        "lower `duration` to 3600 or less",
    )
    .key(Key::Duration),
    sts(
        "sts-regex",
        r"^\d+ validation errors? detected: Value '(.+)' at 'roleSessionName' failed to satisfy constraint",
    )
    .reported_with(&["ValidationError"], &[400])
    .explain("the session name contains characters that are not allowed", "use only letters, digits and `_+=,.@-`")
    .key(Key::SessionName),
    sts("sts-dup-tags", r"^Duplicate tag keys found\.")
        .reported_with(&["InvalidParameterValue"], &[400])
        .explain("two session tags have names that differ only in case", "rename or remove one of them")
        .key(Key::SessionTags),
    sts("sts-transitive", r"^The specified transitive tag key must be included in the requested tags\.")
        .reported_with(&["InvalidParameterValue"], &[400])
        .explain("a transitive tag is not one of the session tags", "add the tag to `session_tags`")
        .key(Key::SessionTags),
    sts(
        "sts-transitive-override",
        r"^One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session\.",
    )
    .reported_with(&["InvalidParameterValue"], &[400])
    .explain("the calling session already has a transitive tag with this name", "rename the tag in `session_tags`")
    .key(Key::SessionTags),
    sts("sts-region-disabled", r"STS is not activated in")
        .reported_with(&["RegionDisabledException"], &[403])
        .explain(
            "STS is not activated in this Region for the account",
            "activate it in the account settings of IAM, or set `sts_endpoint` to that of another Region",
        )
        .key(Key::StsEndpoint),
    sts("sts-web-identity", r"^No OpenIDConnect provider found in your account for (\S+)$")
        .reported_with(&["InvalidIdentityToken"], &[400])
        .explain("the account has no identity provider for the issuer of this token", "create the OIDC provider in IAM")
        .key(Key::Source),
    sts("sts-packed-policy", r"(?s).*")
        .reported_with(&["PackedPolicyTooLarge"], &[400])
        .explain("the tags and policies of the session are too large together", "remove tags from `session_tags`")
        .key(Key::SessionTags),
    sts("sts-bad-arn", r"^(.+) is invalid$")
        .reported_with(&["ValidationError"], &[400])
        .explain("the role ARN is invalid", "write it as `arn:aws:iam::ACCOUNT:role/NAME`"),
    sts("sts-refused", r"(?s).*")
        .reported_with(DENIED, &[403])
        .explain(
            "the caller is not allowed to assume the role, or the role does not exist",
            "check the role ARN, the trust policy of the role and the policy of the caller",
        ),
    sts("sts-unavailable", r"(?s).*")
        .reported_with(&[], &[500, 502, 503, 504])
        .explain("STS failed", "retry; the AWS Health Dashboard shows whether STS has a problem")
        .retry(super::Retry::Backoff)
        .key(Key::StsEndpoint),
    sts("sts-throttled", r"(?s).*")
        .reported_with(&["Throttling", "ThrottlingException", "RequestLimitExceeded"], &[])
        .explain("the account calls STS too often", "run fewer cases at once with `--jobs`")
        .retry(super::Retry::Backoff)
        .key(Key::StsEndpoint),
];
