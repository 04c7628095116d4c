//! Checks the STS endpoints of credentials, and the accounts of their roles.

use crate::aws::arn::Arn;
use crate::aws::cause::Key;
use crate::aws::region::{StsHost, region, regions, sts_endpoint, sts_host};
use crate::diagnose::{Code, Finding, Span};
use crate::suite::{Credentials, Hop};
use crate::words::nearest;

/// Reports STS endpoints that are invalid or legacy, and a role in an account that is not allowed.
pub fn check(credentials: &Credentials) -> Vec<Finding> {
    let endpoints = credentials.hops.iter().filter_map(check_endpoint);
    endpoints.chain(check_account(credentials)).collect()
}

fn check_endpoint(hop: &Hop) -> Option<Finding> {
    let url = hop.sts_endpoint.as_deref()?;
    let at = hop.places.get(Key::StsEndpoint).unwrap_or(hop.places.header()).clone();
    let known = |name: &str| region(name).is_some();
    match sts_host(url) {
        StsHost::Global => Some(global_endpoint(at)),
        StsHost::Regional(name) | StsHost::Vpc(name) if !known(name) => Some(unknown_region(at, name)),
        StsHost::Regional(_) | StsHost::Vpc(_) if url.starts_with("http://") => {
            let message = "STS only accepts HTTPS".to_owned();
            Some(Finding::new(Code::StsEndpoint, at, message).help("write `https://`"))
        }
        StsHost::OtherService(service) => {
            let message = format!("the host is that of `{service}`, not of STS");
            let help = format!("write `{}`, with the Region of your role", sts_endpoint("us-east-1"));
            Some(Finding::new(Code::StsEndpoint, at, message).help(help))
        }
        StsHost::Regional(_) | StsHost::Vpc(_) | StsHost::Foreign => None,
    }
}

fn global_endpoint(at: Span) -> Finding {
    let message = "`sts.amazonaws.com` is the legacy global endpoint of STS, which is only in us-east-1";
    let help = format!("write the endpoint of a Region, such as `{}`", sts_endpoint("us-east-1"));
    Finding::new(Code::StsGlobalEndpoint, at, message).help(help)
}

fn unknown_region(at: Span, name: &str) -> Finding {
    let near = nearest(name, regions().map(|region| region.name));
    let message = format!("`{name}` is not a known Region of STS");
    Finding::new(Code::StsEndpoint, at, message).suggest(near, "write the Region's code, such as `us-east-1`")
}

/// Reports the account of the last role, which calls Bedrock, if it is not allowed.
fn check_account(credentials: &Credentials) -> Option<Finding> {
    let hop = credentials.hops.last()?;
    let account = Arn::parse(&hop.role_arn)?.account;
    let allowed = &credentials.allowed_account_ids;
    if allowed.is_empty() || allowed.iter().any(|id| id == account) {
        return None;
    }
    let at = hop.places.get(Key::RoleArn).unwrap_or(hop.places.header()).clone();
    let message = format!("the role is in the account {account}, which is not allowed");
    let mut finding = Finding::new(Code::AccountNotAllowed, at, message);
    if let Some(place) = credentials.places.get(Key::AllowedAccountIds) {
        finding = finding.related(place.clone(), "the allowed accounts");
    }
    Some(finding.help("correct `role_arn`, or add the account to `allowed_account_ids`"))
}
