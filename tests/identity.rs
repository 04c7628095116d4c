//! The identity of calls: roles, chains, sessions, keys. A mock server records the requests.

use std::process::Command;
use std::time::Duration;

use crate::common::Project;
use crate::demo_project::{MODEL, case};
use crate::mock_server::{
    MockServer, ReceivedRequest, Reply, SECRET, assume_role_reply, caller_identity_reply, claude_reply,
    error_reply, sts_error_reply,
};

const SETTINGS: &str = "retry_pause = 0.001\njobs = 8\n";

/// The demo model with this `[credentials.demo]` and this number of cases.
fn project(credentials: &str, cases: usize) -> Project {
    let model = MODEL.replace("role_arn = \"arn:aws:iam::123456789012:role/BedrockAccess\"\n", credentials);
    let cases: String = (0..cases).map(|number| case(&format!("case {number}"), "")).collect();
    Project::with(&[("bedrock.toml", &format!("{model}{cases}")), ("bedrock-check.toml", SETTINGS)])
}

/// STS returns keys named after the role, Bedrock returns an answer.
fn answer_all(request: &ReceivedRequest, _: usize) -> Reply {
    Reply::Bytes(match request.field("Action").as_deref() {
        Some("AssumeRole") => assume_role_reply(&role(request), 3600),
        Some("GetCallerIdentity") => caller_identity_reply("123456789012"),
        _ => claude_reply("Hello!"),
    })
}

/// The name of the requested role.
fn role(request: &ReceivedRequest) -> String {
    let arn = request.field("RoleArn").unwrap_or_default();
    arn.rsplit('/').next().unwrap_or_default().to_owned()
}

fn live(server: &MockServer, project: &Project) -> Command {
    let mut command = server.command(project);
    command.args(["test", "--mode", "live"]);
    command
}

#[track_caller]
fn check_passes(printed: &str) {
    assert!(printed.starts_with("exit 0\n"), "{printed}");
}

const ROLE: &str = "role_arn = 'arn:aws:iam::123456789012:role/last'\n";

#[test]
fn a_role_is_assumed_once_however_many_cases_there_are() {
    let (project, server) = (project(ROLE, 100), MockServer::start(answer_all));
    check_passes(&project.run_command(&mut live(&server, &project)));
    assert_eq!((server.sts("AssumeRole").len(), server.calls().len()), (1, 100));
    for call in server.calls() {
        assert_eq!(call.header("x-amz-security-token"), "session-token-of-last");
        assert!(call.header("authorization").contains("Credential=ASIA"), "{}", call.header("authorization"));
    }
}

#[test]
fn a_refused_role_is_requested_once() {
    let denied = |request: &ReceivedRequest, _| match request.field("Action") {
        Some(_) => Reply::Bytes(sts_error_reply(
            403,
            "AccessDenied",
            "User: arn:aws:iam::999999999999:user/ci is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/last",
        )),
        None => Reply::Close,
    };
    let (project, server) = (project(ROLE, 20), MockServer::start(denied));
    let printed = project.run_command(&mut live(&server, &project));
    assert!(printed.starts_with("exit 3\n") && printed.contains("--> bedrock.toml:3:12"), "{printed}");
    assert_eq!((server.sts("AssumeRole").len(), server.calls().len()), (1, 0));
    // The cause is reported once.
    assert_eq!(
        (printed.matches("error[role-not-assumed]").count(), printed.matches("(as above)").count()),
        (1, 19),
        "{printed}"
    );
}

#[test]
fn each_role_of_a_chain_is_assumed_by_the_previous_one() {
    let credentials = format!(
        "chain = [{{ role_arn = 'arn:aws:iam::111111111111:role/first', external_id = 'one' }}]\n{ROLE}external_id = {{ env = 'EXTERNAL' }}\n\
         session_name = 'kore-check'\nsession_tags = {{ team = 'llm', stage = 'ci' }}\nsource_identity = 'pipeline'\nduration = 1800\n"
    );
    let (project, server) = (project(&credentials, 1), MockServer::start(answer_all));
    check_passes(&project.run_command(live(&server, &project).env("EXTERNAL", "two")));
    let assumed = server.sts("AssumeRole");
    let fields = |index: usize, name: &str| -> Option<String> {
        let request: &ReceivedRequest = &assumed[index];
        request.field(name)
    };
    assert_eq!(assumed.len(), 2);
    assert!(assumed[0].header("authorization").contains("AKIAIOSFODNN7EXAMPLE"));
    assert_eq!(assumed[0].header("x-amz-security-token"), "");
    // The session token of the first role signs the second request.
    assert_eq!(assumed[1].header("x-amz-security-token"), "session-token-of-first");
    assert_eq!(server.calls()[0].header("x-amz-security-token"), "session-token-of-last");
    for (index, external_id) in [(0, "one"), (1, "two")] {
        assert_eq!(fields(index, "ExternalId").as_deref(), Some(external_id));
        assert_eq!(fields(index, "RoleSessionName").as_deref(), Some("kore-check"));
    }
    assert_eq!(
        (fields(0, "DurationSeconds"), fields(0, "SourceIdentity"), fields(0, "Tags.member.1.Key")),
        (None, None, None)
    );
    assert_eq!(fields(1, "DurationSeconds").as_deref(), Some("1800"));
    assert_eq!(fields(1, "SourceIdentity").as_deref(), Some("pipeline"));
    assert_eq!(fields(1, "Tags.member.1.Key").as_deref(), Some("stage"));
    assert_eq!(fields(1, "Tags.member.2.Value").as_deref(), Some("llm"));
}

