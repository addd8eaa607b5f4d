//! The progress of a long operation.

use std::cell::Cell;
use std::time::{Duration, Instant};

use serde::Serialize;

/// One progress report.
#[derive(Clone, Debug, Serialize)]
pub struct Progress {
    /// Units done.
    pub done: u64,
    /// Total units.
    pub total: u64,
    /// What is counted: `bytes`, `layers`, `steps` or `rounds`.
    pub unit: &'static str,
    /// How much of the next unit is done, from 0 to 1, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<f64>,
    /// Whether this is work that has to be done before the next unit can be started, e.g. verifying the parent cache
    /// before a layer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub preparing: bool,
    /// The same as text for people.
    pub text: String,
}

impl Progress {
    /// This many of the operation's steps are done.
    pub(crate) fn step(done: u64, total: u64, text: &str) -> Self {
        Progress { done, total, unit: "steps", within: None, preparing: false, text: text.to_string() }
    }
}

/// Receives reports; may be called from any thread.
pub type Sink<'a> = &'a (dyn Fn(Progress) + Sync);

/// Counts bytes and reports about once a second, and at the end.
pub(crate) struct ByteProgress<'a> {
    sink: Sink<'a>,
    what: &'static str,
    total: u64,
    done: Cell<u64>,
    last: Cell<Instant>,
}

impl<'a> ByteProgress<'a> {
    pub(crate) fn new(sink: Sink<'a>, what: &'static str, total: u64) -> Self {
        ByteProgress { sink, what, total, done: Cell::new(0), last: Cell::new(Instant::now()) }
    }

    pub(crate) fn add(&self, bytes: u64) {
        self.done.set(self.done.get() + bytes);
        if self.done.get() == self.total || self.last.get().elapsed() >= Duration::from_secs(1) {
            self.last.set(Instant::now());
            let (done, total) = (self.done.get(), self.total);
            (self.sink)(Progress {
                done,
                total,
                unit: "bytes",
                within: None,
                preparing: false,
                text: format!("{}: {done} of {total} bytes", self.what),
            });
        }
    }
}
