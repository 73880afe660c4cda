//! Everything that the process says in its log while the tests run, at the level of debugging.
//!
//! All tests of the binary share it, so whoever searches it looks for words that no other test uses.

use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};

static SAID: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static LISTENING: OnceLock<()> = OnceLock::new();

#[derive(Debug, Clone, Copy)]
struct Ear;

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        SAID.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Listens from here on.
pub(crate) fn listen() {
    LISTENING.get_or_init(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter("debug,vangnet=trace,waarborg=trace")
            .with_ansi(false)
            .with_writer(|| Ear);
        subscriber.init();
    });
}

/// What was said so far.
pub(crate) fn said() -> String {
    let said = SAID.lock().unwrap_or_else(PoisonError::into_inner).clone();
    String::from_utf8_lossy(&said).into_owned()
}
