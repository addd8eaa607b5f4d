//! Keeps stdout for this program's own lines.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::FromRawFd;
use std::sync::{Mutex, PoisonError};

use crate::last_words;
use reseal_sealing::pc1::News;
use reseal_sealing::request::progress::Progress;
use reseal_sealing::{Error, Result};
use serde_json::{Value, json};

/// Writes the lines of JSON.
pub(crate) struct Output(Mutex<File>);

impl Output {
    /// Takes over stdout and redirects file descriptor 1 to stderr, so that nothing a library prints gets between our
    /// lines.
    pub(crate) fn take_stdout() -> io::Result<Output> {
        let fd = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_DUPFD_CLOEXEC, 3) };
        if fd < 0 || unsafe { libc::dup2(libc::STDERR_FILENO, libc::STDOUT_FILENO) } < 0 {
            return Err(io::Error::last_os_error());
        }
        last_words::go_to(fd);
        Ok(Output(Mutex::new(unsafe { File::from_raw_fd(fd) })))
    }

    pub(crate) fn progress(&self, progress: &Progress) {
        self.line(&json!({ "progress": progress }));
    }

    /// Writes the news of one of several sectors; an empty id stands for a line that names no sector.
    pub(crate) fn news(&self, sector: &str, news: News) {
        let sector = (!sector.is_empty()).then_some(sector);
        self.line(&match news {
            News::Progress(progress) => json!({"sector": sector, "progress": progress}),
            News::Result(result) => json!({"sector": sector, "result": result}),
            News::Error(error) => json!({"sector": sector, "error": error}),
            News::Left => json!({"sector": sector, "left": true}),
        });
    }

    /// Writes the last line and returns the exit status.
    pub(crate) fn finish(&self, result: Result<Value>) -> i32 {
        match result {
            Ok(result) => {
                self.line(&json!({ "result": result }));
                0
            }
            Err(error) => {
                self.line(&json!({ "error": error }));
                1
            }
        }
    }

    /// Ends the process in the middle of its work, from any thread; nothing is written after this.
    pub(crate) fn end(&self, error: Error) -> ! {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        write(&mut file, &json!({ "error": error }));
        // The drivers' exit handlers must not run while threads still use the drivers.
        unsafe { libc::_exit(1) }
    }

    fn line(&self, value: &Value) {
        write(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner), value);
    }
}

fn write(file: &mut File, value: &Value) {
    // If the reader is gone, the end of stdin ends the process.
    let _ = file.write_all(format!("{value}\n").as_bytes());
}
