//! Secrets of each kind are planted in each source, and every output of every command is searched for them.
//!
//! A pair is a secret that was planted and an output that was searched: a stream, a file that was written, or an entry of a
//! bundle. Each test prints how many pairs it searched.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::process::Command;

use bedrock_check::diagnose::secrets;
use serde_json::{Value, json};

use crate::bundle::unpacked;
use crate::common::Project;
use crate::demo_project::{MODEL, case, project, record_each, refusal, text_answer};
use crate::mock_server::{
    MockServer, ReceivedRequest, Reply, assume_role_reply, claude_reply, http_reply, json_reply,
    sts_error_reply,
};

/// A made-up secret.
struct Planted {
    /// The text before it, by which some kinds are recognised.
    before: &'static str,
    /// How it begins, which is public.
    start: &'static str,
    rest: String,
}

impl Planted {
    /// The secret with the text before it.
    fn text(&self) -> String {
        format!("{}{}{}", self.before, self.start, self.rest)
    }

    /// Finds the secret, and the beginning of one that was cut.
    fn is_in(&self, text: &str) -> bool {
        text.contains(&self.rest[..10])
    }
}

/// One secret of each kind that is recognised.
fn planted() -> Vec<Planted> {
    const CAPITALS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ234567";
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const BASE62: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const HEXADECIMAL: &str = "0123456789abcdef";
    let mut random = fastrand::Rng::with_seed(13);
    let mut text = |alphabet: &str, length: usize| -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| alphabet[random.usize(..alphabet.len())]).collect()
    };
    let mut planted = Vec::new();
    for (before, start, alphabet, length) in [
        ("", "AKIA", CAPITALS, 16),
        ("", "ASIA", CAPITALS, 16),
        ("SecretAccessKey=", "", BASE62, 40),
        ("<SecretAccessKey>", "", BASE62, 40),
        ("<SessionToken>", "", BASE62, 120),
        ("", "ABSK", BASE62, 60),
        ("", "bedrock-api-key-", BASE62, 40),
        ("", "ghp_", BASE62, 36),
        ("", "glpat-", BASE62, 20),
        ("X-Amz-Signature=", "", HEXADECIMAL, 64),
        ("", "sk-ant-api03-", BASE62, 95),
        ("", "sk-proj-", BASE62, 48),
        ("", "AIza", BASE62, 35),
        ("", "hf_", LETTERS, 34),
        ("", "xoxb-", HEXADECIMAL, 40),
        ("https://hooks.slack.com/", "services/", BASE62, 44),
        ("", "npm_", BASE62, 36),
        ("", "pypi-AgEIcHlwaS5vcmc", BASE62, 60),
        ("", "sk_live_", BASE62, 24),
        ("", "pplx-", BASE62, 48),
        ("", "dapi", HEXADECIMAL, 32),
        ("", "dop_v1_", HEXADECIMAL, 64),
    ] {
        planted.push(Planted { before, start, rest: text(alphabet, length) });
    }
    let mut joined = |start, parts: &[usize], separator: &str| {
        let parts: Vec<String> = parts.iter().map(|length| text(BASE62, *length)).collect();
        planted.push(Planted { before: "", start, rest: parts.join(separator) });
    };
    joined("SG.", &[22, 43], ".");
    joined("eyJ", &[24, 24, 24], ".eyJ");
    joined("-----BEGIN PRIVATE KEY-----\n", &[64, 64, 20], "\n");
    if let Some(key) = planted.last_mut() {
        key.rest.push_str("\n-----END PRIVATE KEY-----");
    }
    for secret in &planted {
        assert_eq!(secrets(&secret.text()).len(), 1, "{}", secret.text());
    }
    planted
}

/// A value of an environment variable, which is a secret because a config reads it from there.
const VALUE: &str = "hush-Value-4711";

