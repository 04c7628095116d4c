//! How what was accepted differs from what waits, in lines.

use crate::diagnose::{short, visible};
use crate::review::{Look, Pending, side_by_side, unified};
use crate::snapshot::Side;

/// What differs. Of a conflict each side stands against the new output, on its own.
pub(super) fn differing(pending: &Pending<'_>, beside: bool, look: Look) -> Vec<String> {
    let Some(sides) = &pending.sides else {
        let (old, new) = pending.texts();
        return lines(&old, &new, beside && pending.old.is_some(), look);
    };
    let [ours, theirs] = sides.each_ref().map(|side| against(side, pending, beside, look));
    [ours, vec![String::new()], theirs].concat()
}

fn against(side: &Side, pending: &Pending<'_>, beside: bool, look: Look) -> Vec<String> {
    if pending.is_new(side) {
        return vec![look.bold(&format!("{} is the new output", named(side)))];
    }
    let title = look.bold(&format!("{} against the new output:", named(side)));
    [vec![title], lines(&side.accepted.text(), &pending.new.contents, beside, look)].concat()
}

fn lines(old: &str, new: &str, beside: bool, look: Look) -> Vec<String> {
    if beside { side_by_side(old, new, look) } else { unified(old, new, look) }
}

/// `ours (HEAD)`.
pub(super) fn named(side: &Side) -> String {
    let whose = side.whose.name();
    if side.name.is_empty() || side.name == whose {
        return whose.to_owned();
    }
    format!("{whose} ({})", short(&visible(&side.name), SHOWN))
}

/// Characters of a name: what stands before and behind it fits into 80 columns as well.
const SHOWN: usize = 40;
