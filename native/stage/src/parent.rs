//! The process that started this one, as seen on stdin.

use std::io::{self, BufRead};
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// Exit status when the parent has gone or cancels.
const ABANDONED: i32 = 130;

/// Returns the further lines of stdin. From now on the end of stdin ends this process at once: the parent has closed it
/// or died. The library cannot be stopped in any other way, and every operation can be killed at any moment.
pub(crate) fn lines() -> Receiver<String> {
    let (line, lines) = mpsc::channel();
    thread::spawn(move || {
        for text in io::stdin().lock().split(b'\n').map_while(Result::ok) {
            // An operation may not read any lines.
            let _ = line.send(String::from_utf8_lossy(&text).into_owned());
        }
        unsafe { libc::_exit(ABANDONED) }
    });
    lines
}