/// The secrets, and the number of pairs that were searched.
struct Search {
    planted: Vec<Planted>,
    /// Further texts that no output may contain.
    values: Vec<&'static str>,
    pairs: Cell<usize>,
}

impl Search {
    fn new() -> Search {
        Search { planted: planted(), values: Vec::new(), pairs: Cell::new(0) }
    }

    /// All secrets, each on its own line.
    fn lines(&self) -> String {
        self.planted.iter().map(Planted::text).collect::<Vec<_>>().join("\n") + "\n"
    }

    /// All secrets on one line.
    fn line(&self) -> String {
        let one_line = self.planted.iter().filter(|secret| !secret.rest.contains('\n'));
        one_line.map(Planted::text).collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn check(&self, output: &str, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        for secret in &self.planted {
            assert!(!secret.is_in(&text), "a secret `{}` is in {output}:\n{text}", secret.start);
        }
        for value in &self.values {
            assert!(!text.contains(value), "`{value}` is in {output}:\n{text}");
        }
        self.pairs.set(self.pairs.get() + self.planted.len() + self.values.len());
    }

    /// Runs `command`, and searches both streams.
    #[track_caller]
    fn run(&self, command: &mut Command) -> String {
        let output = command.output().expect("the binary runs");
        let context = format!("{:?} of {:?}", output.status, command.get_args().collect::<Vec<_>>());
        assert!(!matches!(output.status.code(), None | Some(101)), "{context}");
        self.check(&format!("stdout, {context}"), &output.stdout);
        self.check(&format!("stderr, {context}"), &output.stderr);
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    /// Searches the names and the contents of the files that are new or different from `before`.
    #[track_caller]
    fn search_files(&self, project: &Project, before: &BTreeMap<String, Vec<u8>>) {
        for (name, bytes) in files(project) {
            if before.get(&name) == Some(&bytes) {
                continue;
            }
            self.check("the name of a file", name.as_bytes());
            self.check(&name, &bytes);
            if name.ends_with(".zip") {
                for (entry, bytes) in unpacked(&bytes) {
                    self.check(&format!("{name}, {entry}"), &bytes);
                }
            }
        }
    }

    /// Runs every command that reads the files of `project`, with `flags` if it takes them. Searches the streams and the files of
    /// each command.
    #[track_caller]
    fn run_all(&self, project: &Project, environment: &[(&str, &str)], flags: &[&str]) {
        self.run_each(COMMANDS.iter(), project, environment, flags);
    }

    /// Like [`Search::run_all`], for the commands that report mistakes in settings and overrides.
    #[track_caller]
    fn run_some(&self, project: &Project, environment: &[(&str, &str)], flags: &[&str]) {
        let reports = |arguments: &&&[&str]| ["test", "validate", "config"].contains(&arguments[0]);
        self.run_each(COMMANDS.iter().filter(reports), project, environment, flags);
    }

    #[track_caller]
    fn run_each<'a>(
        &self,
        commands: impl Iterator<Item = &'a &'a [&'a str]>,
        project: &Project,
        environment: &[(&str, &str)],
        flags: &[&str],
    ) {
        let before = files(project);
        for arguments in commands {
            let mut command = project.command();
            command.args(*arguments).envs(environment.iter().copied());
            if TAKES_CONFIGS.contains(&arguments[0]) {
                command.args(flags);
            }
            self.run(command.env("GITHUB_STEP_SUMMARY", "summary.md"));
        }
        self.search_files(project, &before);
    }

    fn print_pairs(&self, source: &str) {
        assert!(self.pairs.get() >= 2 * self.planted.len(), "{source}: only {} pairs", self.pairs.get());
        println!("planted in {source}: {} pairs searched, 0 found", self.pairs.get());
    }
}

fn files(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let read = |name: String| {
        let bytes = std::fs::read(project.path().join(&name)).expect("a file");
        (name, bytes)
    };
    project.tree().into_iter().map(read).collect()
}

const COMMANDS: &[&[&str]] = &[
    &[
        "test",
        "-v",
        "--update=new",
        "--report=jsonl=out/run.jsonl",
        "--report=junit=out/run.xml",
        "--report=sarif=out/run.sarif",
        "--report=tap=out/run.tap",
        "--report=markdown=out/run.md",
        "--report=pr-comment=out/comment.md",
        "--report=html=out/run.html",
    ],
    &["test", "--update=no", "--color=always"],
    &["test", "--update=no", "--report=github"],
    &["test", "--update=no", "--report=jsonl=-"],
    &["validate"],
    &["validate", "--color=always"],
    &["validate", "--format=json"],
    &["list"],
    &["list", "--format=json"],
    &["pending"],
    &["pending", "--format=json"],
    &["diff"],
    &["diff", "--color=always"],
    &["plan"],
    &["plan", "--format=json"],
    &["show", "demo"],
    &["show", "demo", "--format=json"],
    &["config", "show"],
    &["config", "show", "--origin"],
    &["iam", "policy"],
    &["iam", "trust"],
    &["iam", "ticket"],
    &["map", "demo"],
    &["fixtures", "scrub", "--check"],
    &["bundle", "--output", "out/evidence.zip"],
    &["report", "--to=html", "out/run.jsonl"],
    &["report", "--to=jsonl", "out/run.jsonl"],
];

/// The commands with `--set`.
const TAKES_CONFIGS: [&str; 8] = ["test", "validate", "list", "plan", "show", "config", "map", "bundle"];

/// A string of TOML and JSON.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A project with one case that has this prompt, and with an answer that is recorded for another prompt.
fn with_prompt(prompt: &str) -> Project {
    let project = project(&[("a", "")]);
    record_each(&project, |_| Some(text_answer("Hi!")));
    let config = project.read("bedrock.toml").replace("\"Say a\"", prompt);
    assert!(config.contains(prompt));
    project.write("bedrock.toml", config);
    project
}

#[test]
fn in_configs() {
    let search = Search::new();
    let escaped = format!("\"{}\"", search.line().replace('A', "\\u0041"));
    let split = format!("\"\"\"{}\"\"\"", search.line().replace("AKIA", "AKIA\\\n  "));
    for prompt in [
        quoted(&search.lines()),
        format!("'''\n{}'''", search.lines()),
        escaped,
        split,
        format!("\"x\" }} # {} {{ ", search.line()),
    ] {
        search.run_all(&with_prompt(&prompt), &[], &[]);
    }
    search.print_pairs("configs");
}

#[test]
fn in_names() {
    let search = Search::new();
    for secret in search.planted.iter().filter(|secret| secret.before.is_empty()) {
        if ["AKIA", "ghp_", "sk-ant-api03-", "-----BEGIN PRIVATE KEY-----\n"].contains(&secret.start) {
            let name = quoted(&secret.text());
            let cases = case("a", "").replace("\"a\"", &name);
            search.run_all(&Project::with(&[("bedrock.toml", &format!("{MODEL}{cases}"))]), &[], &[]);
            let config =
                format!("{MODEL}{}", case("a", "")).replace("models.demo", &format!("models.{name}"));
            search.run_all(&Project::with(&[("bedrock.toml", &config)]), &[], &[]);
        }
    }
    search.print_pairs("names");
}

#[test]
fn in_files_of_values() {
    let search = Search::new();
    let project = with_prompt("{ file = \"prompt.txt\" }");
    project.write("prompt.txt", search.lines());
    search.run_all(&project, &[], &[]);
    let rows = Project::with(&[
        (
            "bedrock.toml",
            &format!("{MODEL}[[models.demo.cases]]\nname = \"r-{{{{id}}}}\"\nrows = \"rows.csv\"\n"),
        ),
        ("rows.csv", &format!("id,prompt\n1,\"{}\"\n2,\"{}\"\n", search.line(), search.lines())),
    ]);
    search.run_all(&rows, &[], &[]);
    search.print_pairs("files of values");
}

#[test]
fn in_answers_and_snapshots() {
    let search = Search::new();
    let project = project(&[("a", ""), ("b", "expect.output_text.equals = \"x\"")]);
    record_each(&project, |_| Some(text_answer(&search.lines())));
    search.run_all(&project, &[], &[]);
    let snapshots = crate::demo_project::accepted();
    let accepted = snapshots.read("snapshots/demo__greeting.snap");
    let planted = accepted.replace("Hello!", &quoted(&search.lines()));
    assert_ne!(planted, accepted);
    snapshots.write("snapshots/demo__greeting.snap", planted);
    search.run_all(&snapshots, &[], &[]);
    search.run(snapshots.command().args(["test", "--accept"]));
    search.print_pairs("answers and snapshots");
}

#[test]
fn in_refusals() {
    let search = Search::new();
    let project = project(&[("a", ""), ("b", "expect.error = \"ThrottlingException\"")]);
    record_each(&project, |_| Some(refusal("ValidationException", &search.lines())));
    search.run_all(&project, &[], &[]);
    search.print_pairs("refusals");
}

#[test]
fn in_settings_flags_and_variables() {
    let search = Search::new();
    let project = with_prompt("\"Say a\"");
    for settings in [
        format!("jobs = {}\n", quoted(&search.lines())),
        format!("exclude = [{}]\n", quoted(&search.line())),
        format!("unknown = {}\n", quoted(&search.lines())),
        format!("report = [{}]\n", quoted(&search.line())),
    ] {
        project.write("bedrock-check.toml", settings);
        search.run_all(&project, &[], &[]);
    }
    project.write("bedrock-check.toml", "");
    let line = search.line();
    for name in ["MODE", "JOBS", "REPORT", "EXCLUDE", "UNKNOWN", "MAX_COST", "_MODELS__DEMO__REGION"] {
        for value in [&line, &quoted(&search.lines())] {
            search.run_some(&project, &[(&format!("BEDROCK_CHECK_{name}"), value)], &[]);
        }
    }
    search.run_some(&project, &[("INSTA_UPDATE", &line)], &[]);
    for set in ["models.demo.region", "models.demo.unknown", "models.demo.variables.prompt.default"] {
        search.run_some(&project, &[], &["--set", &format!("{set}={line}")]);
    }
    search.run_some(&project, &[], &["--set", &format!("models.demo.{}=1", quoted(&line))]);
    let named =
        search.planted.iter().filter(|secret| !secret.before.is_empty() || secret.rest.contains('\n'));
    for text in named.map(Planted::text).chain([line]) {
        for arguments in [
            &["test", "-k", &text][..],
            &["test", "--set", &text],
            &["test", "--report", &text],
            &["test", "--previous", &text],
            &["test", "--mode", &text],
            &["test", "--profile", &text],
            &["test", &format!("--{text}")],
            &["explain", &text],
            &["show", &text],
            &["invoke", "demo", "--var", &format!("prompt={text}")],
            &["report", &text],
            &["bundle", "verify", &text],
            &["iam", "check", &text],
            &["import", &text, "--out", "new"],
            &[&text],
        ] {
            search.run(project.command().args(arguments));
        }
    }
    for secret in &search.planted {
        search.run(project.command().args(["models", "resolve", &secret.text()]));
    }
    search.print_pairs("settings, flags and variables");
}

#[test]
fn in_values_of_the_environment() {
    let mut search = Search::new();
    search.values.push(VALUE);
    let project = with_prompt("{ env = \"TOKEN\" }");
    let value = format!("x\n{}{VALUE}", search.lines());
    search.run_all(&project, &[("TOKEN", &value)], &[]);
    search.print_pairs("values of the environment");
}

/// The lines of a run of an earlier version, which did not recognise them.
#[test]
fn in_recorded_runs() {
    let search = Search::new();
    let project = crate::demo_project::accepted();
    project.run(["test", "--report", "jsonl=run.jsonl"]);
    let planted = project.read("run.jsonl").replace("Hello!", quoted(&search.lines()).trim_matches('"'));
    project.write("old.jsonl", planted);
    let before = files(&project);
    for format in ["jsonl", "junit", "sarif", "tap", "markdown", "pr-comment", "html", "github"] {
        search.run(project.command().args(["report", "old.jsonl", "--to", format]));
        let output = format!("new.{format}");
        search.run(project.command().args(["report", "old.jsonl", "--to", format, "--output", &output]));
    }
    for format in ["html", "pr-comment"] {
        let report = format!("{format}=compared.{format}");
        search.run(project.command().args(["test", "--previous", "old.jsonl", "--report", &report]));
    }
    search.search_files(&project, &before);
    search.print_pairs("recorded runs");
}

#[test]
fn in_imported_recordings() {
    let search = Search::new();
    let body = json!({ "anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [
        { "role": "user", "content": search.lines() } ] });
    let answer = json!({ "content": [{ "type": "text", "text": search.lines() }] });
    let url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke";
    let recording = json!({
        "request": { "url": url, "headers": { "authorization": search.line() }, "body": body },
        "response": { "status": 200, "headers": { "x-amzn-requestid": search.line() }, "body": answer },
    });
    let project = Project::with(&[("recorded.json", &recording.to_string())]);
    let before = files(&project);
    search.run(project.command().args(["import", "recorded.json", "--out", "new"]));
    search.search_files(&project, &before);
    search.print_pairs("imported recordings");
}

const LIVE: &[&[&str]] = &[
    &[
        "test",
        "--mode=live",
        "--report=jsonl=out/run.jsonl",
        "--report=junit=out/run.xml",
        "--report=html=out/run.html",
        "--report=markdown=out/run.md",
    ],
    &["record"],
    &["invoke", "demo", "--case", "a"],
    &["invoke", "demo", "--case", "a", "--format=json"],
    &["doctor", "demo"],
    &["doctor", "demo", "--format=json"],
    &["models", "list", "--live"],
    &["models", "list", "--live", "--format=json"],
];

/// Runs the commands that call `server`. The role has an external ID and the case has a value from the environment.
#[track_caller]
fn run_live(search: &Search, server: &MockServer) {
    let config = format!("{MODEL}{}", case("a", "")).replace("\"Say a\"", "{ env = \"TOKEN\" }");
    let config = config.replace("[models.demo]", "external_id = { env = \"EXTERNAL\" }\n[models.demo]");
    let project = Project::with(&[
        ("bedrock.toml", &config),
        ("bedrock-check.toml", "retries = 0\nretry_pause = 0.001\n"),
    ]);
    let before = files(&project);
    for arguments in LIVE {
        let mut command = server.command(&project);
        command.args(*arguments).env("AWS_ENDPOINT_URL_BEDROCK", &server.url);
        command.env("TOKEN", VALUE).env("EXTERNAL", EXTERNAL_ID);
        search.run(&mut command);
    }
    search.search_files(&project, &before);
}

const EXTERNAL_ID: &str = "customer-Hush-0815";

/// An answer of STS, and `other` as the answer of Bedrock.
fn with_role(other: Vec<u8>) -> impl Fn(&ReceivedRequest, usize) -> Reply + Send + Sync {
    move |request, _| {
        Reply::Bytes(if request.is_sts() { assume_role_reply("role", 3600) } else { other.clone() })
    }
}

#[test]
fn in_what_a_service_sends() {
    let mut search = Search::new();
    // What the services know of the caller, and repeat.
    let known = [crate::mock_server::SECRET, "session-token-of-role", EXTERNAL_ID, VALUE];
    let message = format!("{}{} ", search.lines(), known.join(" ").repeat(3));
    let json = json!({ "message": message }).to_string();
    let type_header = ("x-amzn-errortype", "ValidationException:http://x/");
    let xml = message.replace('<', "&lt;").replace('>', "&gt;");
    let sts_error = sts_error_reply(403, "AccessDenied", &xml);
    let header = search.line();
    // A read of the models and the first call of `doctor` send neither an external ID nor a value.
    search.values.extend([crate::mock_server::SECRET]);
    for server in [
        MockServer::start(move |_, _| Reply::Bytes(sts_error.clone())),
        MockServer::start(with_role(http_reply(400, &[type_header], &json))),
        MockServer::start(with_role(http_reply(403, &[], &json))),
        MockServer::start(with_role(http_reply(200, &[("content-type", "application/json")], &json))),
        MockServer::start(with_role(http_reply(200, &[("content-type", "text/html")], &message))),
        MockServer::start(with_role(http_reply(502, &[("content-type", "text/html")], &message))),
        MockServer::start(with_role(http_reply(
            200,
            &[("x-amzn-requestid", &header)],
            claude_body(&search.lines()),
        ))),
    ] {
        run_live(&search, &server);
    }
    search.print_pairs("what a service sends");
}

fn claude_body(text: &str) -> String {
    let usage = json!({ "input_tokens": 9, "output_tokens": 3 });
    json!({ "content": [{ "type": "text", "text": text }], "stop_reason": "end_turn", "usage": usage })
        .to_string()
}

#[test]
fn values_of_the_environment_that_a_service_repeats() {
    let mut search = Search::new();
    search.values.extend([VALUE, EXTERNAL_ID]);
    let long = "x".repeat(50);
    for text in
        [format!("You said {VALUE}."), format!("{long}{VALUE}{long}"), format!("{VALUE} {}", long.repeat(9))]
    {
        let message = json!({ "message": text }).to_string();
        let sts = sts_error_reply(403, "AccessDenied", &text.replace(VALUE, EXTERNAL_ID));
        for server in [
            MockServer::start(with_role(http_reply(400, &[], &message))),
            MockServer::start(with_role(http_reply(503, &[], &message))),
            MockServer::start(move |request, _| {
                let assumes = request.field("Action").as_deref() == Some("AssumeRole");
                Reply::Bytes(if assumes { sts.clone() } else { claude_reply("Hi!") })
            }),
        ] {
            let config = format!("{MODEL}{}", case("a", "expect.output_text.equals = \"no\""));
            let config = config.replace("\"Say a\"", "{ env = \"TOKEN\" }");
            let config =
                config.replace("[models.demo]", "external_id = { env = \"EXTERNAL\" }\n[models.demo]");
            let project =
                Project::with(&[("bedrock.toml", &config), ("bedrock-check.toml", "retries = 0\n")]);
            for arguments in LIVE.iter().filter(|arguments| ["test", "invoke"].contains(&arguments[0])) {
                let mut command = server.command(&project);
                command.args(*arguments).env("TOKEN", VALUE).env("EXTERNAL", EXTERNAL_ID);
                search.run(&mut command);
            }
            search
                .search_files(&project, &BTreeMap::from([("bedrock.toml".to_owned(), config.into_bytes())]));
        }
        // An answer repeats it, in a run that fails and in one that differs from the snapshot.
        let project = with_prompt("{ env = \"TOKEN\" }");
        let config = project.read("bedrock.toml");
        project.write("bedrock.toml", config + "expect.output_text.equals = \"no\"\n");
        let server = MockServer::start(with_role(json_reply(&claude_body(&text))));
        for arguments in &LIVE[..1] {
            search.run(server.command(&project).args(*arguments).env("TOKEN", VALUE));
        }
        for name in project.tree().iter().filter(|name| name.starts_with("out/")) {
            search.check(name, project.read(name).as_bytes());
        }
    }
    search.print_pairs("values that a service repeats");
}
