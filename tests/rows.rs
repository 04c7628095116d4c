//! Cases from the rows of data files.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{MODEL, record_each, text_answer};

/// A project whose case takes its rows from `path`.
fn rows(path: &str, text: &str) -> Project {
    let more = "[[models.demo.cases]]\nname = \"greeting\"\nsnapshot = false\nexpect.output_text.ends_with = \"!\"\n";
    let config = format!("{MODEL}{more}each = {path:?}\n");
    Project::with(&[("bedrock.toml", &config), (path, text)])
}

#[test]
fn rows_of_a_table_are_cases() {
    let csv = "name,prompt,expect.output_text.contains,expect.output_tokens.max\n\
        english,Say hello,Hello,\n\
        \"french, formal\",\"Say \"\"bonjour\"\"\",Bonjour,5\n\
        ,\"two\nlines\",!,99\n";
    let project = rows("data/cases.csv", csv);
    assert_snapshot!(project.run(["list"]), @"
    exit 0
    --- stdout
    demo::greeting [english]
    demo::greeting [french, formal]
    demo::greeting [3]
    ");
    record_each(&project, |id| Some(text_answer(if id.contains("french") { "Bonjour!" } else { "Hello!" })));
    assert_snapshot!(project.run(["test"]), @r#"
    exit 1
    --- stdout
      replay   3 cases in 1 file
      FAIL     demo::greeting [french, formal]

    error[expectation-failed]: `output_tokens`: expected a number of at most `5`, found the number `8`
     --> data/cases.csv:3:1
      |
    3 | "french, formal","Say ""bonjour""",Bonjour,5
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      | |
      | in `demo::greeting [french, formal]`
      |
      = note: recorded in fixtures/demo/greeting-french-formal.json
      = help: correct the expectation, or record the case again

      ──────
      3 cases: 2 passed, 1 failed   [TIME]
    "#);
    assert_snapshot!(project.tree().join("\n"), @"
    bedrock.toml
    data/cases.csv
    fixtures/demo/greeting-3.json
    fixtures/demo/greeting-english.json
    fixtures/demo/greeting-french-formal.json
    ");
}

#[test]
fn lines_of_json_are_cases() {
    let jsonl = "{\"prompt\": \"one\", \"expect.output_tokens.max\": 6}\n\n{\"name\": \"b\", \"prompt\": \"two\", \"expect.output_text.one_of\": [\"Hi!\", \"Ho!\"]}\n";
    let project = rows("cases.jsonl", jsonl);
    record_each(&project, |_| Some(text_answer("Hello!")));
    assert_snapshot!(project.run(["test"]), @r#"
    exit 1
    --- stdout
      replay   2 cases in 1 file
      FAIL     demo::greeting [b]

    error[expectation-failed]: `output_text`: expected one of `Hi!`, `Ho!`, found `Hello!`
     --> cases.jsonl:3:1
      |
    3 | {"name": "b", "prompt": "two", "expect.output_text.one_of": ["Hi!", "Ho!"]}
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      | |
      | in `demo::greeting [b]`
      |
      = note: recorded in fixtures/demo/greeting-b.json
      = help: correct the expectation, or record the case again

      ──────
      2 cases: 1 passed, 1 failed   [TIME]
    "#);
}

#[test]
fn invalid_rows_are_reported_by_line() {
    assert_snapshot!(rows("cases.csv", "prompt,tone\nhi,kind\n").run(["validate"]), @r#"
    exit 2
    --- stdout
    error[data-file]: `tone` is not a column of a case
      --> cases.csv:1:8
       |
     1 | prompt,tone
       |        ^^^^
       |
      ::: bedrock.toml:20:8
       |
    20 | each = "cases.csv"
       |        ----------- the data file of these cases
       |
       = help: the columns are variables, `name` and `expect.FIELD.PREDICATE`

    1 file, 1 model, 0 cases: 1 error
    "#);
    assert_snapshot!(rows("cases.csv", "prompt\nhi,there\n").run(["validate"]), @r#"
    exit 2
    --- stdout
    error[data-file]: expected 1 cell, found 2
      --> cases.csv:2:1
       |
     2 | hi,there
       | ^^^^^^^^
       |
      ::: bedrock.toml:20:8
       |
    20 | each = "cases.csv"
       |        ----------- the data file of these cases
       |
       = help: put double quotes around a cell that contains a comma

    1 file, 1 model, 0 cases: 1 error
    "#);
    assert_snapshot!(rows("cases.jsonl", "{\"prompt\": \"hi\"}\n{\"prompt\": 7}\n{\n").run(["validate"]), @r#"
    exit 2
    --- stdout
    error[data-file]: the object doesn't end on its line
      --> cases.jsonl:3:1
       |
     3 | {
       | ^
       |
      ::: bedrock.toml:20:8
       |
    20 | each = "cases.jsonl"
       |        ------------- the data file of these cases
       |
       = help: write each row as an object on its own line

    1 file, 1 model, 0 cases: 1 error
    "#);
    assert_snapshot!(rows("cases.csv", "prompt\n").run(["validate"]), @r#"
    exit 2
    --- stdout
    error[data-file]: the data file has no rows
      --> cases.csv:1:1
       |
     1 | prompt
       | ^
       |
      ::: bedrock.toml:20:8
       |
    20 | each = "cases.csv"
       |        ----------- the data file of these cases
       |
       = help: write a row for each case; the first line of a `.csv` file has the column names

    1 file, 1 model, 0 cases: 1 error
    "#);
    assert_snapshot!(rows("cases.csv", "name,prompt\na,x\nA,y\n").run(["validate"]), @"
    exit 2
    --- stdout
    error[duplicate-case]: the cases `greeting [a]` and `greeting [A]` share the file name `greeting-a`
     --> cases.csv:3:1
      |
    2 | a,x
      | --- the first one
    3 | A,y
      | ^^^
      |
      = help: rename one of them: fixtures and snapshots are named after their case

    1 file, 1 model, 2 cases: 1 error
    ");
}

#[test]
fn the_rows_of_a_data_file_are_limited() {
    let rows_of = |count: usize| -> [(&str, String); 2] {
        [
            ("cases.csv", format!("prompt\n{}", "x\n".repeat(count))),
            ("cases.jsonl", "{\"prompt\":\"x\"}\n".repeat(count)),
        ]
    };
    for (path, text) in rows_of(100_001) {
        let printed = rows(path, &text).run(["validate"]);
        assert!(printed.contains("error[data-file]: the data file has more than 100000 rows"), "{printed}");
        let line = if path.ends_with(".csv") { 100_002 } else { 100_001 };
        assert!(printed.contains(&format!("--> {path}:{line}:1")), "{printed}");
    }
    let (path, text) = &rows_of(100_000)[0];
    let printed = rows(path, text).run(["validate"]);
    assert!(printed.starts_with("exit 0\n") && printed.contains("100000 cases"), "{printed}");
}
