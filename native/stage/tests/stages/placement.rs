//! Where a stage runs.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::common::*;

fn status(task: &Path, field: &str) -> String {
    let status = fs::read_to_string(task.join("status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim_start_matches(':').trim().to_string()
}

/// Checks every thread of the process, including the library's, while a stage is held in the middle of its work.
#[test]
fn a_stage_runs_on_the_cpus_that_it_is_given() {
    let here = status(Path::new("/proc/self"), "Cpus_allowed_list");
    let first = here.split([',', '-']).next().unwrap().to_string();
    let Held { scratch: _scratch, running, lock } = held(json!({"cpus": first, "numa_preferred": 0}));
    let tasks = format!("/proc/{}/task", running.child.id());
    for task in fs::read_dir(tasks).unwrap() {
        assert_eq!(status(&task.unwrap().path(), "Cpus_allowed_list"), first);
    }
    let memory = fs::read_to_string(format!("/proc/{}/numa_maps", running.child.id()));
    // A kernel without NUMA has no such file.
    assert!(memory.is_err() || memory.unwrap().contains("prefer"));
    lock.unlock().unwrap();
    running.finish().result();
}

#[test]
fn a_place_that_is_not_there_is_refused() {
    let here = status(Path::new("/proc/self"), "Cpus_allowed_list");
    let with = |field: &str, value: serde_json::Value| {
        let mut request = json!({"op": "piece_commitment", "file": "/x"});
        request[field] = value;
        run(&request)
    };
    with("cpus", json!("1000-1020")).assert_refused("Settings", &["1000-1020", &here]);
    with("cpus", json!("3-1")).assert_refused("InvalidRequest", &["\"3-1\"", "not a list of CPUs"]);
    with("cpus", json!(3)).assert_refused("InvalidRequest", &["cpus"]);
    with("numa_preferred", json!(900)).assert_refused("Settings", &["NUMA node 900"]);
    with("numa_preferred", json!(-1)).assert_refused("InvalidRequest", &["numa_preferred"]);
    // Some of them exist: those are used.
    with("cpus", json!(format!("{here},1020"))).assert_refused("PieceMissing", &["/x"]);
}
