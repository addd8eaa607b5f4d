//! Tree R of a replica that exists.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::*;

const TREE_R: &str = "sc-02-data-tree-r-last.dat";

/// A sealed sector, whose tree R and p_aux are moved away; what PC2 said of it.
fn without_tree_r() -> (Scratch, Value) {
    let scratch = Scratch::small(TICKET);
    let sealed = scratch.seal("pc2");
    for name in [TREE_R, "p_aux"] {
        fs::rename(scratch.cached(name), scratch.directory.path().join(name)).unwrap();
    }
    (scratch, sealed)
}

fn tree_r(scratch: &Scratch, comm_r_last: &Value) -> Value {
    json!({
        "op": "tree_r", "proof": scratch.sector["proof"], "sealed": scratch.sealed(), "output": scratch.cache(),
        "comm_r_last": comm_r_last, "digest": true,
    })
}

#[track_caller]
fn assert_as_before(scratch: &Scratch, name: &str) {
    assert!(read(&scratch.cached(name)) == read(&scratch.directory.path().join(name)), "{name}");
}

/// Fails if what is made again differs from what PC2 made, or if a digest is another file's.
#[test]
fn what_was_lost_is_made_again() {
    let (scratch, sealed) = without_tree_r();
    let answer = run(&tree_r(&scratch, &sealed["comm_r_last"]));
    let expected = json!({
        "comm_r_last": sealed["comm_r_last"], "files": {TREE_R: sealed["kept"]["cache"][TREE_R]},
        "replica": sealed["kept"]["replica"], "bytes": 2048,
    });
    assert_eq!(answer.result(), &expected);
    assert_as_before(&scratch, TREE_R);
    let last = answer.progress.last().unwrap();
    assert_eq!((&last["done"], &last["total"], &last["unit"]), (&json!(2048), &json!(2048), &json!("bytes")));

    fs::rename(scratch.directory.path().join("p_aux"), scratch.cached("p_aux")).unwrap();
    scratch.post_check(&sealed["comm_r"]).result();
}

/// Fails if the root is another one than that of the replica, or if it is not computed from the files. Of 2 KiB, the only
/// node that is kept is the root.
#[test]
fn files_give_their_root_alone() {
    let scratch = Scratch::small(TICKET);
    let sealed = scratch.seal("pc2");
    let root = || run(&json!({"op": "tree_r_root", "proof": scratch.sector["proof"], "cache": scratch.cache()}));
    fs::remove_file(scratch.sealed()).unwrap();
    assert_eq!(root().result(), &json!({"comm_r_last": sealed["comm_r_last"]}));

    flip_bit(&scratch.cached(TREE_R));
    assert_ne!(root().result()["comm_r_last"], sealed["comm_r_last"]);
    fs::write(scratch.cached(TREE_R), [0; 31]).unwrap();
    let answer = root();
    answer.assert_refused("NotProvable", &["31 bytes"]);
    answer.assert_file(&scratch.cached(TREE_R));
    fs::remove_file(scratch.cached(TREE_R)).unwrap();
    root().assert_refused("NotProvable", &[TREE_R]);
}

/// Fails if a replica that is not the expected one gets a tree, or if the error does not say which file is wrong.
#[test]
fn another_replica_gets_no_tree() {
    let (scratch, sealed) = without_tree_r();
    flip_bit(&scratch.sealed());
    let answer = run(&tree_r(&scratch, &sealed["comm_r_last"]));
    answer
        .assert_refused("NotProvable", &["has the root", "not the expected", sealed["comm_r_last"].as_str().unwrap()]);
    answer.assert_file(&scratch.sealed());
    assert!(names(&scratch.cache()).iter().all(|name| !name.contains("tree-r")), "{:?}", names(&scratch.cache()));
}

/// A process that is killed leaves either nothing or the whole tree under its name, whatever it overwrites.
#[test]
fn killed_at_its_report_it_leaves_no_half_tree() {
    let (scratch, sealed) = without_tree_r();
    let request = tree_r(&scratch, &sealed["comm_r_last"]);
    let mut running = start(command(), &request.to_string());
    running.line().expect("a report");
    running.child.kill().unwrap();
    running.finish();
    if scratch.cached(TREE_R).exists() {
        assert_as_before(&scratch, TREE_R);
    }
    run(&request).result();
    assert_as_before(&scratch, TREE_R);
    assert!(names(&scratch.cache()).iter().all(|name| !name.ends_with(".tmp")), "{:?}", names(&scratch.cache()));
}

/// Only the root is computed, whatever directory the replica is in.
#[test]
fn without_an_output_nothing_is_written() {
    let (scratch, sealed) = without_tree_r();
    let before = (names(&scratch.cache()), names(scratch.directory.path()));
    let request = json!({"op": "tree_r", "proof": scratch.sector["proof"], "sealed": scratch.sealed()});
    let answer = run(&request);
    let expected = json!({"comm_r_last": sealed["comm_r_last"], "files": {}, "replica": null, "bytes": 2048});
    assert_eq!(answer.result(), &expected);
    assert_eq!((names(&scratch.cache()), names(scratch.directory.path())), before);
    assert!(!Path::new("sc-02-data-tree-r-last.dat").exists());
}
