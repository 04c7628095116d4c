//! The pattern with which Bedrock Runtime validates `modelId`.

use std::sync::LazyLock;

use regex::Regex;

/// The alternatives of `InvokeModelIdentifier` in bedrock-runtime's service model (botocore 1.44.5).
const ALTERNATIVES: [&str; 7] = [
    r"arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:(([0-9]{12}:custom-model/[a-z0-9-]{1,63}[.][a-z0-9-]{1,63}/[a-z0-9]{12})|(:foundation-model/[a-z0-9-]{1,63}[.][a-z0-9-]{1,63}([.:]?[a-z0-9-]{1,63}))|([0-9]{12}:imported-model/[a-z0-9]{12})|([0-9]{12}:provisioned-model/[a-z0-9]{12})|([0-9]{12}:custom-model-deployment/[a-z0-9]{12})|([0-9]{12}:(inference-profile|application-inference-profile)/[a-zA-Z0-9-:.]+))",
    r"[a-z0-9-]{1,63}[.][a-z0-9-]{1,63}([.:]?[a-z0-9-]{1,63})",
    r"([0-9a-zA-Z][_-]?)+",
    r"[a-zA-Z0-9-:.]+",
    r"arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:prompt/[0-9a-zA-Z]{10}(?::[0-9]{1,5})?",
    r"arn:aws:sagemaker:[a-z0-9-]+:[0-9]{12}:endpoint/[a-zA-Z0-9-]+",
    r"arn:aws(-[^:]+)?:bedrock:([0-9a-z-]{1,20}):([0-9]{12}):(default-)?prompt-router/[a-zA-Z0-9-:.]+",
];

/// The maximum length of a `modelId`.
const MAX_LENGTH: usize = 2048;

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let all = ALTERNATIVES.map(|alternative| format!("(?:{alternative})")).join("|");
    Regex::new(&format!("^(?:{all})$")).expect("the pattern of the service model compiles")
});

/// Whether Bedrock Runtime accepts `text` as a `modelId`.
pub(super) fn is_accepted(text: &str) -> bool {
    // The fourth alternative matches nearly every ID, and is checked without the pattern, which takes long to compile.
    let is_plain = || text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-:.".contains(&byte));
    (1..=MAX_LENGTH).contains(&text.len()) && (is_plain() || PATTERN.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::is_accepted;

    #[test]
    fn the_pattern_accepts_what_the_service_accepts() {
        for text in [
            "does-not-exist",
            "anthropic.claude-3-haiku-20240307-v1:O",
            "Us.Anthropic.Claude",
            "x.y:0:48k",
            "my_model",
            "arn:aws:bedrock:us-east-1::foundation-model/us.anthropic.claude-sonnet-4-6",
            "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.a.b",
            "arn:aws:sagemaker:us-east-1:123456789012:endpoint/x-1",
            "arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ:12",
        ] {
            assert!(is_accepted(text), "{text}");
        }
        for text in [
            "",
            "my_model.x",
            "a b",
            "bedrock/anthropic.claude",
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-v1:0:48k",
            "arn:aws:bedrock:us-east-1:123456789012:foundation-model/anthropic.claude-3-v1:0",
            "arn:aws:bedrock:us-east-1::inference-profile/us.a.b",
            "arn:aws-us-gov:sagemaker:us-gov-west-1:123456789012:endpoint/x",
            "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijklm",
            "arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ:DRAFT",
            "arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdefgh",
        ] {
            assert!(!is_accepted(text), "{text}");
        }
    }
}
