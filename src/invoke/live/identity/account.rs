//! The account that credentials belong to.

use aws_credential_types::Credentials as Keys;

use super::source::CredentialSources;
use super::sts;
use crate::aws::cause::Key;
use crate::diagnose::Code;
use crate::invoke::live::waiting::Waiting;
use crate::invoke::{CallFailure, InvokeError};
use crate::suite::{Credentials, Model};

/// The answer of GetCallerIdentity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::invoke::live) struct Identity {
    pub account: String,
    pub arn: String,
}

impl CredentialSources {
    pub(in crate::invoke::live) async fn caller_identity(
        &self,
        model: &Model,
        keys: &Keys,
        waiting: &Waiting,
    ) -> Result<Identity, InvokeError> {
        let sts = self.sts_endpoint(model, None).await?;
        let client = self.sts_client(&sts, keys);
        self.call_sts(waiting, async || {
            let result = client.get_caller_identity().send().await;
            let output =
                result.map_err(|error| self.failure_from_error(&error, &sts, "GetCallerIdentity"))?;
            let identity = output.account().zip(output.arn());
            let (account, arn) = identity.ok_or_else(|| sts::invalid_response(&sts))?;
            Ok(Identity { account: account.to_owned(), arn: arn.to_owned() })
        })
        .await
    }

    /// An error unless the account of `keys` may be called.
    pub(super) async fn check_account(
        &self,
        model: &Model,
        credentials: &Credentials,
        keys: &Keys,
        waiting: &Waiting,
    ) -> Result<(), InvokeError> {
        let identity = self.caller_identity(model, keys, waiting).await?;
        check_allowed_account(credentials, &identity).map_err(InvokeError::from)
    }
}

/// An error unless the account may be called.
pub(in crate::invoke::live) fn check_allowed_account(
    credentials: &Credentials,
    identity: &Identity,
) -> Result<(), CallFailure> {
    let allowed = &credentials.allowed_account_ids;
    if allowed.is_empty() || allowed.contains(&identity.account) {
        return Ok(());
    }
    let message =
        format!("the account {} is not in `allowed_account_ids` ({})", identity.account, allowed.join(", "));
    let failure = CallFailure::new(Code::AccountNotAllowed, Key::AllowedAccountIds, message);
    Err(failure
        .service_message(format!("the caller is {}", identity.arn))
        .help("check `role_arn` and `source`, or add the account"))
}
