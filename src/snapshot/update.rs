//! Decides whether new and changed output is accepted. `INSTA_UPDATE` and `CI` have the same meaning as for insta.

/// What to do with output that differs from its snapshot. The names are insta's. insta's `auto` is resolved to one of
/// these when the setting is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// Accept everything.
    Always,
    /// Accept everything, and also write snapshots that are unchanged.
    Force,
    /// Accept output that has no snapshot yet, and leave changes pending.
    Unseen,
    /// Leave everything pending.
    New,
    /// Write nothing.
    No,
}

/// The result of comparing output with its snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// There is no snapshot yet.
    New,
    Changed,
    Same,
}

/// The update of the files of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Write the snapshot.
    Accept,
    /// Write the pending file.
    Pending,
    Nothing,
}

/// `INSTA_UPDATE` has a value that insta doesn't accept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`INSTA_UPDATE` is `{0}`: expected `auto`, `always`, `new`, `unseen`, `no` or `force`")]
pub struct UnknownUpdate(pub String);

impl Update {
    /// Resolves the setting: `flag` if given, else the value of `INSTA_UPDATE`. Its default, `auto`, leaves everything
    /// pending, and in CI writes nothing.
    pub fn resolve(
        flag: Option<Update>,
        insta_update: Option<&str>,
        ci: bool,
    ) -> Result<Update, UnknownUpdate> {
        if let Some(flag) = flag {
            return Ok(flag);
        }
        match insta_update.unwrap_or_default() {
            "" | "auto" if ci => Ok(Update::No),
            "" | "auto" | "new" => Ok(Update::New),
            "always" | "1" => Ok(Update::Always),
            "unseen" => Ok(Update::Unseen),
            "no" => Ok(Update::No),
            "force" => Ok(Update::Force),
            other => Err(UnknownUpdate(other.to_owned())),
        }
    }
}

/// Whether the program runs in CI, judged by the values of the variables `CI` and `TF_BUILD`.
pub fn is_ci(ci: Option<&str>, tf_build: Option<&str>) -> bool {
    match ci {
        Some("false" | "0" | "") => false,
        Some(_) => true,
        None => tf_build.is_some(),
    }
}

pub fn decide(update: Update, comparison: Comparison) -> Action {
    match (update, comparison) {
        (Update::Force, _)
        | (Update::Always, Comparison::New | Comparison::Changed)
        | (Update::Unseen, Comparison::New) => Action::Accept,
        (Update::Unseen, Comparison::Changed) | (Update::New, Comparison::New | Comparison::Changed) => {
            Action::Pending
        }
        (_, Comparison::Same) | (Update::No, _) => Action::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_insta_update_have_insta_s_meaning() {
        use Action::{Accept, Nothing, Pending};
        for (value, ci, new, changed, same) in [
            (None, false, Pending, Pending, Nothing),
            (Some(""), true, Nothing, Nothing, Nothing),
            (Some("auto"), true, Nothing, Nothing, Nothing),
            (Some("always"), true, Accept, Accept, Nothing),
            (Some("1"), false, Accept, Accept, Nothing),
            (Some("new"), true, Pending, Pending, Nothing),
            (Some("unseen"), false, Accept, Pending, Nothing),
            (Some("no"), false, Nothing, Nothing, Nothing),
            (Some("force"), false, Accept, Accept, Accept),
        ] {
            let update = Update::resolve(None, value, ci).unwrap();
            let actions = [Comparison::New, Comparison::Changed, Comparison::Same]
                .map(|comparison| decide(update, comparison));
            assert_eq!(actions, [new, changed, same], "{value:?} {ci}");
        }
        let error = Update::resolve(None, Some("yes"), false).unwrap_err();
        assert!(error.to_string().starts_with("`INSTA_UPDATE` is `yes`"));
    }

    #[test]
    fn a_flag_overrides_the_environment() {
        let update = Update::resolve(Some(Update::Always), Some("no"), true);
        assert_eq!(update, Ok(Update::Always));
        assert_eq!(Update::resolve(Some(Update::No), Some("nonsense"), false), Ok(Update::No));
    }

    #[test]
    fn ci_is_detected_as_by_insta() {
        for (ci, tf_build, expected) in [
            (None, None, false),
            (Some("true"), None, true),
            (Some("1"), None, true),
            (Some("no"), None, true),
            (Some("false"), Some("True"), false),
            (Some("0"), None, false),
            (Some(""), Some("True"), false),
            (None, Some(""), true),
        ] {
            assert_eq!(is_ci(ci, tf_build), expected, "{ci:?} {tf_build:?}");
        }
    }
}
