/// The candidate that `name` was most likely meant to be; `None` if nothing is near enough.
///
/// Case, `-`, `_` and `.` don't count as differences: `maxTokens` is near `max_tokens`.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(name);
    let scored = candidates.into_iter().map(|candidate| (score(&wanted, &plain(candidate)), candidate));
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    (best.0 >= NEAR_ENOUGH).then_some(best.1)
}

/// As [`nearest`], up to `most` candidates, the nearest first.
pub fn nearest_few<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let wanted = plain(name);
    // Who leaves out a version or a date names the rest.
    let begun = |candidate: &str| wanted.len() >= 8 && candidate.contains(&wanted);
    let scored = candidates.into_iter().map(|candidate| {
        let name = plain(candidate);
        (if begun(&name) { BEGUN } else { score(&wanted, &name) }, candidate)
    });
    let mut near: Vec<_> = scored.filter(|(score, _)| *score >= NEAR_ENOUGH).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.into_iter().take(most).map(|(_, candidate)| candidate).collect()
}

/// The score of a candidate that holds the whole name.
const BEGUN: f64 = 0.95;

/// Of 1.0 (the same); below this a suggestion confuses more than it helps.
const NEAR_ENOUGH: f64 = 0.7;

fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | '.')).flat_map(char::to_lowercase).collect()
}

fn score(wanted: &str, candidate: &str) -> f64 {
    let edits = strsim::normalized_damerau_levenshtein(wanted, candidate);
    let contained = wanted.len() >= 4
        && candidate.len() >= 4
        && (candidate.contains(wanted) || wanted.contains(candidate));
    if contained { edits.max(NEAR_ENOUGH) } else { edits }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        let known = ["max_tokens", "model_id", "region", "prompt", "system.prompt"];
        assert_eq!(nearest(name, known), expected, "{name}");
    }

    #[test]
    fn slips_of_the_keyboard_are_understood() {
        check("regoin", Some("region"));
        check("maxTokens", Some("max_tokens"));
        check("modelid", Some("model_id"));
        check("promt", Some("prompt"));
        check("system_prompt", Some("system.prompt"));
        check("colour", None);
        check("", None);
    }
}
