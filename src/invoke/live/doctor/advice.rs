//! The statements to add to policies so that a step succeeds, written as `iam` writes them.

use serde_json::{Value, json};

use crate::iam::call::Call;
use crate::iam::caller::{principal_arn, role};
use crate::iam::check::without_sids;
use crate::iam::permissions::{Options, Rights, rights, statements};
use crate::iam::trust::Trust;
use crate::suite::{Case, Credentials, Hop, Model};

/// A statement for a policy.
#[derive(Debug)]
pub struct Advice {
    /// The policy to add the statement to.
    pub policy: String,
    pub statement: Value,
}

/// Lets the caller assume the role `index` of `credentials`.
pub(super) fn trust(credentials: &Credentials, index: usize, caller: &str) -> Option<Advice> {
    let trust = Trust::for_role(credentials, index, caller)?;
    Some(Advice { policy: format!("the trust policy of {}", trust.role_arn), statement: trust.statement() })
}

/// Lets the caller call AssumeRole for the role.
pub(super) fn permission_to_assume(hop: &Hop, caller: &str) -> Advice {
    Advice {
        policy: format!("the permission policy of {}", principal_arn(caller, "aws")),
        statement: assume_role_statement(&hop.role_arn),
    }
}

fn assume_role_statement(role_arn: &str) -> Value {
    json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn })
}

/// Lets the caller call the model, in the account that was found.
pub(super) fn permissions(model: &Model, case: &Case, account: Option<&str>) -> Vec<Advice> {
    let mut call = Call::from_model(model, Some(case), account);
    // Advice with a placeholder account is better than none.
    call.account.get_or_insert_with(|| "*".to_owned());
    let Rights { rights, .. } = rights(&call, &Options::default()).unwrap_or_default();
    let caller = role(model).unwrap_or("the caller");
    let policy = format!("the permission policy of {caller}");
    let statements = without_sids(statements(&rights));
    statements.into_iter().map(|statement| Advice { policy: policy.clone(), statement }).collect()
}
