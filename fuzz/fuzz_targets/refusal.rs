//! Any message as a refusal: finding its cause, the member it names, and the place in the body never panics.
#![no_main]

use bedrock_check::aws::cause::{self, Member, Service, find_member};
use bedrock_check::template::Template;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, String, String, String)| {
    let (status, code, message, body) = input;
    for service in [Service::Bedrock, Service::Sts, Service::Client] {
        cause::find(service, Some(status), &code, &message);
    }
    let Ok(template) = Template::parse(&body) else { return };
    let place = match find_member(&message) {
        Some(Member::Path(steps)) => template.locate(&steps.iter().map(String::as_str).collect::<Vec<_>>()),
        Some(Member::Named(names)) => template.locate_named(&names.iter().map(String::as_str).collect::<Vec<_>>()),
        None => template.locate_named(&["a", "b"]),
    };
    assert!(place.is_none_or(|range| body.get(range).is_some()));
});