#[test]
fn sts_is_called_in_its_own_region() {
    let signed_in = |endpoint: &str, variables: &[(&str, &str)]| {
        let credentials = format!("{ROLE}{endpoint}");
        let (project, server) = (project(&credentials, 1), MockServer::start(answer_all));
        check_passes(&project.run_command(live(&server, &project).envs(variables.iter().copied())));
        let scope = |request: &ReceivedRequest| {
            let authorization = request.header("authorization").to_owned();
            authorization.split('/').nth(2).unwrap_or_default().to_owned()
        };
        assert_eq!(scope(&server.calls()[0]), "us-east-1", "the model's own Region");
        scope(&server.sts("AssumeRole")[0])
    };
    assert_eq!(signed_in("sts_endpoint = 'https://sts.eu-west-1.amazonaws.com/'\n", &[]), "eu-west-1");
    assert_eq!(
        signed_in("sts_endpoint = 'https://sts.amazonaws.com'\n", &[("AWS_REGION", "eu-west-1")]),
        "us-east-1"
    );
    assert_eq!(signed_in("", &[("AWS_REGION", "ap-southeast-2")]), "ap-southeast-2");
    assert_eq!(signed_in("", &[]), "us-east-1");
}

#[test]
fn the_endpoint_of_the_environment_overrides_the_config() {
    let (other, server) = (MockServer::start(|_, _| Reply::Close), MockServer::start(answer_all));
    let credentials = format!("{ROLE}sts_endpoint = '{}'\n", other.url);
    let project = project(&credentials, 1);
    let config =
        project.read("bedrock.toml").replace("region =", &format!("endpoint = '{}'\nregion =", other.url));
    project.write("bedrock.toml", config);
    check_passes(&project.run_command(&mut live(&server, &project)));
    assert_eq!((server.requests().len(), other.requests().len()), (2, 0));
}

#[test]
fn every_attempt_is_signed_anew() {
    let slow_down = |request: &ReceivedRequest, earlier| match request.field("Action") {
        Some(_) if earlier == 0 => Reply::Bytes(sts_error_reply(400, "Throttling", "Rate exceeded")),
        Some(_) => Reply::Bytes(assume_role_reply("last", 3600)),
        // The signature contains the time in seconds.
        None if earlier == 0 => Reply::After(
            Duration::from_millis(1100),
            error_reply(429, "ThrottlingException", "Too many requests, please wait before trying again."),
        ),
        None => Reply::Bytes(claude_reply("Hello!")),
    };
    let (project, server) = (project(ROLE, 1), MockServer::start(slow_down));
    check_passes(&project.run_command(&mut live(&server, &project)));
    let calls = server.calls();
    assert_eq!((calls.len(), server.sts("AssumeRole").len()), (2, 2));
    assert_ne!(calls[0].header("x-amz-date"), calls[1].header("x-amz-date"));
    assert_ne!(calls[0].header("authorization"), calls[1].header("authorization"));
}

#[test]
fn a_session_that_expires_during_a_run_is_renewed() {
    let expired = |request: &ReceivedRequest, earlier| match request.field("Action") {
        Some(_) => Reply::Bytes(assume_role_reply(if earlier == 0 { "old" } else { "new" }, 3600)),
        None if request.header("x-amz-security-token").ends_with("old") && earlier >= 2 => {
            Reply::Bytes(error_reply(
                403,
                "ExpiredTokenException",
                "The security token included in the request is expired",
            ))
        }
        None => Reply::Bytes(claude_reply("Hello!")),
    };
    let (project, server) = (project(ROLE, 6), MockServer::start(expired));
    check_passes(&project.run_command(live(&server, &project).args(["-j", "1", "--retries", "0"])));
    assert_eq!((server.sts("AssumeRole").len(), server.calls().len()), (2, 7));
}

