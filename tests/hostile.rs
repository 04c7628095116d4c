//! Runs the binary on hostile inputs for each parser: valid examples that are cut, repeated, nested, widened or damaged.
//!
//! `BEDROCK_CHECK_HOSTILE_COUNT` is the number of inputs, `BEDROCK_CHECK_HOSTILE_SEED` the number of the first one, and
//! `BEDROCK_CHECK_HOSTILE_BINARY` another binary to run. An input depends on nothing but its number.

use std::env;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use fastrand::Rng;

use crate::common::Project;
use crate::demo_project::small_config;

/// CPU seconds of one run. A debug build takes about ten times as long as a release build.
const CPU_LIMIT: u32 = 60;

/// Peak resident memory of one run in KiB.
const MEMORY_LIMIT: u64 = 512 << 10;

/// How the changed bytes become the contents of a file.
enum Place {
    /// They are the contents.
    File(&'static str),
    /// They replace a text of [`small_config`].
    Config(&'static str),
    /// They are a TOML string that replaces a text of [`small_config`].
    ConfigString(&'static str),
    /// They are the last argument.
    Argument,
}

struct Parser {
    name: &'static str,
    place: Place,
    valid: Vec<u8>,
    arguments: &'static [&'static str],
}

fn parsers(project: &Project) -> Vec<Parser> {
    use Place::{Argument, Config, ConfigString, File};
    const EXAMPLE: &str = "bedrock.example.toml";
    const TEST: &[&str] = &["test", EXAMPLE, "--check"];
    const VALIDATE: &[&str] = &["validate", "bedrock.toml"];
    let output = |arguments: &[&str]| project.output(arguments).stdout;
    project.write("policy.json", output(&["iam", "policy", EXAMPLE]));
    project.write("trust.json", output(&["iam", "trust", EXAMPLE]));
    output(&["test", EXAMPLE, "--check", "--report", "jsonl=run.jsonl"]);
    output(&["bundle", EXAMPLE, "--output", "evidence.zip"]);
    project.write(".gitignore", "target/\n*.tmp\n!keep/**/[a-z]?.toml\n");
    project.write("bedrock-check.toml", "exclude = ['old/**']\n[severity]\n");
    project.write("bedrock.toml", small_config());
    let file = |name, path, arguments| {
        let valid = fs::read(project.path().join(path)).expect("a file");
        Parser { name, place: File(path), valid, arguments }
    };
    let text = |name, place, valid: &str, arguments| Parser { name, place, valid: valid.into(), arguments };
    let body = "{\"messages\": [{\"role\": \"user\", \"content\": [{\"text\": \"{{prompt}}\"}]}]}";
    let path = "$.output.message.content[0].text";
    let after_case = "variables.prompt = 'x'";
    let expectations = "variables.prompt = 'x'\nexpect.text = { contains = ['a', 'b'], matches = '^a+$', length = { max = 9 } }";
    let schema = "variables.prompt = 'x'\nexpect.text = { json_schema = { type = 'object', properties = { a = { pattern = '^(a|b)*$', '$ref' = '#' } } } }";
    vec![
        file("config", EXAMPLE, TEST),
        file("settings", "bedrock-check.toml", &["validate"]),
        file("ignore file", ".gitignore", &["validate"]),
        file("fixture", "fixtures/claude-haiku/capital-of-france.json", TEST),
        file("stream fixture", "fixtures/claude-haiku-stream/three-primes.json", TEST),
        file("snapshot", "snapshots/claude-haiku__capital-of-france.snap", TEST),
        file("CSV rows", "example/reviews.csv", TEST),
        file("prompt file", "example/letter.txt", TEST),
        file("JSON Lines", "run.jsonl", &["report", "--to", "markdown", "run.jsonl"]),
        file("bundle", "evidence.zip", &["bundle", "verify", "evidence.zip"]),
        file("IAM policy", "policy.json", &["iam", "check", "policy.json", EXAMPLE]),
        file(
            "trust policy",
            "trust.json",
            &["iam", "check", "policy.json", EXAMPLE, "--trust", "trust.json"],
        ),
        file(
            "import",
            "fixtures/nova-lite/review-good-value.json",
            &["import", "fixtures/nova-lite/review-good-value.json", "--out", "imported", "--force"],
        ),
        text(
            "body",
            ConfigString(
                "request.body = '{\"messages\": [{\"role\": \"user\", \"content\": [{\"text\": \"{{prompt}}\"}]}]}'",
            ),
            body,
            VALIDATE,
        ),
        text("JSONPath", ConfigString("mapping.text = '$.output.message.content[0].text'"), path, VALIDATE),
        text(
            "model ID",
            ConfigString("model_id = 'amazon.nova-lite-v1:0'"),
            "us.amazon.nova-lite-v1:0",
            VALIDATE,
        ),
        text("expectations", Config(after_case), expectations, VALIDATE),
        text("JSON Schema", Config(after_case), schema, VALIDATE),
        text("filter", Argument, "{a,b}*::[a-z]?", &["list", EXAMPLE, "-k"]),
    ]
}

impl Parser {
    /// Writes the input `bytes` into the project and returns the arguments.
    fn place(&self, project: &Project, bytes: &[u8]) -> Vec<String> {
        let mut arguments: Vec<String> = self.arguments.iter().map(|&argument| argument.to_owned()).collect();
        let text = String::from_utf8_lossy(bytes);
        match self.place {
            Place::File(path) => project.write(path, bytes),
            Place::Config(part) => project.write("bedrock.toml", small_config().replace(part, &text)),
            Place::ConfigString(part) => {
                let (key, _) = part.split_once(" = ").expect("a key and a value");
                let string = serde_json::to_string(&text).expect("a string").replace('\u{7f}', "\\u007f");
                project.write("bedrock.toml", small_config().replace(part, &format!("{key} = {string}")));
            }
            // Linux limits an argument to 128 KiB.
            Place::Argument => arguments.push(text.replace('\0', "").chars().take(30_000).collect()),
        }
        arguments
    }

    fn restore(&self, project: &Project) {
        match self.place {
            Place::File(path) => project.write(path, &self.valid),
            _ => project.write("bedrock.toml", small_config()),
        }
    }
}

const TOKENS: [&str; 24] = [
    "\0",
    "\u{1b}[31m",
    "\u{1b}]0;x\u{7}",
    "\u{9b}2J",
    "\u{202e}",
    "\u{2028}",
    "\u{ad}",
    "\u{e0041}",
    "\r",
    "\u{feff}",
    "{{",
    "}}",
    "[",
    "{",
    "\"",
    "'''",
    "\\",
    "..",
    "**",
    "(?:",
    "-0",
    "1e999999999",
    "99999999999999999999999",
    "null",
];

/// Changes `valid` once to three times.
fn mutate(rng: &mut Rng, valid: &[u8]) -> Vec<u8> {
    let mut bytes = valid.to_vec();
    for _ in 0..rng.usize(1..=3) {
        let at = rng.usize(0..=bytes.len());
        let end = rng.usize(at..=bytes.len());
        let end = end.min(at + 64);
        let token = TOKENS[rng.usize(..TOKENS.len())];
        let times = 1 << rng.u32(1..16);
        match rng.u32(..11) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => drop(bytes.splice(at..at, token.bytes())),
            3 => drop(bytes.splice(at..at, token.repeat(times).into_bytes())),
            4 => {
                let part = bytes[at..end].repeat(times.min(1 << 12));
                bytes.splice(at..at, part);
            }
            5 => {
                let (open, close) = [("[", "]"), ("{\"a\":", "}"), ("{a,", "}"), ("(", ")")][rng.usize(..4)];
                let nested = format!("{}1{}", open.repeat(times), close.repeat(times));
                bytes.splice(at..end, nested.into_bytes());
            }
            6 => {
                let wide = ["1,", "[],", "{},", "\"\",", "a|", "x\n"][rng.usize(..6)].repeat(times);
                bytes.splice(at..at, wide.into_bytes());
            }
            7 => drop(bytes.splice(at..at, [0xff, 0xc0, 0x80, 0xed, 0xa0])),
            8 => {
                let digits = bytes.iter().position(u8::is_ascii_digit).unwrap_or(at);
                bytes.splice(digits..digits, "9".repeat(times.min(1 << 12)).into_bytes());
            }
            9 if at < bytes.len() => bytes[at] ^= 1 << rng.u32(..8),
            _ => bytes.rotate_left(at),
        }
        bytes.truncate(4 << 20);
    }
    bytes
}

#[derive(Clone, Copy, PartialEq)]
enum Failure {
    Panic,
    Hang,
    Memory,
    Escape,
}

/// Runs the binary with limits and returns its status, its peak memory in KiB and its output.
fn run(project: &Project, arguments: &[String]) -> (ExitStatus, u64, Vec<u8>) {
    let binary = env::var("BEDROCK_CHECK_HOSTILE_BINARY");
    let binary = binary.unwrap_or_else(|_| env!("CARGO_BIN_EXE_bedrock-check").to_owned());
    let printed = project.path().join("printed.out");
    let output = File::create(&printed).expect("a file");
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -c 0; ulimit -t {CPU_LIMIT}; exec \"$0\" \"$@\""), &binary])
        .args(["--color", "never"])
        .args(arguments)
        .current_dir(project.path())
        .env_clear()
        .stdin(Stdio::null())
        .stderr(output.try_clone().expect("a second handle"))
        .stdout(output)
        .spawn()
        .expect("the binary runs");
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let status = loop {
        let text = fs::read_to_string(&status_file).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let size = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(size.unwrap_or(0));
        if peak > 2 * MEMORY_LIMIT {
            child.kill().expect("a child");
        }
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        thread::sleep(Duration::from_millis(2));
    };
    (status, peak, fs::read(&printed).expect("a file"))
}

