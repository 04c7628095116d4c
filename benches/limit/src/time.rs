//! Runs a command and writes its time and memory.
//!
//! This is a separate process because Linux counts the parent's memory at the fork into the child's peak: the minimum is
//! 3 MiB here, and at least 10 MiB from Python.

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use std::{fs, io, mem};

#[expect(clippy::disallowed_methods, reason = "a figure, not a file that anybody keeps")]
pub(crate) fn time(file: &Path, command: &[&str]) -> Result<(), Box<dyn Error>> {
    let (program, arguments) = command.split_first().ok_or("expected a command")?;
    let start = Instant::now();
    let child = Command::new(program).args(arguments).spawn()?;
    let (status, usage) = wait(child.id())?;
    let wall = start.elapsed().as_secs_f64();
    let cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    let exit = if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { -libc::WTERMSIG(status) };
    Ok(fs::write(file, format!("{wall:.6} {cpu:.6} {} {exit}\n", usage.ru_maxrss))?)
}

fn wait(child: u32) -> io::Result<(i32, libc::rusage)> {
    let mut status = 0;
    // SAFETY: a zeroed `rusage` is valid, and both pointers are valid during the call.
    let (waited, usage) = unsafe {
        let mut usage: libc::rusage = mem::zeroed();
        (libc::wait4(child as libc::pid_t, &raw mut status, 0, &raw mut usage), usage)
    };
    if waited < 0 { Err(io::Error::last_os_error()) } else { Ok((status, usage)) }
}

fn seconds(time: libc::timeval) -> f64 {
    time.tv_sec as f64 + time.tv_usec as f64 / 1e6
}