#[test]
fn a_session_is_renewed_before_it_ends() {
    let short = |request: &ReceivedRequest, earlier: usize| match request.field("Action") {
        Some(_) => Reply::Bytes(assume_role_reply(&format!("{earlier}"), 2)),
        None => Reply::After(Duration::from_millis(1200), claude_reply("Hello!")),
    };
    let (project, server) = (project(ROLE, 4), MockServer::start(short));
    check_passes(&project.run_command(live(&server, &project).args(["-j", "1"])));
    assert!(server.sts("AssumeRole").len() >= 2, "{}", server.sts("AssumeRole").len());
}

#[test]
fn one_slow_sts_response_fails_one_case() {
    let slow_once = |request: &ReceivedRequest, earlier| match request.field("Action") {
        Some(_) if earlier == 0 => Reply::After(Duration::from_secs(2), assume_role_reply("late", 3600)),
        _ => answer_all(request, earlier),
    };
    let (project, server) = (project(ROLE, 3), MockServer::start(slow_once));
    project.write("bedrock-check.toml", "timeout = { first_byte = 0.5 }\n");
    let printed = project.run_command(live(&server, &project).args(["-j", "1", "--retries", "0"]));
    assert!(
        printed.contains("3 cases: 2 passed, 1 error") && printed.contains("error[call-timed-out]"),
        "{printed}"
    );
}

#[test]
fn models_of_two_regions_share_a_role() {
    let (project, server) = (project(ROLE, 1), MockServer::start(answer_all));
    let other = "[models.other]\nextends = \"demo\"\nregion = \"eu-west-1\"\n[[models.other.cases]]\nname = \"x\"\nvariables = { prompt = \"x\" }\n";
    project.write("bedrock.toml", project.read("bedrock.toml") + other);
    check_passes(&project.run_command(live(&server, &project).env("AWS_REGION", "us-west-2")));
    assert_eq!((server.sts("AssumeRole").len(), server.calls().len()), (1, 2));
}

#[test]
fn models_with_other_session_tags_have_sessions_of_their_own() {
    let session_of_a_team = |request: &ReceivedRequest, _| {
        Reply::Bytes(match request.field("Action") {
            Some(_) => assume_role_reply(&request.field("Tags.member.1.Value").unwrap_or_default(), 3600),
            None => claude_reply("Hello!"),
        })
    };
    let credentials = |team: &str| format!("{ROLE}session_tags = {{ team = '{team}' }}\n");
    let (project, server) = (project(&credentials("blue"), 1), MockServer::start(session_of_a_team));
    let other = format!(
        "[credentials.other]\n{}[models.other]\nextends = \"demo\"\ncredentials = \"other\"\n\
         [[models.other.cases]]\nname = \"x\"\nvariables = {{ prompt = \"Say red\" }}\n",
        credentials("red")
    );
    project.write("bedrock.toml", project.read("bedrock.toml") + &other);
    check_passes(&project.run_command(&mut live(&server, &project)));
    let assumed = server.sts("AssumeRole");
    let mut teams: Vec<_> =
        assumed.iter().filter_map(|request| request.field("Tags.member.1.Value")).collect();
    teams.sort();
    assert_eq!(teams, ["blue", "red"]);
    assert!(assumed.iter().all(|request| request.field("Tags.member.1.Key").as_deref() == Some("team")));
    for call in server.calls() {
        let team = if call.body.contains("Say red") { "red" } else { "blue" };
        assert_eq!(call.header("x-amz-security-token"), format!("session-token-of-{team}"));
    }
}

#[test]
fn the_retries_setting_applies_to_calls_of_the_sdk() {
    let failing = |request: &ReceivedRequest, earlier| match request.field("Action") {
        Some(_) => Reply::Bytes(sts_error_reply(500, "InternalFailure", "no")),
        None => answer_all(request, earlier),
    };
    let (project, server) = (project("source = 'default'\n", 1), MockServer::start(failing));
    project.write("token", "token");
    let mut command = live(&server, &project);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").args(["--retries", "0"]);
    command.env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web");
    let printed =
        project.run_command(command.env("AWS_WEB_IDENTITY_TOKEN_FILE", project.path().join("token")));
    assert!(printed.contains("error[credentials-missing]"), "{printed}");
    assert_eq!(server.sts("AssumeRoleWithWebIdentity").len(), 1);
}

