//! AssumeRole and its relatives.

use super::{Cause, Key, sts};

const DENIED: &[&str] = &["AccessDenied", "AccessDeniedException"];

pub(super) const CAUSES: &[Cause] = &[
    sts("sts-tagsession", r"is not authorized to perform: sts:TagSession on resource")
        .with(DENIED, &[403])
        .says(
            "the role's trust policy does not let the session be tagged",
            "add `sts:TagSession` to the actions of the trust policy, or remove `session_tags`",
        )
        .at(Key::SessionTags),
    sts("sts-source-identity", r"is not authorized to perform: sts:SetSourceIdentity on resource")
        .with(DENIED, &[403])
        .says(
            "the role's trust policy does not let a source identity be set",
            "add `sts:SetSourceIdentity` to the actions of the trust policy, or remove `source_identity`",
        )
        .at(Key::SourceIdentity),
    sts("sts-denied", r"is not authorized to perform: sts:AssumeRole\b")
        .with(DENIED, &[403])
        .says(
            "one of both sides does not allow it: STS does not say which, nor whether the role exists",
            "check the role ARN, the trust policy, the external ID and the caller's own policy, in this order",
        )
        .tell_apart(&[
            "the role: `aws iam get-role --role-name NAME` in the role's account shows that it exists, and its trust policy",
            "the trust policy: its `Principal` must name the caller that the message names, or its account",
            "the external ID: the policy's `sts:ExternalId` must be the one sent; missing counts as wrong",
            "the caller: across accounts its own policy must allow `sts:AssumeRole` on the role",
        ]),
    sts("sts-expired", r"^The security token included in the request is expired$")
        .with(&["ExpiredToken", "ExpiredTokenException"], &[403, 400])
        .says("the caller's own temporary credentials have expired", "log in again, or refresh them")
        .at(Key::Source),
    sts("sts-client-id", r"^The security token included in the request is invalid\.?$")
        .with(&["InvalidClientTokenId"], &[403])
        .says("AWS does not know the caller's access key", "check the key and its session token")
        .at(Key::Source),
    sts("sts-signature", r"^The request signature we calculated does not match the signature you provided\.")
        .with(&["SignatureDoesNotMatch"], &[403])
        .says("the secret access key is not that of the access key", "check the secret access key")
        .at(Key::Source),
    sts("sts-clock-skew", r"^Signature (expired|not yet current)")
        .with(&["SignatureDoesNotMatch", "RequestExpired"], &[400, 403])
        .says("the clock of this machine is wrong", "set the clock")
        .at(Key::Source),
    sts("sts-max-duration", r"^The requested DurationSeconds exceeds the MaxSessionDuration set for this role\.")
        .with(&["ValidationError"], &[400])
        .says(
            "the session is to live longer than the role allows, an hour unless it says otherwise",
            "lower `duration`, or raise the role's maximum session duration",
        )
        .at(Key::Duration),
    sts(
        "sts-chaining",
        r"^The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining\.",
    )
    .with(&["ValidationError"], &[400])
    .says(
        "the caller is itself a role's session, and such sessions live for an hour at most",
        "lower `duration` to 3600 or less",
    )
    .at(Key::Duration),
    sts(
        "sts-regex",
        r"^\d+ validation errors? detected: Value '(.+)' at 'roleSessionName' failed to satisfy constraint",
    )
    .with(&["ValidationError"], &[400])
    .says("the session's name has characters that it may not have", "use letters, digits and `_+=,.@-`")
    .at(Key::SessionName),
    sts("sts-dup-tags", r"^Duplicate tag keys found\.")
        .with(&["InvalidParameterValue"], &[400])
        .says("two session tags differ in nothing but upper and lower case", "rename or remove one")
        .at(Key::SessionTags),
    sts("sts-transitive", r"^The specified transitive tag key must be included in the requested tags\.")
        .with(&["InvalidParameterValue"], &[400])
        .says("a transitive tag is not among the session's tags", "add the tag to `session_tags`")
        .at(Key::SessionTags),
    sts(
        "sts-transitive-override",
        r"^One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session\.",
    )
    .with(&["InvalidParameterValue"], &[400])
    .says("the calling session already has a tag of this name, and passes it on", "rename the tag")
    .at(Key::SessionTags),
    sts("sts-region-disabled", r"STS is not activated in")
        .with(&["RegionDisabledException"], &[403])
        .says(
            "the account has not activated STS in this Region",
            "activate it in the account settings of IAM, or ask STS in another Region",
        )
        .at(Key::StsEndpoint),
    sts("sts-web-identity", r"^No OpenIDConnect provider found in your account for (\S+)$")
        .with(&["InvalidIdentityToken"], &[400])
        .says("the account knows no identity provider of this token", "create the OIDC provider in IAM")
        .at(Key::Source),
    sts("sts-packed-policy", r"(?s).*")
        .with(&["PackedPolicyTooLarge"], &[400])
        .says("the session's tags and policies are too large together", "send fewer tags")
        .at(Key::SessionTags),
    sts("sts-bad-arn", r"^(.+) is invalid$")
        .with(&["ValidationError"], &[400])
        .says("the role's ARN is none", "write `arn:aws:iam::ACCOUNT:role/NAME`"),
    sts("sts-refused", r"(?s).*")
        .with(DENIED, &[403])
        .says(
            "the caller may not assume the role, or there is no such role",
            "check the role ARN, the role's trust policy and the caller's own policy",
        ),
    sts("sts-unavailable", r"(?s).*")
        .with(&[], &[500, 502, 503, 504])
        .says("STS failed", "try again; AWS's health dashboard tells whether others see it too")
        .retry(super::Retry::Backoff)
        .at(Key::StsEndpoint),
    sts("sts-throttled", r"(?s).*")
        .with(&["Throttling", "ThrottlingException", "RequestLimitExceeded"], &[])
        .says("the account asks STS too often", "run fewer cases at once")
        .retry(super::Retry::Backoff)
        .at(Key::StsEndpoint),
];
