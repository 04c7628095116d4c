//! The hosts that a config may name: AWS's own, local ones, and those that the user allows.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{MODEL, case};

/// A project whose config contains `endpoint` in the model, and `sts` in the first and the last role, if they are given.
fn project(endpoint: Option<&str>, sts: [Option<&str>; 2]) -> Project {
    let line = |key: &str, url: Option<&str>| url.map(|url| format!("{key} = {url:?}\n")).unwrap_or_default();
    let roles = format!(
        "{}[[credentials.demo.chain]]\nrole_arn = \"arn:aws:iam::210987654321:role/first\"\n{}[models.demo]\n{}",
        line("sts_endpoint", sts[1]),
        line("sts_endpoint", sts[0]),
        line("endpoint", endpoint),
    );
    let config = MODEL.replacen("[models.demo]\n", &roles, 1);
    Project::with(&[("bedrock.toml", &(config + &case("one", "")))])
}

/// A project whose model is called with an API key at `endpoint`.
fn project_with_key(endpoint: &str) -> Project {
    let project = project(Some(endpoint), [None, None]);
    let config = project.read("bedrock.toml").replace("credentials = \"demo\"\n", "");
    let start = config.find("[models.demo]").expect("it is there");
    project.write("bedrock.toml", format!("version = 1\n{}", &config[start..]));
    project
}

fn run(project: &Project, arguments: &[&str]) -> String {
    run_with(project, arguments, &[])
}

fn run_with(project: &Project, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = project.command();
    command.envs(environment.iter().copied().filter(|(name, _)| !name.is_empty()));
    command
        .args(arguments)
        .env("AWS_BEARER_TOKEN_BEDROCK", "made-up-key")
        .env("AWS_ACCESS_KEY_ID", "made-up-id");
    command.env("AWS_SECRET_ACCESS_KEY", "made-up-secret").env("AWS_EC2_METADATA_DISABLED", "true");
    project.run_command(&mut command)
}

#[test]
fn a_host_that_is_not_from_aws_gets_no_call() {
    for url in [
        "https://gateway.example.com",
        "https://abcdefghij.execute-api.us-east-1.amazonaws.com/bedrock",
        "https://vpce-0a1b-c2d3.vpce-svc-0a1b.us-east-1.vpce.amazonaws.com",
        "http://bedrock-runtime.us-east-1.amazonaws.com",
    ] {
        for (project, key) in [
            (project_with_key(url), "endpoint = "),
            (project(Some(url), [None, None]), "endpoint = "),
            (project(None, [Some(url), None]), "sts_endpoint = "),
            (project(None, [None, Some(url)]), "sts_endpoint = "),
        ] {
            for arguments in
                [["test", "--mode", "live"].as_slice(), &["record"], &["invoke", "demo", "--case", "one"]]
            {
                let printed = run(&project, arguments);
                // A check of the config refuses hosts of other AWS services as STS endpoints.
                let is_refused = printed.starts_with("exit 3\n")
                    && printed.contains("error[endpoint-not-allowed]: the host of `")
                    || printed.starts_with("exit 2\n") && printed.contains("error[sts-endpoint]");
                assert!(is_refused, "{arguments:?}: {printed}");
                assert!(printed.contains(key), "{arguments:?}: {printed}");
            }
        }
    }
}

