//! Measures how long work takes.

use std::fs;
use std::io;
use std::mem;
use std::path::Path;
use std::time::Instant;

use crate::failure::Failure;

/// The time that some work took.
#[derive(Clone, Copy)]
pub(crate) struct Took {
    /// Milliseconds from its beginning to its end.
    pub(crate) millis: u64,
    /// Milliseconds of processor time that all threads of this process used in that time.
    pub(crate) cpu_millis: u64,
}

/// Measures `work`, which makes the file `target` again.
pub(crate) fn took(target: &Path, work: impl FnOnce() -> Result<(), Failure>) -> Result<Took, Failure> {
    let _ = fs::remove_file(target);
    settle();
    let (began, cpu_began) = (Instant::now(), cpu_millis()?);
    work()?;
    Ok(Took { millis: began.elapsed().as_millis() as u64, cpu_millis: cpu_millis()? - cpu_began })
}

/// Writes out what earlier work has left to the disk, so that it does not slow the next measurement.
pub(crate) fn settle() {
    // It cannot fail and touches no memory.
    unsafe { libc::sync() }
}

fn cpu_millis() -> io::Result<u64> {
    let mut usage = unsafe { mem::zeroed::<libc::rusage>() };
    if unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let millis = |time: libc::timeval| time.tv_sec as u64 * 1000 + time.tv_usec as u64 / 1000;
    Ok(millis(usage.ru_utime) + millis(usage.ru_stime))
}
