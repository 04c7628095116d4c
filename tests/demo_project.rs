//! The demo project for tests of whole commands: a model, its cases, and recorded answers.

use bedrock_check::check::{self, Input, Purpose};
use bedrock_check::config::discover::discover;
use bedrock_check::config::root::Root;
use bedrock_check::config::value::ValueSources;
use bedrock_check::diagnose::Sources;
use bedrock_check::exchange::{Answer, Exchange, Headers, Refusal, Response};
use bedrock_check::fixture::{self, Fixture, Origin, Provenance};
use bedrock_check::schema::Schema;
use bedrock_check::suite::Suite;
use serde_json::json;

use crate::common::Project;

/// A config without cases.
pub const MODEL: &str = r#"version = 1
[credentials.demo]
role_arn = "arn:aws:iam::123456789012:role/BedrockAccess"
[models.demo]
credentials = "demo"
region = "us-east-1"
model_id = "global.anthropic.claude-haiku-4-5-20251001-v1:0"
[models.demo.variables]
prompt = { type = "string" }
[models.demo.request]
body = '{ "anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": [{ "role": "user", "content": "{{prompt}}" }] }'
[models.demo.mapping]
output_text = "$.content[0].text"
input_tokens = "$.usage.input_tokens"
output_tokens = "$.usage.output_tokens"
"#;

/// A config without credentials and cases, whose text is short.
pub const SMALL_MODEL: &str = "version = 1
[models.m]
region = 'us-east-1'
model_id = 'amazon.nova-lite-v1:0'
variables.prompt = {}
request.body = '{\"messages\": [{\"role\": \"user\", \"content\": [{\"text\": \"{{prompt}}\"}]}]}'
mapping.text = '$.output.message.content[0].text'
";

/// [`SMALL_MODEL`] with one case, which has no recording.
pub fn small_config() -> String {
    format!("{SMALL_MODEL}[[models.m.cases]]\nname = 'a'\nvariables.prompt = 'x'\n")
}

/// A case of [`MODEL`]; `more` contains further keys.
pub fn case(name: &str, more: &str) -> String {
    format!("[[models.demo.cases]]\nname = {name:?}\nvariables = {{ prompt = \"Say {name}\" }}\n{more}\n")
}

/// A project whose `bedrock.toml` is [`MODEL`] with `cases`, pairs of a name and further keys.
pub fn project(cases: &[(&str, &str)]) -> Project {
    let cases: String = cases.iter().map(|(name, more)| case(name, more)).collect();
    Project::with(&[("bedrock.toml", &format!("{MODEL}{cases}"))])
}

/// A [`project`] with one case, `demo::greeting`, whose answer is recorded and accepted.
pub fn accepted() -> Project {
    let project = project(&[("greeting", "")]);
    record(&project, &[("demo::greeting", text_answer("Hello!"))]);
    project.run(["test", "--accept"]);
    assert_eq!(
        project.tree(),
        ["bedrock.toml", "fixtures/demo/greeting.json", "snapshots/demo__greeting.snap"]
    );
    project
}

/// A response of Claude with two text blocks; the mapping reads only the first.
pub fn text_answer(text: &str) -> Answer {
    let blocks = json!([{ "type": "text", "text": text }, { "type": "text", "text": "Bye." }]);
    let usage = json!({ "input_tokens": 9, "output_tokens": text.len() });
    Answer::Response(Response {
        status: 200,
        headers: Headers::new(),
        body: json!({ "role": "assistant", "content": blocks, "stop_reason": "end_turn", "usage": usage }),
    })
}

/// A refusal by Bedrock.
pub fn refusal(code: &str, message: &str) -> Answer {
    Answer::Refusal(Refusal {
        status: 400,
        code: code.to_owned(),
        message: message.to_owned(),
        headers: Headers::new(),
    })
}

/// Writes a fixture for each named case: its current request and the answer.
pub fn record(project: &Project, answers: &[(&str, Answer)]) {
    let given = |id: &str| answers.iter().find(|(case, _)| *case == id).map(|(_, answer)| answer.clone());
    let written = record_each(project, given);
    assert_eq!(written.len(), answers.len(), "of {answers:?} only {written:?} are cases");
}

/// Writes a fixture for every case for which `answer` returns an answer; returns the ids of these cases.
pub fn record_each(project: &Project, answer: impl Fn(&str) -> Option<Answer>) -> Vec<String> {
    let mut written = Vec::new();
    for (model, case) in load_suites(project).iter().flat_map(Suite::cases) {
        let Some(answer) = answer(&case.id) else { continue };
        let exchange = Exchange { request: model.request(case), answer };
        let source = Provenance { origin: Origin::HandWritten, from: None };
        let recorded = Fixture { case: case.id.clone(), source, exchange };
        fixture::write(&case.fixture_path, &recorded).expect("a fixture is written");
        written.push(case.id.clone());
    }
    written
}

/// Loads the suites of `project`.
pub fn load_suites(project: &Project) -> Vec<Suite> {
    let root = Root::find(project.path());
    let folders = [project.path().to_owned()];
    let found = discover(&folders, &bedrock_check::files::Base::default(), &[], &root);
    let configs = found.expect("config files").files;
    let value_sources = ValueSources { root: root.path.clone(), ..ValueSources::default() };
    let schema = Schema::config();
    let input = Input {
        root: &root,
        value_sources: &value_sources,
        overrides: &[],
        profile: None,
        schema: &schema,
        purpose: Purpose::List,
    };
    check::check(&configs, &input, &Sources::default(), 1).suites
}

/// The text of a hostile answer: it tries to break out of every report format.
pub const HOSTILE: &str = "[click](http)\u{1b}[31mred\u{7}\u{202e}\n::error file=a.toml::owned\r\n  ...\nok 1 - fine\n```\n</details><img src=x> ]]> | a | `b` @team ##[error]x %0A::stop-commands::x\n# Title";

/// A [`project`] with one case whose answer is [`HOSTILE`]: its expectation fails, and it has no snapshot.
pub fn hostile() -> Project {
    let project = project(&[("greeting", "expect.output_text.equals = \"x\"")]);
    record_each(&project, |_| Some(text_answer(HOSTILE)));
    project
}

/// Saves a report in the folder that `tests/support/reports.sh` and `browser.sh` read.
pub fn save_report(name: &str, text: &str) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(name), text).expect("a file");
}
