//! Who may call what.

use super::{Cause, DENIED, Key, NOT_FOUND, Retry, VALIDATION, bedrock};

pub(super) const CAUSES: &[Cause] = &[
    bedrock("no-model-access", r"^You don't have access to the model with the specified model ID\.")
        .with(&[DENIED], &[403])
        .says(
            "the account has no access to the model in this Region; IAM's own refusals name the action",
            "grant access to the model in Bedrock's console, or call a Region that has it",
        )
        .of_the_environment()
        .tell_apart(&[
            "`aws bedrock get-foundation-model-availability --model-id ID --region REGION` says whether the access, the agreement or the Region is missing",
        ]),
    bedrock("iam-denied", r"is not authorized to perform: (bedrock(-mantle)?:\S+)")
        .with(&[DENIED], &[403])
        .says(
            "a policy does not let the caller do this; the resource named is the first that failed",
            "allow the action on the inference profile's ARN and on the model's ARN in each Region behind it",
        )
        .of_the_environment()
        .tell_apart(&[
            "`because no … policy allows`: the statement is missing; `with an explicit deny in …`: a policy of that kind forbids it",
            "a foundation-model ARN of another Region: the profile routes there; an ARN without a Region: a `global.` profile",
        ]),
    bedrock(
        "marketplace-denied",
        r"not authorized to perform the required AWS Marketplace actions|aws-marketplace:(Subscribe|ViewSubscriptions)",
    )
    .with(&[DENIED], &[403])
    .says(
        "the first call of a third party's model subscribes to it, and the caller may not",
        "let somebody with `aws-marketplace:Subscribe` and `aws-marketplace:ViewSubscriptions` call it once",
    )
    .retry(Retry::Later)
    .of_the_environment(),
    bedrock("payment-instrument", r"INVALID_PAYMENT_INSTRUMENT")
        .with(&[DENIED], &[403])
        .says("the account has no way to pay that the AWS Marketplace takes", "give the account one, and wait")
        .of_the_environment(),
    bedrock(
        "anthropic-form",
        r"^Model use case details have not been submitted for this account\.",
    )
    .with(&[NOT_FOUND, "FTUFormNotFilled"], &[404])
    .says(
        "Anthropic's form on the use of its models was not sent for this account",
        "fill it out once in Bedrock's console, and wait a quarter of an hour",
    )
    .retry(Retry::Later)
    .of_the_environment(),
    bedrock(
        "anthropic-country",
        r"^Access to Anthropic models is not allowed from unsupported countries, regions, or territories\.",
    )
    .with(&[VALIDATION], &[400])
    .says(
        "Anthropic does not serve the country of the account or of the caller",
        "call from another place, or another provider's model",
    )
    .of_the_environment(),
    bedrock("operation-not-allowed", r"^Operation not allowed$")
        .with(&[VALIDATION], &[400])
        .says(
            "AWS restricts the account, as it does before it is verified; nothing is wrong with the request",
            "open a case with AWS support",
        )
        .of_the_environment(),
    bedrock("account-not-authorized", r"^Your account is not authorized to invoke this API operation\.")
        .with(&[VALIDATION, DENIED], &[400, 403])
        .says(
            "the account may not call models here, or got its access in another Region",
            "call the Region in which access was granted, or open a case with AWS support",
        )
        .at(Key::Region)
        .of_the_environment(),
    bedrock("api-key-invalid", r"^Authentication failed: Please make sure your API Key is valid\.")
        .with(&[DENIED], &[403])
        .says(
            "the Bedrock API key is wrong, or a short-term key is used in another Region than its own",
            "check `AWS_BEARER_TOKEN_BEDROCK` and the Region",
        )
        .at(Key::Source)
        .of_the_environment(),
    bedrock("api-key-expired", r"^Bearer Token has expired")
        .with(&[DENIED], &[403])
        .says("the short-term API key has expired", "make a new one")
        .at(Key::Source)
        .of_the_environment(),
];
