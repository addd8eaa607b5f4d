//! stdout, kept for ourselves.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::FromRawFd;
use std::sync::{Mutex, PoisonError};

use crate::last_words;
use reseal_sealing::pc1::News;
use reseal_sealing::progress::Progress;
use reseal_sealing::{Result, library_log};
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
        self.line(&json!({ "progress": told(progress.clone(), library_log::without_gpu().as_deref()) }));
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
            Ok(mut result) => {
                if let (Some(fields), Some(words)) = (result.as_object_mut(), library_log::without_gpu()) {
                    fields.insert("without_gpu".into(), words.into());
                }
                self.line(&json!({ "result": result }));
                0
            }
            Err(error) => {
                self.line(&json!({ "error": error }));
                1
            }
        }
    }

    fn line(&self, value: &Value) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A reader that is gone ends the process through stdin.
        let _ = file.write_all(format!("{value}\n").as_bytes());
    }
}

/// The report with the words, if there are any, of the library that works without a GPU where it should use one.
fn told(mut progress: Progress, without_gpu: Option<&str>) -> Progress {
    if let Some(words) = without_gpu {
        progress.text = format!("{}, without a GPU: {words}", progress.text);
    }
    progress
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_without_a_gpu_is_told_with_the_progress() {
        let tree = || Progress { done: 2, total: 18, unit: "steps", within: None, text: "tree C 1 of 8".into() };
        assert_eq!(told(tree(), None).text, "tree C 1 of 8");
        assert_eq!(told(tree(), Some("no GPU found")).text, "tree C 1 of 8, without a GPU: no GPU found");
    }
}
