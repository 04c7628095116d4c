//! Three-valued logic: a statement applies, does not apply, or this is unknown.

/// A part of the policy that can't be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unevaluated {
    /// JSON pointer of the place in the policy.
    pub pointer: String,
    /// What the result depends on, such as ``the condition key `aws:SourceIp` ``.
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    /// Contains one or more reasons.
    Unknown(Vec<Unevaluated>),
}

impl Truth {
    pub(super) fn unknown(pointer: &str, what: impl Into<String>) -> Self {
        Self::Unknown(vec![Unevaluated { pointer: pointer.to_owned(), what: what.into() }])
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    pub(super) fn not_if(self, negated: bool) -> Self {
        if negated { self.not() } else { self }
    }

    /// `Yes` if any of `truths` is `Yes`. Otherwise unknown if any is unknown.
    pub(super) fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        Self::decided_by(&Self::Yes, Self::No, truths)
    }

    /// `No` if any of `truths` is `No`. Otherwise unknown if any is unknown.
    pub(super) fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        Self::decided_by(&Self::No, Self::Yes, truths)
    }

    fn decided_by(decisive: &Self, otherwise: Self, truths: impl IntoIterator<Item = Self>) -> Self {
        let mut reasons = Vec::new();
        for truth in truths {
            match truth {
                Self::Unknown(more) => reasons.extend(more),
                known if known == *decisive => return known,
                _ => {}
            }
        }
        if reasons.is_empty() { otherwise } else { Self::Unknown(reasons) }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, No, Yes};

    fn unknown() -> Truth {
        Truth::unknown("/x", "x")
    }

    #[test]
    fn an_unknown_value_matters_only_if_no_other_value_decides() {
        let cases = [
            (vec![], No, Yes),
            (vec![Yes, No], Yes, No),
            (vec![unknown(), Yes], Yes, unknown()),
            (vec![unknown(), No], unknown(), No),
            (vec![unknown()], unknown(), unknown()),
        ];
        for (truths, any, all) in cases {
            assert_eq!(Truth::any(truths.clone()), any, "{truths:?}");
            assert_eq!(Truth::all(truths.clone()), all, "{truths:?}");
        }
        assert_eq!(unknown().not_if(true), unknown());
        assert_eq!((Yes.not_if(true), Yes.not_if(false)), (No, Yes));
    }
}
