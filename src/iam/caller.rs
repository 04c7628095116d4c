//! The roles that call models.

use std::collections::BTreeMap;

use crate::aws::arn::Arn;
use crate::suite::Model;

/// The ARN of the role that calls `model`. `None` if the credentials come directly from their source.
pub fn role(model: &Model) -> Option<&str> {
    let credentials = model.credentials.as_deref()?;
    Some(credentials.hops.last()?.role_arn.as_str())
}

/// Groups models by the role that calls them.
pub fn by_role<'m>(models: &[&'m Model]) -> BTreeMap<Option<&'m str>, Vec<&'m Model>> {
    let mut roles: BTreeMap<Option<&str>, Vec<&Model>> = BTreeMap::new();
    for model in models {
        roles.entry(role(model)).or_default().push(model);
    }
    roles
}

/// The ARN of a caller in a policy. Turns a session of a role into the role, and an account ID into the ARN of the
/// account.
pub fn principal_arn(text: &str, partition: &str) -> String {
    let Some(arn) = Arn::parse(text) else {
        return format!("arn:{partition}:iam::{text}:root");
    };
    match arn.resource.strip_prefix("assumed-role/").filter(|_| arn.service == "sts") {
        Some(session) => {
            let role = session.split('/').next().unwrap_or(session);
            format!("arn:{}:iam::{}:role/{role}", arn.partition, arn.account)
        }
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::principal_arn;

    #[test]
    fn a_session_becomes_its_role_and_an_account_its_arn() {
        for (caller, expected) in [
            ("arn:aws:sts::111122223333:assumed-role/ci/run-7", "arn:aws:iam::111122223333:role/ci"),
            ("arn:aws:iam::111122223333:user/ci", "arn:aws:iam::111122223333:user/ci"),
            ("111122223333", "arn:aws-cn:iam::111122223333:root"),
        ] {
            assert_eq!(principal_arn(caller, "aws-cn"), expected);
        }
    }
}
