//! What to add to which policy, so that a step succeeds.

use super::steps::Advice;
use crate::aws::policy::{self, Trust};
use crate::config::model::Text;
use crate::suite::{Credentials, Hop, Model};

/// Lets the caller assume the role `index` of `credentials`.
pub(super) fn trust(credentials: &Credentials, hop: &Hop, index: usize, caller: &str) -> Advice {
    let is_last = index + 1 == credentials.hops.len();
    let external_id = hop.external_id.as_ref().map(|external_id| match external_id {
        Text::Literal(text) => text.clone(),
        // What a variable holds is not told.
        Text::Env(name) => format!("${{{name}}}"),
    });
    let principal = principal(caller);
    let trust = Trust {
        principal: &principal,
        external_id: external_id.as_deref(),
        has_tags: is_last && !credentials.session_tags.is_empty(),
        has_source_identity: is_last && credentials.source_identity.is_some(),
        has_mfa: index == 0 && credentials.mfa_serial.is_some(),
    };
    Advice { to: format!("the trust policy of {}", hop.role_arn), statement: trust.statement() }
}

/// Lets the caller ask for the role.
pub(super) fn permission_to_assume(hop: &Hop, caller: &str) -> Advice {
    Advice {
        to: format!("the permission policy of {}", principal(caller)),
        statement: policy::assume(&hop.role_arn),
    }
}

/// Lets whoever calls the model do so.
pub(super) fn permission(model: &Model, account: Option<&str>) -> Advice {
    let role = model.credentials.as_ref().and_then(|credentials| credentials.hops.last());
    let who = role.map_or("whoever calls".to_owned(), |hop| hop.role_arn.clone());
    let statement = policy::invoke(model.operation, &model.model_id, &model.region, account);
    Advice { to: format!("the permission policy of {who}"), statement }
}

/// The caller's role where a session of it calls: policies name roles.
fn principal(arn: &str) -> String {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, "sts", _, account, resource] => match resource.strip_prefix("assumed-role/") {
            Some(role) => {
                let role = role.split('/').next().unwrap_or(role);
                format!("arn:{partition}:iam::{account}:role/{role}")
            }
            None => arn.to_owned(),
        },
        _ => arn.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::principal;

    #[test]
    fn policies_name_roles_and_not_their_sessions() {
        assert_eq!(
            principal("arn:aws:sts::111122223333:assumed-role/ci/run-7"),
            "arn:aws:iam::111122223333:role/ci"
        );
        assert_eq!(principal("arn:aws:iam::111122223333:user/ci"), "arn:aws:iam::111122223333:user/ci");
    }
}
