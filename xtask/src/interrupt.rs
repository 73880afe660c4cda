//! Ctrl-C and termination: the running command is stopped, and the caller cleans up as after a failure.
//!
//! A command runs in a process group of its own, so that a Ctrl-C at the terminal reaches this process
//! alone and the servers live until the tests that use them have ended.

use std::{
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use anyhow::{Context, Result, ensure};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};

static REQUESTED: AtomicBool = AtomicBool::new(false);
static RUNNING: Mutex<Option<u32>> = Mutex::new(None);

/// Starts listening for the signals that end a run.
pub(crate) fn install() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot listen for signals")?;
    thread::spawn(move || {
        for _ in signals.forever() {
            REQUESTED.store(true, Ordering::SeqCst);
            if let Some(group) = *running() {
                signal_group(group, "TERM");
            }
        }
    });
    Ok(())
}

/// Whether the run was asked to end.
pub(crate) fn requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// Runs a command to its end, handing the child to `watch` while it runs.
pub(crate) fn run(command: &mut Command, watch: impl FnOnce(&mut Child)) -> Result<ExitStatus> {
    let mut child = spawn(command)?;
    *running() = Some(child.id());
    if requested() {
        signal_group(child.id(), "TERM");
    }
    watch(&mut child);
    let status = child.wait();
    *running() = None;
    let status = status.context("cannot wait for a command")?;
    ensure!(!requested(), "interrupted");
    Ok(status)
}

/// Starts a command without standard input, in a process group of its own.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    let program = command.get_program().to_string_lossy().into_owned();
    let child = command.stdin(Stdio::null()).process_group(0).spawn();
    child.with_context(|| format!("cannot start {program}"))
}

/// Sends a signal to a process group. One that has ended is no error.
pub(crate) fn signal_group(group: u32, signal: &str) {
    let _ = Command::new("kill")
        .args(["-s", signal, "--", &format!("-{group}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

fn running() -> std::sync::MutexGuard<'static, Option<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}
