/// The candidate that is most similar to the misspelled `name`. Returns `None` if none is similar enough.
///
/// Case, `-`, `_` and `.` are ignored, so `maxTokens` matches `max_tokens`.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = normalized(name);
    let scored = candidates.into_iter().map(|candidate| (score(&wanted, &normalized(candidate)), candidate));
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    (best.0 >= NEAR_ENOUGH).then_some(best.1)
}

/// Like [`nearest`], but returns up to `limit` candidates, the most similar first.
pub fn nearest_few<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    limit: usize,
) -> Vec<&'a str> {
    let wanted = normalized(name);
    // A name may lack the version or date of the candidate.
    let is_contained = |candidate: &str| wanted.len() >= 8 && candidate.contains(&wanted);
    let scored = candidates.into_iter().map(|candidate| {
        let name = normalized(candidate);
        (if is_contained(&name) { CONTAINED } else { score(&wanted, &name) }, candidate)
    });
    let mut near: Vec<_> = scored.filter(|(score, _)| *score >= NEAR_ENOUGH).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.into_iter().take(limit).map(|(_, candidate)| candidate).collect()
}

/// The score of a candidate that contains the whole name.
const CONTAINED: f64 = 0.95;

/// The minimum score of a suggestion; equal names have 1.0. A worse suggestion would confuse more than help.
const NEAR_ENOUGH: f64 = 0.7;

fn normalized(name: &str) -> String {
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
    fn misspelled_names_have_a_suggestion() {
        check("regoin", Some("region"));
        check("maxTokens", Some("max_tokens"));
        check("modelid", Some("model_id"));
        check("promt", Some("prompt"));
        check("system_prompt", Some("system.prompt"));
        check("colour", None);
        check("", None);
    }
}
