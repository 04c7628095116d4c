//! As whom models are called: roles, chains, sessions, keys. The other side is a server that keeps what it was
//! asked.

use std::process::Command;
use std::time::Duration;

use crate::common::Project;
use crate::demo_project::{MODEL, case};
use crate::mock_server::{Reply, SECRET, Seen, StandIn, assumed, identity, refuses, says, sts_refuses};

const SETTINGS: &str = "retry_pause = 0.001\njobs = 8\n";

/// The demo's model with these `[credentials.demo]` and so many cases.
fn project(credentials: &str, cases: usize) -> Project {
    let model = MODEL.replace("role_arn = \"arn:aws:iam::123456789012:role/BedrockAccess\"\n", credentials);
    let cases: String = (0..cases).map(|number| case(&format!("case {number}"), "")).collect();
    Project::with(&[("bedrock.toml", &format!("{model}{cases}")), ("bedrock-check.toml", SETTINGS)])
}

/// STS hands out keys named by the role, Bedrock answers.
fn willing(seen: &Seen, _: usize) -> Reply {
    Reply::Bytes(match seen.field("Action").as_deref() {
        Some("AssumeRole") => assumed(&role(seen), 3600),
        Some("GetCallerIdentity") => identity("123456789012"),
        _ => says("Hello!"),
    })
}

/// The name of the role that is asked for.
fn role(seen: &Seen) -> String {
    let arn = seen.field("RoleArn").unwrap_or_default();
    arn.rsplit('/').next().unwrap_or_default().to_owned()
}

fn live(server: &StandIn, project: &Project) -> Command {
    let mut command = server.command(project);
    command.args(["test", "--mode", "live"]);
    command
}

#[track_caller]
fn passes(told: &str) {
    assert!(told.starts_with("exit 0\n"), "{told}");
}

const ROLE: &str = "role_arn = 'arn:aws:iam::123456789012:role/last'\n";

#[test]
fn a_role_is_assumed_once_however_many_cases_there_are() {
    let (project, server) = (project(ROLE, 100), StandIn::start(willing));
    passes(&project.told(&mut live(&server, &project)));
    assert_eq!((server.sts("AssumeRole").len(), server.calls().len()), (1, 100));
    for call in server.calls() {
        assert_eq!(call.header("x-amz-security-token"), "session-token-of-last");
        assert!(call.header("authorization").contains("Credential=ASIA"), "{}", call.header("authorization"));
    }
}

#[test]
fn a_refused_role_is_requested_once() {
    let denied = |seen: &Seen, _| match seen.field("Action") {
        Some(_) => Reply::Bytes(sts_refuses(
            403,
            "AccessDenied",
            "User: arn:aws:iam::999999999999:user/ci is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/last",
        )),
        None => Reply::Nothing,
    };
    let (project, server) = (project(ROLE, 20), StandIn::start(denied));
    let told = project.told(&mut live(&server, &project));
    assert!(told.starts_with("exit 3\n") && told.contains("--> bedrock.toml:3:12"), "{told}");
    assert_eq!((server.sts("AssumeRole").len(), server.calls().len()), (1, 0));
    // Why, is told once.
    assert_eq!(
        (told.matches("error[role-not-assumed]").count(), told.matches("(as above)").count()),
        (1, 19),
        "{told}"
    );
}

