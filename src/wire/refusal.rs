use serde_json::Value;

use crate::exchange::{Headers, Refusal};

/// The refusal in a response whose status is not 2xx.
///
/// The code is in a header, before the first `:`; older services put it into the body as `__type`.
/// IAM's denials have a member `Message` where the models' errors have `message`.
pub fn refusal_from_response(status: u16, headers: Headers, body: &Value) -> Refusal {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let typed = || text("__type").map(|kind| kind.rsplit('#').next().unwrap_or(kind));
    let kind = headers.get("x-amzn-errortype").map(String::as_str).or_else(typed).unwrap_or_default();
    let code = kind.split(':').next().unwrap_or_default().trim().to_owned();
    let message = text("message").or_else(|| text("Message")).or(body.as_str());
    Refusal { status, code, message: message.unwrap_or_default().to_owned(), headers }
}
