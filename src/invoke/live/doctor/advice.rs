//! What to add to which policy so that a step succeeds: the same statements that `iam` writes.

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
    /// Which policy.
    pub to: String,
    pub statement: Value,
}

/// Lets the caller assume the role `index` of `credentials`.
pub(super) fn trust(credentials: &Credentials, index: usize, caller: &str) -> Option<Advice> {
    let trust = Trust::for_role(credentials, index, caller)?;
    Some(Advice { to: format!("the trust policy of {}", trust.role_arn), statement: trust.statement() })
}

/// Lets the caller call AssumeRole for the role.
pub(super) fn permission_to_assume(hop: &Hop, caller: &str) -> Advice {
    Advice {
        to: format!("the permission policy of {}", principal_arn(caller, "aws")),
        statement: assume(&hop.role_arn),
    }
}

fn assume(role_arn: &str) -> Value {
    json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn })
}

/// Lets the caller call the model, in the account that was found.
pub(super) fn permissions(model: &Model, case: &Case, account: Option<&str>) -> Vec<Advice> {
    let mut call = Call::from_model(model, Some(case), account);
    // Advice with a placeholder account is better than none.
    call.account.get_or_insert_with(|| "*".to_owned());
    let Rights { rights, .. } = rights(&call, &Options::default()).unwrap_or_default();
    let who = role(model).unwrap_or("whoever calls");
    let to = format!("the permission policy of {who}");
    let statements = without_sids(statements(&rights));
    statements.into_iter().map(|statement| Advice { to: to.clone(), statement }).collect()
}
