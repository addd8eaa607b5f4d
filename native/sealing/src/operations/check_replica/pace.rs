//! Reading no faster than is allowed.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Makes whoever processes bytes wait, so that reading waits too: only a few windows are read ahead.
pub(super) struct Pace {
    bytes_per_second: Option<u64>,
    began: Instant,
    done: Mutex<u64>,
}

impl Pace {
    /// As fast as possible if there is no limit.
    pub(super) fn new(bytes_per_second: Option<u64>) -> Self {
        Pace { bytes_per_second, began: Instant::now(), done: Mutex::new(0) }
    }

    /// Waits until this many more bytes may have been read.
    pub(super) fn add(&self, bytes: u64) {
        let Some(limit) = self.bytes_per_second else { return };
        let done = {
            let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
            *done += bytes;
            *done
        };
        thread::sleep(pause(limit, done, self.began.elapsed()));
    }
}

/// How long to wait after so many bytes in that time.
fn pause(limit: u64, done: u64, elapsed: Duration) -> Duration {
    let nanos = u128::from(done) * 1_000_000_000 / u128::from(limit.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)).saturating_sub(elapsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Seen to fail when the time that reading itself takes was added to the pause.
    #[test]
    fn waits_only_while_it_is_ahead_of_its_limit() {
        let mib = 1 << 20;
        assert_eq!(pause(50 * mib, 100 * mib, Duration::ZERO), Duration::from_secs(2));
        assert_eq!(pause(50 * mib, 100 * mib, Duration::from_millis(1500)), Duration::from_millis(500));
        assert_eq!(pause(50 * mib, 100 * mib, Duration::from_secs(3)), Duration::ZERO);
        assert_eq!(pause(mib, 64 << 30, Duration::ZERO), Duration::from_secs(64 << 10));
    }
}
