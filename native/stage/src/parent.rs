//! The process that started this one: what it says on stdin.

use std::io::{self, BufRead};
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// Exit status when the parent is gone or cancels.
const ABANDONED: i32 = 130;

/// The lines that still come on stdin. From now on its end ends this process at once: the parent closed it, or died. The
/// library has no other way to be stopped, and every operation can be killed at any moment.
pub(crate) fn lines() -> Receiver<String> {
    let (line, lines) = mpsc::channel();
    thread::spawn(move || {
        for text in io::stdin().lock().split(b'\n').map_while(Result::ok) {
            // An operation may want none.
            let _ = line.send(String::from_utf8_lossy(&text).into_owned());
        }
        unsafe { libc::_exit(ABANDONED) }
    });
    lines
}
