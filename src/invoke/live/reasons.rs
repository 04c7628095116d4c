use std::error::Error;

use crate::diagnose::short;

/// An error and what is behind it, on one line. What an error already says of its source isn't said twice.
pub(super) fn reasons(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let reason = inner.to_string();
        if !text.contains(&reason) {
            text = format!("{text}: {reason}");
        }
        cause = inner.source();
    }
    short(&text, 400)
}
