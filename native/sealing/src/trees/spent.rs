//! What the processor time of a tree's threads is spent on.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Copying files into memory.
    Reading,
    /// SHA-256 of files, and CommD of the data.
    Digesting,
    /// Adding the data to the key.
    Encoding,
    /// Poseidon over columns.
    Columns,
    /// Poseidon over eight nodes.
    Levels,
    /// Copying from memory into files.
    Writing,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 6] =
        [Part::Reading, Part::Digesting, Part::Encoding, Part::Columns, Part::Levels, Part::Writing];
}

/// Nanoseconds of processor time of all threads together, for each part. Time in which a thread waits, e.g. for a disk,
/// is not counted.
#[derive(Debug, Default)]
pub struct Spent([AtomicU64; Part::ALL.len()]);

impl Spent {
    /// The time spent on this part.
    pub fn of(&self, part: Part) -> Duration {
        Duration::from_nanos(self.0[part as usize].load(Ordering::Relaxed))
    }

    /// Counts time that a thread of its own has spent on this part.
    pub(super) fn add(&self, part: Part, nanos: u64) {
        self.0[part as usize].fetch_add(nanos, Ordering::Relaxed);
    }

    /// Does `work` and counts its time for this part.
    pub(super) fn on<T>(&self, part: Part, work: impl FnOnce() -> T) -> T {
        let began = thread_nanos();
        let done = work();
        self.add(part, thread_nanos() - began);
        done
    }
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in Part::ALL.into_iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{part:?} {:.3} s", self.of(part).as_secs_f64())?;
        }
        Ok(())
    }
}

/// Processor time that this thread has used.
pub(super) fn thread_nanos() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // Every Linux has this clock.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
