//! `explain CODE`: what a finding means and how to get out of it.

use std::io::Write;

use super::arguments::Explain;
use super::output::Output;
use super::{Ended, Exit, Failure};
use crate::diagnose::{Code, nearest};

pub(super) fn run(arguments: &Explain, output: &mut Output) -> Ended {
    let mut out = output.answer();
    match &arguments.code {
        Some(id) => {
            let code = find(id)?;
            let severity = code.severity().name();
            writeln!(out, "{severity}[{code}]: {}\n\n{}", code.title(), code.explanation().trim_end())?;
        }
        None => {
            for code in Code::ALL {
                writeln!(out, "{:<22} {:<8} {}", code.id(), code.severity().name(), code.title())?;
            }
        }
    }
    out.flush()?;
    Ok(Exit::Clean)
}

fn find(id: &str) -> Result<Code, Failure> {
    // As it stands in a finding: `error[CODE]`.
    let bare = id.split_once('[').map_or(id, |(_, code)| code.trim_end_matches(']'));
    bare.parse().map_err(|error: crate::diagnose::UnknownCode| {
        let near = nearest(bare, Code::ALL.iter().map(|code| code.id()));
        let help = near.map(|id| format!("did you mean `{id}`?"));
        let help = help.unwrap_or_else(|| "`bedrock-check explain` lists the codes".to_owned());
        Failure::Usage { message: error.to_string(), help: Some(help) }
    })
}
