//! Signatures and tokens that Bedrock refuses.

use super::{Cause, Key, bedrock};

const SIGNATURE: &[&str] = &["InvalidSignatureException", "SignatureDoesNotMatch"];

/// A cause in the credentials that sign the request.
const fn signed(id: &'static str, message: &'static str) -> Cause {
    bedrock(id, message).about(Key::Source).in_environment()
}

pub(super) const CAUSES: &[Cause] = &[
    signed("expired", r"^The security token included in the request is expired$")
        .with(&["ExpiredTokenException", "ExpiredToken"], &[403])
        .means("the temporary credentials have expired", "log in again, or refresh them"),
    signed("token-invalid", r"^The security token included in the request is invalid\.?$")
        .with(&["UnrecognizedClientException"], &[403])
        .means(
            "AWS does not recognize the access key",
            "check that the access key is correct, that its session token is set, and that it belongs to the partition of the Region",
        )
        .checks(&[
            "if `aws sts get-caller-identity` fails with the same credentials, the access key is wrong; if it succeeds, the session token is missing or the key belongs to another partition",
        ]),
    signed("clock-skew", r"^Signature (expired|not yet current): (\S+) is now (earlier|later) than (\S+)")
        .with(SIGNATURE, &[403])
        .means("the clock of this machine is wrong, or the request was delayed by minutes", "set the clock"),
    signed("sig-mismatch", r"^The request signature we calculated does not match the signature you provided\.")
        .with(SIGNATURE, &[403])
        .means(
            "the secret access key does not belong to the access key ID, or a proxy changed the request",
            "check the secret access key, and each proxy on the way to the endpoint",
        ),
    signed("scope-service", r"^Credential should be scoped to correct service: '?(\S+?)'?\.?$")
        .with(SIGNATURE, &[401, 403])
        .means("the endpoint belongs to another service", "set `endpoint` to one of Bedrock Runtime, or remove it")
        .about(Key::Endpoint),
    signed("scope-region", r"^Credential should be scoped to a valid region")
        .with(SIGNATURE, &[403])
        .means("the endpoint is in another Region than `region`", "set `region` to the Region of the endpoint, or correct `endpoint`")
        .about(Key::Endpoint),
    signed("denied", r"(?s).*")
        .with(&[], &[401, 403])
        .means(
            "AWS refused the caller for the reason in the message",
            "check the role's permission policy, the account's access to the model, and the credentials",
        ),
];
