//! The commands `invoke`, `doctor` and `plan`.

use serde_json::Value;

use crate::common::Project;
use crate::demo_project::{MODEL, case, project};
use crate::mock_server::{
    MockServer, ReceivedRequest, Reply, assume_role_reply, caller_identity_reply, claude_frames,
    claude_reply, error_reply, stream_reply, sts_error_reply,
};

fn answer_all(request: &ReceivedRequest, _: usize) -> Reply {
    Reply::Bytes(match request.field("Action").as_deref() {
        Some("AssumeRole") => assume_role_reply("role", 3600),
        Some("GetCallerIdentity") => caller_identity_reply("999999999999"),
        _ => claude_reply("Hello!"),
    })
}

fn run(server: &MockServer, project: &Project, args: &[&str]) -> String {
    project.run_command(server.command(project).args(args))
}

#[test]
fn invoke_sends_the_given_variables() {
    let (project, server) = (project(&[("hello", "")]), MockServer::start(answer_all));
    insta::assert_snapshot!(run(&server, &project, &["invoke", "demo", "--var", "prompt=say \"hi\""]), @r#"
    exit 0
    --- stdout
    HTTP 200   [TIME], $0.000024
    content-type: application/json

    {
      "type": "message",
      "content": [
        {
          "type": "text",
          "text": "Hello!"
        }
      ],
      "stop_reason": "end_turn",
      "usage": {
        "input_tokens": 9,
        "output_tokens": 3
      }
    }

    mapped
      output_text   = "Hello!"
      input_tokens  = 9
      output_tokens = 3
    --- stderr
      calls    127.0.0.1 with the default credentials, then the role arn:aws:iam::123456789012:role/BedrockAccess at 127.0.0.1
    "#);
    assert!(server.calls()[0].body.contains(r#"say \"hi\""#), "{}", server.calls()[0].body);
    run(&server, &project, &["invoke", "demo", "--case", "hello"]);
    assert!(server.calls()[1].body.contains("Say hello"));
    assert_eq!(project.tree(), ["bedrock.toml"], "nothing is written");
}

#[test]
fn invoke_lists_every_event_of_a_stream() {
    let project = project(&[]);
    let config = project.read("bedrock.toml").replace("region =", "stream = true\nregion =");
    project.write("bedrock.toml", config);
    let server = MockServer::start(|request, earlier| match request.field("Action") {
        Some(_) => answer_all(request, earlier),
        None => Reply::Bytes(stream_reply(&claude_frames("Hello!"))),
    });
    let output =
        server.command(&project).args(["invoke", "demo", "--var", "prompt=x", "--format", "json"]).output();
    let document: Value = serde_json::from_slice(&output.expect("it runs").stdout).expect("JSON");
    assert_eq!(document["response"]["events"].as_array().map(Vec::len), Some(6));
    assert_eq!(document["mapped"]["output_text"], "Hello!");
    assert!(document["first_token_ms"].is_u64() && document["latency_ms"].is_u64(), "{document}");
}

#[test]
fn invalid_models_variables_and_cases_are_reported() {
    let (project, server) = (project(&[("hello", "")]), MockServer::start(answer_all));
    for (args, message) in [
        (&["invoke", "dmeo"][..], "did you mean `demo`?"),
        (&["invoke", "demo", "--var", "promt=x"], "did you mean `prompt`?"),
        (&["invoke", "demo", "--var", "prompt"], "expected `NAME=VALUE`"),
        (&["invoke", "demo", "--case", "helo"], "did you mean `hello`?"),
        (&["invoke", "demo"], "`prompt` has no value"),
        (&["doctor", "dmeo"], "did you mean `demo`?"),
    ] {
        let printed = run(&server, &project, args);
        assert!(printed.starts_with("exit 2\n") && printed.contains(message), "{args:?}: {printed}");
    }
    let mut command = server.command(&project);
    command.env("AWS_ENDPOINT_URL_STS", "localhost:4566").args(["doctor", "demo"]);
    let printed = project.run_command(&mut command);
    assert!(printed.contains("`AWS_ENDPOINT_URL_STS`: expected a URL, found `localhost:4566`"), "{printed}");
    let printed = project
        .run_command(project.command().env("AWS_ENDPOINT_URL", "me:hush@proxy").args(["doctor", "demo"]));
    assert!(
        printed.contains("`AWS_ENDPOINT_URL`: expected a URL\n") && !printed.contains("hush"),
        "{printed}"
    );
    assert!(server.requests().is_empty());
}

#[test]
fn a_refused_call_is_reported_with_its_cause() {
    let project = project(&[("hello", "")]);
    let server = MockServer::start(|request, earlier| match request.field("Action") {
        Some(_) => answer_all(request, earlier),
        None => {
            Reply::Bytes(error_reply(400, "ValidationException", "The provided model identifier is invalid."))
        }
    });
    let printed = run(&server, &project, &["invoke", "demo", "--case", "hello"]);
    assert!(
        printed.starts_with("exit 1\n")
            && printed.contains("HTTP 400")
            && printed.contains("explain model-id-invalid"),
        "{printed}"
    );
}

#[test]
fn the_doctor_lists_each_step() {
    let project = project(&[("hello", "")]);
    let config = project
        .read("bedrock.toml")
        .replace("global.anthropic.claude-haiku-4-5-20251001-v1:0", "us.anthropic.claude-sonnet-4-6");
    project.write("bedrock.toml", config);
    let server = MockServer::start(answer_all);
    insta::assert_snapshot!(run(&server, &project, &["doctor", "demo"]), @"
    exit 0
    --- stdout
    demo   us.anthropic.claude-sonnet-4-6 in us-east-1
      ok       credentials  default chain: access key AKIA…MPLE
      ok       caller       GetCallerIdentity: arn:aws:iam::999999999999:user/ci
      ok       assume role  arn:aws:iam::123456789012:role/BedrockAccess: access key ASIA…role
      ok       account      999999999999: as arn:aws:iam::999999999999:user/ci
      ok       model        us.anthropic.claude-sonnet-4-6: inference profile in us-east-1, active
      ok       call         us-east-1: answered after [TIME]

    --- stderr
      calls    127.0.0.1 with the default credentials, then the role arn:aws:iam::123456789012:role/BedrockAccess at 127.0.0.1
    ");
    assert_eq!(serde_json::from_str::<Value>(&server.calls()[0].body).expect("JSON")["max_tokens"], 1);
}

#[test]
fn the_doctor_prints_the_missing_policy_statements() {
    let credentials = "role_arn = \"arn:aws:iam::123456789012:role/BedrockAccess\"\nexternal_id = { env = \"EXTERNAL\" }\nsession_tags = { a = \"b\" }\n";
    let model = MODEL.replace("role_arn = \"arn:aws:iam::123456789012:role/BedrockAccess\"\n", credentials);
    let model =
        model.replace("global.anthropic.claude-haiku-4-5-20251001-v1:0", "us.anthropic.claude-sonnet-4-6");
    let project = Project::with(&[("bedrock.toml", &format!("{model}{}", case("hello", "")))]);
    let denied = MockServer::start(|request, earlier| match request.field("Action").as_deref() {
        Some("AssumeRole") => Reply::Bytes(sts_error_reply(
            403,
            "AccessDenied",
            "User: arn:aws:iam::999999999999:user/ci is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/BedrockAccess",
        )),
        _ => answer_all(request, earlier),
    });
    let mut command = denied.command(&project);
    insta::assert_snapshot!(project.run_command(command.env("EXTERNAL", "hush-hush").args(["doctor", "demo"])), @r#"
    exit 3
    --- stdout
    demo   us.anthropic.claude-sonnet-4-6 in us-east-1
      ok       credentials  default chain: access key AKIA…MPLE
      ok       caller       GetCallerIdentity: arn:aws:iam::999999999999:user/ci
      FAILED   assume role  arn:aws:iam::123456789012:role/BedrockAccess
      not run  account
      ok       model        us.anthropic.claude-sonnet-4-6: inference profile in us-east-1, active
      not run  call         us-east-1

    error[role-not-assumed]: STS refused AssumeRole of `arn:aws:iam::123456789012:role/BedrockAccess` with 403 (AccessDenied)
     --> bedrock.toml:3:12
      |
    3 | role_arn = "arn:aws:iam::123456789012:role/BedrockAccess"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    4 | external_id = { env = "EXTERNAL" }
      |               -------------------- sent as the external ID
      |
      = note: the message was: User: arn:aws:iam::999999999999:user/ci is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/BedrockAccess
      = note: cause: the trust policy of the role or the policy of the caller does not allow it, or the role does not exist: STS does not report which (`bedrock-check explain sts-denied`)
      = note: to find the reason: role: `aws iam get-role --role-name NAME` in the account of the role shows whether it exists, and its trust policy
      = note: to find the reason: trust policy: its `Principal` must contain the caller from the message, or the account of the caller
      = note: to find the reason: external ID: if the trust policy has a condition on `sts:ExternalId`, `external_id` must be set to the same value
      = note: to find the reason: caller: if the role is in another account, the policy of the caller must allow `sts:AssumeRole` on the role
      = help: check the role ARN, the trust policy, the external ID and the policy of the caller, in this order

    add to the trust policy of arn:aws:iam::123456789012:role/BedrockAccess, if it is not there:
    {
      "Effect": "Allow",
      "Principal": {
        "AWS": "arn:aws:iam::999999999999:user/ci"
      },
      "Action": [
        "sts:AssumeRole",
        "sts:TagSession"
      ],
      "Condition": {
        "StringEquals": {
          "sts:ExternalId": "${EXTERNAL}"
        }
      }
    }

    add to the permission policy of arn:aws:iam::999999999999:user/ci, if it is not there:
    {
      "Effect": "Allow",
      "Action": "sts:AssumeRole",
      "Resource": "arn:aws:iam::123456789012:role/BedrockAccess"
    }

    --- stderr
      calls    127.0.0.1 with the default credentials, then the role arn:aws:iam::123456789012:role/BedrockAccess at 127.0.0.1
    "#);
    let forbidden = MockServer::start(|request, earlier| match request.field("Action") {
        Some(_) => answer_all(request, earlier),
        None => Reply::Bytes(error_reply(
            403,
            "AccessDeniedException",
            "User: arn:aws:sts::123456789012:assumed-role/BedrockAccess/x is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6 because no identity-based policy allows the bedrock:InvokeModel action",
        )),
    });
    let mut command = forbidden.command(&project);
    let output = command.env("EXTERNAL", "hush-hush").args(["doctor", "demo", "--format", "json"]).output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(3));
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let states: Vec<_> = document["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| (step["step"].clone(), step["state"].clone()))
        .collect();
    let expected = [
        ("credentials", "ok"),
        ("caller", "ok"),
        ("assume role", "ok"),
        ("account", "ok"),
        ("model", "ok"),
        ("call", "failed"),
    ];
    assert_eq!(states, expected.map(|(step, state)| (Value::from(step), Value::from(state))));
    let last = &document["steps"][5];
    assert_eq!(last["cause"], "iam-denied");
    assert_eq!(
        last["add"][1]["statement"]["Resource"],
        serde_json::json!([
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6",
            "arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6",
            "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6"
        ])
    );
    // The statements are those of `iam policy` for the account of the caller.
    let policy = project.output(&["iam", "policy", "--account", "999999999999"]);
    let mut policy: Value = serde_json::from_slice(&policy.stdout).expect("JSON");
    let statements = policy["Statement"].as_array_mut().expect("statements");
    for (statement, added) in statements.iter_mut().zip(last["add"].as_array().expect("advice")) {
        statement.as_object_mut().expect("a statement").remove("Sid");
        assert_eq!(*statement, added["statement"]);
    }
}

#[test]
fn a_plan_lists_calls_tokens_and_the_worst_price() {
    let config = format!(
        "{}{}{}[models.other]\nextends = \"demo\"\nmodel_id = \"arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl\"\n\
         [[models.other.cases]]\nname = \"x\"\nvariables = {{ prompt = \"x\" }}\n",
        MODEL.replace("global.anthropic.claude-haiku-4-5-20251001-v1:0", "us.anthropic.claude-sonnet-4-6"),
        case("hello", ""),
        case("again", "repeat = 5\n"),
    );
    let project = Project::with(&[("bedrock.toml", &config)]);
    insta::assert_snapshot!(project.run(["plan"]), @"
    exit 0
    --- stdout
    model  region         calls        input tokens  output tokens  worst price
    demo   us-east-1          6        ≤ 732 (~186)          ≤ 600    $0.012316
    other  us-east-1          1         ≤ 114 (~29)          ≤ 100      unknown

    7 calls, at most $0.012316, and 1 model without a known price
      ≤ counts each byte as a token, plus an allowance for tools and media; the body or the model limits the output
      ~ is an estimate: a quarter of ≤; retries cost extra
      prices are estimates: list prices of the standard tier (litellm 1.109.1, 2026-11-22), or those of your settings
    ");
    insta::assert_snapshot!(project.run(["plan", "--mode", "replay"]), @"
    exit 0
    --- stdout
    `replay` makes no calls
    ");
    let priced = "[prices.\"arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl\"]\ninput = 1\noutput = 2.5\n";
    project.write("bedrock-check.toml", priced);
    let output = project.output(&["plan", "--mode", "record-missing", "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&document["calls"], &document["unpriced"]), (&3.into(), &0.into()), "{document}");
}

#[test]
fn recorded_cases_are_not_planned() {
    let project = crate::demo_project::accepted();
    let plan = |mode: &str| -> Value {
        let output = project.output(&["plan", "--mode", mode, "--format", "json"]);
        serde_json::from_slice::<Value>(&output.stdout).expect("JSON")["calls"].clone()
    };
    assert_eq!(
        (plan("record-missing"), plan("record-stale"), plan("record-all")),
        (0.into(), 0.into(), 1.into())
    );
    let config = project.read("bedrock.toml").replace("Say greeting", "Say more");
    project.write("bedrock.toml", config);
    assert_eq!((plan("record-missing"), plan("record-stale"), plan("live")), (0.into(), 1.into(), 1.into()));
}

#[test]
fn cost_expectations_apply_to_recordings() {
    let project = crate::demo_project::accepted();
    let config = project.read("bedrock.toml") + "expect.cost_usd = { max = 0.000001 }\n";
    project.write("bedrock.toml", config);
    project.write(
        "bedrock-check.toml",
        "[prices.\"global.anthropic.claude-haiku-4-5-20251001-v1:0\"]\ninput = 1\noutput = 2\n",
    );
    let printed = project.run(["test"]);
    assert!(
        printed.starts_with("exit 1\n") && printed.contains("`cost_usd`: expected a number of at most"),
        "{printed}"
    );
}
