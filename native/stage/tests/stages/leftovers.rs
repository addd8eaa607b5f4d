//! What software that did not clear a sector's cache directory left there: layers, tree C, the output of commit 1.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::common::*;

const LAYER_1: &str = "sc-02-data-layer-1.dat";
const LAYER_2: &str = "sc-02-data-layer-2.dat";
const TREE_C: &str = "sc-02-data-tree-c.dat";
const RECORD: &str = "reseal-layers.json";

/// A sealed sector whose layers are moved to a store, from which nobody knows whose they are.
fn with_layers_in_a_store(scratch: Scratch) -> (Scratch, PathBuf, Value) {
    let sealed = scratch.seal("pc2");
    let store = scratch.directory.path().join("store");
    fs::create_dir(&store).unwrap();
    for name in [LAYER_1, LAYER_2] {
        fs::rename(scratch.cached(name), store.join(name)).unwrap();
    }
    fs::remove_file(scratch.cached(RECORD)).unwrap();
    (scratch, store, sealed)
}

fn copy(scratch: &Scratch, store: &PathBuf, keep: &str) -> Answer {
    run(&json!({
        "op": "copy_layers", "sector": scratch.sector, "comm_d": scratch.comm_d, "cache": scratch.cache(), "from": store,
        "keep": keep,
    }))
}

fn layers(scratch: &Scratch) -> Vec<String> {
    names(&scratch.cache()).into_iter().filter(|name| name.contains("layer-")).collect()
}

/// Fails if something else is copied than what PC1 made, if labelling begins again nevertheless, or if the record does not
/// say where the layers come from.
#[test]
fn layers_in_a_store_are_not_labelled_again() {
    let (scratch, store, sealed) = with_layers_in_a_store(Scratch::small(TICKET));
    let answer = copy(&scratch, &store, "all");
    assert_eq!(answer.result(), &json!({"layers": 2, "copied": 2, "refused": null}));
    let last = answer.progress.last().unwrap();
    assert_eq!((&last["done"], &last["total"], &last["unit"]), (&json!(4096), &json!(4096), &json!("bytes")));
    for name in [LAYER_1, LAYER_2] {
        assert!(read(&scratch.cached(name)) == read(&store.join(name)), "{name}");
    }
    assert_eq!(read_json(&scratch.cached(RECORD))["copied"], true);
    assert_eq!(scratch.run("pc1").result()["resumed"], 2);
    assert_eq!(read_json(&scratch.cached(RECORD))["copied"], true);
    assert_eq!(scratch.run("pc2").result(), &sealed);
    scratch.check_sealed(&sealed["comm_r"], 1).result();
    assert_eq!(copy(&scratch, &store, "all").result(), &json!({"layers": 2, "copied": 0, "refused": null}));
}

/// Fails if more is copied than what encoding needs, or if it needs the layer below.
#[test]
fn only_the_last_layer_is_copied_if_no_other_is_needed() {
    let (scratch, store, _) = with_layers_in_a_store(Scratch::small(TICKET));
    assert_eq!(copy(&scratch, &store, "last_two").result(), &json!({"layers": 2, "copied": 1, "refused": null}));
    assert_eq!(layers(&scratch), [LAYER_2]);
    fs::remove_file(scratch.cached(LAYER_2)).unwrap();
    fs::remove_file(store.join(LAYER_1)).unwrap();
    assert_eq!(copy(&scratch, &store, "last_two").result()["copied"], 1);
    assert_eq!(copy(&scratch, &store, "all").result(), &json!({"layers": 0, "copied": 0, "refused": null}));
    assert_eq!(layers(&scratch), Vec::<String>::new());
    assert_eq!(read_json(&scratch.cached(RECORD))["copied"], false);
}

/// Fails if labelling does not go on from the layers that there are.
#[test]
fn labelling_continues_from_the_first_layers() {
    let (scratch, store, sealed) = with_layers_in_a_store(Scratch::small(TICKET));
    fs::remove_file(store.join(LAYER_2)).unwrap();
    assert_eq!(copy(&scratch, &store, "last_two").result()["layers"], 1);
    assert_eq!(copy(&scratch, &store, "all").result(), &json!({"layers": 1, "copied": 0, "refused": null}));
    assert_eq!(scratch.run("pc1").result()["resumed"], 1);
    assert_eq!(scratch.run("pc2").result(), &sealed);
}

