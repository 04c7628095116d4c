//! Limits on findings, on the length of `extends` chains, and on patterns.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::json;

use crate::bundle::{self, relisted, unpacked};
use crate::common::Project;
use crate::demo_project::{self, SMALL_MODEL, small_config};

/// The number of findings for `config`, with the first and the last finding.
fn summary_of_findings(config: &str) -> String {
    let printed = Project::with(&[("bedrock.toml", config)]).run(["validate"]);
    let is_finding = |line: &&str| line.starts_with("error[") || line.starts_with("warning[");
    let findings: Vec<&str> = printed.lines().filter(is_finding).collect();
    let [first, .., last] = findings[..] else { panic!("{printed}") };
    format!("{} findings\n{first}\n{last}", findings.len())
}

#[test]
fn many_findings_of_one_kind_are_summarised() {
    let keys = (0..300).fold(String::new(), |mut keys, index| {
        writeln!(keys, "zzz_{index} = 1").expect("writing to a string can't fail");
        keys
    });
    assert_snapshot!(summary_of_findings(&format!("version = 1\n[models.a]\n{keys}")), @"
    201 findings
    error[unknown-key]: `zzz_0` is not a known key in `[models.a]`
    error[more-findings]: at least 100 more findings in this file are not shown
    ");
    let placeholders = "{{1}} ".repeat(300);
    let model = "version = 1\n[models.a]\nregion = 'us-east-1'\nmodel_id = 'm'\n";
    assert_snapshot!(summary_of_findings(&format!("{model}request.body = '{{\"a\": \"{placeholders}\"}}'\n")), @"
    201 findings
    error[missing-key]: the model `a` has no `mapping`
    error[more-findings]: at least 3 more findings in this file are not shown
    ");
}

#[test]
fn chains_of_models_have_a_maximum_length() {
    let chain = |length: usize| {
        (1..length).fold("version = 1\n[models.m0]\n".to_owned(), |mut text, index| {
            writeln!(text, "[models.m{index}]\nextends = 'm{}'", index - 1)
                .expect("writing to a string can't fail");
            text
        })
    };
    let validate = |length| Project::with(&[("bedrock.toml", &chain(length))]).run(["validate"]);
    assert!(!validate(32).contains("too-deep"));
    assert!(validate(33).contains("error[too-deep]: the `extends` chain of `m32` has more than 32 models"));
}

fn nested_braces(depth: usize) -> String {
    format!("{}b{}", "{a,".repeat(depth), "}".repeat(depth))
}

#[test]
fn nested_braces_are_refused_wherever_a_glob_is_read() {
    let config = small_config();
    for depth in [17, 300, 1300] {
        let glob = nested_braces(depth);
        let settings = format!("exclude = ['{glob}']\n");
        let limit = "the braces are nested more than 16 levels deep";
        let run = |files: &[(&str, &str)], arguments: &[&str]| {
            let project = Project::with(files);
            let printed = project.run_command(project.command().args(arguments));
            let limits = [limit, "and 4096 is the limit"];
            assert!(limits.iter().any(|limit| printed.contains(limit)), "{depth}: {printed}");
            assert!(printed.len() < 1000, "{depth}: {printed}");
        };
        run(&[("bedrock.toml", &config)], &["test", "-k", &glob]);
        run(&[("bedrock.toml", &config)], &["test", "--model", &glob]);
        run(&[("bedrock.toml", &config), ("bedrock-check.toml", &settings)], &["validate"]);
        run(&[("bedrock.toml", &config), (".gitignore", &format!("x\n{glob}\n"))], &["validate"]);
        run(&[("bedrock.toml", &config), ("below/.ignore", &format!("x\n{glob}\n"))], &["validate"]);
    }
    // A bundle records the globs of its run.
    let (small, glob) = (unpacked(&bundle::small()), nested_braces(300));
    for condition in ["filter", "model"] {
        let packed = relisted(small.clone(), |manifest| manifest["conditions"][condition] = json!([glob]));
        let project = bundle::elsewhere(&packed);
        let printed = project.run(["test", "--bundle", "evidence.zip"]);
        assert!(!printed.starts_with("exit 0\n"), "{condition}: {printed}");
        assert!(printed.contains("the braces are nested more than 16 levels deep"), "{condition}: {printed}");
    }
    let files = [("bedrock.toml", config.as_str()), (".gitignore", &nested_braces(16))];
    assert!(Project::with(&files).run(["validate"]).contains("no findings"));
}

#[test]
fn the_compiled_patterns_of_a_config_have_a_maximum_size() {
    let cases = (0..300).fold(SMALL_MODEL.to_owned(), |mut text, index| {
        let expected = format!("expect.text.matches = '\\w{{90}}{index}'");
        writeln!(text, "[[models.m.cases]]\nname = 'c{index}'\nvariables.prompt = 'x'\n{expected}")
            .expect("writing to a string can't fail");
        text
    });
    assert_snapshot!(summary_of_findings(&cases), @"
    201 findings
    error[expectation-invalid]: `matches`: the compiled patterns of the config have more than 64 MiB
    error[more-findings]: at least 93 more findings in this file are not shown
    ");
    let bomb = SMALL_MODEL.replace("prompt = {}", "prompt = { pattern = '((\\w{100}){100}){100}' }");
    let config = format!("{bomb}[[models.m.cases]]\nname = 'a'\nvariables.prompt = 'x'\n");
    let printed = Project::with(&[("bedrock.toml", &config)]).run(["validate"]);
    assert!(
        printed.contains("error[invalid-value]: `pattern`: the compiled pattern has more than 10 MiB"),
        "{printed}"
    );
}

#[test]
fn shared_keys_and_values_cannot_multiply_without_end() {
    let cases = |count: usize, more: &str| -> String {
        let case = |number| format!("[[models.m.cases]]\nname = 'c{number}'\n{more}\n");
        (0..count).map(case).collect()
    };
    let validate = |config: &str| Project::with(&[("bedrock.toml", config)]).run(["validate"]);
    let extending: Vec<_> = (0..300).map(|number| format!("[models.e{number}]\nextends = 'm'\n")).collect();
    let extending = extending.concat();
    let config = format!("{SMALL_MODEL}{}{extending}", cases(2_000, "variables.prompt = 'x'"));
    let printed = validate(&config);
    let expected = "error[file-too-large]: the models up to this one have more than 64 MiB with the keys";
    assert!(printed.contains(expected), "{}", &printed[..printed.len().min(2_000)]);

    let long = "x".repeat(1_000_000);
    let default = SMALL_MODEL.replace("prompt = {}", &format!("prompt = {{ default = '{long}' }}"));
    let within = format!("{default}{}", cases(100, ""));
    assert!(validate(&within).starts_with("exit 0\n"));
    let printed = validate(&format!("{default}{}", cases(150, "")));
    let expected = "error[file-too-large]: the cases of the config have more than 128 MiB of values";
    assert!(printed.contains(expected), "{}", &printed[..printed.len().min(2_000)]);

    let many: String = (0..=1_000).map(|number| format!(", v{number} = {{}}")).collect::<Vec<_>>().concat();
    let many =
        SMALL_MODEL.replace("variables.prompt = {}", &format!("variables = {{ prompt = {{}}{many} }}"));
    let printed = validate(&format!("{many}{}", cases(1, "variables.prompt = 'x'")));
    let expected = "error[file-too-large]: the model `m` has more than 1000 variables";
    assert!(printed.contains(expected), "{}", &printed[..printed.len().min(2_000)]);

    let rows = |count: usize| {
        let each = "[[models.m.cases]]\nname = 'a'\neach = 'rows.csv'\n";
        let rows = (0..count).map(|number| format!("{number},x\n")).collect::<Vec<_>>().concat();
        let config = format!("{SMALL_MODEL}{each}{}", each.replace("'a'", "'b'"));
        Project::with(&[("bedrock.toml", &config), ("rows.csv", &format!("name,prompt\n{rows}"))])
            .run(["validate"])
    };
    let printed = rows(50_001);
    let expected = "error[file-too-large]: the config has more than 100000 cases";
    assert!(printed.contains(expected), "{}", &printed[..printed.len().min(2_000)]);
}

#[test]
fn a_json_schema_that_repeats_itself_has_limits() {
    let test = |schema: &str, answer: &str| {
        let expected = format!("expect.output_text.json_schema = {schema}");
        let project = demo_project::project(&[("greeting", &expected)]);
        demo_project::record_each(&project, |_| Some(demo_project::text_answer(answer)));
        project.run(["test"])
    };
    let doubling = |levels: usize| {
        let level = |level: usize| {
            let below = format!("{{ '$ref' = '#/$defs/{}' }}", level - 1);
            format!("{level} = {{ allOf = [{below}, {below}] }}")
        };
        let levels_below: Vec<String> = (1..=levels).map(level).collect();
        format!("{{ '$ref' = '#/$defs/{levels}', '$defs' = {{ 0 = {{}}, {} }} }}", levels_below.join(", "))
    };
    assert!(test(&doubling(8), "{}").contains("error[snapshot-new]"));
    let printed = test(&doubling(60), "{}");
    let expected =
        "error[expectation-invalid]: `json_schema`: expected a JSON Schema of at most 100000 subschemas";
    assert!(printed.contains(expected), "{printed}");

    let twice = "{ properties = { a = { allOf = [{ '$ref' = '#' }, { '$ref' = '#' }] } } }";
    let nested = |depth: usize| format!("{}1{}", "{\"a\": ".repeat(depth), "}".repeat(depth));
    assert!(test(twice, &nested(9)).contains("error[snapshot-new]"));
    let printed = test(twice, &nested(60));
    assert!(
        printed.contains("expected a value that the schema checks in at most 100000000 steps"),
        "{printed}"
    );
}

#[test]
fn long_strings_are_not_matched() {
    let test = |expected: &str, length: usize| {
        let project = demo_project::project(&[("greeting", expected)]);
        demo_project::record_each(&project, |_| Some(demo_project::text_answer(&"a".repeat(length))));
        project.run(["test"])
    };
    let schema = "expect.output_text.json_schema = { type = 'string', pattern = '^a' }";
    for (expected, limit) in [
        ("expect.output_text.matches = '^a'", "expected a string of at most 2 MiB, to match it"),
        (schema, "without a string of more than 2 MiB"),
    ] {
        assert!(test(expected, 2 << 20).contains("error[snapshot-new]"));
        let printed = test(expected, (2 << 20) + 1);
        assert!(printed.contains(limit), "{}", &printed[..printed.len().min(2_000)]);
    }
}

/// What the parser of TOML skips after a mistake has no limit of its own.
#[test]
fn brackets_after_a_mistake_are_limited() {
    for text in ["a = { **b = {", "a = { **b = [", "a = [ = {", "[[a = {", "a = { b = c = {", "a.{"] {
        for times in [10, 300, 20_000] {
            let printed = Project::with(&[("bedrock.toml", &text.repeat(times))]).run(["validate"]);
            assert!(printed.starts_with("exit 2\n"), "{text}: {}", &printed[..printed.len().min(500)]);
        }
    }
    let printed = Project::with(&[("bedrock.toml", &"a = { **b = {".repeat(300))]).run(["validate"]);
    assert!(printed.contains("error[too-deep]"), "{}", &printed[..printed.len().min(2_000)]);
}

/// A number in an array takes two bytes in a file, and about a hundred in memory.
#[test]
fn the_values_of_a_recording_have_a_maximum_number() {
    let fixture = "fixtures/demo/greeting.json";
    let with_numbers = |count: usize| {
        let project = demo_project::accepted();
        let text = project.read(fixture);
        let numbers = format!("\"body\": {{ \"n\": [{}1],", "1,".repeat(count - 1));
        let (before, after) = text.rsplit_once("\"body\": {").expect("a response");
        project.write(fixture, format!("{before}{numbers}{after}"));
        project
    };
    assert!(with_numbers(900_000).run(["test"]).starts_with("exit 0\n"));
    let project = with_numbers(1_000_000);
    let expected = "error[file-too-large]: the fixture has more than 1000000 JSON values, which is the limit";
    let printed = project.run(["test"]);
    assert!(printed.contains(expected), "{printed}");
    project.write("recorded/a.json", project.read(fixture));
    let printed = project.run(["import", "recorded", "--out", "new"]);
    assert!(printed.contains("the recording has more than 1000000 JSON values"), "{printed}");
}

/// The value of the constant `name` in the file `path` below `src`.
fn constant(name: &str, path: &str) -> u64 {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let code = fs::read_to_string(root.join("src").join(path)).unwrap_or_else(|_| panic!("no src/{path}"));
    let pattern = format!(r"const {name}: \w+ = ([\d_]+)(?: << (\d+))?;");
    let found = regex::Regex::new(&pattern).expect("a regex").captures(&code);
    let found = found.unwrap_or_else(|| panic!("no {name} in src/{path}"));
    let number = |text: &str| text.replace('_', "").parse::<u64>().expect("a number");
    number(&found[1]) << found.get(2).map_or(0, |shift| number(shift.as_str()))
}

#[test]
fn the_page_of_limits_agrees_with_the_code() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/limits.md")).expect("a page");
    let row = regex::Regex::new(r"\| (\d+)( MiB| bytes| characters|) \| [^|]+ \| `(\w+)` in `([^`]+)` \|$");
    let row = row.expect("a regex");
    let rows: Vec<_> = page.lines().filter(|line| line.contains("` in `")).collect();
    for line in &rows {
        let found = row.captures(line).unwrap_or_else(|| panic!("not a row: {line}"));
        let unit = if &found[2] == " MiB" { 1 << 20 } else { 1 };
        let stated = found[1].parse::<u64>().expect("a number") * unit;
        assert_eq!(stated, constant(&found[3], &found[4]), "{line}");
    }
    assert!(rows.len() >= 43, "{}", rows.len());
}

/// Constants that are named like limits but don't limit an input: most shorten a message.
const NO_LIMITS_OF_INPUTS: [&str; 19] = [
    "`BLOCKS_LIMIT` in `schema/body/consistency.rs`",
    "`DEPTH_LIMIT` in `schema/lookup.rs`",
    "`EXPONENT_LIMIT` in `snapshot/round.rs`",
    "`KEYS_LIMIT` in `schema/key.rs`",
    "`LABEL_LIMIT` in `cli/review/differ.rs`",
    "`LIMIT` in `iam/check/mod.rs`",
    "`LIST_LIMIT` in `expect/format.rs`",
    "`MEMBERS_LIMIT` in `schema/body/members.rs`",
    "`MESSAGE_LIMIT` in `expect/schema.rs`",
    "`NAMES_LIMIT` in `mapping/kind.rs`",
    "`PATHS_LIMIT` in `mapping/extract.rs`",
    "`OPEN_KEY_LIMIT` in `cli/escaped.rs`",
    "`PATHS_LIMIT` in `mapping/nearest.rs`",
    "`SHOWN_LIMIT` in `schema/value.rs`",
    "`STYLE_LIMIT` in `cli/escaped.rs`",
    "`VALUE_LIMIT` in `cli/show.rs`",
    "`VARIABLES_LIMIT` in `import/plan.rs`",
    // Twice the limit of findings, which is in the page.
    "`VIOLATIONS_LIMIT` in `schema/check.rs`",
    // An array of the members of bodies.
    "`MAX_TOKENS` in `aws/cause/member.rs`",
];

#[test]
fn the_page_lists_each_limit_of_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/limits.md")).expect("a page");
    let sources = Project::with(&[]);
    sources.copy(&root.join("src"));
    let constant = regex::Regex::new(r"const ((?:\w*_)?LIMIT|MAX_\w+): ").expect("a regex");
    let limits: Vec<String> = sources
        .tree()
        .iter()
        .filter(|path| path.ends_with(".rs"))
        .flat_map(|path| {
            let code = sources.read(path);
            let names = constant.captures_iter(&code).map(|found| format!("`{}` in `{path}`", &found[1]));
            names.collect::<Vec<_>>()
        })
        .collect();
    assert!(limits.len() > 50, "{}", limits.len());
    let is_exempt = |limit: &str| NO_LIMITS_OF_INPUTS.contains(&limit);
    let missing: Vec<_> =
        limits.iter().filter(|limit| page.contains(limit.as_str()) == is_exempt(limit)).collect();
    assert!(missing.is_empty(), "missing from docs/limits.md, or listed twice: {missing:#?}");
    let unknown = NO_LIMITS_OF_INPUTS.iter().filter(|exempt| !limits.iter().any(|limit| limit == *exempt));
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&&str>::new());
}
