//! Hands the command line to the library and the verdict to the shell.

use bedrock_check::cli::{self, Exit};

#[expect(clippy::disallowed_methods, reason = "this is where the working directory is asked for")]
fn main() -> Exit {
    cli::run(std::env::args_os(), std::env::current_dir())
}
