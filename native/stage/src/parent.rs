//! The process that started this one.

use std::io::{self, Read};
use std::thread;

/// Exit status when the parent is gone or cancels.
const ABANDONED: i32 = 130;

/// From now on the end of stdin ends this process at once: the parent closed it, or died. The library has no other way
/// to be stopped, and every operation can be killed at any moment.
pub(crate) fn exit_with_it() {
    thread::spawn(|| {
        let mut rest = [0; 256];
        // Whatever still comes is ignored.
        while matches!(io::stdin().read(&mut rest), Ok(read) if read > 0) {}
        unsafe { libc::_exit(ABANDONED) }
    });
}
