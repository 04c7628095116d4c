//! What becomes of new and changed output: `INSTA_UPDATE` and `CI` mean what they mean to insta.

/// What to do with output that is not the accepted one. insta's words; its `auto` is decided when
/// it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// Accept everything.
    Always,
    /// Accept everything, and write even what is the same.
    Force,
    /// Accept what has no snapshot yet, leave changes pending.
    Unseen,
    /// Leave everything pending.
    New,
    /// Write nothing.
    No,
}

/// How output compares with its snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no snapshot yet.
    New,
    Changed,
    Same,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Write the snapshot.
    Accept,
    /// Write the pending file.
    Pending,
    Nothing,
}

/// `INSTA_UPDATE` has a value that insta refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`INSTA_UPDATE` is `{0}`: expected `auto`, `always`, `new`, `unseen`, `no` or `force`")]
pub struct UnknownUpdate(pub String);

impl Update {
    /// `flag` if given, else what `INSTA_UPDATE` says; `auto`, its default, leaves everything pending
    /// and writes nothing in CI.
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

/// Whether this is CI, by the values of `CI` and `TF_BUILD`.
pub fn is_ci(ci: Option<&str>, tf_build: Option<&str>) -> bool {
    match ci {
        Some("false" | "0" | "") => false,
        Some(_) => true,
        None => tf_build.is_some(),
    }
}

pub fn decide(update: Update, kind: Kind) -> Action {
    match (update, kind) {
        (Update::Force, _) | (Update::Always, Kind::New | Kind::Changed) | (Update::Unseen, Kind::New) => {
            Action::Accept
        }
        (Update::Unseen, Kind::Changed) | (Update::New, Kind::New | Kind::Changed) => Action::Pending,
        (_, Kind::Same) | (Update::No, _) => Action::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insta_s_words_mean_what_they_mean_to_insta() {
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
            let actions = [Kind::New, Kind::Changed, Kind::Same].map(|kind| decide(update, kind));
            assert_eq!(actions, [new, changed, same], "{value:?} {ci}");
        }
        let error = Update::resolve(None, Some("yes"), false).unwrap_err();
        assert!(error.to_string().starts_with("`INSTA_UPDATE` is `yes`"));
    }

    #[test]
    fn a_flag_beats_the_environment() {
        let update = Update::resolve(Some(Update::Always), Some("no"), true);
        assert_eq!(update, Ok(Update::Always));
        assert_eq!(Update::resolve(Some(Update::No), Some("nonsense"), false), Ok(Update::No));
    }

    #[test]
    fn ci_is_what_insta_takes_for_ci() {
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
