//! Model IDs that are unknown, retired, or called in the wrong way.

use super::{Cause, Key, NOT_FOUND, VALIDATION, bedrock};

pub(super) const CAUSES: &[Cause] = &[
    bedrock("model-id-invalid", r"^The provided model identifier is invalid\.")
        .reported_with(&[VALIDATION], &[400])
        .explain(
            "the model ID has a valid form, but this Region has no model or inference profile with this ID",
            "check the spelling, the Region, and the geography at the start of the ID (`us.`, `eu.`, …)",
        )
        .checks(&[
            "`aws bedrock list-foundation-models --region REGION` lists the base models of the Region",
            "`aws bedrock list-inference-profiles --region REGION` lists the inference profiles",
        ]),
    bedrock(
        "on-demand-unsupported",
        r"^Invocation of model ID (\S+) with on-demand throughput isn[’']t supported\.",
    )
    .reported_with(&[VALIDATION], &[400])
    .explain(
        "the model can only be called through an inference profile, and `model_id` is the ID of the model itself",
        "write the geography in front of the ID (`us.`, `eu.`, `apac.`, `global.`), or write the ARN of an inference profile",
    ),
    bedrock("eol", r"^This model version has reached the end of its life\.")
        .reported_with(&[NOT_FOUND], &[404])
        .explain("the model has reached the end of its life", "change `model_id` to its successor, and record the cases again"),
    bedrock(
        "legacy-inactive",
        r"^Access denied\. This Model is marked by provider as Legacy and you have not been actively using the model",
    )
    .reported_with(&[NOT_FOUND], &[404])
    .explain(
        "the model is legacy, and AWS has closed it for this account, which has not used it for weeks",
        "change `model_id` to an active model",
    ),
    bedrock("fm-unresolved", r"^Could not resolve the foundation model from the provided model identifier\.")
        .reported_with(&[NOT_FOUND, VALIDATION], &[404, 400])
        .explain("the Region has no model with this ID", "check the model ID and the Region"),
    bedrock(
        "modelid-regex",
        r"^\d+ validation errors? detected: Value '(.+)' at 'modelId' failed to satisfy constraint: Member must satisfy regular expression pattern:",
    )
    .reported_with(&[VALIDATION], &[400])
    .explain(
        "the value of `model_id` has neither the form of a model ID nor that of an ARN",
        "remove spaces, a prefix such as `bedrock/`, and a suffix such as `:48k` after an ARN",
    ),
    bedrock("arn-region", r"^The provided ARN is invalid for the service region")
        .reported_with(&[VALIDATION], &[400])
        .explain(
            "the ARN is in another Region than `region`",
            "set `region` to the Region of the ARN, or write an ARN of this Region",
        )
        .key(Key::ModelId),
    bedrock("count-unsupported", r"^The provided model doesn't support counting tokens\.")
        .reported_with(&[VALIDATION], &[400])
        .explain("Bedrock counts tokens only for some base models", "write the base ID of a model that supports counting tokens"),
    bedrock("wrong-endpoint", r"^The requested operation is not recognized by the service\.")
        .reported_with(&[VALIDATION], &[400])
        .explain(
            "the endpoint is that of the control plane (`bedrock.REGION`), which can't call models",
            "remove `endpoint`, or set it to `bedrock-runtime.REGION`",
        )
        .key(Key::Endpoint),
    bedrock("guardrail-missing", r"^The guardrail identifier or version provided in the request does not exist\.")
        .reported_with(&[VALIDATION], &[400])
        .explain("this Region has no guardrail with this identifier, or the guardrail has no such version", "check the identifier and the version in `guardrail`")
        .key(Key::Guardrail)
        .checks(&[
            "`aws bedrock list-guardrails --region REGION` shows whether this Region has the guardrail",
            "`aws bedrock list-guardrails --guardrail-identifier ID` shows the versions of the guardrail",
        ]),
    bedrock("guardrail-invalid", r"^The provided guardrail identifier is invalid\.")
        .reported_with(&[VALIDATION], &[400])
        .explain("the guardrail identifier has an invalid form", "write the ID or the ARN of the guardrail")
        .key(Key::Guardrail),
];
