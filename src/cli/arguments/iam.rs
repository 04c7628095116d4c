//! The arguments of `iam …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Configs, Format};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum IamCommand {
    /// Write the least permission policy that lets a role call the models
    Policy(IamPolicy),
    /// Write the trust policy that lets the platform become the role
    Trust(IamTrust),
    /// Say what a policy lacks, what it grants too much, and which cases would fail
    Check(IamCheck),
    /// Print what the platform's support asks for to register a role
    Ticket(IamTicket),
}

/// Which models, and what the config doesn't tell about them.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct Callers {
    /// Only models that match this glob; repeatable
    #[arg(long, value_name = "GLOB")]
    pub model: Vec<String>,
    /// Only models that are called with these credentials
    #[arg(long, value_name = "NAME")]
    pub credentials: Option<String>,
    /// Account that is called [default: that of the role, else the one in `allowed_account_ids`]
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
    pub callers: Callers,
    /// Write one policy for each role, as members of an object
    #[arg(long)]
    pub split_by_role: bool,
    /// Grant what looking models up needs, too
    #[arg(long)]
    pub with_doctor: bool,
    /// Grant what the first call of a third party's model needs, too
    #[arg(long)]
    pub first_use: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct IamTrust {
    #[command(flatten)]
    pub configs: Configs,
    /// Which credentials' role
    #[arg(long, value_name = "NAME")]
    pub credentials: Option<String>,
    /// Trust this role or user of your own instead: the platform runs on your side
    #[arg(long, value_name = "ARN")]
    pub on_premises: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct IamCheck {
    /// The permission policy
    #[arg(value_name = "POLICY.json")]
    pub policy: PathBuf,
    #[command(flatten)]
    pub configs: Configs,
    #[command(flatten)]
    pub callers: Callers,
    /// The role's trust policy
    #[arg(long, value_name = "TRUST.json")]
    pub trust: Option<PathBuf>,
    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct IamTicket {
    #[command(flatten)]
    pub configs: Configs,
    #[command(flatten)]
    pub callers: Callers,
    /// How the request is written
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}

fn account(text: &str) -> Result<String, NotAnAccount> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_account { Ok(text.to_owned()) } else { Err(NotAnAccount) }
}

/// No account.
#[derive(Debug, thiserror::Error)]
#[error("expected an account ID of 12 digits")]
struct NotAnAccount;
