//! The principals of trust policies.

use super::arn::Arn;
use super::truth::Truth;

/// The element `Principal`, or, if negated, `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principals {
    /// JSON pointer of the element.
    pub pointer: String,
    pub negated: bool,
    pub entries: Vec<PrincipalEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalEntry {
    /// JSON pointer of the string.
    pub pointer: String,
    pub principal: Principal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// `"*"` and `{"AWS": "*"}`.
    Anyone,
    /// Every principal of the account. The ARN of its root user has the same meaning.
    Account {
        /// `None` if the policy contains only the account ID.
        partition: Option<String>,
        account: String,
    },
    /// A user, a role, or a session of a role.
    Arn(String),
    /// The unique ID that IAM shows for a user or role that was deleted.
    UniqueId(String),
    Service(String),
    Federated(String),
    CanonicalUser(String),
}

impl Principal {
    /// Parses a value of `AWS`. Returns `None` if IAM does not accept its form.
    pub(super) fn from_aws(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Anyone);
        }
        if is_account(text) {
            return Some(Self::Account { partition: None, account: text.to_owned() });
        }
        if text.len() >= 16 && text.starts_with('A') && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return Some(Self::UniqueId(text.to_owned()));
        }
        let Arn { partition, service, account, resource, .. } = Arn::parse(text)?;
        let valid = matches!(service, "iam" | "sts") && is_account(account) && !resource.is_empty();
        if !valid || text.contains(['*', '?']) {
            return None;
        }
        if (service, resource) == ("iam", "root") {
            return Some(Self::Account {
                partition: Some(partition.to_owned()),
                account: account.to_owned(),
            });
        }
        Some(Self::Arn(text.to_owned()))
    }

    fn admits(&self, caller: &str) -> Admission {
        match self {
            Self::Anyone => Admission::Itself,
            Self::Account { partition, account } => match Arn::parse(caller) {
                Some(arn)
                    if arn.account == account && partition.as_deref().is_none_or(|p| p == arn.partition) =>
                {
                    Admission::ByAccount
                }
                _ => Admission::None,
            },
            Self::Arn(arn) if arn == caller => Admission::Itself,
            Self::Arn(arn) => admits_session(arn, caller),
            Self::Service(name) | Self::Federated(name) | Self::CanonicalUser(name) if name == caller => {
                Admission::Itself
            }
            Self::UniqueId(_) | Self::Service(_) | Self::Federated(_) | Self::CanonicalUser(_) => {
                Admission::None
            }
        }
    }
}

/// How a principal of a policy admits a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Admission {
    /// The principal is the caller, or the role of the caller's session.
    Itself,
    /// The principal is the account of the caller.
    ByAccount,
    /// The principal does not admit the caller.
    None,
    /// The caller is a role, and the principal is one session of it.
    SomeSession,
}

impl Principals {
    /// Whether the statement applies to the caller, given by its ARN.
    pub(super) fn include(&self, caller: Option<&str>) -> Truth {
        let anyone = self.entries.iter().any(|entry| entry.principal == Principal::Anyone);
        match caller {
            _ if anyone && !self.negated => Truth::Yes,
            None => Truth::unknown(&self.pointer, "the principal, since the caller is unknown"),
            Some(caller) if self.negated => self.exclude(caller),
            Some(caller) => {
                Truth::any(self.entries.iter().map(|entry| match entry.principal.admits(caller) {
                    Admission::Itself | Admission::ByAccount => Truth::Yes,
                    Admission::None => Truth::No,
                    Admission::SomeSession => Truth::unknown(
                        &entry.pointer,
                        format!("whether the session that this principal names is one of `{caller}`"),
                    ),
                }))
            }
        }
    }

    /// `NotPrincipal` excludes a caller only if it also lists the account of the caller, and for a session also its
    /// role and the session itself (IAM, "`NotPrincipal`"). If it lists only some of them, the result is unknown.
    fn exclude(&self, caller: &str) -> Truth {
        let admissions: Vec<Admission> =
            self.entries.iter().map(|entry| entry.principal.admits(caller)).collect();
        let listed = |text: &str| {
            self.entries.iter().any(|entry| matches!(&entry.principal, Principal::Arn(arn) if arn == text))
        };
        if admissions.iter().all(|admission| *admission == Admission::None) {
            return Truth::Yes;
        }
        let session = Arn::parse(caller).is_some_and(|arn| arn.service == "sts");
        let role = self.entries.iter().any(|entry| match &entry.principal {
            Principal::Arn(arn) => admits_session(arn, caller) == Admission::Itself,
            _ => false,
        });
        if admissions.contains(&Admission::ByAccount) && listed(caller) && (role || !session) {
            return Truth::No;
        }
        Truth::unknown(
            &self.pointer,
            "`NotPrincipal`, which lists only some of the caller's account, role and session",
        )
    }
}

