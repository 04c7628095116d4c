//! Checks the STS endpoints of credentials, and the accounts of their roles.

use crate::aws::arn::Arn;
use crate::aws::cause::Key;
use crate::aws::region::{StsHost, region, regions, sts_endpoint, sts_host};
use crate::diagnose::{Code, Finding, Span};
use crate::suite::{Credentials, Hop};
use crate::words::nearest;

/// Reports STS endpoints that are invalid or legacy, and a role in an account that is not allowed.
pub fn check(credentials: &Credentials) -> Vec<Finding> {
    let endpoints = credentials.hops.iter().filter_map(endpoint);
    endpoints.chain(account(credentials)).collect()
}

fn endpoint(hop: &Hop) -> Option<Finding> {
    let url = hop.sts_endpoint.as_deref()?;
    let at = hop.places.get(Key::StsEndpoint).unwrap_or(hop.places.header()).clone();
    let known = |name: &str| region(name).is_some();
    match sts_host(url) {
        StsHost::Global => Some(global(at)),
        StsHost::Regional(name) | StsHost::Vpc(name) if !known(name) => Some(unknown(at, name)),
        StsHost::Regional(_) | StsHost::Vpc(_) if url.starts_with("http://") => {
            let message = "STS answers over HTTPS only".to_owned();
            Some(Finding::new(Code::StsEndpoint, at, message).help("write `https://`"))
        }
        StsHost::OtherService(service) => {
            let message = format!("`{service}` is another service's host, not that of STS");
            let help =
                format!("write `{}`, with the Region that your role's side uses", sts_endpoint("us-east-1"));
            Some(Finding::new(Code::StsEndpoint, at, message).help(help))
        }
        StsHost::Regional(_) | StsHost::Vpc(_) | StsHost::Foreign => None,
    }
}

fn global(at: Span) -> Finding {
    let message = "`sts.amazonaws.com` is the legacy global endpoint of STS, in us-east-1 alone";
    let help = format!("write the endpoint of a Region, such as `{}`", sts_endpoint("us-east-1"));
    Finding::new(Code::StsGlobalEndpoint, at, message).help(help)
}

fn unknown(at: Span, name: &str) -> Finding {
    let near = nearest(name, regions().map(|region| region.name));
    let message = format!("`{name}` is not known as a Region of STS");
    Finding::new(Code::StsEndpoint, at, message).suggest(near, "write the Region's code, such as `us-east-1`")
}

/// Reports the account of the last role, which calls Bedrock, if it is not allowed.
fn account(credentials: &Credentials) -> Option<Finding> {
    let hop = credentials.hops.last()?;
    let account = Arn::parse(&hop.role_arn)?.account;
    let allowed = &credentials.allowed_account_ids;
    if allowed.is_empty() || allowed.iter().any(|id| id == account) {
        return None;
    }
    let at = hop.places.get(Key::RoleArn).unwrap_or(hop.places.header()).clone();
    let message = format!("the account {account} may not be called, and the role is of it");
    let mut finding = Finding::new(Code::AccountNotAllowed, at, message);
    if let Some(place) = credentials.places.get(Key::AllowedAccountIds) {
        finding = finding.related(place.clone(), "these may");
    }
    Some(finding.help("correct `role_arn`, or add the account to `allowed_account_ids`"))
}
