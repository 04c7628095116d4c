//! Model IDs: unknown, not to be called that way, retired.

use super::{Cause, Key, NOT_FOUND, VALIDATION, bedrock};

pub(super) const CAUSES: &[Cause] = &[
    bedrock("model-id-invalid", r"^The provided model identifier is invalid\.")
        .with(&[VALIDATION], &[400])
        .says(
            "the model ID has the form of one and names no model or inference profile in this Region",
            "check its spelling, the Region, and the geography in front of it (`us.`, `eu.`, …)",
        )
        .tell_apart(&[
            "`aws bedrock list-foundation-models --region REGION` lists the base models of the Region",
            "`aws bedrock list-inference-profiles --region REGION` lists the inference profiles",
        ]),
    bedrock(
        "on-demand-unsupported",
        r"^Invocation of model ID (\S+) with on-demand throughput isn[’']t supported\.",
    )
    .with(&[VALIDATION], &[400])
    .says(
        "the model is called through an inference profile only, and this is the bare model ID",
        "put the geography in front of it (`us.`, `eu.`, `apac.`, `global.`), or give an inference profile's ARN",
    ),
    bedrock("eol", r"^This model version has reached the end of its life\.")
        .with(&[NOT_FOUND], &[404])
        .says("the model is retired", "move to its replacement, and record again"),
    bedrock(
        "legacy-inactive",
        r"^Access denied\. This Model is marked by provider as Legacy and you have not been actively using the model",
    )
    .with(&[NOT_FOUND], &[404])
    .says(
        "the model is legacy, and this account has not used it for weeks; other accounts may still call it",
        "move to an active model",
    ),
    bedrock("fm-unresolved", r"^Could not resolve the foundation model from the provided model identifier\.")
        .with(&[NOT_FOUND, VALIDATION], &[404, 400])
        .says("the Region has no model of this ID", "check the model ID and the Region"),
    bedrock(
        "modelid-regex",
        r"^\d+ validation errors? detected: Value '(.+)' at 'modelId' failed to satisfy constraint: Member must satisfy regular expression pattern:",
    )
    .with(&[VALIDATION], &[400])
    .says(
        "the text has not the form of a model ID or ARN",
        "take spaces, a prefix such as `bedrock/`, and a context suffix behind an ARN away",
    ),
    bedrock("arn-region", r"^The provided ARN is invalid for the service region")
        .with(&[VALIDATION], &[400])
        .says(
            "the ARN is of another Region than the one that is called",
            "make `region` that of the ARN, or take the ARN of this Region",
        )
        .at(Key::ModelId),
    bedrock("count-unsupported", r"^The provided model doesn't support counting tokens\.")
        .with(&[VALIDATION], &[400])
        .says("tokens are counted for some base models only", "use the base ID of a model that counts"),
    bedrock("wrong-endpoint", r"^The requested operation is not recognized by the service\.")
        .with(&[VALIDATION], &[400])
        .says(
            "the endpoint is that of the control plane (`bedrock.REGION`), which calls no models",
            "call `bedrock-runtime.REGION`, or leave `endpoint` out",
        )
        .at(Key::Endpoint),
    bedrock("guardrail-missing", r"^The guardrail identifier or version provided in the request does not exist\.")
        .with(&[VALIDATION], &[400])
        .says("there is no such guardrail, or no such version of it, in this Region", "check `guardrail`")
        .at(Key::Guardrail)
        .tell_apart(&[
            "`aws bedrock list-guardrails --region REGION` shows whether the ID is in this Region",
            "`aws bedrock list-guardrails --guardrail-identifier ID` shows its versions",
        ]),
    bedrock("guardrail-invalid", r"^The provided guardrail identifier is invalid\.")
        .with(&[VALIDATION], &[400])
        .says("the guardrail's identifier is not well formed", "write its ID or its ARN")
        .at(Key::Guardrail),
];
