//! stdout, kept for ourselves.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::FromRawFd;
use std::sync::{Mutex, PoisonError};

use crate::last_words;
use reseal_sealing::pc1::News;
use reseal_sealing::request::progress::Progress;
use reseal_sealing::{Error, Result};
use serde_json::{Value, json};

/// Where the lines of JSON go.
pub(crate) struct Output(Mutex<File>);

impl Output {
    /// Takes stdout over and points file descriptor 1 at stderr, so that nothing that a library prints gets between our
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

    /// What is new of one of several sectors; no id: a line that says of none.
    pub(crate) fn news(&self, sector: &str, news: News) {
        let sector = (!sector.is_empty()).then_some(sector);
        self.line(&match news {
            News::Progress(progress) => json!({"sector": sector, "progress": progress}),
            News::Result(result) => json!({"sector": sector, "result": result}),
            News::Error(error) => json!({"sector": sector, "error": error}),
            News::Left => json!({"sector": sector, "left": true}),
        });
    }

    /// Writes the last line and tells the exit status.
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

    /// Ends the process in the midst of its work, from any thread: no other one says anything after this.
    pub(crate) fn end(&self, error: Error) -> ! {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        write(&mut file, &json!({ "error": error }));
        // The drivers' own ends are not for a process whose threads still use them.
        unsafe { libc::_exit(1) }
    }

    fn line(&self, value: &Value) {
        write(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner), value);
    }
}

fn write(file: &mut File, value: &Value) {
    // A reader that is gone ends the process through stdin.
    let _ = file.write_all(format!("{value}\n").as_bytes());
}