/// A role admits its sessions: `role/path/NAME` admits `assumed-role/NAME/SESSION` of the same account.
fn admits_session(policy: &str, caller: &str) -> Admission {
    let (Some(policy), Some(caller)) = (Arn::parse(policy), Arn::parse(caller)) else {
        return Admission::None;
    };
    if (policy.partition, policy.account) != (caller.partition, caller.account) {
        return Admission::None;
    }
    match (role(&policy), session_role(&policy), role(&caller), session_role(&caller)) {
        (Some(role), _, _, Some(session)) if role == session => Admission::Itself,
        (_, Some(session), Some(role), _) if role == session => Admission::SomeSession,
        _ => Admission::None,
    }
}

fn role<'a>(arn: &Arn<'a>) -> Option<&'a str> {
    let path = arn.resource.strip_prefix("role/")?;
    (arn.service == "iam").then(|| path.rsplit('/').next())?
}

fn session_role<'a>(arn: &Arn<'a>) -> Option<&'a str> {
    let names = arn.resource.strip_prefix("assumed-role/")?;
    (arn.service == "sts").then(|| names.split('/').next())?
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "arn:aws:iam::111122223333:root";
    const USER: &str = "arn:aws:iam::111122223333:user/ann";
    const ROLE: &str = "arn:aws:iam::111122223333:role/path/app";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/one";

    fn principals(negated: bool, entries: &[&str]) -> Principals {
        let entry = |text: &&str| PrincipalEntry {
            pointer: "/e".to_owned(),
            principal: Principal::from_aws(text).expect("a principal"),
        };
        Principals { pointer: "/p".to_owned(), negated, entries: entries.iter().map(entry).collect() }
    }

    #[track_caller]
    fn check(negated: bool, entries: &[&str], caller: &str, expected: &str) {
        let found = match principals(negated, entries).include(Some(caller)) {
            Truth::Yes => "yes",
            Truth::No => "no",
            Truth::Unknown(_) => "unknown",
        };
        assert_eq!(found, expected, "{entries:?} {caller}");
    }

    #[test]
    fn an_account_admits_all_its_principals() {
        for account in ["111122223333", ROOT] {
            for caller in [ROOT, USER, ROLE, SESSION] {
                check(false, &[account], caller, "yes");
            }
            check(false, &[account], "arn:aws:iam::444455556666:user/ann", "no");
            check(false, &[account], "bedrock.amazonaws.com", "no");
        }
        check(false, &["arn:aws-us-gov:iam::111122223333:root"], USER, "no");
        check(false, &["*"], USER, "yes");
    }

    #[test]
    fn a_role_admits_its_sessions_and_a_session_only_itself() {
        check(false, &[ROLE], ROLE, "yes");
        check(false, &[ROLE], SESSION, "yes");
        check(false, &["arn:aws:iam::111122223333:role/app2"], SESSION, "no");
        check(false, &["arn:aws:iam::444455556666:role/app"], SESSION, "no");
        check(false, &[SESSION], SESSION, "yes");
        check(false, &[SESSION], "arn:aws:sts::111122223333:assumed-role/app/two", "no");
        check(false, &[SESSION], ROLE, "unknown");
        check(false, &[SESSION, ROOT], ROLE, "yes");
        check(false, &[USER], SESSION, "no");
        check(false, &["AROAEXAMPLEEXAMPLEID", USER], USER, "yes");
    }

    #[test]
    fn not_principal_excludes_a_caller_that_is_listed_with_its_account() {
        check(true, &[USER], "arn:aws:iam::444455556666:user/ann", "yes");
        check(true, &[USER, ROOT], USER, "no");
        check(true, &[USER], USER, "unknown");
        check(true, &[ROOT], USER, "unknown");
        check(true, &[ROLE, ROOT], SESSION, "unknown");
        check(true, &[ROLE, ROOT, SESSION], SESSION, "no");
    }

    #[test]
    fn services_and_identity_providers_are_admitted_by_name() {
        let entry = |principal| PrincipalEntry { pointer: String::new(), principal };
        let entries = vec![
            entry(Principal::Service("bedrock.amazonaws.com".to_owned())),
            entry(Principal::Federated("accounts.google.com".to_owned())),
        ];
        let principals = Principals { pointer: String::new(), negated: false, entries };
        assert_eq!(principals.include(Some("bedrock.amazonaws.com")), Truth::Yes);
        assert_eq!(principals.include(Some("accounts.google.com")), Truth::Yes);
        assert_eq!(principals.include(Some(USER)), Truth::No);
    }

    #[test]
    fn without_a_caller_only_anyone_is_certain() {
        assert!(matches!(principals(false, &[USER]).include(None), Truth::Unknown(_)));
        assert_eq!(principals(false, &[USER, "*"]).include(None), Truth::Yes);
    }

    #[test]
    fn invalid_principals_are_refused() {
        let texts = ["", "ann", "11112222333", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:root"];
        for text in
            texts.into_iter().chain(["arn:aws:s3:::bucket", "arn:aws:iam::111122223333:", "arn:aws:iam"])
        {
            assert_eq!(Principal::from_aws(text), None, "{text}");
        }
        for text in ["arn:aws:s3::111122223333:bucket", "arn:aws:iam::1111:user/ann"] {
            assert_eq!(Principal::from_aws(text), None, "{text}");
        }
    }
}