#[test]
fn a_web_identity_token_is_read_again() {
    let project = project("source = 'default'\n", 4);
    project.write("token", "first-token");
    let path = project.path().join("token");
    let renewed = path.clone();
    let server = MockServer::start(move |request, earlier| {
        if request.field("Action").as_deref() == Some("AssumeRoleWithWebIdentity") {
            let reply = String::from_utf8(assume_role_reply(&format!("web{earlier}"), 2)).expect("UTF-8");
            let (_, body) = reply.split_once("\r\n\r\n").expect("a head");
            let body = body.replace("AssumeRole", "AssumeRoleWithWebIdentity");
            return Reply::Bytes(crate::mock_server::http_reply(200, &[("content-type", "text/xml")], body));
        }
        // A call has keys, so the first token was read.
        std::fs::write(&renewed, "second-token").expect("a file");
        Reply::After(Duration::from_millis(1200), claude_reply("Hello!"))
    });
    let mut command = live(&server, &project);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").args(["-j", "1"]);
    command
        .env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web")
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", &path);
    check_passes(&project.run_command(&mut command));
    let tokens: Vec<_> = server
        .sts("AssumeRoleWithWebIdentity")
        .iter()
        .filter_map(|request| request.field("WebIdentityToken"))
        .collect();
    assert!(tokens.len() >= 2 && tokens[0] == "first-token" && tokens[1] == "second-token", "{tokens:?}");
}

#[test]
fn an_api_key_never_replaces_a_role() {
    let called = |credentials: &str, model: &str| {
        let (project, server) = (project(credentials, 1), MockServer::start(answer_all));
        let config = project.read("bedrock.toml").replace("credentials = \"demo\"\n", model);
        project.write("bedrock.toml", config);
        let printed = project
            .run_command(live(&server, &project).env("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-planted"));
        let calls = server.calls();
        (calls.first().map(|request| request.header("authorization").to_owned()).unwrap_or_default(), printed)
    };
    let named = "credentials = \"demo\"\n";
    assert!(called(ROLE, named).0.starts_with("AWS4-HMAC-SHA256"));
    assert_eq!(called("source = 'bedrock-api-key'\n", named).0, "Bearer bedrock-api-key-planted");
    // A model without credentials is called with the SDK's default credentials.
    assert_eq!(called(ROLE, "").0, "Bearer bedrock-api-key-planted");
    let (_, printed) = called("source = 'bedrock-api-key'\nallowed_account_ids = ['123456789012']\n", named);
    assert!(
        printed.contains("error[account-not-allowed]") && printed.contains("bedrock.toml:4:23"),
        "{printed}"
    );
}

#[test]
fn only_allowed_accounts_are_called() {
    let run = |allowed: &str| {
        let credentials = format!("{ROLE}allowed_account_ids = ['{allowed}']\n");
        let (project, server) = (project(&credentials, 3), MockServer::start(answer_all));
        let printed = project.run_command(&mut live(&server, &project));
        (printed, server.sts("GetCallerIdentity").len(), server.calls().len())
    };
    let (printed, asked, calls) = run("123456789012");
    check_passes(&printed);
    assert_eq!((asked, calls), (1, 3));
    let (printed, _, calls) = run("999999999999");
    assert!(
        printed.contains(
            "error[account-not-allowed]: the role is in the account 123456789012, which is not allowed"
        ),
        "{printed}"
    );
    assert_eq!(calls, 0);
}

#[test]
fn missing_credentials_are_reported_where_they_are_named() {
    for (credentials, place, message) in [
        ("source = 'profile:nobody'\n", "bedrock.toml:3:10", "the profile `nobody` provides no credentials"),
        ("source = 'bedrock-api-key'\n", "bedrock.toml:3:10", "`AWS_BEARER_TOKEN_BEDROCK` is not set"),
        (
            "role_arn = 'arn:aws:iam::123456789012:role/last'\nexternal_id = { env = 'NOT_SET' }\n",
            "bedrock.toml:4:15",
            "the environment variable `NOT_SET` is not set",
        ),
        (
            "role_arn = 'arn:aws:iam::123456789012:role/last'\nmfa_serial = 'arn:aws:iam::123456789012:mfa/me'\n",
            "bedrock.toml:4:14",
            "can only be entered on a terminal",
        ),
    ] {
        let (project, server) = (project(credentials, 1), MockServer::start(answer_all));
        let printed = project.run_command(live(&server, &project).env("HOME", project.path()));
        assert!(
            printed.starts_with("exit 3\n") && printed.contains("error[credentials-missing]"),
            "{printed}"
        );
        assert!(printed.contains(place) && printed.contains(message), "{printed}");
        assert!(server.calls().is_empty());
    }
}

