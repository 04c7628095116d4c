use super::*;

/// Two cases of `a.toml`, which reads `rows.csv`, and one of `b/b.toml`. Each number represents the
/// definition of one case.
fn known(definitions: [u8; 3]) -> RunInputs {
    let inputs = |definition: u8, folder: &str, name: &str| CaseInputs {
        definition: DefinitionHash::default().with(&definition),
        fixture: format!("{folder}/fixtures/m/{name}.json").into(),
        snapshot: format!("{folder}/snapshots/m__{name}.snap").into(),
    };
    let [first, second, third] = definitions;
    let cases = [
        ("a.toml", "m::one", inputs(first, "/r", "one")),
        ("a.toml", "m::two", inputs(second, "/r", "two")),
        ("b/b.toml", "m::one", inputs(third, "/r/b", "one")),
    ];
    RunInputs {
        cases: cases
            .into_iter()
            .map(|(config, id, inputs)| ((config.into(), id.to_owned()), inputs))
            .collect(),
        files: ["/r/a.toml", "/r/rows.csv", "/r/b/b.toml"].map(PathBuf::from).into(),
    }
}

#[track_caller]
fn check(now: &RunInputs, changed: &[&str], expected: &[&str]) {
    let changed = changed.iter().map(PathBuf::from).collect();
    let affected = find_affected_cases(&known([1, 2, 3]), now, &changed);
    let affected: Vec<String> =
        affected.iter().map(|(config, id)| format!("{} {id}", config.display())).collect();
    assert_eq!(affected, expected, "{changed:?}");
}

#[test]
fn a_changed_file_of_a_case_affects_that_case() {
    let same = known([1, 2, 3]);
    check(&same, &["/r/fixtures/m/one.json"], &["a.toml m::one"]);
    check(&same, &["/r/snapshots/m__two.snap"], &["a.toml m::two"]);
    check(
        &same,
        &["/r/b/snapshots/m__one.snap", "/r/fixtures/m/one.json"],
        &["a.toml m::one", "b/b.toml m::one"],
    );
}

#[test]
fn a_changed_folder_affects_the_cases_below_it() {
    let same = known([1, 2, 3]);
    check(&same, &["/r/fixtures"], &["a.toml m::one", "a.toml m::two"]);
    check(&same, &["/r/b"], &["b/b.toml m::one"]);
    check(&same, &["/r/snap"], &[]);
}

#[test]
fn a_changed_config_affects_the_cases_whose_definition_differs() {
    check(&known([1, 2, 3]), &["/r/a.toml"], &[]);
    check(&known([1, 9, 3]), &["/r/a.toml"], &["a.toml m::two"]);
    check(&known([8, 9, 3]), &["/r/rows.csv"], &["a.toml m::one", "a.toml m::two"]);
}

#[test]
fn new_cases_are_affected_and_removed_ones_are_not() {
    let mut more = known([1, 2, 3]);
    let (_, inputs) = known([7, 2, 3]).cases.pop_first().expect("a case");
    more.cases.insert(("a.toml".into(), "m::new".to_owned()), inputs);
    check(&more, &["/r/a.toml"], &["a.toml m::new"]);
    let mut fewer = known([1, 2, 3]);
    fewer.cases.pop_first();
    check(&fewer, &["/r/a.toml"], &[]);
}

#[test]
fn unused_paths_are_ignored() {
    let known = known([1, 2, 3]);
    let changed =
        ["/r/b", "/r/notes.md", "/r/rows.csv", "/r/snapshots/m__one.snap.new", "/r/fixtures/m/one.json"];
    let changed = changed.map(PathBuf::from);
    let used: Vec<String> = known.find_used(&changed).iter().map(|path| path.display().to_string()).collect();
    assert_eq!(used, ["/r/b", "/r/fixtures/m/one.json", "/r/rows.csv"]);
}
