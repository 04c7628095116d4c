//! Limits on the number of findings and on the length of `extends` chains.

use std::fmt::Write as _;

use insta::assert_snapshot;

use crate::common::Project;

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
