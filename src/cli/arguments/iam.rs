//! The arguments of `iam …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Configs, Format};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum IamCommand {
    /// Print the least-privilege permission policy with which a role can call the models
    Policy(IamPolicy),
    /// Print the trust policy with which the platform can assume the role
    Trust(IamTrust),
    /// Check a policy: missing permissions, unneeded ones, and the cases that would fail
    Check(IamCheck),
    /// Print the request to the platform's support that registers a role
    Ticket(IamTicket),
}

/// Selects models, and adds information that the config lacks.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct CallerArguments {
    /// Only models that match this glob; repeatable
    #[arg(long, value_name = "GLOB")]
    pub model: Vec<String>,
    /// Only models that are called with these credentials
    #[arg(long, value_name = "NAME")]
    pub credentials: Option<String>,
    /// Account of the models [default: that of the role, else the one in `allowed_account_ids`]
    #[arg(long, value_name = "ID", value_parser = account)]
    pub account: Option<String>,
    /// Model behind an application inference profile, a prompt router or a prompt; repeatable
    #[arg(long, value_name = "MODEL_ID")]
    pub behind: Vec<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct IamPolicy {
    #[command(flatten)]
    pub configs: Configs,
    #[command(flatten)]
    pub callers: CallerArguments,
    /// Print an object with one policy for each role
    #[arg(long)]
    pub split_by_role: bool,
    /// Also grant the permissions that `doctor` needs to look up models
    #[arg(long)]
    pub with_doctor: bool,
    /// Also grant the permissions for the first call of a third-party model
    #[arg(long)]
    pub first_use: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct IamTrust {
    #[command(flatten)]
    pub configs: Configs,
    /// Credentials whose role the policy is for
    #[arg(long, value_name = "NAME")]
    pub credentials: Option<String>,
    /// Trust this role or user of your own account, for a platform that runs on your premises
    #[arg(long, value_name = "ARN")]
    pub on_premises: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct IamCheck {
    /// File with the permission policy
    #[arg(value_name = "POLICY.json")]
    pub policy: PathBuf,
    #[command(flatten)]
    pub configs: Configs,
    #[command(flatten)]
    pub callers: CallerArguments,
    /// File with the role's trust policy
    #[arg(long, value_name = "TRUST.json")]
    pub trust: Option<PathBuf>,
    /// Output format of the findings
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct IamTicket {
    #[command(flatten)]
    pub configs: Configs,
    #[command(flatten)]
    pub callers: CallerArguments,
    /// Output format of the request
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}

fn account(text: &str) -> Result<String, NotAnAccount> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_account { Ok(text.to_owned()) } else { Err(NotAnAccount) }
}

/// The text is not an account ID.
#[derive(Debug, thiserror::Error)]
#[error("expected an account ID of 12 digits")]
struct NotAnAccount;
