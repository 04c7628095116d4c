//! Who calls models.

use std::collections::BTreeMap;

use crate::aws::arn::Arn;
use crate::suite::Model;

/// The role that `model` is called as; `None` if that is whoever the source of its credentials gives.
pub fn role(model: &Model) -> Option<&str> {
    let credentials = model.credentials.as_deref()?;
    Some(credentials.hops.last()?.role_arn.as_str())
}

/// Models by the role that they are called as.
pub fn by_role<'m>(models: &[&'m Model]) -> BTreeMap<Option<&'m str>, Vec<&'m Model>> {
    let mut roles: BTreeMap<Option<&str>, Vec<&Model>> = BTreeMap::new();
    for model in models {
        roles.entry(role(model)).or_default().push(model);
    }
    roles
}

/// The caller as policies name it: the role where a session of it calls, the ARN where there is but an account ID.
pub fn principal(text: &str, partition: &str) -> String {
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
    use super::principal;

    #[test]
    fn policies_name_roles_and_not_their_sessions() {
        for (caller, expected) in [
            ("arn:aws:sts::111122223333:assumed-role/ci/run-7", "arn:aws:iam::111122223333:role/ci"),
            ("arn:aws:iam::111122223333:user/ci", "arn:aws:iam::111122223333:user/ci"),
            ("111122223333", "arn:aws-cn:iam::111122223333:root"),
        ] {
            assert_eq!(principal(caller, "aws-cn"), expected);
        }
    }
}