#[test]
fn the_finding_names_the_flag_that_allows_the_host() {
    let project = project_with_key("https://gateway.invalid/bedrock");
    assert_snapshot!(run(&project, &["test", "--mode", "live"]), @r#"
    exit 3
    --- stdout
      live     1 case in 1 file
      ERROR    demo::one

    error[endpoint-not-allowed]: the host of `https://gateway.invalid/bedrock` is not an endpoint of AWS that a config may choose
      --> bedrock.toml:3:12
       |
     3 | endpoint = "https://gateway.invalid/bedrock"
       |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ...
    15 | name = "one"
       |        ----- in `demo::one`
       |
       = help: if you trust it, add `--allow-endpoint gateway.invalid` to the command

      ──────
      1 case: 1 error   [TIME]
    "#);
    for (arguments, variable) in [
        (["test", "--mode", "live", "--allow-endpoint", "gateway.invalid"].as_slice(), ""),
        (&["test", "--mode", "live"], "[\"other.invalid\", \"gateway.invalid\"]"),
    ] {
        let mut command = project.command();
        command.args(arguments).args(["--retries", "0"]).env("AWS_BEARER_TOKEN_BEDROCK", "made-up-key");
        if !variable.is_empty() {
            command.env("BEDROCK_CHECK_ALLOW_ENDPOINT", variable);
        }
        let printed = project.run_command(&mut command);
        assert!(printed.contains("error[endpoint-unreachable]"), "{printed}");
        assert!(printed.contains("  calls    gateway.invalid with "), "{printed}");
    }
    project.write("bedrock-check.toml", "allow_endpoint = [\"gateway.invalid\"]\n");
    let printed = run(&project, &["test"]);
    assert!(
        printed.contains(
            "error[setting-needs-flag]: `allow_endpoint`: a settings file can't choose `gateway.invalid`"
        ),
        "{printed}"
    );
}

#[test]
fn a_live_run_first_prints_hosts_roles_and_accounts() {
    let sts = "http://127.0.0.1:9/sts";
    let project = project(Some("http://127.0.0.1:9"), [Some(sts), None]);
    let first = "then the role arn:aws:iam::210987654321:role/first at";
    let second = "then the role arn:aws:iam::123456789012:role/BedrockAccess at";
    let roles = format!(
        "127.0.0.1 with the default credentials, {first} 127.0.0.1, {second} sts.us-east-1.amazonaws.com"
    );
    for command in [
        ["test", "--mode", "live", "--retries", "0"].as_slice(),
        &["record"],
        &["invoke", "demo", "--case", "one"],
        &["doctor", "demo"],
    ] {
        assert_eq!(calls(&project, command, &[]), [roles.as_str()], "{command:?}");
    }
    assert!(!run(&project, &["test"]).contains("  calls "), "a replay calls nothing");
    // The environment replaces the endpoints of the config.
    let of_environment = [
        ("AWS_ENDPOINT_URL_STS", "http://localhost:9"),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://127.0.0.2:9"),
    ];
    assert_eq!(
        calls(&project, &["test", "--mode", "live"], &of_environment),
        [format!("127.0.0.2 with the default credentials, {first} localhost, {second} localhost")]
    );
}

#[test]
fn the_hosts_are_those_that_the_sdk_calls() {
    let [list, test] = [["models", "list", "--live"].as_slice(), &["test", "--mode", "live"]];
    let roles = project(None, [None, None]);
    let config = roles.read("bedrock.toml");
    roles.write(
        "bedrock.toml",
        config.replace(
            "[credentials.demo]\n",
            "[credentials.demo]\nsource = \"profile:dev\"\nallowed_account_ids = [\"123456789012\"]\n",
        ),
    );
    let with_key = project(None, [None, None]);
    let start = config.find("[models.demo]").expect("it is there");
    with_key.write(
        "bedrock.toml",
        format!(
            "version = 1\n{}",
            config[start..]
                .replace("credentials = \"demo\"\n", "region = \"us-west-2\"\nfips = true\n")
                .replace("region = \"us-east-1\"\n", "")
        ),
    );
    for (project, command, environment, expected) in [
        (
            &with_key,
            test,
            [("", "")].as_slice(),
            "bedrock-runtime-fips.us-west-2.amazonaws.com with the API key in `AWS_BEARER_TOKEN_BEDROCK`",
        ),
        (
            &with_key,
            list,
            &[],
            "bedrock.us-east-1.amazonaws.com with the API key in `AWS_BEARER_TOKEN_BEDROCK`",
        ),
        (
            &with_key,
            list,
            &[("AWS_ENDPOINT_URL_BEDROCK", "http://127.0.0.3:9")],
            "127.0.0.3 with the API key in `AWS_BEARER_TOKEN_BEDROCK`",
        ),
        (
            &roles,
            test,
            &[("AWS_REGION", "eu-west-1"), ("AWS_USE_DUALSTACK_ENDPOINT", "true")],
            "bedrock-runtime.us-east-1.api.aws with the profile `dev`, then the role arn:aws:iam::210987654321:role/first at sts.eu-west-1.api.aws, then the role arn:aws:iam::123456789012:role/BedrockAccess at sts.eu-west-1.api.aws, if sts.eu-west-1.api.aws confirms the account 123456789012",
        ),
    ] {
        assert_eq!(calls(project, command, environment), [expected]);
    }
}

/// The destinations that a command prints. Its calls go to a proxy that doesn't exist.
fn calls(project: &Project, arguments: &[&str], environment: &[(&str, &str)]) -> Vec<String> {
    let environment =
        [environment, &[("HTTPS_PROXY", "http://127.0.0.1:9"), ("BEDROCK_CHECK_RETRIES", "0")]].concat();
    let printed = run_with(project, arguments, &environment);
    let calls = printed.lines().filter_map(|line| line.strip_prefix("  calls    "));
    calls.map(str::to_owned).collect()
}
