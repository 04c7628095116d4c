//! Matches `Resource` patterns with the resource of a request.

use super::arn;
use super::context::Context;
use super::pattern::{self, Token};
use super::policy::{Located, Version};
use super::template::{Expansion, Wildcards, has_variable};
use super::truth::Truth;

/// Whether the pattern matches. `negated`: whether it is a pattern of `NotResource`.
pub(super) fn matches(
    pattern: &Located,
    resource: &str,
    negated: bool,
    version: Version,
    context: &Context,
) -> Truth {
    let Expansion { tokens, missing, unknown } =
        Expansion::new(&pattern.text, Wildcards::Yes, version, context);
    if let Some(key) = missing {
        if !negated {
            return Truth::No;
        }
        // "This might cause the entire statement to be invalid" (IAM, "Variables and tags").
        return Truth::unknown(&pattern.pointer, format!("`NotResource` without a value for `{key}`"));
    }
    let tokens = bounded_by_colons(tokens);
    if !pattern::matches(&tokens, resource) {
        return Truth::No;
    }
    let is_misplaced = version == Version::V2012 && has_early_variable(&pattern.text);
    let misplaced = is_misplaced.then(|| "a policy variable before the fifth colon of an ARN".to_owned());
    let unknown = unknown.into_iter().chain(misplaced).chain(undocumented(&tokens, resource));
    Truth::all(unknown.map(|what| Truth::unknown(&pattern.pointer, what)))
}

/// "You can use wildcard characters within the individual segments of an ARN. If the `*` wildcard is the last
/// character of a resource ARN segment, it can expand to match beyond the colon boundaries" (IAM, "Resource").
/// The last segment is the whole resource, including its colons.
fn bounded_by_colons(mut tokens: Vec<Token>) -> Vec<Token> {
    let mut colons = 0;
    for at in 0..tokens.len() {
        let ends_segment = matches!(tokens.get(at + 1), None | Some(Token::Character(':')));
        match &mut tokens[at] {
            Token::Character(':') => colons += 1,
            Token::Any { colon } => *colon = colons + 1 >= arn::PARTS || ends_segment,
            Token::One { colon } => *colon = colons + 1 >= arn::PARTS,
            Token::Character(_) | Token::Unknown => {}
        }
    }
    tokens
}

/// "You can't use a variable to replace parts of the ARN before the 5th colon" (IAM, "Variables and tags").
fn has_early_variable(text: &str) -> bool {
    let before = text.split("${").next().unwrap_or_default();
    has_variable(text) && before.matches(':').count() + 1 < arn::PARTS
}