fn failure(status: ExitStatus, peak: u64, printed: &[u8]) -> Option<Failure> {
    // SIGXCPU, or SIGKILL at the hard limit.
    let text = String::from_utf8_lossy(printed);
    let hidden = regex::Regex::new(
        r"[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u{2028}\u{2029}&&[^\n\t]]",
    );
    if peak > MEMORY_LIMIT {
        Some(Failure::Memory)
    } else if matches!(status.signal(), Some(9 | 24)) {
        Some(Failure::Hang)
    } else if status.signal().is_some() || status.code() == Some(101) || text.contains("panicked at") {
        Some(Failure::Panic)
    } else if std::str::from_utf8(printed).is_err() || hidden.expect("a regex").is_match(&text) {
        Some(Failure::Escape)
    } else {
        None
    }
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |value| value.parse().expect("a number"))
}

#[test]
fn hostile_inputs_cause_no_panic_hang_or_escape() {
    let count = number("BEDROCK_CHECK_HOSTILE_COUNT", 190);
    let first = number("BEDROCK_CHECK_HOSTILE_SEED", 1);
    let project = Project::example();
    let parsers = parsers(&project);
    let mut table: Vec<_> = parsers.iter().map(|parser| (parser.name, 0_usize, Vec::new())).collect();
    let mut reproductions = String::new();
    for seed in first..first + count {
        let index = usize::try_from(seed).expect("a small number") % parsers.len();
        let parser = &parsers[index];
        let arguments = parser.place(&project, &mutate(&mut Rng::with_seed(seed), &parser.valid));
        let (status, peak, printed) = run(&project, &arguments);
        parser.restore(&project);
        table[index].1 += 1;
        if let Some(failure) = failure(status, peak, &printed) {
            table[index].2.push(failure);
            let variables = format!("BEDROCK_CHECK_HOSTILE_COUNT=1 BEDROCK_CHECK_HOSTILE_SEED={seed}");
            writeln!(
                reproductions,
                "{}: {status}, {} MiB: {variables} cargo test --test it -- hostile::\n{}",
                parser.name,
                peak >> 10,
                String::from_utf8_lossy(&printed).chars().take(300).collect::<String>().escape_debug()
            )
            .expect("writing to a string can't fail");
        }
    }
    println!("{:<16}{:>9}{:>7}{:>6}{:>8}{:>8}", "parser", "attempts", "panic", "hang", "memory", "escape");
    for (name, attempts, failures) in &table {
        let count = |class| failures.iter().filter(|&&failure| failure == class).count();
        let [panics, hangs] = [count(Failure::Panic), count(Failure::Hang)];
        let [memory, escapes] = [count(Failure::Memory), count(Failure::Escape)];
        println!("{name:<16}{attempts:>9}{panics:>7}{hangs:>6}{memory:>8}{escapes:>8}");
    }
    assert!(reproductions.is_empty(), "{reproductions}");
}
