//! `models resolve` and `models list`.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::common::Project;
use crate::demo_project::MODEL;
use crate::mock_server::{MockServer, Reply};

#[test]
fn copied_model_ids_are_resolved() {
    let project = Project::with(&[]);
    let resolve = |text: &str| project.run(["models", "resolve", text]);
    assert_snapshot!(resolve(" us.anthropic.claude-sonnet-4-6\n"), @"
    exit 1
    --- stdout
    modelId        us.anthropic.claude-sonnet-4-6
    kind           inference profile (us.)
    base model     anthropic.claude-sonnet-4-6
    family         Anthropic Claude
    Region         us-east-1 (assumed)
    called by      InvokeModel, InvokeModelWithResponseStream, Converse, ConverseStream
    answers from   us-east-1, us-east-2, us-west-2
    on demand in   eu-west-2
    profiles       au.anthropic.claude-sonnet-4-6, eu.anthropic.claude-sonnet-4-6, global.anthropic.claude-sonnet-4-6, jp.anthropic.claude-sonnet-4-6, us.anthropic.claude-sonnet-4-6
    lifecycle      active (as of 2026-11-22)
    takes          image, text
    gives          text

    ! the model ID contains white space or invisible characters
      write `us.anthropic.claude-sonnet-4-6`
    ");
    assert_snapshot!(resolve("bedrock:provisioned-model-inference/my-throughput-id"), @"
    exit 1
    --- stdout
    kind           provisioned throughput
    Region         us-east-1 (assumed)

    ! the model ID is the name of provisioned throughput, not its ARN
      write its ARN, `arn:aws:bedrock:REGION:ACCOUNT:provisioned-model/ID`, which `aws bedrock list-provisioned-model-throughputs` lists for the name `my-throughput-id`
    ");
    assert_snapshot!(resolve("arn:aws:bedrock:eu-west-1:123456789012:provisioned-model/abcdefghijkl"), @"
    exit 0
    --- stdout
    modelId        arn:aws:bedrock:eu-west-1:123456789012:provisioned-model/abcdefghijkl
    kind           provisioned throughput
    account        123456789012
    Region         eu-west-1
    called by      InvokeModel, InvokeModelWithResponseStream, Converse, ConverseStream
    ");
    assert_snapshot!(resolve("arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/huggingface-llm/1.0.3"), @"
    exit 1
    --- stdout
    kind           Marketplace model
    account        aws
    Region         us-east-1

    ! a Marketplace model can only be called through the endpoint that it is deployed to
      deploy the model, then write the ARN of the endpoint: `arn:aws:sagemaker:REGION:ACCOUNT:endpoint/NAME`
    ");
    assert_snapshot!(resolve("arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint"), @"
    exit 0
    --- stdout
    modelId        arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint
    kind           Marketplace endpoint
    account        123456789012
    Region         us-east-1
    called by      InvokeModel, InvokeModelWithResponseStream, Converse, ConverseStream
    ");
    assert_snapshot!(resolve("arn:aws:bedrock:us-east-1:123456789012:foundation-model/amazon.nova-pro-v1:0"), @"
    exit 1
    --- stdout
    modelId        arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0
    kind           base model
    base model     amazon.nova-pro-v1:0
    family         Amazon Nova
    Region         us-east-1
    called by      InvokeModel, InvokeModelWithResponseStream, Converse, ConverseStream
    on demand in   ap-southeast-2, ap-southeast-3, eu-west-2, us-east-1
    profiles       apac.amazon.nova-pro-v1:0, eu.amazon.nova-pro-v1:0, us.amazon.nova-pro-v1:0
    lifecycle      active (as of 2026-11-22)
    takes          image, text, video
    gives          text

    ! the model ID is the ARN of a foundation model with an account, and foundation models belong to no account
      write `arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0`
    ");
    assert_snapshot!(resolve("amazon.titan-embed-text-v2:0"), @"
    exit 0
    --- stdout
    modelId        amazon.titan-embed-text-v2:0
    kind           base model
    base model     amazon.titan-embed-text-v2:0
    family         Amazon Titan Embeddings
    Region         us-east-1 (assumed)
    called by      InvokeModel
    on demand in   ap-northeast-1, ap-northeast-2, ap-northeast-3, ap-south-1, ap-south-2, ap-southeast-2, ca-central-1, eu-central-1, eu-central-2, eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-2, eu-west-3, sa-east-1, us-east-1, us-east-2, us-west-2
    lifecycle      active (as of 2026-11-22)
    takes          text
    gives          embedding
    ");
    assert_snapshot!(resolve("openai.gpt-oss-120b"), @"
    exit 1
    --- stdout
    kind           base model
    base model     openai.gpt-oss-120b
    family         OpenAI-style chat
    Region         us-east-1 (assumed)
    called by      Bedrock Mantle
    lifecycle      active (as of 2026-11-22)
    takes          text
    gives          text

    ! `openai.gpt-oss-120b` is served by Bedrock Mantle, not by Bedrock Runtime
      write `openai.gpt-oss-120b-1:0` or `openai.gpt-oss-20b-1:0`, which Bedrock Runtime serves
    ");
}

#[test]
fn the_region_comes_from_flag_arn_or_environment() {
    let project = Project::with(&[]);
    let region = |command: &mut std::process::Command| {
        let printed = project.run_command(command);
        printed.lines().find_map(|line| line.strip_prefix("Region")).map(|name| name.trim().to_owned())
    };
    let resolve = |id: &str| {
        let mut command = project.command();
        command.args(["models", "resolve", id]).env("AWS_REGION", "eu-west-2");
        command
    };
    let arn = "arn:aws:bedrock:eu-west-1:123456789012:imported-model/abcdefghijkl";
    assert_eq!(region(&mut resolve("amazon.nova-pro-v1:0")).as_deref(), Some("eu-west-2"));
    assert_eq!(region(&mut resolve(arn)).as_deref(), Some("eu-west-1"));
    assert_eq!(region(resolve(arn).args(["--region", "us-west-2"])).as_deref(), Some("us-west-2"));
}

#[test]
fn models_are_filtered_by_their_properties() {
    let project = Project::with(&[]);
    assert_snapshot!(project.run(["models", "list", "--region", "eu-west-1", "--provider", "amazon"]), @"
    exit 0
    --- stdout
    eu.amazon.nova-2-lite-v1:0                           active   profile, image+text+video → text
    global.amazon.nova-2-lite-v1:0                       active   profile, image+text+video → text
    eu.amazon.nova-lite-v1:0                             active   profile, image+text+video → text
    eu.amazon.nova-micro-v1:0                            active   profile, text → text
    eu.amazon.nova-pro-v1:0                              active   profile, image+text+video → text
    amazon.titan-embed-image-v1                          active   on demand, image+text → embedding
    amazon.titan-embed-text-v2:0                         active   on demand, text → embedding
    ");
    assert_snapshot!(project.run(["models", "list", "--output", "embedding", "--provider", "cohere", "--format", "json"]), @r#"
    exit 0
    --- stdout
    {"id":"cohere.embed-english-v3","lifecycle":"active","about":"on demand, text → embedding"}
    {"id":"cohere.embed-multilingual-v3","lifecycle":"active","about":"on demand, text → embedding"}
    {"id":"cohere.embed-v4:0","lifecycle":"active","about":"on demand, image+text → embedding"}
    {"id":"eu.cohere.embed-v4:0","lifecycle":"active","about":"profile, image+text → embedding"}
    {"id":"global.cohere.embed-v4:0","lifecycle":"active","about":"profile, image+text → embedding"}
    {"id":"us.cohere.embed-v4:0","lifecycle":"active","about":"profile, image+text → embedding"}
    "#);
    assert_snapshot!(project.run(["models", "list", "--provider", "nobody"]), @"
    exit 4
    --- stderr
    no model matches these filters
    ");
    assert_snapshot!(project.run(["models", "list", "--region", "eu-wst-1"]), @"
    exit 2
    --- stderr
    error: `eu-wst-1` is not a known Region
      = help: did you mean `eu-west-1`?
    ");
}

fn page(value: &Value) -> Reply {
    let body = value.to_string();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
    Reply::Bytes(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes())
}

#[test]
fn live_lists_come_from_the_account() {
    let server = MockServer::start(|seen, _| match seen.path.as_str() {
        "/foundation-models" => page(&json!({ "modelSummaries": [
            { "modelId": "amazon.nova-pro-v1:0", "modelLifecycle": { "status": "ACTIVE" },
              "inferenceTypesSupported": ["ON_DEMAND"], "inputModalities": ["TEXT", "IMAGE"], "outputModalities": ["TEXT"] },
            { "modelId": "vendor.new-v1:0", "modelLifecycle": { "status": "LEGACY" },
              "inferenceTypesSupported": [], "inputModalities": ["TEXT"], "outputModalities": ["TEXT"] },
        ] })),
        path if path.contains("nextToken=a%2Fb") => page(&json!({ "inferenceProfileSummaries": [
            { "inferenceProfileId": "eu.amazon.nova-pro-v1:0", "status": "ACTIVE", "type": "SYSTEM_DEFINED" }] })),
        path if path.contains("SYSTEM_DEFINED") => {
            page(&json!({ "nextToken": "a/b", "inferenceProfileSummaries": [
            { "inferenceProfileId": "us.amazon.nova-pro-v1:0", "status": "ACTIVE", "type": "SYSTEM_DEFINED" }] }))
        }
        _ => page(&json!({ "inferenceProfileSummaries": [{ "type": "APPLICATION", "status": "ACTIVE",
            "inferenceProfileArn": "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc" }] })),
    });
    let project = Project::with(&[]);
    let mut command = server.command(&project);
    command.env("AWS_ENDPOINT_URL_BEDROCK", &server.url).args(["models", "list", "--live"]);
    assert_snapshot!(project.run_command(&mut command), @"
    exit 0
    --- stdout
    amazon.nova-pro-v1:0                                 active   on demand, text+image → text
    vendor.new-v1:0                                      legacy   through a profile, text → text
    us.amazon.nova-pro-v1:0                              active   profile
    eu.amazon.nova-pro-v1:0                              active   profile
    arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc active   application profile
    --- stderr
      calls    127.0.0.1 with the default credentials
    ");
    let seen = server.calls();
    assert_eq!(seen.len(), 4);
    assert!(seen.iter().all(|seen| seen.body.is_empty()), "{seen:?}");
    let signed = |seen: &crate::mock_server::ReceivedRequest| {
        seen.header("authorization").contains("/us-east-1/bedrock/aws4_request")
    };
    assert!(seen.iter().all(signed), "{seen:?}");
}

#[test]
fn a_refused_list_is_reported_with_its_cause() {
    let server = MockServer::start(|_, _| {
        let body = r#"{"Message":"User: arn:aws:iam::123456789012:user/ci is not authorized to perform: bedrock:ListFoundationModels because no identity-based policy allows the bedrock:ListFoundationModels action"}"#;
        let head = "HTTP/1.1 403 Forbidden\r\nx-amzn-errortype: AccessDeniedException\r\ncontent-type: application/json\r\nconnection: close\r\n";
        Reply::Bytes(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes())
    });
    let project = Project::with(&[("bedrock.toml", MODEL)]);
    let mut command = server.command(&project);
    command.env("AWS_ENDPOINT_URL_BEDROCK", &server.url).args([
        "models",
        "list",
        "--live",
        "--region",
        "eu-west-1",
    ]);
    assert_snapshot!(project.run_command(&mut command), @"
    exit 3
    --- stderr
      calls    127.0.0.1 with the default credentials
    error: Bedrock's control plane in eu-west-1 refused with 403 (AccessDeniedException): User: arn:aws:iam::123456789012:user/ci is not authorized to perform: bedrock:ListFoundationModels because no identity-based policy allows the bedrock:ListFoundationModels action
      = help: attach the policy that `bedrock-check iam policy` prints; for an inference profile, it has to allow the profile and the model in each Region that the profile routes to
    ");
}
