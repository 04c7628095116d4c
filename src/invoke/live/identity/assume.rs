//! AssumeRole, one role at a time.

use aws_credential_types::Credentials as Keys;
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_sdk_sts::types::{Credentials as StsCredentials, Tag};

use super::source::CredentialSources;
use super::sts;
use crate::aws::cause::Key;
use crate::config::model::StringOrEnv;
use crate::diagnose::Code;
use crate::invoke::live::waiting::Waiting;
use crate::invoke::{CallFailure, InvokeError};
use crate::suite::{Credentials, Hop, Model};

/// The default session name.
const SESSION_NAME: &str = "bedrock-check";

/// The parameters of one AssumeRole call besides the role.
struct RoleParameters {
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
    ) -> Result<Keys, InvokeError> {
        let hop = &credentials.hops[index];
        let with_place = |failure: CallFailure| {
            let role = || hop.places.get(Key::RoleArn).unwrap_or(hop.places.header());
            let place = hop.places.get(failure.key).or_else(|| credentials.places.get(failure.key));
            // STS gives the same refusal for several reasons; the external ID may be the cause.
            let external_id = hop.places.get(Key::ExternalId).filter(|_| failure.key == Key::RoleArn);
            let related = external_id.map(|span| (span.clone(), "sent as the external ID"));
            CallFailure {
                place: Some(place.unwrap_or_else(role).clone()),
                related: related.into_iter().collect(),
                ..failure
            }
        };
        let parameters = self.parameters(credentials, index).map_err(&with_place)?;
        let sts = self.sts_endpoint(model, Some(hop)).await.map_err(&with_place)?;
        let client = self.sts_client(&sts, keys);
        let is_last = index + 1 == credentials.hops.len();
        let assumed = self
            .call_sts(waiting, async || {
                let result =
                    build_request(client.assume_role(), credentials, hop, &parameters, is_last).send().await;
                let output = result.map_err(|error| {
                    self.failure_from_error(&error, &sts, &format!("AssumeRole of `{}`", hop.role_arn))
                })?;
                output
                    .credentials
                    .and_then(|given| keys_from_sts(&given))
                    .ok_or_else(|| sts::invalid_response(&sts))
            })
            .await;
        match assumed {
            Ok(keys) => {
                self.secrets.add_keys(&keys);
                Ok(keys)
            }
            Err(InvokeError::CallFailed(failure)) => Err(with_place(*failure).into()),
            Err(other) => Err(other),
        }
    }

    fn parameters(&self, credentials: &Credentials, index: usize) -> Result<RoleParameters, CallFailure> {
        let hop = &credentials.hops[index];
        let mut names = [Some(hop), credentials.hops.last()].into_iter().flatten();
        let session_name = names.find_map(|hop| hop.session_name.clone());
        let external_id = match &hop.external_id {
            None => None,
            Some(StringOrEnv::Literal(text)) => Some(text.clone()),
            Some(StringOrEnv::Env(name)) => {
                let value = self.required_variable(name)?;
                self.secrets.add_parameter(&value);
                Some(value)
            }
        };
        // Only callers with long-term credentials have an MFA device.
        let mfa = match &credentials.mfa_serial {
            Some(serial) if index == 0 => Some((serial.clone(), self.ask_mfa_code(serial)?)),
            _ => None,
        };
        Ok(RoleParameters {
            session_name: session_name.unwrap_or_else(|| SESSION_NAME.to_owned()),
            external_id,
            mfa,
        })
    }

    fn required_variable(&self, name: &str) -> Result<String, CallFailure> {
        self.options.variable(name).map(str::to_owned).ok_or_else(|| {
            let message = format!("the environment variable `{name}` is not set");
            let failure = CallFailure::new(Code::CredentialsMissing, Key::ExternalId, message);
            failure.help(format!("set `{name}` to the external ID that the role's trust policy asks for"))
        })
    }

    fn ask_mfa_code(&self, serial: &str) -> Result<String, CallFailure> {
        let failure = |message: String| CallFailure::new(Code::CredentialsMissing, Key::MfaSerial, message);
        let ask = self.options.ask_mfa.as_ref().ok_or_else(|| {
            failure("the code of an MFA device can only be entered on a terminal".to_owned())
                .help("run it on a terminal, or call with a role that needs no MFA")
        })?;
        let code = ask(serial).unwrap_or_default();
        if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(code);
        }
        Err(failure("expected the six digits that the MFA device shows".to_owned()).help("run it again"))
    }
}

/// Tags, duration and source identity apply only to the session that calls Bedrock.
fn build_request(
    request: AssumeRoleFluentBuilder,
    credentials: &Credentials,
    hop: &Hop,
    parameters: &RoleParameters,
    is_last: bool,
) -> AssumeRoleFluentBuilder {
    let (serial, code) = parameters.mfa.clone().unzip();
    let request = request
        .role_arn(&hop.role_arn)
        .role_session_name(&parameters.session_name)
        .set_external_id(parameters.external_id.clone())
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

fn keys_from_sts(given: &StsCredentials) -> Option<Keys> {
    let expiry = (*given.expiration()).try_into().ok();
    let id = given.access_key_id();
    let secret = given.secret_access_key();
    let token = given.session_token();
    let is_complete = !id.is_empty() && !secret.is_empty() && !token.is_empty();
    is_complete.then(|| Keys::new(id, secret, Some(token.to_owned()), expiry, "AssumeRole"))
}
