use serde_json::Value;

use super::{FAMILIES, Family};

/// The family of `model_id`, which can be a base model, an inference profile, or the ARN of either.
///
/// Returns `None` if the ID does not contain the model: for application inference profiles, provisioned and imported
/// models, custom model deployments, endpoints, prompt routers and prompts. [`family_of_body`] may find the family.
pub fn family_of(model_id: &str) -> Option<&'static Family> {
    let base = base_id(model_id)?.to_ascii_lowercase();
    let prefixes =
        FAMILIES.iter().flat_map(|family| family.id_prefixes.iter().map(move |prefix| (*prefix, family)));
    let matching = prefixes.filter(|(prefix, _)| base.starts_with(prefix));
    matching.max_by_key(|(prefix, _)| prefix.len()).map(|(_, family)| family)
}

/// The family that a request or response `body` of InvokeModel belongs to.
pub fn family_of_body(body: &Value) -> Option<&'static Family> {
    let matches = |pointer: &str| match pointer.strip_prefix('!') {
        Some(absent) => body.pointer(absent).is_none(),
        None => body.pointer(pointer).is_some(),
    };
    let has_all = |markers: &&[&str]| markers.iter().all(|pointer| matches(pointer));
    FAMILIES.iter().find(|family| family.body_markers.iter().any(has_all))
}

/// Removes the ARN and the geography from a model ID.
///
/// Only known geographies are removed, since a version number contains dots too (`deepseek.v3.2`).
fn base_id(model_id: &str) -> Option<&str> {
    let id = match model_id.strip_prefix("arn:") {
        Some(arn) => model_in_arn(arn)?,
        None => model_id,
    };
    let prefix = GEOGRAPHIES.iter().find(|prefix| id.starts_with(*prefix));
    Some(prefix.map_or(id, |prefix| &id[prefix.len()..]))
}

/// The model that the resource of an ARN contains.
fn model_in_arn(arn: &str) -> Option<&str> {
    let resource = arn.splitn(5, ':').nth(4)?;
    let (kind, name) = resource.split_once('/')?;
    MODEL_RESOURCES.contains(&kind).then_some(name)
}

const GEOGRAPHIES: &[&str] = &["us-gov.", "global.", "apac.", "us.", "eu.", "jp.", "au.", "in.", "ca."];

/// Types of resources whose names contain the model ID.
const MODEL_RESOURCES: &[&str] = &["foundation-model", "inference-profile", "custom-model"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(model_id: &str, expected: Option<&str>) {
        assert_eq!(family_of(model_id).map(|family| family.id), expected, "{model_id}");
    }

    #[test]
    fn families_are_recognised_by_model_id() {
        check("anthropic.claude-3-haiku-20240307-v1:0", Some("anthropic-messages"));
        check("us.anthropic.claude-sonnet-5", Some("anthropic-messages"));
        check("anthropic.claude-v2:1", Some("anthropic-text"));
        check("anthropic.claude-instant-v1", Some("anthropic-text"));
        check("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", Some("anthropic-messages"));
        check("global.amazon.nova-2-lite-v1:0", Some("amazon-nova"));
        check("amazon.nova-2-multimodal-embeddings-v1:0", Some("amazon-nova-embed"));
        check("amazon.nova-canvas-v1:0", Some("amazon-image"));
        check("amazon.titan-embed-image-v1", Some("amazon-titan-embed"));
        check("amazon.titan-image-generator-v2:0", Some("amazon-image"));
        check("amazon.rerank-v1:0", Some("rerank"));
        check("cohere.command-light-text-v14", Some("cohere-command"));
        check("cohere.command-r-plus-v1:0", Some("cohere-command-r"));
        check("us.cohere.embed-v4:0", Some("cohere-embed"));
        check("us.meta.llama4-maverick-17b-instruct-v1:0", Some("meta-llama"));
        check("mistral.mixtral-8x7b-instruct-v0:1", Some("mistral-text"));
        check("us.mistral.pixtral-large-2502-v1:0", Some("mistral-chat"));
        check("mistral.mistral-large-2407-v1:0", Some("mistral-chat"));
        check("us.deepseek.r1-v1:0", Some("deepseek-r1"));
        check("deepseek.v3.2", Some("openai-chat"));
        check("eu.twelvelabs.pegasus-1-2-v1:0", Some("twelvelabs-pegasus"));
        check("stability.sd3-5-large-v1:0", Some("stability-image"));
        check("ai21.jamba-1-5-mini-v1:0", Some("ai21-jamba"));
    }

    #[test]
    fn ids_of_families_are_unique() {
        let mut ids: Vec<_> = FAMILIES.iter().map(|family| family.id).collect();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
    }

    #[test]
    fn families_are_recognised_by_arn_if_it_contains_the_model() {
        check("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", Some("amazon-nova"));
        let profile =
            "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.meta.llama3-8b";
        check(profile, Some("meta-llama"));
        check("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/otnfa2ysixqd", None);
        check("arn:aws:sagemaker:us-east-1:123456789012:endpoint/anthropic.claude-3", None);
        check("arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl", None);
        for id in ["", "arn:", "arn:aws:bedrock", "us.", "does-not-exist", "us.example.model", "é.claude"] {
            check(id, None);
        }
    }

    #[track_caller]
    fn check_body(body: &Value, expected: Option<&str>) {
        assert_eq!(family_of_body(body).map(|family| family.id), expected, "{body}");
    }

    #[test]
    fn families_are_recognised_by_body() {
        check_body(&json!({ "choices": [{ "text": "x" }] }), Some("completions"));
        check_body(&json!({ "choices": [{ "message": {} }] }), Some("openai-chat"));
        check_body(&json!({ "embedding": [0.5], "inputTextTokenCount": 1 }), Some("amazon-titan-embed"));
        check_body(&json!({ "anthropic_version": "bedrock-2023-05-31" }), Some("anthropic-messages"));
        check_body(
            &json!({ "messages": [{ "role": "user", "content": [{ "text": "x" }] }] }),
            Some("amazon-nova"),
        );
        check_body(&json!({ "messages": [{ "role": "user", "content": "x" }] }), Some("openai-chat"));
        let part = json!({ "type": "text", "text": "x" });
        check_body(&json!({ "messages": [{ "role": "user", "content": [part] }] }), Some("openai-chat"));
        check_body(&json!({ "text": "x", "finish_reason": "COMPLETE" }), Some("cohere-command-r"));
        check_body(&json!({ "message": "x", "finishReason": "stop" }), Some("twelvelabs-pegasus"));
        check_body(&json!({ "inputText": "x" }), None);
        check_body(&json!([]), None);
    }
}
