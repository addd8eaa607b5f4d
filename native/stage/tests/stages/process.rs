//! The stage process and its environment.

use std::fs::{self, File};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::common::*;

/// The parent closes stdin to cancel; its death closes it too.
#[test]
fn the_end_of_stdin_ends_the_process() {
    let Held { scratch, mut running, lock } = held(json!({}));
    drop(running.stdin.take());
    let (tell, told) = mpsc::channel();
    thread::spawn(move || tell.send(running.finish()).unwrap());
    // Otherwise the process runs on to its own end.
    let answer = told.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| {
        lock.unlock().unwrap();
        told.recv().unwrap()
    });
    assert_eq!(answer.status.code(), Some(130));
    assert_eq!(answer.end, None);
    lock.unlock().unwrap();
    assert_eq!(scratch.run("pc1").result()["resumed"], 0);
}

/// Two processes need the same parent cache: the second waits for the first, reports its progress, and then uses the
/// cache. Fails if it takes no lock, or another one.
#[test]
fn a_parent_cache_in_the_making_is_waited_for() {
    let Held { scratch, mut running, lock } = held(json!({}));
    let parents = scratch.directory.path().join("parents");
    let cache = names(&parents).into_iter().find(|name| name.ends_with(".cache")).unwrap();
    fs::write(parents.join(format!("{cache}.tmp")), [0; 3584 / 4]).unwrap();
    let text = "waiting for the process that prepares the parent cache: 25 %";
    while running.line().expect("a report")["progress"]["text"] != text {}
    lock.unlock().unwrap();
    assert_eq!(running.finish().result()["resumed"], 0);
}

/// A library that prints to stdout must not get between our lines: file descriptor 1 is stderr while a stage runs.
#[test]
fn file_descriptor_1_is_not_our_stdout() {
    let Held { scratch: _scratch, running, lock } = held(json!({}));
    let descriptor = |number: u32| fs::read_link(format!("/proc/{}/fd/{number}", running.child.id())).unwrap();
    assert_eq!(descriptor(1), descriptor(2));
    lock.unlock().unwrap();
    running.finish().result();
}

#[test]
fn a_held_lock_is_told() {
    let scratch = Scratch::small(TICKET);
    let path = scratch.directory.path().join("lock");
    let mut request = scratch.request("tree_d");
    request["lock"] = json!(path);
    run(&request).result();
    let lock = File::open(&path).unwrap();
    lock.lock().unwrap();
    run(&request).assert_refused("Busy", &["another process holds the lock", path.to_str().unwrap()]);
    lock.unlock().unwrap();
    run(&request).result();
}

/// Without the check the process would die of an illegal instruction somewhere in a stage.
#[test]
fn a_cpu_that_lacks_what_is_needed_is_told() {
    let mut command = command();
    command.env("RESEAL_CPU_WITHOUT", "sha_ni,adx");
    start(command, "{}").finish().assert_refused("UnsupportedCpu", &["sha_ni,adx"]);
}

#[test]
fn settings_that_cannot_be_are_told() {
    let with = |name: &str, value: &str| {
        let mut command = command();
        command.env(name, value);
        start(command, r#"{"op":"piece_commitment","file":"/x"}"#).finish()
    };
    with("FIL_PROOFS_PARENT_CACHE", "parents").assert_refused("Settings", &["FIL_PROOFS_PARENT_CACHE", "absolute"]);
    with("FIL_PROOFS_VERIFY_CACHE", "perhaps").assert_refused("Settings", &["FIL_PROOFS_"]);
    // Ignored in upper and lower case, so it does no harm.
    with("FIL_PROOFS_ROWS_TO_DISCARD", "many").assert_refused("PieceMissing", &["/x"]);
    with("fil_proofs_rows_to_discard", "5").assert_refused("PieceMissing", &["/x"]);
}

/// The signal that a kernel sends when it cannot read a page of a mapped file. Fault seen to be caught: death without a
/// message.
#[test]
fn a_mapped_file_that_cannot_be_read_is_told() {
    let Held { scratch: _scratch, running, .. } = held(json!({}));
    assert_eq!(unsafe { libc::kill(running.child.id() as i32, libc::SIGBUS) }, 0);
    running.finish().assert_refused("DiskFailing", &["mapped into memory", "its disk fails"]);
}

/// Reading this request takes more memory than there is. Fault seen to be caught: an abort without a message for
/// people.
#[test]
fn memory_that_is_refused_is_told() {
    let request = json!({"op": "piece_commitment", "file": format!("/{}", "x".repeat(64 << 20))});
    start(starved_command(), &request.to_string()).finish().assert_refused("NoMemory", &["refuses memory"]);
}

/// Progress and log go to different streams, and each line is one JSON document.
#[test]
fn the_log_goes_to_stderr() {
    let scratch = Scratch::small(TICKET);
    scratch.seal("tree_d");
    let answer = scratch.run("pc1");
    answer.result();
    assert!(
        answer.stderr.contains("INFO reseal_sealing::pc1::labelling: layer 1 of the sector with replica id "),
        "{answer:?}"
    );
}
