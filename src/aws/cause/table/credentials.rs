//! Signatures and tokens, as Bedrock's front end refuses them.

use super::{Cause, Key, bedrock};

const SIGNATURE: &[&str] = &["InvalidSignatureException", "SignatureDoesNotMatch"];

/// A row about who signs.
const fn signed(id: &'static str, message: &'static str) -> Cause {
    bedrock(id, message).at(Key::Source).of_the_environment()
}

pub(super) const CAUSES: &[Cause] = &[
    signed("expired", r"^The security token included in the request is expired$")
        .with(&["ExpiredTokenException", "ExpiredToken"], &[403])
        .says("the temporary credentials have expired", "log in again, or refresh them"),
    signed("token-invalid", r"^The security token included in the request is invalid\.?$")
        .with(&["UnrecognizedClientException"], &[403])
        .says(
            "AWS does not know the access key",
            "check the key, that its session token comes with it, and that it is of the Region's partition",
        )
        .tell_apart(&[
            "`aws sts get-caller-identity` with the same credentials fails as well: the key is wrong; it works: the session token is missing or the partition is another",
        ]),
    signed("clock-skew", r"^Signature (expired|not yet current): (\S+) is now (earlier|later) than (\S+)")
        .with(SIGNATURE, &[403])
        .says("the clock of this machine is wrong, or a request was sent again minutes later", "set the clock"),
    signed("sig-mismatch", r"^The request signature we calculated does not match the signature you provided\.")
        .with(SIGNATURE, &[403])
        .says(
            "the secret access key is not that of the access key, or something changes the request on its way",
            "check the secret access key, and what stands in between",
        ),
    signed("scope-service", r"^Credential should be scoped to correct service: '?(\S+?)'?\.?$")
        .with(SIGNATURE, &[401, 403])
        .says("the endpoint is another service's", "call Bedrock Runtime's endpoint")
        .at(Key::Endpoint),
    signed("scope-region", r"^Credential should be scoped to a valid region")
        .with(SIGNATURE, &[403])
        .says("the endpoint is of another Region than `region`", "make the two the same")
        .at(Key::Endpoint),
    signed("denied", r"(?s).*")
        .with(&[], &[401, 403])
        .says(
            "AWS refuses whoever calls: the message says why",
            "check the role's permission policy, the account's access to the model, and the credentials",
        ),
];
