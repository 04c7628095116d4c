//! Probes for image models. Each family has its own body, and Converse can't generate images.

use serde_json::{Value, json};

use super::ProbeRequest;
use crate::aws::family::family_of;
use crate::aws::model_id::clean_paste;
use crate::exchange::Operation;
use crate::suite::Model;

const PROMPT: &str = "A red square on a white background";

/// Returns a body that requests an image of [`PROMPT`].
type Body = fn() -> Value;

/// The bodies by the ID of the family.
const BODIES: [(&str, Body); 2] = [("amazon-image", amazon), ("stability-image", stability)];

/// The request that proves that `model` generates images, or why it can't be written.
pub(super) fn probe_request(model: &Model) -> Result<ProbeRequest, &'static str> {
    let family = family_of(&clean_paste(&model.model_id).model_id);
    let of_family = BODIES.iter().find(|(known, _)| family.is_some_and(|family| family.id == *known));
    let (_, body) = of_family.ok_or("the request body of this image model is not known")?;
    let image = json!({ "type": "array", "minItems": 1, "items": { "type": "string", "minLength": 1 } });
    Ok(ProbeRequest {
        operation: Operation::InvokeModel,
        headers: model.headers.clone(),
        body: body(),
        mapping: json!({ "images": { "path": "$.images[*]", "collect": true } }),
        expect: json!({ "images": { "json_schema": image } }),
    })
}

/// Requests the smallest image that the model generates, to keep the recording small.
fn amazon() -> Value {
    json!({
        "taskType": "TEXT_IMAGE",
        "textToImageParams": { "text": PROMPT },
        "imageGenerationConfig": { "numberOfImages": 1, "width": 320, "height": 320 }
    })
}

fn stability() -> Value {
    json!({ "prompt": PROMPT, "output_format": "jpeg" })
}
