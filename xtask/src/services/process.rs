//! One server in the background: started, awaited until it answers, and stopped when dropped.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::interrupt;

const START: Duration = Duration::from_mins(1);
const STOP: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(25);

/// A server that runs until this value is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts a server with its output in `<folder>/<name>.log`, and waits until `ready` says so.
    pub(crate) fn start(
        name: &'static str,
        command: &mut Command,
        folder: &Path,
        ready: impl Fn() -> bool,
    ) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let output = File::create(&log).with_context(|| format!("cannot write the log of {name}"))?;
        let errors = output.try_clone().with_context(|| format!("cannot write the log of {name}"))?;
        let child = interrupt::spawn(command.current_dir(folder).stdout(output).stderr(errors))?;
        let mut server = Self { name, child, log };
        server.wait_until(ready)?;
        Ok(server)
    }

    fn wait_until(&mut self, ready: impl Fn() -> bool) -> Result<()> {
        let deadline = Instant::now() + START;
        while !ready() {
            if self.ended() {
                bail!("{} ended at once:\n{}", self.name, self.last_lines());
            }
            if Instant::now() > deadline {
                bail!("{} does not answer after {} s:\n{}", self.name, START.as_secs(), self.last_lines());
            }
            if interrupt::requested() {
                bail!("interrupted");
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    fn last_lines(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both servers take this one as "stop now, in order".
        interrupt::signal_group(self.child.id(), "INT");
        let deadline = Instant::now() + STOP;
        while !self.ended() && Instant::now() < deadline {
            thread::sleep(PAUSE);
        }
        interrupt::signal_group(self.child.id(), "KILL");
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_server_that_ends_at_once_shows_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let refused = Server::start("broken", &mut shell("echo no port; exit 3"), folder.path(), || false);
        let message = refused.unwrap_err().to_string();
        assert!(message.contains("broken ended at once") && message.contains("no port"), "{message}");
    }

    #[test]
    fn dropping_a_server_ends_it_and_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        let script = format!("sleep 600 & echo $! > {}; wait", pid.display());
        let ready = || fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n'));
        let server = Server::start("sleeper", &mut shell(&script), folder.path(), ready).unwrap();
        let inner = fs::read_to_string(&pid).unwrap();
        drop(server);
        let stat = || fs::read_to_string(format!("/proc/{}/stat", inner.trim())).unwrap_or_default();
        let ended = |stat: &str| stat.is_empty() || stat.contains(" Z ");
        let deadline = Instant::now() + STOP;
        while !ended(&stat()) && Instant::now() < deadline {
            thread::sleep(PAUSE);
        }
        assert!(ended(&stat()), "still running: {}", stat());
    }
}
