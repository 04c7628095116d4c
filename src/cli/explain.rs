//! `explain CODE`: prints what a finding means and how to resolve it.

use std::io::Write;

use super::arguments::Explain;
use super::output::Output;
use super::{CommandResult, Exit, Failure};
use crate::aws::cause::causes;
use crate::diagnose::Code;
use crate::words::nearest;

pub(super) fn run(arguments: &Explain, output: &mut Output) -> CommandResult {
    let mut out = output.stdout();
    if let Some(id) = &arguments.code {
        let cause = causes().find(|cause| cause.id == id);
        let page = match cause {
            Some(cause) => format!("cause {id}\n\n{}", cause.page()),
            None => render_page(find_code(id)?),
        };
        writeln!(out, "{}", page.trim_end())?;
    } else {
        print_codes(&mut out)?;
    }
    out.flush()?;
    Ok(Exit::Clean)
}

fn print_codes(out: &mut impl Write) -> std::io::Result<()> {
    for code in Code::ALL {
        writeln!(out, "{:<22} {:<8} {}", code.id(), code.severity().name(), code.title())?;
    }
    writeln!(out, "\nWhy AWS refuses a call:")?;
    causes().try_for_each(|cause| writeln!(out, "{:<24} {}", cause.id, cause.cause))
}

fn render_page(code: Code) -> String {
    format!("{}[{code}]: {}\n\n{}", code.severity().name(), code.title(), code.explanation())
}

fn find_code(id: &str) -> Result<Code, Failure> {
    // Accept the form in which findings print the code, too: `error[CODE]`.
    let bare = id.split_once('[').map_or(id, |(_, code)| code.trim_end_matches(']'));
    bare.parse().map_err(|error: crate::diagnose::UnknownCode| {
        let known = Code::ALL.iter().map(|code| code.id()).chain(causes().map(|cause| cause.id));
        let near = nearest(bare, known);
        let help = near.map(|id| format!("did you mean `{id}`?"));
        let help = help.unwrap_or_else(|| "`bedrock-check explain` lists the codes".to_owned());
        Failure::Usage { message: error.to_string(), help: Some(help) }
    })
}
