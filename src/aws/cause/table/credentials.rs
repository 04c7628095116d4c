//! Signatures and tokens that Bedrock refuses.

use super::{Cause, Key, bedrock};

const SIGNATURE: &[&str] = &["InvalidSignatureException", "SignatureDoesNotMatch"];

/// A cause in the credentials that sign the request.
const fn signed(id: &'static str, message: &'static str) -> Cause {
    bedrock(id, message).key(Key::Source).in_environment()
}

pub(super) const CAUSES: &[Cause] = &[
    signed("expired", r"^The security token included in the request is expired$")
        .reported_with(&["ExpiredTokenException", "ExpiredToken"], &[403])
        .explain("the temporary credentials have expired", "log in again, or refresh them"),
    signed("token-invalid", r"^The security token included in the request is invalid\.?$")
        .reported_with(&["UnrecognizedClientException"], &[403])
        .explain(
            "AWS does not recognize the access key",
            "check that the access key is correct, that its session token is set, and that it belongs to the partition of the Region",
        )
        .checks(&[
            "if `aws sts get-caller-identity` fails with the same credentials, the access key is wrong; if it succeeds, the session token is missing or the key belongs to another partition",
        ]),
    signed("clock-skew", r"^Signature (expired|not yet current): (\S+) is now (earlier|later) than (\S+)")
        .reported_with(SIGNATURE, &[403])
        .explain("the clock of this machine is wrong, or the request was delayed by minutes", "set the clock"),
    signed("sig-mismatch", r"^The request signature we calculated does not match the signature you provided\.")
        .reported_with(SIGNATURE, &[403])
        .explain(
            "the secret access key does not belong to the access key ID, or a proxy changed the request",
            "check the secret access key, and each proxy on the way to the endpoint",
        ),
    signed("scope-service", r"^Credential should be scoped to correct service: '?(\S+?)'?\.?$")
        .reported_with(SIGNATURE, &[401, 403])
        .explain("the endpoint belongs to another service", "set `endpoint` to one of Bedrock Runtime, or remove it")
        .key(Key::Endpoint),
    signed("scope-region", r"^Credential should be scoped to a valid region")
        .reported_with(SIGNATURE, &[403])
        .explain("the endpoint is in another Region than `region`", "set `region` to the Region of the endpoint, or correct `endpoint`")
        .key(Key::Endpoint),
    signed("denied", r"(?s).*")
        .reported_with(&[], &[401, 403])
        .explain(
            "AWS refused the caller for the reason in the message",
            "check the role's permission policy, the account's access to the model, and the credentials",
        ),
];
