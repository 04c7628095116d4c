//! Refusals of AssumeRole and similar calls.

use super::{Cause, Key, sts};

const DENIED: &[&str] = &["AccessDenied", "AccessDeniedException"];

pub(super) const CAUSES: &[Cause] = &[
    sts("sts-tagsession", r"is not authorized to perform: sts:TagSession on resource")
        .with(DENIED, &[403])
        .means(
            "the trust policy of the role does not allow session tags",
            "add `sts:TagSession` to the actions of the trust policy, or remove `session_tags`",
        )
        .about(Key::SessionTags),
    sts("sts-source-identity", r"is not authorized to perform: sts:SetSourceIdentity on resource")
        .with(DENIED, &[403])
        .means(
            "the trust policy of the role does not allow a source identity",
            "add `sts:SetSourceIdentity` to the actions of the trust policy, or remove `source_identity`",
        )
        .about(Key::SourceIdentity),
    sts("sts-denied", r"is not authorized to perform: sts:AssumeRole\b")
        .with(DENIED, &[403])
        .means(
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
        .with(&["ExpiredToken", "ExpiredTokenException"], &[403, 400])
        .means("the caller's own temporary credentials have expired", "log in again, or refresh them")
        .about(Key::Source),
    sts("sts-client-id", r"^The security token included in the request is invalid\.?$")
        .with(&["InvalidClientTokenId"], &[403])
        .means("AWS does not recognize the caller's access key", "check the access key and its session token")
        .about(Key::Source),
    sts("sts-signature", r"^The request signature we calculated does not match the signature you provided\.")
        .with(&["SignatureDoesNotMatch"], &[403])
        .means("the secret access key does not belong to the access key ID", "check the secret access key")
        .about(Key::Source),
    sts("sts-clock-skew", r"^Signature (expired|not yet current)")
        .with(&["SignatureDoesNotMatch", "RequestExpired"], &[400, 403])
        .means("the clock of this machine is wrong", "set the clock")
        .about(Key::Source),
    sts("sts-max-duration", r"^The requested DurationSeconds exceeds the MaxSessionDuration set for this role\.")
        .with(&["ValidationError"], &[400])
        .means(
            "the requested session is longer than the role allows; the default limit is an hour",
            "lower `duration`, or raise the role's maximum session duration",
        )
        .about(Key::Duration),
    sts(
        "sts-chaining",
        r"^The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining\.",
    )
    .with(&["ValidationError"], &[400])
    .means(
        "the caller is itself a session of a role, and sessions of chained roles last an hour at most",
        "lower `duration` to 3600 or less",
    )
    .about(Key::Duration),
    sts(
        "sts-regex",
        r"^\d+ validation errors? detected: Value '(.+)' at 'roleSessionName' failed to satisfy constraint",
    )
    .with(&["ValidationError"], &[400])
    .means("the session name contains characters that are not allowed", "use only letters, digits and `_+=,.@-`")
    .about(Key::SessionName),
    sts("sts-dup-tags", r"^Duplicate tag keys found\.")
        .with(&["InvalidParameterValue"], &[400])
        .means("two session tags have names that differ only in case", "rename or remove one of them")
        .about(Key::SessionTags),
    sts("sts-transitive", r"^The specified transitive tag key must be included in the requested tags\.")
        .with(&["InvalidParameterValue"], &[400])
        .means("a transitive tag is not one of the session tags", "add the tag to `session_tags`")
        .about(Key::SessionTags),
    sts(
        "sts-transitive-override",
        r"^One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session\.",
    )
    .with(&["InvalidParameterValue"], &[400])
    .means("the calling session already has a transitive tag with this name", "rename the tag in `session_tags`")
    .about(Key::SessionTags),
    sts("sts-region-disabled", r"STS is not activated in")
        .with(&["RegionDisabledException"], &[403])
        .means(
            "STS is not activated in this Region for the account",
            "activate it in the account settings of IAM, or set `sts_endpoint` to that of another Region",
        )
        .about(Key::StsEndpoint),
    sts("sts-web-identity", r"^No OpenIDConnect provider found in your account for (\S+)$")
        .with(&["InvalidIdentityToken"], &[400])
        .means("the account has no identity provider for the issuer of this token", "create the OIDC provider in IAM")
        .about(Key::Source),
    sts("sts-packed-policy", r"(?s).*")
        .with(&["PackedPolicyTooLarge"], &[400])
        .means("the tags and policies of the session are too large together", "remove tags from `session_tags`")
        .about(Key::SessionTags),
    sts("sts-bad-arn", r"^(.+) is invalid$")
        .with(&["ValidationError"], &[400])
        .means("the role ARN is invalid", "write it as `arn:aws:iam::ACCOUNT:role/NAME`"),
    sts("sts-refused", r"(?s).*")
        .with(DENIED, &[403])
        .means(
            "the caller is not allowed to assume the role, or the role does not exist",
            "check the role ARN, the trust policy of the role and the policy of the caller",
        ),
    sts("sts-unavailable", r"(?s).*")
        .with(&[], &[500, 502, 503, 504])
        .means("STS failed", "retry; the AWS Health Dashboard shows whether STS has a problem")
        .retry(super::Retry::Backoff)
        .about(Key::StsEndpoint),
    sts("sts-throttled", r"(?s).*")
        .with(&["Throttling", "ThrottlingException", "RequestLimitExceeded"], &[])
        .means("the account calls STS too often", "run fewer cases at once with `--jobs`")
        .retry(super::Retry::Backoff)
        .about(Key::StsEndpoint),
];
