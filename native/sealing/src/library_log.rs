//! The proofs library's log: to stderr, and to whoever listens for its milestones.
//!
//! The library has no progress callbacks; what it logs is the only sign that a layer or a tree is done.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use log::{LevelFilter, Log, Metadata, Record};

type Listener = Box<dyn Fn(&str) + Send>;

static LISTENER: Mutex<Option<Listener>> = Mutex::new(None);

struct LibraryLog;

impl Log for LibraryLog {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.level() <= LevelFilter::Info
    }

    fn log(&self, record: &Record) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let message = record.args().to_string();
        // A stderr that nobody reads any more is no reason to stop sealing.
        let _ = writeln!(std::io::stderr().lock(), "{} {}: {message}", record.level(), record.target());
        if let Some(listener) = &*LISTENER.lock().unwrap_or_else(PoisonError::into_inner) {
            listener(&message);
        }
    }

    fn flush(&self) {}
}

/// Sends the process' log to stderr as `LEVEL target: text`, from level info. A second call changes nothing.
pub fn install() {
    static LOG: LibraryLog = LibraryLog;
    if log::set_logger(&LOG).is_ok() {
        log::set_max_level(LevelFilter::Info);
    }
}

/// Ends its listener's life when dropped.
#[must_use]
pub struct Listening(());

/// Calls `listener` with each message until the returned value is dropped. There is one listener at a time; it must not
/// log.
pub fn listen(listener: impl Fn(&str) + Send + 'static) -> Listening {
    *LISTENER.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(listener));
    Listening(())
}

impl Drop for Listening {
    fn drop(&mut self) {
        *LISTENER.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
