//! Hands the command line to the library and the verdict to the shell.

use bedrock_check::cli::{self, Exit};

fn main() -> Exit {
    cli::run(std::env::args_os(), std::env::current_dir())
}
