//! The account that credentials belong to.

use aws_credential_types::Credentials as Keys;

use super::source::CredentialSources;
use super::sts;
use crate::aws::cause::Key;
use crate::diagnose::Code;
use crate::invoke::live::waiting::Waiting;
use crate::invoke::{NoAnswer, Trouble};
use crate::suite::{Credentials, Model};

/// The answer of GetCallerIdentity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::invoke::live) struct Identity {
    pub account: String,
    pub arn: String,
}

impl CredentialSources {
    pub(in crate::invoke::live) async fn identity(
        &self,
        model: &Model,
        keys: &Keys,
        waiting: &Waiting,
    ) -> Result<Identity, NoAnswer> {
        let sts = self.sts(model, None).await;
        let client = self.client(&sts, keys);
        self.ask(waiting, async || {
            let asked = client.get_caller_identity().send().await;
            let output = asked.map_err(|error| self.refused(&error, &sts, "GetCallerIdentity"))?;
            let told = output.account().zip(output.arn());
            let (account, arn) = told.ok_or_else(|| sts::no_answer(&sts))?;
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
    ) -> Result<(), NoAnswer> {
        let identity = self.identity(model, keys, waiting).await?;
        check(credentials, &identity).map_err(NoAnswer::from)
    }
}

/// An error unless the account may be called.
pub(in crate::invoke::live) fn check(credentials: &Credentials, identity: &Identity) -> Result<(), Trouble> {
    let allowed = &credentials.allowed_account_ids;
    if allowed.is_empty() || allowed.contains(&identity.account) {
        return Ok(());
    }
    let message =
        format!("the account {} is not in `allowed_account_ids` ({})", identity.account, allowed.join(", "));
    let trouble = Trouble::new(Code::AccountNotAllowed, Key::AllowedAccountIds, message);
    Err(trouble
        .said(format!("the caller is {}", identity.arn))
        .help("check `role_arn` and `source`, or add the account"))
}
