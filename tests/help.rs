//! Help, version, schemas and explanations that the binary prints.

use insta::assert_snapshot;

use crate::common::Project;

fn empty() -> Project {
    Project::with(&[])
}

#[test]
fn the_version_is_printed() {
    assert_snapshot!(empty().run(["--version"]), @"
    exit 0
    --- stdout
    bedrock-check 0.1.0
    ");
    assert_snapshot!(empty().run(["-V"]), @"
    exit 0
    --- stdout
    bedrock-check 0.1.0
    ");
}

#[test]
fn the_help_names_every_command() {
    assert_snapshot!(empty().run(["--help"]), @"
    exit 0
    --- stdout
    Validates Amazon Bedrock model configs and tests them against recorded exchanges

    Usage: bedrock-check [OPTIONS] <COMMAND>

    Commands:
      validate  Check config files without running a case; needs no network and no credentials
      test      Run the cases against their recorded exchanges [alias: run]
      record    Call the model for each case that has no recording, and record the answer: `test --mode
                record-missing`
      probe     Run only the cases that prove the features that models claim in `[models.NAME.features]`
      list      List the cases that `test` would run
      pending   List the pending snapshots; exit with 5 if there are any
      diff      Compare pending snapshots with the accepted ones
      review    Review pending snapshots one by one in the terminal: accept, reject or skip
      accept    Accept pending snapshots: all of them, or the named ones
      reject    Delete pending snapshots: all of them, or the named ones
      import    Create a config and fixtures from recorded exchanges
      invoke    Call a model once, and print the raw response and the mapped fields
      map       Propose a mapping for a model from a recorded response or from its family
      doctor    Check a model's access step by step: caller, roles, account, model, and a call for one
                token
      plan      Estimate calls, tokens and the highest possible price before a run
      models    Identify a model ID, and list the known models
      iam       Write and check the IAM policies that the models need
      show      Print a model's values in the order of the platform's form
      report    Create one report from the runs (or shards) that `--report jsonl=PATH` recorded
      bundle    Pack a run and the files that it read into one archive that others can verify and replay
      fixtures  Maintain recordings
      config    Show the effective config
      schema    Print the JSON Schema that this binary understands
      explain   Explain the code of a finding; without a code, list all codes

    Options:
          --color <WHEN>  When to use colours [possible values: auto, always, never]
      -q, --quiet...      Print less; `-qq` prints only the verdict
      -v, --verbose       Print more: every case with its mapped output
      -h, --help          Print help
      -V, --version       Print version
    ");
}

#[test]
fn the_help_of_iam_names_its_commands() {
    assert_snapshot!(empty().run(["iam", "--help"]), @"
    exit 0
    --- stdout
    Write and check the IAM policies that the models need

    Usage: bedrock-check iam [OPTIONS] <COMMAND>

    Commands:
      policy  Print the least-privilege permission policy with which a role can call the models
      trust   Print the trust policy with which the platform can assume the role
      check   Check a policy: missing permissions, unneeded ones, and the cases that would fail
      ticket  Print the request to the platform's support that registers a role

    Options:
          --color <WHEN>  When to use colours [possible values: auto, always, never]
      -q, --quiet...      Print less; `-qq` prints only the verdict
      -v, --verbose       Print more: every case with its mapped output
      -h, --help          Print help
    ");
    assert_snapshot!(empty().run(["iam", "check", "--help"]), @"
    exit 0
    --- stdout
    Check a policy: missing permissions, unneeded ones, and the cases that would fail

    Usage: bedrock-check iam check [OPTIONS] <POLICY.json> [PATHS]...

    Arguments:
      <POLICY.json>  File with the permission policy
      [PATHS]...     Config files, or folders to search for `bedrock.toml` and `*.bedrock.toml`
                     [default: here]

    Options:
          --profile <NAME>      Override keys of the configs with those of `[profile.NAME]`
          --set <KEY=VALUE>     Set one key of the configs, such as `models.claude.region=eu-west-1`
          --model <GLOB>        Only models that match this glob; repeatable
          --credentials <NAME>  Only models that are called with these credentials
          --account <ID>        Account of the models [default: that of the role, else the one in
                                `allowed_account_ids`]
          --behind <MODEL_ID>   Model behind an application inference profile, a prompt router or a
                                prompt; repeatable
          --trust <TRUST.json>  File with the role's trust policy
          --format <FORMAT>     Output format of the findings [default: terminal] [possible values:
                                terminal, json]
          --color <WHEN>        When to use colours [possible values: auto, always, never]
      -q, --quiet...            Print less; `-qq` prints only the verdict
      -v, --verbose             Print more: every case with its mapped output
      -h, --help                Print help
    ");
}

#[test]
fn short_and_long_help_are_the_same() {
    for command in ["validate", "test", "list", "import", "config", "schema", "explain", "iam", "show"] {
        assert_eq!(empty().run([command, "-h"]), empty().run([command, "--help"]), "{command}");
    }
}

#[test]
fn validate_has_help() {
    assert_snapshot!(empty().run(["validate", "--help"]), @"
    exit 0
    --- stdout
    Check config files without running a case; needs no network and no credentials

    Usage: bedrock-check validate [OPTIONS] [PATHS]...

    Arguments:
      [PATHS]...  Config files, or folders to search for `bedrock.toml` and `*.bedrock.toml` [default:
                  here]

    Options:
          --profile <NAME>        Override keys of the configs with those of `[profile.NAME]`
          --set <KEY=VALUE>       Set one key of the configs, such as `models.claude.region=eu-west-1`
          --format <FORMAT>       Output format of the findings [default: terminal] [possible values:
                                  terminal, json]
          --report <FORMAT=PATH>  Write a report: `jsonl`, `junit`, `sarif`, `tap`, `markdown`, `html`
                                  or `pr-comment`, `=PATH`; or `github`; repeatable
          --schema-only           Check only TOML syntax and the JSON Schema, as an editor does
          --color <WHEN>          When to use colours [possible values: auto, always, never]
      -q, --quiet...              Print less; `-qq` prints only the verdict
      -v, --verbose               Print more: every case with its mapped output
      -h, --help                  Print help
    ");
}

#[test]
fn test_has_help_and_is_also_called_run() {
    let help = empty().run(["test", "--help"]);
    assert_eq!(help, empty().run(["run", "--help"]));
    assert_snapshot!(help, @"
    exit 0
    --- stdout
    Run the cases against their recorded exchanges

    Usage: bedrock-check test [OPTIONS] [PATHS]...

    Arguments:
      [PATHS]...  Config files, or folders to search for `bedrock.toml` and `*.bedrock.toml` [default:
                  here]

    Options:
          --profile <NAME>           Override keys of the configs with those of `[profile.NAME]`
          --set <KEY=VALUE>          Set one key of the configs, such as
                                     `models.claude.region=eu-west-1`
      -k, --filter <PATTERN>         Only cases whose `model::case` contains this text (ignoring case),
                                     or matches this glob or `/regex/`; repeatable
          --model <GLOB>             Only cases of models that match this glob; repeatable
          --tag <TAG>                Only cases with this tag; repeatable
          --shard <M/N>              Split the selected cases into N equal parts, and run part M; `list
                                     --shard` shows its cases
          --mode <MODE>              Where responses come from [default: replay] [possible values:
                                     replay, record-missing, record-stale, record-all, live]
          --allow-endpoint <HOST>    A host that configs may name as `endpoint` or `sts_endpoint`,
                                     besides AWS's own; repeatable
          --retries <N>              How often to retry a call that failed for a temporary reason
                                     [default: 3]
          --max-cost <USD>           Maximum cost of the run in USD; it stops before a call that could
                                     exceed it
          --requests-per-minute <N>  Maximum calls a minute, for each model and Region
          --tokens-per-minute <N>    Maximum tokens a minute, for each model and Region
      -j, --jobs <N>                 How many cases to run at once [default: the number of processors]
          --max-fail <N>             Stop after this many failures
          --fail-fast                Stop after the first failure
          --no-tests <WHAT>          What to do if no case is selected [default: fail] [possible values:
                                     fail, warn, pass]
          --report <FORMAT=PATH>     Write a report: `jsonl`, `junit`, `sarif`, `tap`, `markdown`,
                                     `html` or `pr-comment`, `=PATH` or `=-`; or `github`; repeatable
          --previous <FILE>          JSON Lines of an earlier run, for `html`, `markdown` and
                                     `pr-comment` to compare with
          --watch                    Wait for changes, and rerun the affected cases; replay only
          --accept                   Accept new and changed snapshots
          --check                    Write nothing, not even pending snapshots
          --update <WHAT>            What to do with new and changed snapshots [default: from
                                     `INSTA_UPDATE` and `CI`] [possible values: auto, always, new,
                                     unseen, no, force]
          --unreferenced <WHAT>      What to do about fixtures and snapshots that no case uses [default:
                                     warn; in CI: reject] [possible values: ignore, warn, reject,
                                     delete, auto]
          --bundle <FILE>            Replay the cases of this bundle, using only its files and the
                                     conditions that it recorded
          --color <WHEN>             When to use colours [possible values: auto, always, never]
      -q, --quiet...                 Print less; `-qq` prints only the verdict
      -v, --verbose                  Print more: every case with its mapped output
      -h, --help                     Print help
    ");
}

#[test]
fn list_has_help() {
    assert_snapshot!(empty().run(["list", "--help"]), @"
    exit 0
    --- stdout
    List the cases that `test` would run

    Usage: bedrock-check list [OPTIONS] [PATHS]...

    Arguments:
      [PATHS]...  Config files, or folders to search for `bedrock.toml` and `*.bedrock.toml` [default:
                  here]

    Options:
          --profile <NAME>    Override keys of the configs with those of `[profile.NAME]`
          --set <KEY=VALUE>   Set one key of the configs, such as `models.claude.region=eu-west-1`
      -k, --filter <PATTERN>  Only cases whose `model::case` contains this text (ignoring case), or
                              matches this glob or `/regex/`; repeatable
          --model <GLOB>      Only cases of models that match this glob; repeatable
          --tag <TAG>         Only cases with this tag; repeatable
          --shard <M/N>       Only the cases that `test --shard M/N` would run
          --format <FORMAT>   Output format of the list [default: terminal] [possible values: terminal,
                              json]
          --color <WHEN>      When to use colours [possible values: auto, always, never]
      -q, --quiet...          Print less; `-qq` prints only the verdict
      -v, --verbose           Print more: every case with its mapped output
      -h, --help              Print help
    ");
}

#[test]
fn import_has_help() {
    assert_snapshot!(empty().run(["import", "--help"]), @"
    exit 0
    --- stdout
    Create a config and fixtures from recorded exchanges

    Usage: bedrock-check import [OPTIONS] <FILES>...

    Arguments:
      <FILES>...  Recorded exchanges, one JSON file each, or folders of them

    Options:
          --out <DIR>      Folder to write the config and its fixtures into
          --force          Replace existing files
          --case <ID>      Write the recording as the fixture of this existing case, `model::case`
          --config <PATH>  Config of the case, or a folder that contains it [default: here]
          --color <WHEN>   When to use colours [possible values: auto, always, never]
      -q, --quiet...       Print less; `-qq` prints only the verdict
      -v, --verbose        Print more: every case with its mapped output
      -h, --help           Print help
    ");
}

#[test]
fn config_has_help() {
    assert_snapshot!(empty().run(["config", "--help"]), @"
    exit 0
    --- stdout
    Show the effective config

    Usage: bedrock-check config [OPTIONS] <COMMAND>

    Commands:
      show  Print every effective value

    Options:
          --color <WHEN>  When to use colours [possible values: auto, always, never]
      -q, --quiet...      Print less; `-qq` prints only the verdict
      -v, --verbose       Print more: every case with its mapped output
      -h, --help          Print help
    ");
    assert_snapshot!(empty().run(["config", "show", "--help"]), @"
    exit 0
    --- stdout
    Print every effective value

    Usage: bedrock-check config show [OPTIONS] [PATHS]...

    Arguments:
      [PATHS]...  Config files, or folders to search for `bedrock.toml` and `*.bedrock.toml` [default:
                  here]

    Options:
          --profile <NAME>   Override keys of the configs with those of `[profile.NAME]`
          --set <KEY=VALUE>  Set one key of the configs, such as `models.claude.region=eu-west-1`
          --origin           Show where each value comes from
          --color <WHEN>     When to use colours [possible values: auto, always, never]
      -q, --quiet...         Print less; `-qq` prints only the verdict
      -v, --verbose          Print more: every case with its mapped output
      -h, --help             Print help
    ");
}

#[test]
fn schema_has_help() {
    assert_snapshot!(empty().run(["schema", "--help"]), @"
    exit 0
    --- stdout
    Print the JSON Schema that this binary understands

    Usage: bedrock-check schema [OPTIONS]

    Options:
          --settings         Print the schema of the settings file instead
          --family <FAMILY>  Print the schema of the request bodies of a family of models:
                             `anthropic-messages`, `converse`, …
          --response         Print the schema of the family's response bodies instead
          --color <WHEN>     When to use colours [possible values: auto, always, never]
      -q, --quiet...         Print less; `-qq` prints only the verdict
      -v, --verbose          Print more: every case with its mapped output
      -h, --help             Print help
    ");
}

#[test]
fn explain_has_help() {
    assert_snapshot!(empty().run(["explain", "--help"]), @"
    exit 0
    --- stdout
    Explain the code of a finding; without a code, list all codes

    Usage: bedrock-check explain [OPTIONS] [CODE]

    Arguments:
      [CODE]  Code of a finding, such as `unknown-key`, or ID of a refusal's cause, such as `sts-denied`

    Options:
          --color <WHEN>  When to use colours [possible values: auto, always, never]
      -q, --quiet...      Print less; `-qq` prints only the verdict
      -v, --verbose       Print more: every case with its mapped output
      -h, --help          Print help
    ");
}

#[test]
fn without_a_command_help_is_printed_as_an_error() {
    assert_snapshot!(empty().run([]), @"
    exit 2
    --- stderr
    Validates Amazon Bedrock model configs and tests them against recorded exchanges

    Usage: bedrock-check [OPTIONS] <COMMAND>

    Commands:
      validate  Check config files without running a case; needs no network and no credentials
      test      Run the cases against their recorded exchanges [alias: run]
      record    Call the model for each case that has no recording, and record the answer: `test --mode
                record-missing`
      probe     Run only the cases that prove the features that models claim in `[models.NAME.features]`
      list      List the cases that `test` would run
      pending   List the pending snapshots; exit with 5 if there are any
      diff      Compare pending snapshots with the accepted ones
      review    Review pending snapshots one by one in the terminal: accept, reject or skip
      accept    Accept pending snapshots: all of them, or the named ones
      reject    Delete pending snapshots: all of them, or the named ones
      import    Create a config and fixtures from recorded exchanges
      invoke    Call a model once, and print the raw response and the mapped fields
      map       Propose a mapping for a model from a recorded response or from its family
      doctor    Check a model's access step by step: caller, roles, account, model, and a call for one
                token
      plan      Estimate calls, tokens and the highest possible price before a run
      models    Identify a model ID, and list the known models
      iam       Write and check the IAM policies that the models need
      show      Print a model's values in the order of the platform's form
      report    Create one report from the runs (or shards) that `--report jsonl=PATH` recorded
      bundle    Pack a run and the files that it read into one archive that others can verify and replay
      fixtures  Maintain recordings
      config    Show the effective config
      schema    Print the JSON Schema that this binary understands
      explain   Explain the code of a finding; without a code, list all codes

    Options:
          --color <WHEN>  When to use colours [possible values: auto, always, never]
      -q, --quiet...      Print less; `-qq` prints only the verdict
      -v, --verbose       Print more: every case with its mapped output
      -h, --help          Print help
      -V, --version       Print version
    ");
}

#[test]
fn the_schemas_printed_are_those_published() {
    for (args, file) in [
        (&["schema"][..], "schemas/bedrock-check.schema.json"),
        (&["schema", "--settings"], "schemas/bedrock-check-settings.schema.json"),
    ] {
        let output = empty().command().args(args).output().expect("the binary runs");
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/").to_owned() + file;
        let published = std::fs::read(path).expect("a published schema");
        assert!(output.status.success() && output.stderr.is_empty(), "{args:?}");
        assert!(output.stdout == published, "{args:?} is {file}");
    }
}

#[test]
fn a_code_is_explained() {
    let page = empty().run(["explain", "mapping-several"]);
    assert_eq!(page, empty().run(["explain", "error[mapping-several]"]), "as it was copied from a finding");
    assert_snapshot!(page, @r#"
    exit 0
    --- stdout
    error[mapping-several]: A mapping matches several values instead of one.

    The path matches several values, but a field holds one. Using the first would silently drop the others: a Claude
    answer has one block for each text, thought or tool call. Select one by index or filter, or combine them with
    `join`.

    ```toml wrong
    [models.demo.mapping]
    output_text = "$.content[*].text"
    ```

    ```toml right
    [models.demo.mapping]
    output_text = { path = "$.content[*].text", join = "" }
    ```
    "#);
}

#[test]
fn a_copied_finding_header_is_explained() {
    let page = empty().run(["explain", "path-without-root"]);
    assert_eq!(page, empty().run(["explain", "hint[path-without-root]"]));
    assert!(page.starts_with("exit 0\n--- stdout\nhint[path-without-root]: "), "{page}");
}

#[test]
fn every_code_is_listed() {
    assert_snapshot!(empty().run(["explain"]), @"
    exit 0
    --- stdout
    file-unreadable        error    A file can't be read.
    file-unwritable        error    A file can't be written.
    file-too-large         error    A file is larger than the limit for its kind.
    invalid-utf8           error    A file is not UTF-8 text.
    file-outside-root      error    A path points outside the repository.
    no-config              error    No config file was found.
    more-findings          warning  A file has more findings than are shown.
    toml-syntax            error    A file is not valid TOML.
    unknown-key            error    A key is unknown.
    missing-key            error    A required key is missing.
    invalid-value          error    A value does not fit its key.
    setting-needs-flag     error    A settings file chooses what only the command line may choose.
    unsupported-version    error    A file needs another version of bedrock-check.
    literal-secret         error    A file contains a secret.
    unknown-credentials    error    A model names credentials that are not declared.
    unknown-model          error    `extends` names a model that is not declared.
    extends-cycle          error    Models extend each other in a cycle.
    unknown-profile        error    `--profile` names a profile that no file declares.
    duplicate-model        error    Two models in one folder have the same name.
    duplicate-case         error    Two cases have the same id or file name.
    unused-override        warning  An override names a key that no config has.
    region-unknown         warning  A Region is unknown, or does not offer Bedrock.
    sts-endpoint           error    The STS endpoint is not an AWS endpoint.
    sts-global-endpoint    warning  A role is assumed at the legacy global STS endpoint.
    partition-mismatch     error    Role, endpoint, Region and model belong to different partitions.
    model-id-form          error    A model ID has an invalid form.
    provisioned-name       warning  Provisioned throughput is given by name instead of ARN.
    model-unknown          warning  A model ID is unknown.
    model-needs-profile    warning  A model can only be called through an inference profile.
    model-not-in-region    warning  A model can't be called in this Region.
    profile-geography      error    An inference profile belongs to another geography.
    arn-region             error    The ARN of a model is in another Region.
    model-ended            warning  A model has reached the end of its life.
    model-legacy           warning  AWS has announced the end of a model's life.
    operation-unsupported  error    A model does not support this operation.
    deployment-mismatch    error    `deployment` does not match the model ID.
    unused-allow           warning  A comment suppresses a finding that does not exist.
    feature-unsupported    warning  A model is not known to have a claimed feature.
    feature-contradiction  error    A claim contradicts another claim or the request.
    feature-unprobed       hint     A claim can't be proven by a probe.
    unknown-variable       error    A variable is used or set but not declared.
    unset-variable         error    A case does not set a variable that the body needs.
    unused-variable        warning  A variable is declared but not used.
    variable-type          error    A value does not have the variable's declared type.
    variable-range         error    A value violates the variable's declared bounds.
    variable-source        error    The environment variable or file of a value can't be read.
    data-file              error    A data file can't be converted to cases.
    body-not-json          error    A request body is not JSON.
    placeholder-syntax     error    A placeholder has a syntax error.
    placeholder-in-name    error    A placeholder is in the name of a member.
    duplicate-member       error    A JSON object contains the same member twice.
    too-deep               error    A value is nested too deeply.
    body-member            error    A request body has a member that its model does not accept.
    body-other-api         error    A request body has the format of the other API.
    body-missing           error    A request body lacks a member that its model requires.
    body-value             error    A member of a request body has a value that its model refuses.
    body-generation        error    A request body uses something that this generation of the model refuses.
    path-syntax            error    A JSONPath is not valid.
    path-without-root      hint     A JSONPath omits the leading `$`.
    mapping-impossible     error    A mapping can't match anything in the responses of its model.
    mapping-no-match       error    A mapping matches nothing in the response.
    mapping-several        error    A mapping matches several values instead of one.
    mapping-type           error    A mapping matches a value of the wrong type.
    case-checks-nothing    error    A case has neither snapshot nor expectation.
    unknown-field          error    A field is not in the mapping.
    expectation-invalid    error    An expectation is invalid.
    expectation-failed     error    A mapped field does not meet an expectation.
    call-failed            error    Bedrock refused the call.
    call-succeeded         error    Bedrock answered, but the case expects an error.
    stream-incomplete      error    A response stream ends before it is complete.
    credentials-missing    error    No AWS credentials were found.
    role-not-assumed       error    STS refused to assume a role.
    account-not-allowed    error    The credentials belong to an account that is not allowed.
    endpoint-not-allowed   error    A config names a host that may not receive credentials.
    endpoint-unreachable   error    A call did not reach its endpoint.
    call-timed-out         error    A call took longer than its limit.
    answer-unreadable      error    The response is not a Bedrock response.
    price-unknown          error    A budget is set, but the price of a model is unknown.
    fixture-missing        error    A case has no recorded exchange.
    fixture-stale          error    The request changed since it was recorded.
    fixture-invalid        error    A fixture is invalid.
    fixture-version        error    A fixture was written by a newer bedrock-check.
    fixture-edited         error    The fingerprint of a fixture does not match its request.
    fixture-unreferenced   warning  A fixture belongs to no case.
    snapshot-new           error    A case has no accepted snapshot yet.
    snapshot-differs       error    The mapped output differs from the accepted snapshot.
    snapshot-invalid       error    A snapshot file is invalid.
    snapshot-conflict      error    A snapshot contains merge conflict markers.
    snapshot-unreferenced  warning  A snapshot belongs to no case.
    selector-invalid       error    The selector of a redaction is invalid.
    policy-invalid         error    A file is not a valid IAM policy.
    policy-lacks           error    A permission policy lacks a permission that a case needs.
    policy-denies          error    A policy denies a call that a case needs.
    policy-too-broad       warning  A permission policy grants more than the models need.
    policy-unknown-action  warning  A policy names an action that does not exist.
    policy-no-match        warning  A policy names a resource that its actions never match.
    policy-not-evaluated   warning  A part of a policy can't be evaluated offline.
    trust-lacks            error    A trust policy does not let the platform assume the role.
    trust-too-broad        warning  A trust policy admits more callers than it should.

    Why AWS refuses a call:
    model-id-invalid         the model ID has a valid form, but this Region has no model or inference profile with this ID
    on-demand-unsupported    the model can only be called through an inference profile, and `model_id` is the ID of the model itself
    eol                      the model has reached the end of its life
    legacy-inactive          the model is legacy, and AWS has closed it for this account, which has not used it for weeks
    fm-unresolved            the Region has no model with this ID
    modelid-regex            the value of `model_id` has neither the form of a model ID nor that of an ARN
    arn-region               the ARN is in another Region than `region`
    count-unsupported        Bedrock counts tokens only for some base models
    wrong-endpoint           the endpoint is that of the control plane (`bedrock.REGION`), which can't call models
    guardrail-missing        this Region has no guardrail with this identifier, or the guardrail has no such version
    guardrail-invalid        the guardrail identifier has an invalid form
    no-model-access          the account has no access to the model in this Region; this is not an IAM denial, which would name the action
    iam-denied               no policy allows the caller this action on the resource, or a policy denies it; the message names only the first resource that failed
    marketplace-denied       the first call of a third-party model subscribes the account to it, and the caller is not allowed to subscribe
    payment-instrument       the account has no payment method that AWS Marketplace accepts
    anthropic-form           the form about the use case, which Anthropic requires, was not submitted for this account
    anthropic-country        Anthropic does not offer its models in the country of the account or of the caller
    operation-not-allowed    AWS has restricted the account, for example because it is not verified yet; the request itself is correct
    account-not-authorized   the account is not authorized to call models in this Region; its access may be for another Region
    api-key-invalid          the Bedrock API key is invalid, or it is a short-term key that was created for another Region
    api-key-expired          the short-term API key has expired
    temp-deprecated          the model no longer accepts sampling parameters
    temp-and-topp            the model accepts either `temperature` or `top_p`, not both
    max-tokens-limit         the body requests more output tokens than the model's limit, which can be lower on Bedrock than on other platforms
    prompt-too-long          the prompt is longer than the context window of the model
    input-too-long           the prompt is longer than the context window of the model
    nova-too-long            the prompt is longer than the context window of the model
    text-bytes               the texts of the body exceed a size limit together
    blank-text               a text in a message is empty or blank
    user-first               the first message does not have the role `user`
    alternate                two consecutive messages have the same role
    tool-unsupported         the model does not support tools, or does not support them in streaming mode
    block-unsupported        the model does not support content blocks of this type
    field-unsupported        the model does not support this member
    anthropic-schema         a member does not match the schema of Anthropic's Messages API; Bedrock may not support the newest members of that API yet
    malformed                the body does not match the schema of the model
    model-errors-wrapper     the model refused the body
    member-invalid           Bedrock refused the request as invalid
    throttle-rpm             the account's quota of calls per minute for this model is used up
    throttle-tpd             the account's quota of tokens per day is used up
    throttle-tpm             the account's quota of tokens per minute for this model is used up; new accounts have small quotas
    conn-limit               Bedrock has no capacity for another connection
    model-throttled          the model has no capacity at the moment
    unable                   Bedrock has no capacity at the moment
    not-ready                Bedrock is loading the imported model, because it was not called for a while; this takes minutes
    timeout                  the model took longer than Bedrock allows
    stream-internal          the model failed before its response was complete, and the partial response is lost
    model-error              the model failed
    throttled                a quota of the account is used up
    internal                 Bedrock failed
    quota-exceeded           a quota of the account is reached
    not-found                the model or resource does not exist, or this account has no access to it
    gateway                  the error has no code, so it does not come from Bedrock: a proxy or gateway in front of it failed, or the endpoint is another server
    expired                  the temporary credentials have expired
    token-invalid            AWS does not recognize the access key
    clock-skew               the clock of this machine is wrong, or the request was delayed by minutes
    sig-mismatch             the secret access key does not belong to the access key ID, or a proxy changed the request
    scope-service            the endpoint belongs to another service
    scope-region             the endpoint is in another Region than `region`
    denied                   AWS refused the caller for the reason in the message
    sts-tagsession           the trust policy of the role does not allow session tags
    sts-source-identity      the trust policy of the role does not allow a source identity
    sts-denied               the trust policy of the role or the policy of the caller does not allow it, or the role does not exist: STS does not report which
    sts-expired              the caller's own temporary credentials have expired
    sts-client-id            AWS does not recognize the caller's access key
    sts-signature            the secret access key does not belong to the access key ID
    sts-clock-skew           the clock of this machine is wrong
    sts-max-duration         the requested session is longer than the role allows; the default limit is an hour
    sts-chaining             the caller is itself a session of a role, and sessions of chained roles last an hour at most
    sts-regex                the session name contains characters that are not allowed
    sts-dup-tags             two session tags have names that differ only in case
    sts-transitive           a transitive tag is not one of the session tags
    sts-transitive-override  the calling session already has a transitive tag with this name
    sts-region-disabled      STS is not activated in this Region for the account
    sts-web-identity         the account has no identity provider for the issuer of this token
    sts-packed-policy        the tags and policies of the session are too large together
    sts-bad-arn              the role ARN is invalid
    sts-refused              the caller is not allowed to assume the role, or the role does not exist
    sts-unavailable          STS failed
    sts-throttled            the account calls STS too often
    no-endpoint              the host name of the endpoint can't be resolved: the Region has no such endpoint, or the network's DNS does not know it
    proxy                    the proxy did not forward the call
    tls                      the certificate of the endpoint is not trusted, or the endpoint does not use TLS
    connection-refused       no server listens at the endpoint
    connection-reset         the connection was closed before the response was complete
    unreachable              the endpoint can't be reached over the network
    ");
}

#[test]
fn an_unknown_code_is_rejected() {
    assert_snapshot!(empty().run(["explain", "mapping-severl"]), @"
    exit 2
    --- stderr
    error: `mapping-severl` is not a finding code
      = help: did you mean `mapping-several`?
    ");
    assert_snapshot!(empty().run(["explain", "colour"]), @"
    exit 2
    --- stderr
    error: `colour` is not a finding code
      = help: `bedrock-check explain` lists the codes
    ");
}
