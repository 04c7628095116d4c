//! JSON Pointers (RFC 6901), as strings.

use std::borrow::Cow;

/// Appends the name of a member to `pointer`.
pub fn join(pointer: &str, name: &str) -> String {
    [pointer, "/", &escape(name)].concat()
}

/// Appends the index of an item to `pointer`.
pub fn join_index(pointer: &str, index: usize) -> String {
    format!("{pointer}/{index}")
}

/// The unescaped steps of `pointer`. The empty pointer has no steps.
pub fn steps(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(unescape)
}

/// The pointer to the parent, and the unescaped last step. `None` for the empty pointer.
pub fn split_last(pointer: &str) -> Option<(&str, Cow<'_, str>)> {
    let (parent, step) = pointer.rsplit_once('/')?;
    Some((parent, unescape(step)))
}

/// Escapes the name of a member for a pointer.
pub fn escape(step: &str) -> Cow<'_, str> {
    if step.contains(['~', '/']) {
        Cow::Owned(step.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(step)
    }
}

/// The name of the member that `step` of a pointer refers to.
pub fn unescape(step: &str) -> Cow<'_, str> {
    // `~1` must be replaced first. Otherwise `~01`, the escape of `~1`, would become `/`.
    if step.contains('~') {
        Cow::Owned(step.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(step)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_pointers_of_the_rfc_have_these_steps() {
        // RFC 6901, section 5.
        let cases = [
            ("", None),
            ("/foo", Some("foo")),
            ("/", Some("")),
            ("/a~1b", Some("a/b")),
            ("/c%d", Some("c%d")),
            ("/ ", Some(" ")),
            ("/m~0n", Some("m~n")),
            ("/~01", Some("~1")),
        ];
        for (pointer, step) in cases {
            assert_eq!(steps(pointer).next().as_deref(), step, "{pointer}");
            assert_eq!(split_last(pointer).map(|(_, last)| last).as_deref(), step, "{pointer}");
            assert_eq!(step.map_or(String::new(), |step| join("", step)), pointer);
        }
        assert_eq!(split_last(&join_index("/foo", 0)), Some(("/foo", Cow::Borrowed("0"))));
    }

    proptest! {
        #[test]
        fn a_joined_pointer_has_its_steps(names in prop::collection::vec("[a~/01ü]{0,4}", 0..5)) {
            let pointer = names.iter().fold(String::new(), |pointer, name| join(&pointer, name));
            prop_assert_eq!(&steps(&pointer).collect::<Vec<_>>(), &names);

            let value = names.iter().rev().fold(json!("inside"), |inner, name| json!({ name.as_str(): inner }));
            prop_assert_eq!(value.pointer(&pointer), Some(&Value::from("inside")));
        }
    }
}
