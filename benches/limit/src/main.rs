//! The bare loops that `bedrock-check` is compared with, and the tool that measures commands.
//!
//! - `noop`: starts and ends.
//! - `validate DIR SCHEMA`: reads each `*.bedrock.toml`, parses it to a JSON value, checks the schema.
//! - `replay DIR POINTER`: reads each fixture, takes the body at POINTER, queries three paths.
//! - `serve DIR PORT`: responds to `POST /NAME` with the file; the loopback server for peers that use HTTP.
//! - `time FILE COMMAND…`: runs a command and writes its wall and CPU seconds, peak KiB and exit code.
//!
//! There are no diagnostics and no options; an error ends the process with its message.

mod serve;
mod time;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;
use serde_json_path::JsonPath;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *words {
        ["noop"] => Ok(()),
        ["validate", folder, schema] => validate(folder.as_ref(), schema.as_ref()),
        ["replay", folder, pointer] => replay(folder.as_ref(), pointer),
        ["serve", folder, port] => serve::serve(folder.as_ref(), port.parse()?),
        ["time", file, ref command @ ..] => time::time(file.as_ref(), command),
        _ => {
            Err("expected noop, validate DIR SCHEMA, replay DIR POINTER, serve DIR PORT or time FILE COMMAND"
                .into())
        }
    }
}

fn validate(folder: &Path, schema: &Path) -> Result<(), Box<dyn Error>> {
    let schema: Value = serde_json::from_slice(&fs::read(schema)?)?;
    let validator = jsonschema::validator_for(&schema)?;
    let mut count = 0;
    for path in files(folder, ".bedrock.toml")? {
        let value: Value = toml::from_str(&fs::read_to_string(&path)?)?;
        if let Err(error) = validator.validate(&value) {
            return Err(format!("{}: {error}", path.display()).into());
        }
        count += 1;
    }
    println!("{count} files are valid");
    Ok(())
}

/// The fields of the generated suites.
const PATHS: [&str; 3] = ["$.content[0].text", "$.usage.input_tokens", "$.usage.output_tokens"];

fn replay(folder: &Path, pointer: &str) -> Result<(), Box<dyn Error>> {
    let paths: Vec<JsonPath> = PATHS.into_iter().map(JsonPath::parse).collect::<Result<_, _>>()?;
    let (mut count, mut bytes) = (0, 0);
    for path in files(folder, ".json")? {
        let fixture: Value = serde_json::from_slice(&fs::read(&path)?)?;
        let body = fixture.pointer(pointer).ok_or_else(|| format!("{}: no {pointer}", path.display()))?;
        for query in &paths {
            bytes += query.query(body).exactly_one()?.as_str().map_or(1, str::len);
        }
        count += 1;
    }
    println!("{count} fixtures, {bytes} bytes mapped");
    Ok(())
}

/// Every file whose name ends in `ending` below `folder`, sorted.
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let (mut folders, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if entry.file_name().as_encoded_bytes().ends_with(ending.as_bytes()) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}