#[test]
fn each_role_of_a_chain_is_assumed_by_the_previous_one() {
    let credentials = format!(
        "chain = [{{ role_arn = 'arn:aws:iam::111111111111:role/first', external_id = 'one' }}]\n{ROLE}external_id = {{ env = 'EXTERNAL' }}\n\
         session_name = 'kore-check'\nsession_tags = {{ team = 'llm', stage = 'ci' }}\nsource_identity = 'pipeline'\nduration = 1800\n"
    );
    let (project, server) = (project(&credentials, 1), StandIn::start(willing));
    passes(&project.told(live(&server, &project).env("EXTERNAL", "two")));
    let assumed = server.sts("AssumeRole");
    let fields = |index: usize, name: &str| -> Option<String> {
        let seen: &Seen = &assumed[index];
        seen.field(name)
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
        let (project, server) = (project(&credentials, 1), StandIn::start(willing));
        passes(&project.told(live(&server, &project).envs(variables.iter().copied())));
        let scope = |seen: &Seen| {
            let authorization = seen.header("authorization").to_owned();
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
    let (other, server) = (StandIn::start(|_, _| Reply::Nothing), StandIn::start(willing));
    let credentials = format!("{ROLE}sts_endpoint = '{}'\n", other.url);
    let project = project(&credentials, 1);
    let config =
        project.read("bedrock.toml").replace("region =", &format!("endpoint = '{}'\nregion =", other.url));
    project.write("bedrock.toml", config);
    passes(&project.told(&mut live(&server, &project)));
    assert_eq!((server.seen().len(), other.seen().len()), (2, 0));
}

#[test]
fn every_attempt_is_signed_anew() {
    let slow_down = |seen: &Seen, before| match seen.field("Action") {
        Some(_) if before == 0 => Reply::Bytes(sts_refuses(400, "Throttling", "Rate exceeded")),
        Some(_) => Reply::Bytes(assumed("last", 3600)),
        // The signature holds the second.
        None if before == 0 => Reply::After(
            Duration::from_millis(1100),
            refuses(429, "ThrottlingException", "Too many requests, please wait before trying again."),
        ),
        None => Reply::Bytes(says("Hello!")),
    };
    let (project, server) = (project(ROLE, 1), StandIn::start(slow_down));
    passes(&project.told(&mut live(&server, &project)));
    let calls = server.calls();
    assert_eq!((calls.len(), server.sts("AssumeRole").len()), (2, 2));
    assert_ne!(calls[0].header("x-amz-date"), calls[1].header("x-amz-date"));
    assert_ne!(calls[0].header("authorization"), calls[1].header("authorization"));
}

#[test]
fn a_session_that_expires_during_a_run_is_renewed() {
    let expired = |seen: &Seen, before| match seen.field("Action") {
        Some(_) => Reply::Bytes(assumed(if before == 0 { "old" } else { "new" }, 3600)),
        None if seen.header("x-amz-security-token").ends_with("old") && before >= 2 => Reply::Bytes(refuses(
            403,
            "ExpiredTokenException",
            "The security token included in the request is expired",
        )),
        None => Reply::Bytes(says("Hello!")),
    };
    let (project, server) = (project(ROLE, 6), StandIn::start(expired));
    passes(&project.told(live(&server, &project).args(["-j", "1", "--retries", "0"])));
    assert_eq!((server.sts("AssumeRole").len(), server.calls().len()), (2, 7));
}

#[test]
fn a_session_is_renewed_before_it_ends() {
    let short = |seen: &Seen, before: usize| match seen.field("Action") {
        Some(_) => Reply::Bytes(assumed(&format!("{before}"), 2)),
        None => Reply::After(Duration::from_millis(1200), says("Hello!")),
    };
    let (project, server) = (project(ROLE, 4), StandIn::start(short));
    passes(&project.told(live(&server, &project).args(["-j", "1"])));
    assert!(server.sts("AssumeRole").len() >= 2, "{}", server.sts("AssumeRole").len());
}

#[test]
fn one_slow_sts_response_fails_one_case() {
    let slow_once = |seen: &Seen, before| match seen.field("Action") {
        Some(_) if before == 0 => Reply::After(Duration::from_secs(2), assumed("late", 3600)),
        _ => willing(seen, before),
    };
    let (project, server) = (project(ROLE, 3), StandIn::start(slow_once));
    project.write("bedrock-check.toml", "timeout = { first_byte = 0.5 }\n");
    let told = project.told(live(&server, &project).args(["-j", "1", "--retries", "0"]));
    assert!(told.contains("3 cases: 2 passed, 1 error") && told.contains("error[call-timed-out]"), "{told}");
}

#[test]
fn models_of_two_regions_share_a_role() {
    let (project, server) = (project(ROLE, 1), StandIn::start(willing));
    let other = "[models.other]\nextends = \"demo\"\nregion = \"eu-west-1\"\n[[models.other.cases]]\nname = \"x\"\nvariables = { prompt = \"x\" }\n";
    project.write("bedrock.toml", project.read("bedrock.toml") + other);
    passes(&project.told(live(&server, &project).env("AWS_REGION", "us-west-2")));
    assert_eq!((server.sts("AssumeRole").len(), server.calls().len()), (1, 2));
}

#[test]
fn models_with_other_session_tags_have_sessions_of_their_own() {
    let session_of_a_team = |seen: &Seen, _| {
        Reply::Bytes(match seen.field("Action") {
            Some(_) => assumed(&seen.field("Tags.member.1.Value").unwrap_or_default(), 3600),
            None => says("Hello!"),
        })
    };
    let credentials = |team: &str| format!("{ROLE}session_tags = {{ team = '{team}' }}\n");
    let (project, server) = (project(&credentials("blue"), 1), StandIn::start(session_of_a_team));
    let other = format!(
        "[credentials.other]\n{}[models.other]\nextends = \"demo\"\ncredentials = \"other\"\n\
         [[models.other.cases]]\nname = \"x\"\nvariables = {{ prompt = \"Say red\" }}\n",
        credentials("red")
    );
    project.write("bedrock.toml", project.read("bedrock.toml") + &other);
    passes(&project.told(&mut live(&server, &project)));
    let assumed = server.sts("AssumeRole");
    let mut teams: Vec<_> = assumed.iter().filter_map(|seen| seen.field("Tags.member.1.Value")).collect();
    teams.sort();
    assert_eq!(teams, ["blue", "red"]);
    assert!(assumed.iter().all(|seen| seen.field("Tags.member.1.Key").as_deref() == Some("team")));
    for call in server.calls() {
        let team = if call.body.contains("Say red") { "red" } else { "blue" };
        assert_eq!(call.header("x-amz-security-token"), format!("session-token-of-{team}"));
    }
}

#[test]
fn the_retries_setting_applies_to_calls_of_the_sdk() {
    let failing = |seen: &Seen, before| match seen.field("Action") {
        Some(_) => Reply::Bytes(sts_refuses(500, "InternalFailure", "no")),
        None => willing(seen, before),
    };
    let (project, server) = (project("source = 'default'\n", 1), StandIn::start(failing));
    project.write("token", "token");
    let mut command = live(&server, &project);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").args(["--retries", "0"]);
    command.env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web");
    let told = project.told(command.env("AWS_WEB_IDENTITY_TOKEN_FILE", project.path().join("token")));
    assert!(told.contains("error[credentials-missing]"), "{told}");
    assert_eq!(server.sts("AssumeRoleWithWebIdentity").len(), 1);
}

#[test]
fn a_web_identity_token_is_read_again() {
    let project = project("source = 'default'\n", 4);
    project.write("token", "first-token");
    let path = project.path().join("token");
    let renewed = path.clone();
    let server = StandIn::start(move |seen, before| {
        if seen.field("Action").as_deref() == Some("AssumeRoleWithWebIdentity") {
            let reply = String::from_utf8(assumed(&format!("web{before}"), 2)).expect("UTF-8");
            let (_, body) = reply.split_once("\r\n\r\n").expect("a head");
            let body = body.replace("AssumeRole", "AssumeRoleWithWebIdentity");
            return Reply::Bytes(crate::mock_server::http(200, &[("content-type", "text/xml")], body));
        }
        // The first token was read: who calls has keys.
        std::fs::write(&renewed, "second-token").expect("a file");
        Reply::After(Duration::from_millis(1200), says("Hello!"))
    });
    let mut command = live(&server, &project);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").args(["-j", "1"]);
    command
        .env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web")
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", &path);
    passes(&project.told(&mut command));
    let tokens: Vec<_> = server
        .sts("AssumeRoleWithWebIdentity")
        .iter()
        .filter_map(|seen| seen.field("WebIdentityToken"))
        .collect();
    assert!(tokens.len() >= 2 && tokens[0] == "first-token" && tokens[1] == "second-token", "{tokens:?}");
}

#[test]
fn an_api_key_never_replaces_a_role() {
    let called = |credentials: &str, model: &str| {
        let (project, server) = (project(credentials, 1), StandIn::start(willing));
        let config = project.read("bedrock.toml").replace("credentials = \"demo\"\n", model);
        project.write("bedrock.toml", config);
        let told =
            project.told(live(&server, &project).env("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-planted"));
        let calls = server.calls();
        (calls.first().map(|seen| seen.header("authorization").to_owned()).unwrap_or_default(), told)
    };
    let named = "credentials = \"demo\"\n";
    assert!(called(ROLE, named).0.starts_with("AWS4-HMAC-SHA256"));
    assert_eq!(called("source = 'bedrock-api-key'\n", named).0, "Bearer bedrock-api-key-planted");
    // Without credentials of its own a model is called as the SDKs would.
    assert_eq!(called(ROLE, "").0, "Bearer bedrock-api-key-planted");
    let (_, told) = called("source = 'bedrock-api-key'\nallowed_account_ids = ['123456789012']\n", named);
    assert!(told.contains("error[account-not-allowed]") && told.contains("bedrock.toml:4:23"), "{told}");
}

#[test]
fn only_allowed_accounts_are_called() {
    let run = |allowed: &str| {
        let credentials = format!("{ROLE}allowed_account_ids = ['{allowed}']\n");
        let (project, server) = (project(&credentials, 3), StandIn::start(willing));
        let told = project.told(&mut live(&server, &project));
        (told, server.sts("GetCallerIdentity").len(), server.calls().len())
    };
    let (told, asked, calls) = run("123456789012");
    passes(&told);
    assert_eq!((asked, calls), (1, 3));
    let (told, _, calls) = run("999999999999");
    assert!(
        told.contains("error[account-not-allowed]: the account 123456789012 may not be called"),
        "{told}"
    );
    assert_eq!(calls, 0);
}

#[test]
fn missing_credentials_are_reported_where_they_are_named() {
    for (credentials, place, says) in [
        ("source = 'profile:nobody'\n", "bedrock.toml:3:10", "the profile `nobody` gives no credentials"),
        ("source = 'bedrock-api-key'\n", "bedrock.toml:3:10", "`AWS_BEARER_TOKEN_BEDROCK` is not set"),
        (
            "role_arn = 'arn:aws:iam::123456789012:role/last'\nexternal_id = { env = 'NOT_SET' }\n",
            "bedrock.toml:4:15",
            "the environment variable `NOT_SET` is not set",
        ),
        (
            "role_arn = 'arn:aws:iam::123456789012:role/last'\nmfa_serial = 'arn:aws:iam::123456789012:mfa/me'\n",
            "bedrock.toml:4:14",
            "asked for on a terminal only",
        ),
    ] {
        let (project, server) = (project(credentials, 1), StandIn::start(willing));
        let told = project.told(live(&server, &project).env("HOME", project.path()));
        assert!(told.starts_with("exit 3\n") && told.contains("error[credentials-missing]"), "{told}");
        assert!(told.contains(place) && told.contains(says), "{told}");
        assert!(server.calls().is_empty());
    }
}

/// On a terminal of its own, with `typed` as the answer to what is asked.
#[cfg(unix)]
#[test]
fn the_mfa_code_is_requested_once() {
    let credentials = format!("{ROLE}mfa_serial = 'arn:aws:iam::999999999999:mfa/me'\n");
    for (typed, passes) in [("123456", true), ("12345", false)] {
        let (project, server) = (project(&credentials, 3), StandIn::start(willing));
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
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(told.matches("MFA code of arn:aws:iam::999999999999:mfa/me: ").count(), 1, "{told}");
        assert_eq!(output.status.success(), passes, "{told}");
        let asked: Vec<_> = server
            .sts("AssumeRole")
            .iter()
            .map(|seen| (seen.field("SerialNumber"), seen.field("TokenCode")))
            .collect();
        let expected = (Some("arn:aws:iam::999999999999:mfa/me".to_owned()), Some(typed.to_owned()));
        assert_eq!(asked, if passes { vec![expected] } else { Vec::new() }, "{told}");
        assert!(passes || told.contains("expected the six digits"), "{told}");
    }
}

#[test]
fn credentials_come_from_the_named_profile() {
    let (project, server) = (project("source = 'profile:ci'\n", 1), StandIn::start(willing));
    project.write(
        ".aws/credentials",
        format!("[ci]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = {SECRET}\n"),
    );
    passes(&project.told(live(&server, &project).env("HOME", project.path())));
    assert!(server.calls()[0].header("authorization").contains("AKIAI44QH8DHBEXAMPLE"));
    // The profile's Region is that of its STS.
    project.write(".aws/config", "[profile ci]\nregion = eu-west-1\n");
    let config = project.read("bedrock.toml").replace("source =", &format!("{ROLE}source ="));
    project.write("bedrock.toml", config);
    passes(&project.told(live(&server, &project).env("HOME", project.path())));
    assert!(server.sts("AssumeRole")[0].header("authorization").contains("/eu-west-1/sts/"));
}

#[test]
fn an_endpoint_that_is_not_sts_is_reported() {
    let login = crate::mock_server::http(200, &[("content-type", "text/html")], "<html>Log in</html>");
    let credentials = format!("{ROLE}sts_endpoint = 'https://sts.us-east-1.amazonaws.com/'\n");
    let (project, server) =
        (project(&credentials, 1), StandIn::start(move |_, _| Reply::Bytes(login.clone())));
    let told = project.told(live(&server, &project).args(["--retries", "0"]));
    assert!(
        told.contains("error[answer-unreadable]: the response is not one of STS")
            && told.contains("bedrock.toml:4:16"),
        "{told}"
    );
}

#[test]
fn fips_and_dual_stack_change_the_host() {
    // No such host can be reached here: what was tried stands in the message.
    let tried = |keys: &str, variables: &[(&str, &str)]| {
        let project = project("source = 'default'\n", 1);
        let config = project.read("bedrock.toml").replace("region =", &format!("{keys}\nregion ="));
        project.write("bedrock.toml", config);
        let (server, proxy) = (StandIn::start(willing), StandIn::start(|_, _| Reply::Nothing));
        let mut command = live(&server, &project);
        command.env_remove("AWS_ENDPOINT_URL_BEDROCK_RUNTIME").env("HTTPS_PROXY", &proxy.url);
        project.told(command.envs(variables.iter().copied()).args(["--retries", "0"]));
        proxy.seen().first().map(|seen| seen.path.clone()).unwrap_or_default()
    };
    assert_eq!(tried("", &[]), "bedrock-runtime.us-east-1.amazonaws.com:443");
    assert_eq!(tried("fips = true", &[]), "bedrock-runtime-fips.us-east-1.amazonaws.com:443");
    assert_eq!(tried("dual_stack = true", &[]), "bedrock-runtime.us-east-1.api.aws:443");
    assert_eq!(
        tried("", &[("AWS_USE_FIPS_ENDPOINT", "true")]),
        "bedrock-runtime-fips.us-east-1.amazonaws.com:443"
    );
}