/// Runs on a pseudo-terminal, where `typed` is the answer to the prompt.
#[cfg(unix)]
#[test]
fn the_mfa_code_is_requested_once() {
    let credentials = format!("{ROLE}mfa_serial = 'arn:aws:iam::999999999999:mfa/me'\n");
    for (typed, passes) in [("123456", true), ("12345", false)] {
        let (project, server) = (project(&credentials, 3), MockServer::start(answer_all));
        let words = format!("{} test --mode live", env!("CARGO_BIN_EXE_bedrock-check"));
        let mut command = Command::new("script");
        command.args(["-qec", &words, "/dev/null"]).current_dir(project.path()).env_clear();
        command.envs(live(&server, &project).get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("PATH", "/usr/bin:/bin").env("TERM", "dumb");
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = command.spawn().expect("`script` runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        std::io::Write::write_all(&mut stdin, format!("{typed}\n").as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(printed.matches("MFA code of arn:aws:iam::999999999999:mfa/me: ").count(), 1, "{printed}");
        assert_eq!(output.status.success(), passes, "{printed}");
        let asked: Vec<_> = server
            .sts("AssumeRole")
            .iter()
            .map(|request| (request.field("SerialNumber"), request.field("TokenCode")))
            .collect();
        let expected = (Some("arn:aws:iam::999999999999:mfa/me".to_owned()), Some(typed.to_owned()));
        assert_eq!(asked, if passes { vec![expected] } else { Vec::new() }, "{printed}");
        assert!(passes || printed.contains("expected the six digits"), "{printed}");
    }
}

#[test]
fn credentials_come_from_the_named_profile() {
    let (project, server) = (project("source = 'profile:ci'\n", 1), MockServer::start(answer_all));
    project.write(
        ".aws/credentials",
        format!("[ci]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = {SECRET}\n"),
    );
    check_passes(&project.run_command(live(&server, &project).env("HOME", project.path())));
    assert!(server.calls()[0].header("authorization").contains("AKIAI44QH8DHBEXAMPLE"));
    // STS is called in the Region of the profile.
    project.write(".aws/config", "[profile ci]\nregion = eu-west-1\n");
    let config = project.read("bedrock.toml").replace("source =", &format!("{ROLE}source ="));
    project.write("bedrock.toml", config);
    check_passes(&project.run_command(live(&server, &project).env("HOME", project.path())));
    assert!(server.sts("AssumeRole")[0].header("authorization").contains("/eu-west-1/sts/"));
}

#[test]
fn an_endpoint_that_is_not_sts_is_reported() {
    let login = crate::mock_server::http_reply(200, &[("content-type", "text/html")], "<html>Log in</html>");
    let credentials = format!("{ROLE}sts_endpoint = 'https://sts.us-east-1.amazonaws.com/'\n");
    let (project, server) =
        (project(&credentials, 1), MockServer::start(move |_, _| Reply::Bytes(login.clone())));
    let printed = project.run_command(live(&server, &project).args(["--retries", "0"]));
    assert!(
        printed.contains("error[answer-unreadable]: the response of STS")
            && printed.contains("bedrock.toml:4:16"),
        "{printed}"
    );
}

#[test]
fn fips_and_dual_stack_change_the_host() {
    // These hosts are unreachable here; the message contains the host.
    let tried = |keys: &str, variables: &[(&str, &str)]| {
        let project = project("source = 'default'\n", 1);
        let config = project.read("bedrock.toml").replace("region =", &format!("{keys}\nregion ="));
        project.write("bedrock.toml", config);
        let (server, proxy) = (MockServer::start(answer_all), MockServer::start(|_, _| Reply::Close));
        let mut command = live(&server, &project);
        command.env_remove("AWS_ENDPOINT_URL_BEDROCK_RUNTIME").env("HTTPS_PROXY", &proxy.url);
        project.run_command(command.envs(variables.iter().copied()).args(["--retries", "0"]));
        proxy.requests().first().map(|request| request.path.clone()).unwrap_or_default()
    };
    assert_eq!(tried("", &[]), "bedrock-runtime.us-east-1.amazonaws.com:443");
    assert_eq!(tried("fips = true", &[]), "bedrock-runtime-fips.us-east-1.amazonaws.com:443");
    assert_eq!(tried("dual_stack = true", &[]), "bedrock-runtime.us-east-1.api.aws:443");
    assert_eq!(
        tried("", &[("AWS_USE_FIPS_ENDPOINT", "true")]),
        "bedrock-runtime-fips.us-east-1.amazonaws.com:443"
    );
}
