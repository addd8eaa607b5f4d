//! Gives the stage program's reader of requests anything at all: it must read it or refuse it, and touches nothing. The
//! first line is a request, the others are commands to a group of sectors.

#![no_main]

// The program's own code, of which only the reading is used.
#[allow(dead_code)]
#[path = "../../stage/src/last_words.rs"]
mod last_words;
#[allow(dead_code)]
#[path = "../../stage/src/operations.rs"]
mod operations;
#[allow(dead_code)]
#[path = "../../stage/src/output.rs"]
mod output;

use libfuzzer_sys::fuzz_target;
use reseal_sealing::pc1::group;
use reseal_sealing::{Code, Error, Result};

fuzz_target!(|input: &[u8]| {
    let mut rest = input;
    if let Err(error) = read(&mut rest) {
        check(&error);
    }
    for line in rest.split(|byte| *byte == b'\n') {
        group::command(&String::from_utf8_lossy(line));
    }
});

fn read(rest: &mut &[u8]) -> Result<()> {
    let mut request = operations::request(rest)?;
    operations::placement(&mut request)?;
    operations::read(request).map(drop)
}

/// A refused request is the caller's fault, and the caller is told why.
fn check(error: &Error) {
    assert!(error.code == Code::InvalidRequest && !error.message.is_empty(), "{error:?}");
}