/// Fails if another sector's layers are copied, or damaged ones of which every label is computed again.
#[test]
fn layers_with_a_wrong_label_are_not_copied() {
    let (other, theirs, _) = with_layers_in_a_store(Scratch::small(&TICKET.replace('0', "1")));
    let (scratch, store, _) = with_layers_in_a_store(Scratch::small(TICKET));
    let refused = |from: &PathBuf, keep: &str, layers: usize, what: &str| {
        let answer = copy(&scratch, from, keep);
        let result = answer.result();
        assert_eq!((&result["layers"], &result["copied"]), (&json!(layers), &json!(layers)), "{result}");
        assert!(result["refused"].as_str().unwrap().contains(what), "{result}");
        fs::remove_file(scratch.cached(RECORD)).unwrap();
    };
    refused(&theirs, "all", 0, "sc-02-data-layer-1.dat is not this sector's label");
    refused(&theirs, "last_two", 0, "sc-02-data-layer-1.dat is not this sector's label");
    drop(other);

    flip_bit(&store.join(LAYER_2));
    refused(&store, "all", 1, "sc-02-data-layer-2.dat is not this sector's label");
    // Its neighbour below is right: labelling can continue from there.
    assert_eq!(copy(&scratch, &store, "last_two").result(), &json!({"layers": 1, "copied": 1, "refused": null}));
}

/// Fails if a node that no label can be is copied where no label can be computed again.
#[test]
fn a_node_that_is_no_label_is_not_copied() {
    let (scratch, store, _) = with_layers_in_a_store(Scratch::small(TICKET));
    fs::remove_file(store.join(LAYER_1)).unwrap();
    let mut bytes = read(&store.join(LAYER_2));
    bytes[31] |= 0x80;
    fs::write(store.join(LAYER_2), bytes).unwrap();
    let answer = copy(&scratch, &store, "last_two");
    assert_eq!(answer.result()["copied"], 0);
    assert!(answer.result()["refused"].as_str().unwrap().ends_with("has a node that is no label"));
    assert_eq!(layers(&scratch), Vec::<String>::new());
}

/// Fails if torn files are copied, or if a stage killed between two files leaves one that counts.
#[test]
fn only_whole_layers_are_copied() {
    let (scratch, store, _) = with_layers_in_a_store(Scratch::small(TICKET));
    fs::write(store.join(LAYER_2), [0; 31]).unwrap();
    fs::write(scratch.cached(&format!("{LAYER_2}.tmp")), [0; 31]).unwrap();
    assert_eq!(copy(&scratch, &store, "all").result(), &json!({"layers": 1, "copied": 1, "refused": null}));
    assert_eq!(layers(&scratch), [LAYER_1]);
    copy(&scratch, &scratch.cache(), "all").assert_refused("InvalidRequest", &["\"from\""]);
}

fn comm_c(scratch: &Scratch) -> Value {
    run(&json!({"op": "comm_c", "proof": scratch.sector["proof"], "cache": scratch.cache()})).result()["found"].clone()
}

/// Fails if the root is another one than that of the tree, or if a torn tree gives one.
#[test]
fn tree_c_gives_comm_c() {
    let scratch = Scratch::small(TICKET);
    assert_eq!(comm_c(&scratch), json!([]));
    let sealed = scratch.seal("pc2");
    assert_eq!(comm_c(&scratch), json!([{"file": TREE_C, "comm_c": sealed["comm_c"]}]));
    fs::write(scratch.cached(TREE_C), [0; 31]).unwrap();
    assert_eq!(comm_c(&scratch), json!([]));
}

/// Fails if the column proofs are not found where the library's format has them. The file that the operation `c1` writes
/// has a line, the proof type and the kind of the proofs before them.
#[test]
fn the_output_of_commit_1_gives_comm_c() {
    let scratch = Scratch::small(TICKET);
    let sealed = scratch.seal("pc2");
    let output = scratch.directory.path().join("c1");
    run(&json!({
        "op": "c1", "sector": scratch.sector, "pieces": scratch.pieces, "comm_d": scratch.comm_d,
        "comm_r": sealed["comm_r"], "sealed": scratch.sealed(), "cache": scratch.cache(), "seed": "07".repeat(32),
        "output": output,
    }))
    .result();
    fs::remove_file(scratch.cached(TREE_C)).unwrap();
    let bytes = read(&output);
    let proofs = &bytes[bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1 + 8..];
    let name = "commit-phase1-output";
    fs::write(scratch.cached(name), proofs).unwrap();
    assert_eq!(comm_c(&scratch), json!([{"file": name, "comm_c": sealed["comm_c"]}]));
    for wrong in [&[][..], &proofs[..100], &[0xff; 5000], &[0; 5000]] {
        fs::write(scratch.cached(name), wrong).unwrap();
        assert_eq!(comm_c(&scratch), json!([]), "{} bytes", wrong.len());
    }
}
