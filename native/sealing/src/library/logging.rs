//! The proofs library's log: it goes to stderr and to the listener that waits for milestones.
//!
//! The library has no progress callbacks; what it logs is the only sign that a layer or a tree is done.

use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::thread;

use log::{LevelFilter, Log, Metadata, Record};

type Listener = Box<dyn Fn(&str) + Send>;
type Lost = Box<dyn Fn(&str) + Send + Sync>;

static LISTENER: Mutex<Option<Listener>> = Mutex::new(None);
static GPU_LOST: OnceLock<Lost> = OnceLock::new();

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
        // A closed stderr is no reason to stop sealing.
        let _ = writeln!(std::io::stderr().lock(), "{} {}: {message}", record.level(), record.target());
        if let Some(lost) = GPU_LOST.get()
            && let Some(why) = why_the_gpu_is_lost(&message)
        {
            lost(why);
        }
        if let Some(listener) = &*LISTENER.lock().unwrap_or_else(PoisonError::into_inner) {
            listener(&message);
        }
    }

    fn flush(&self) {}
}

/// Sends the process's log to stderr as `LEVEL target: text`, from level info up. A second call changes nothing.
pub fn install() {
    static LOG: LibraryLog = LibraryLog;
    if log::set_logger(&LOG).is_ok() {
        log::set_max_level(LevelFilter::Info);
    }
}

/// Removes the listener when dropped.
#[must_use]
pub struct Listening(());

/// Calls `listener` with each message until the returned value is dropped. There is one listener at a time; it must not
/// log.
pub fn listen(listener: impl Fn(&str) + Send + 'static) -> Listening {
    *LISTENER.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(listener));
    Listening(())
}

/// Calls `hear` with each message while `work` runs, in the messages' order. The library logs from its own threads, so
/// the messages are queued.
pub(crate) fn while_hearing<T>(hear: impl Fn(&str) + Send, work: impl FnOnce() -> T) -> T {
    let (heard, messages) = mpsc::channel::<String>();
    thread::scope(|scope| {
        scope.spawn(move || messages.iter().for_each(|message| hear(&message)));
        // Dropping it, even because the library panics, closes the channel and so ends the thread.
        let _listening = listen(move |message| {
            let _ = heard.send(message.to_string());
        });
        work()
    })
}

/// Calls `lost` with the reason when the library is about to continue on the CPU because it cannot use a GPU; its log is
/// the only sign of that. Only the first call in a process counts.
pub fn when_the_gpu_is_lost(lost: impl Fn(&str) + Send + Sync + 'static) {
    // A second call changes nothing.
    let _ = GPU_LOST.set(Box::new(lost));
}

/// Why the library cannot use a GPU, if this message announces that it continues without one. It writes the announcement
/// first, then a colon and the reason.
fn why_the_gpu_is_lost(message: &str) -> Option<&str> {
    let lowercase = message.to_ascii_lowercase();
    let announced = ["falling back to cpu", "cannot instantiate gpu"].iter().any(|words| lowercase.contains(words));
    announced.then(|| message.split_once(": ").map_or(message, |(_, why)| why))
}

/// The file of tree C, counted from 1, that this message reports: begun on the CPU, or hashed by a GPU, whose files are
/// only logged when they are written.
pub(crate) fn begun_tree_c(message: &str) -> Option<usize> {
    let begun = ["building base tree_c ", "persisting base tree_c "];
    first_number(begun.iter().find_map(|words| message.strip_prefix(words))?)
}

/// The file of tree R, counted from 1, that this message reports as begun.
pub(crate) fn begun_tree_r_last(message: &str) -> Option<usize> {
    first_number(message.strip_prefix("building base tree_r_last with ")?.split(' ').nth(1)?)
}

/// The 3 of `3/8`.
fn first_number(text: &str) -> Option<usize> {
    text.split('/').next()?.trim().parse().ok()
}

impl Drop for Listening {
    fn drop(&mut self) {
        *LISTENER.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The library's own messages, on the CPU and on a GPU. Fails if hours of a GPU's work would show no progress.
    #[test]
    fn trees_are_heard_from_either() {
        assert_eq!(begun_tree_c("building base tree_c 3/8"), Some(3));
        assert_eq!(begun_tree_c("persisting base tree_c 3/8 of length 153391689"), Some(3));
        assert_eq!(begun_tree_r_last("building base tree_r_last with CPU 2/8"), Some(2));
        assert_eq!(begun_tree_r_last("building base tree_r_last with GPU 2/8"), Some(2));
        assert_eq!(begun_tree_c("tree_c done"), None);
    }
}