/// A wildcard that the guide does not allow, so that it is not documented whether the pattern matches.
fn undocumented(tokens: &[Token], resource: &str) -> Option<String> {
    let parts = arn::parts(tokens);
    let wild = |tokens: &[Token]| tokens.iter().any(|token| !matches!(token, Token::Character(_)));
    // "You can't use a wildcard in the service segment" (IAM, "Resource").
    if parts.get(2).is_some_and(|service| wild(service)) {
        return Some("a wildcard in the service of an ARN".to_owned());
    }
    // "You can't use a wildcard in the portion of the ARN that specifies the resource type" (IAM, "IAM ARNs").
    let (Some(pattern), Some(resource)) = (parts.get(arn::PARTS - 1), arn::Arn::parse(resource)) else {
        return None;
    };
    let ends_type = |token: &Token| matches!(token, Token::Character('/' | ':'));
    let kind = pattern.split(ends_type).next().unwrap_or_default();
    let all = pattern.iter().all(|token| matches!(token, Token::Any { .. }));
    (resource.resource.contains('/') && wild(kind) && !all)
        .then(|| "a wildcard in the resource type of an ARN".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1";
    const PROFILE: &str = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.a.b-v1:0";

    fn truth(pattern: &str, resource: &str, negated: bool) -> Truth {
        let context = Context::new().set("aws:PrincipalAccount", ["111122223333"]).absent("aws:username");
        let context = context.set("aws:PrincipalTag/kind", ["inference-profile"]);
        let pattern = Located { pointer: "/r".to_owned(), text: pattern.to_owned() };
        matches(&pattern, resource, negated, Version::V2012, &context)
    }

    #[track_caller]
    fn check(pattern: &str, resource: &str, expected: &str) {
        let found = match truth(pattern, resource, false) {
            Truth::Yes => "yes",
            Truth::No => "no",
            Truth::Unknown(_) => "unknown",
        };
        assert_eq!(found, expected, "{pattern} {resource}");
    }

    #[test]
    fn wildcards_match_within_the_segments_of_an_arn() {
        check("*", MODEL, "yes");
        check(MODEL, MODEL, "yes");
        check("arn:aws:bedrock:*::foundation-model/*", MODEL, "yes");
        check("arn:aws:bedrock:*:*:foundation-model/*", MODEL, "yes");
        check("arn:*:bedrock:us-east-?::foundation-model/anthropic.*", MODEL, "yes");
        check("arn:aws:bedrock:us-*-1::foundation-model/*", MODEL, "yes");
        check("arn:aws:bedrock:us-*:*:*", PROFILE, "yes");
        check("arn:aws:bedrock:*:111122223333:foundation-model/*", MODEL, "no");
        check("arn:aws:bedrock:*::inference-profile/*", PROFILE, "no");
        check("arn:aws:bedrock:*::foundation-model/Anthropic.*", MODEL, "no");
        check("arn:aws:bedrock:eu-*::foundation-model/*", MODEL, "no");
        check("arn:aws:bedrock:::foundation-model/*", MODEL, "no");
        check("arn:aws:bedrock:*::foundation-model/*", "arn:aws:bedrock:::foundation-model/a.b", "yes");
    }

    #[test]
    fn a_wildcard_at_the_end_of_a_segment_matches_beyond_the_colon() {
        check("arn:aws:bedrock:*", MODEL, "yes");
        check("arn:aws:bedrock:us-east-1*", MODEL, "yes");
        check("arn:aws:bedrock:*:foundation-model/anthropic.claude-v2:1", MODEL, "yes");
        check("arn:aws:bedrock:*foundation-model/anthropic.claude-v2:1", MODEL, "no");
        check("arn:aws:bedrock:us-east-1?:foundation-model/anthropic.claude-v2:1", MODEL, "no");
    }

    #[test]
    fn wildcards_match_across_the_colons_of_the_resource() {
        check("arn:aws:bedrock:*::foundation-model/anthropic.*1", MODEL, "yes");
        check("arn:aws:bedrock:*::foundation-model/anthropic.claude-v2?1", MODEL, "yes");
    }

    #[test]
    fn wildcards_that_aws_does_not_allow_are_unknown() {
        check("arn:aws:*:us-east-1::foundation-model/*", MODEL, "unknown");
        check("arn:aws:bedrock:*:*:*inference-profile/*", PROFILE, "unknown");
        check("arn:aws:bedrock:*:*:*inference-profile/*", MODEL, "no");
        check("arn:aws:bedrock:*:*:foundation*", MODEL, "unknown");
        check("arn:aws:s3:::bucket*", "arn:aws:s3:::bucket-1", "yes");
    }

    #[test]
    fn variables_are_replaced_by_values_of_the_request() {
        check("arn:aws:bedrock:*:*:${aws:PrincipalTag/kind}/us.*", PROFILE, "yes");
        check("arn:aws:bedrock:*:*:inference-profile/us.a.b-${*}", PROFILE, "no");
        check("arn:aws:bedrock:*:${aws:PrincipalAccount}:inference-profile/*", PROFILE, "unknown");
        check("arn:aws:bedrock:*:${aws:PrincipalAccount}:foundation-model/*", PROFILE, "no");
        check("arn:aws:bedrock:*::foundation-model/${aws:username}", MODEL, "no");
        check("arn:aws:bedrock:*::foundation-model/${aws:userid}", MODEL, "unknown");
        check("arn:aws:bedrock:*::inference-profile/${aws:userid}", MODEL, "no");
        assert!(matches!(truth("arn:${aws:username}", MODEL, true), Truth::Unknown(_)));
    }

    #[test]
    fn all_resources_are_only_matched_by_an_asterisk() {
        check("*", "*", "yes");
        check("arn:aws:bedrock:*:*:*", "*", "no");
    }
}
