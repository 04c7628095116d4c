//! What a string was meant to be that is not in the form of its key.

use std::sync::LazyLock;

use regex::Regex;

use crate::config::model::form::{ENDPOINT, Form, REGION, ROLE_ARN};

/// The API operations of Bedrock by name, and the keys that select them.
const OPERATIONS: [(&str, &str); 4] = [
    ("InvokeModel", "write `operation = \"invoke\"`"),
    ("InvokeModelWithResponseStream", "write `operation = \"invoke\"` and `stream = true`"),
    ("Converse", "write `operation = \"converse\"`"),
    ("ConverseStream", "write `operation = \"converse\"` and `stream = true`"),
];

/// What to write instead of `text`, the name of an API operation.
pub(super) fn for_operation(text: &str) -> Option<String> {
    let (_, remedy) = OPERATIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text))?;
    Some((*remedy).to_owned())
}

/// What to write instead of `text`, which is not in the form of the pattern.
pub(super) fn for_string(pattern: &str, text: &str) -> Option<String> {
    if text != text.trim() {
        return Some("remove the space around it".to_owned());
    }
    let is_form = |form: Form| form.pattern == pattern;
    if is_form(REGION) {
        availability_zone(text)
    } else if is_form(ENDPOINT) {
        sts_region(text)
    } else if is_form(ROLE_ARN) {
        role_of_session(text)
    } else {
        None
    }
}

fn availability_zone(text: &str) -> Option<String> {
    let region =
        text.strip_suffix(|letter: char| letter.is_ascii_lowercase()).filter(|text| is_region(text))?;
    Some(format!("`{text}` is an Availability Zone; write its Region, `{region}`"))
}

/// Only `sts_endpoint` is confused with a Region. Partitions with other hosts are left out.
fn sts_region(text: &str) -> Option<String> {
    let suffix = match text.split('-').next()? {
        "cn" => ".com.cn",
        "us" | "eu" | "ap" | "sa" | "ca" | "me" | "af" | "il" | "mx" => ".com",
        _ => return None,
    };
    is_region(text).then(|| format!("write `https://sts.{text}.amazonaws{suffix}`"))
}

/// The role of a session, whose ARN GetCallerIdentity returns. The path of the role is not part of that.
fn role_of_session(text: &str) -> Option<String> {
    let rest = text.strip_prefix("arn:")?;
    let (partition, rest) = rest.split_once(":sts::")?;
    let (account, session) = rest.split_once(":assumed-role/")?;
    let (role, _) = session.split_once('/')?;
    let arn = format!("arn:{partition}:iam::{account}:role/{role}");
    Some(format!(
        "this is a session of the role; write the ARN of the role, `{arn}`, with its path if it has one"
    ))
}

fn is_region(text: &str) -> bool {
    static PATTERN: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(REGION.pattern).expect("the pattern is valid"));
    PATTERN.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_depends_on_the_form() {
        let arn = "arn:aws-us-gov:sts::123456789012:assumed-role/Caller/build";
        for (form, text, expected) in [
            (REGION, "eu-west-1a", Some("write its Region, `eu-west-1`")),
            (REGION, " eu-west-1", Some("remove the space around it")),
            (REGION, "Ireland", None),
            (ENDPOINT, "eu-west-1", Some("write `https://sts.eu-west-1.amazonaws.com`")),
            (ENDPOINT, "cn-north-1", Some("write `https://sts.cn-north-1.amazonaws.com.cn`")),
            (ENDPOINT, "us-iso-east", None),
            (ROLE_ARN, arn, Some("`arn:aws-us-gov:iam::123456789012:role/Caller`")),
            (ROLE_ARN, "arn:aws:iam::123456789012:user/x", None),
        ] {
            let found = for_string(form.pattern, text);
            match expected {
                Some(part) => assert!(found.as_ref().is_some_and(|found| found.contains(part)), "{found:?}"),
                None => assert_eq!(found, None, "{text}"),
            }
        }
        assert_eq!(for_operation("converseStream"), Some(OPERATIONS[3].1.to_owned()));
    }
}
