//! AssumeRole, one role at a time.

use aws_credential_types::Credentials as Keys;
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_sdk_sts::types::{Credentials as StsCredentials, Tag};

use super::source::CredentialSources;
use super::sts;
use crate::aws::cause::Key;
use crate::config::model::Text;
use crate::diagnose::Code;
use crate::invoke::live::waiting::Waiting;
use crate::invoke::{NoAnswer, Trouble};
use crate::suite::{Credentials, Hop, Model};

/// The default session name.
const SESSION_NAME: &str = "bedrock-check";

/// The parameters of one AssumeRole call besides the role.
struct Terms {
    session_name: String,
    external_id: Option<String>,
    mfa: Option<(String, String)>,
}

impl CredentialSources {
    /// The credentials of the role `index` of `credentials`, assumed with `keys`.
    pub(in crate::invoke::live) async fn assume(
        &self,
        model: &Model,
        credentials: &Credentials,
        index: usize,
        keys: &Keys,
        waiting: &Waiting,
    ) -> Result<Keys, NoAnswer> {
        let hop = &credentials.hops[index];
        let placed = |trouble: Trouble| {
            let role = || hop.places.get(Key::RoleArn).unwrap_or(hop.places.header());
            let place = hop.places.get(trouble.at).or_else(|| credentials.places.get(trouble.at));
            // STS gives the same refusal for several reasons; the external ID may be the cause.
            let external_id = hop.places.get(Key::ExternalId).filter(|_| trouble.at == Key::RoleArn);
            let related = external_id.map(|span| (span.clone(), "sent as the external ID"));
            Trouble {
                place: Some(place.unwrap_or_else(role).clone()),
                related: related.into_iter().collect(),
                ..trouble
            }
        };
        let terms = self.terms(credentials, index).map_err(&placed)?;
        let sts = self.sts(model, Some(hop)).await;
        let client = self.client(&sts, keys);
        let is_last = index + 1 == credentials.hops.len();
        let assumed = self
            .ask(waiting, async || {
                let asked = request(client.assume_role(), credentials, hop, &terms, is_last).send().await;
                let output = asked.map_err(|error| {
                    self.refused(&error, &sts, &format!("AssumeRole of `{}`", hop.role_arn))
                })?;
                output.credentials.and_then(|given| of_sts(&given)).ok_or_else(|| sts::no_answer(&sts))
            })
            .await;
        match assumed {
            Ok(keys) => {
                self.secrets.remember(&keys);
                Ok(keys)
            }
            Err(NoAnswer::Trouble(trouble)) => Err(placed(*trouble).into()),
            Err(other) => Err(other),
        }
    }

    fn terms(&self, credentials: &Credentials, index: usize) -> Result<Terms, Trouble> {
        let hop = &credentials.hops[index];
        let mut names = [Some(hop), credentials.hops.last()].into_iter().flatten();
        let session_name = names.find_map(|hop| hop.session_name.clone());
        let external_id = match &hop.external_id {
            None => None,
            Some(Text::Literal(text)) => Some(text.clone()),
            Some(Text::Env(name)) => Some(self.variable(name)?),
        };
        // Only callers with long-term credentials have an MFA device.
        let mfa = match &credentials.mfa_serial {
            Some(serial) if index == 0 => Some((serial.clone(), self.mfa_code(serial)?)),
            _ => None,
        };
        Ok(Terms { session_name: session_name.unwrap_or_else(|| SESSION_NAME.to_owned()), external_id, mfa })
    }

    fn variable(&self, name: &str) -> Result<String, Trouble> {
        self.options.variable(name).map(str::to_owned).ok_or_else(|| {
            let message = format!("the environment variable `{name}` is not set");
            let trouble = Trouble::new(Code::CredentialsMissing, Key::ExternalId, message);
            trouble.help(format!("set `{name}` to the external ID that the role's trust policy asks for"))
        })
    }

    fn mfa_code(&self, serial: &str) -> Result<String, Trouble> {
        let trouble = |message: String| Trouble::new(Code::CredentialsMissing, Key::MfaSerial, message);
        let ask = self.options.ask_mfa.as_ref().ok_or_else(|| {
            trouble("the code of an MFA device is asked for on a terminal only".to_owned())
                .help("run it on a terminal, or call with a role that needs no MFA")
        })?;
        let code = ask(serial).unwrap_or_default();
        if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(code);
        }
        Err(trouble("expected the six digits that the MFA device shows".to_owned()).help("run it again"))
    }
}

/// Tags, duration and source identity apply only to the session that calls Bedrock.
fn request(
    request: AssumeRoleFluentBuilder,
    credentials: &Credentials,
    hop: &Hop,
    terms: &Terms,
    is_last: bool,
) -> AssumeRoleFluentBuilder {
    let (serial, code) = terms.mfa.clone().unzip();
    let request = request
        .role_arn(&hop.role_arn)
        .role_session_name(&terms.session_name)
        .set_external_id(terms.external_id.clone())
        .set_serial_number(serial)
        .set_token_code(code);
    if !is_last {
        return request;
    }
    let tags: Vec<Tag> = credentials
        .session_tags
        .iter()
        .filter_map(|(key, value)| Tag::builder().key(key).value(value).build().ok())
        .collect();
    request
        .set_tags(Some(tags).filter(|tags| !tags.is_empty()))
        .set_source_identity(credentials.source_identity.clone())
        .set_duration_seconds(credentials.duration.and_then(|seconds| i32::try_from(seconds).ok()))
}

fn of_sts(given: &StsCredentials) -> Option<Keys> {
    let expiry = (*given.expiration()).try_into().ok();
    let id = given.access_key_id();
    let secret = given.secret_access_key();
    let token = given.session_token();
    let whole = !id.is_empty() && !secret.is_empty() && !token.is_empty();
    whole.then(|| Keys::new(id, secret, Some(token.to_owned()), expiry, "AssumeRole"))
}
