//! Access to models, permissions and API keys.

use super::{Cause, DENIED, Key, NOT_FOUND, Retry, VALIDATION, bedrock};

pub(super) const CAUSES: &[Cause] = &[
    bedrock("no-model-access", r"^You don't have access to the model with the specified model ID\.")
        .reported_with(&[DENIED], &[403])
        .explain(
            "the account has no access to the model in this Region; this is not an IAM denial, which would name the action",
            "request access to the model in the Bedrock console, or call a Region in which the account has access",
        )
        .in_environment()
        .checks(&[
            "`aws bedrock get-foundation-model-availability --model-id ID --region REGION` shows whether the access, the agreement or the Region is missing",
        ]),
    bedrock("iam-denied", r"is not authorized to perform: (bedrock(-mantle)?:\S+)")
        .reported_with(&[DENIED], &[403])
        .explain(
            "no policy allows the caller this action on the resource, or a policy denies it; the message names only the first resource that failed",
            "attach the policy that `bedrock-check iam policy` prints; for an inference profile, it has to allow the profile and the model in each Region that the profile routes to",
        )
        .in_environment()
        .checks(&[
            "if the message contains `because no … policy allows`, a statement is missing; if it contains `with an explicit deny in …`, a policy of that kind denies the action",
            "if the message names a foundation model in another Region, the inference profile routes calls there; if its ARN has no Region, the profile is a `global.` one",
        ]),
    bedrock(
        "marketplace-denied",
        r"not authorized to perform the required AWS Marketplace actions|aws-marketplace:(Subscribe|ViewSubscriptions)",
    )
    .reported_with(&[DENIED], &[403])
    .explain(
        "the first call of a third-party model subscribes the account to it, and the caller is not allowed to subscribe",
        "call the model once with credentials that allow `aws-marketplace:Subscribe` and `aws-marketplace:ViewSubscriptions`",
    )
    .retry(Retry::Later)
    .in_environment(),
    bedrock("payment-instrument", r"INVALID_PAYMENT_INSTRUMENT")
        .reported_with(&[DENIED], &[403])
        .explain("the account has no payment method that AWS Marketplace accepts", "add a valid payment method to the account, and wait until AWS has verified it")
        .in_environment(),
    bedrock(
        "anthropic-form",
        r"^Model use case details have not been submitted for this account\.",
    )
    .reported_with(&[NOT_FOUND, "FTUFormNotFilled"], &[404])
    .explain(
        "the form about the use case, which Anthropic requires, was not submitted for this account",
        "submit the form once in the Bedrock console, and wait 15 minutes",
    )
    .retry(Retry::Later)
    .in_environment(),
    bedrock(
        "anthropic-country",
        r"^Access to Anthropic models is not allowed from unsupported countries, regions, or territories\.",
    )
    .reported_with(&[VALIDATION], &[400])
    .explain(
        "Anthropic does not offer its models in the country of the account or of the caller",
        "call a model of another provider, or call from a country that Anthropic supports",
    )
    .in_environment(),
    bedrock("operation-not-allowed", r"^Operation not allowed$")
        .reported_with(&[VALIDATION], &[400])
        .explain(
            "AWS has restricted the account, for example because it is not verified yet; the request itself is correct",
            "open a case with AWS Support",
        )
        .in_environment(),
    bedrock("account-not-authorized", r"^Your account is not authorized to invoke this API operation\.")
        .reported_with(&[VALIDATION, DENIED], &[400, 403])
        .explain(
            "the account is not authorized to call models in this Region; its access may be for another Region",
            "set `region` to the Region in which access was granted, or open a case with AWS Support",
        )
        .key(Key::Region)
        .in_environment(),
    bedrock("api-key-invalid", r"^Authentication failed: Please make sure your API Key is valid\.")
        .reported_with(&[DENIED], &[403])
        .explain(
            "the Bedrock API key is invalid, or it is a short-term key that was created for another Region",
            "check the value of `AWS_BEARER_TOKEN_BEDROCK`, and the Region",
        )
        .key(Key::Source)
        .in_environment(),
    bedrock("api-key-expired", r"^Bearer Token has expired")
        .reported_with(&[DENIED], &[403])
        .explain("the short-term API key has expired", "create a new API key, and set `AWS_BEARER_TOKEN_BEDROCK` to it")
        .key(Key::Source)
        .in_environment(),
];
