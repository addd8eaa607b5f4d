//! The sealed file of a sector whose comm_c is known: only the last layer and the data are needed.

use std::fs;

use serde_json::{Value, json};

use crate::common::*;

const TREE_R: &str = "sc-02-data-tree-r-last.dat";
const KEPT: [&str; 4] = [TREE_R, "p_aux", "t_aux", "reseal-kept.json"];

fn encode(scratch: &Scratch, sealed: &Value) -> Value {
    json!({
        "op": "encode", "sector": scratch.sector, "pieces": scratch.pieces, "comm_d": scratch.comm_d,
        "comm_r": sealed["comm_r"], "comm_c": sealed["comm_c"], "unsealed": scratch.unsealed(),
        "sealed": scratch.sealed(), "cache": scratch.cache(),
    })
}

/// Seals a sector, moves what it was sealed to away, removes everything else but the data, and labels it again. Only the
/// last layer stays, as in a sector with more layers. Also returns what PC2 said of it.
fn lost(scratch: Scratch) -> (Scratch, Value) {
    let sealed = scratch.seal("pc2");
    let aside = |name: &str| scratch.directory.path().join(format!("first-{name}"));
    fs::rename(scratch.sealed(), aside("sealed")).unwrap();
    for name in KEPT {
        fs::rename(scratch.cached(name), aside(name)).unwrap();
    }
    for name in names(&scratch.cache()) {
        fs::remove_file(scratch.cached(&name)).unwrap();
    }
    let mut request = scratch.request("pc1");
    request["keep"] = json!("last_two");
    assert_eq!(run(&request).result()["resumed"], 0);
    fs::remove_file(scratch.cached("sc-02-data-layer-1.dat")).unwrap();
    (scratch, sealed)
}

#[track_caller]
fn assert_as_before(scratch: &Scratch) {
    let first = |name: &str| read(&scratch.directory.path().join(format!("first-{name}")));
    assert!(read(&scratch.sealed()) == first("sealed"), "the sealed file");
    for name in KEPT.iter().filter(|name| **name != "t_aux") {
        assert!(read(&scratch.cached(name)) == first(name), "{name}");
    }
    assert!(scratch.cached("t_aux").exists());
}

#[track_caller]
fn assert_nothing(scratch: &Scratch) {
    assert!(!scratch.sealed().exists());
    let left: Vec<_> = names(&scratch.cache()).into_iter().filter(|name| KEPT.contains(&name.as_str())).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(!names(scratch.directory.path()).iter().any(|name| name.ends_with(".tmp")));
}

/// Fails if anything is needed but the last layer and the data, or if a byte differs from PC2's.
#[test]
fn it_is_the_sector_that_pc2_seals() {
    let (scratch, sealed) = lost(Scratch::small(TICKET));
    let answer = run(&encode(&scratch, &sealed));
    assert_eq!(answer.result(), &sealed);
    assert_kept(answer.result(), &scratch.sealed(), &scratch.cache());
    assert_as_before(&scratch);
    let last = answer.progress.last().unwrap();
    assert_eq!((&last["done"], &last["total"], &last["unit"]), (&json!(4096), &json!(4096), &json!("bytes")));
    assert_eq!(
        names(&scratch.cache()),
        ["p_aux", "reseal-kept.json", "reseal-layers.json", "sc-02-data-layer-2.dat", TREE_R, "t_aux"]
    );
    scratch.post_check(&sealed["comm_r"]).result();
}

fn lost_of_8_mib() -> (Scratch, Value) {
    let piece = (0..(8 << 20) / 128 * 127).map(|i: usize| (i * i + i / 7) as u8).collect();
    lost(Scratch::new("StackedDrg8MiBV1_1", 1001, 9, TICKET, &[(8 << 20, Some(piece))]))
}

#[test]
fn it_is_the_sector_that_pc2_seals_with_8_mib() {
    let (scratch, sealed) = lost_of_8_mib();
    assert_eq!(run(&encode(&scratch, &sealed)).result(), &sealed);
    assert_as_before(&scratch);
}

/// Fails if the sealed file has its name before it is complete, or what a killed attempt left stays.
#[test]
fn killed_while_it_writes_it_starts_over() {
    let (scratch, sealed) = lost_of_8_mib();
    let half = scratch.directory.path().join("sealed.tmp");
    // One that had ended before it was killed shows nothing.
    loop {
        let mut running = start(command(), &encode(&scratch, &sealed).to_string());
        while fs::metadata(&half).map_or(0, |file| file.len()) == 0 && running.child.try_wait().unwrap().is_none() {}
        running.child.kill().unwrap();
        if running.finish().end.is_none() {
            break;
        }
    }
    assert!(!scratch.sealed().exists());
    assert!(half.exists());
    assert_eq!(run(&encode(&scratch, &sealed)).result(), &sealed);
    assert_as_before(&scratch);
    assert!(!half.exists());
}

/// Fails if the data of an empty sector, which are zeros, are asked for.
#[test]
fn the_sealed_file_of_an_empty_sector_is_its_last_layer() {
    let (scratch, sealed) = lost(Scratch::new("StackedDrg2KiBV1_1", 1001, 10, TICKET, &[]));
    fs::remove_file(scratch.unsealed()).unwrap();
    let mut request = encode(&scratch, &sealed);
    request.as_object_mut().unwrap().remove("unsealed");
    assert_eq!(run(&request).result(), &sealed);
    assert_as_before(&scratch);
    assert!(read(&scratch.sealed()) == read(&scratch.cached("sc-02-data-layer-2.dat")));
}

/// Fails if a sealed file is left that is not the expected one.
#[test]
fn another_comm_r_than_the_expected_one_leaves_nothing() {
    let (scratch, sealed) = lost(Scratch::small(TICKET));
    let (right, other) = (sealed["comm_c"].clone(), sealed["comm_r_last"].clone());
    let mut request = encode(&scratch, &sealed);
    request["comm_c"] = other.clone();
    run(&request).assert_refused("CommRMismatch", &["sector 123 of miner 1001", other.as_str().unwrap()]);
    assert_nothing(&scratch);
    request["comm_c"] = json!("ff".repeat(32));
    run(&request).assert_refused("CommRMismatch", &["encoded to no CommR"]);
    assert_nothing(&scratch);
    request["comm_c"] = right;
    request["comm_r"] = other;
    run(&request).assert_refused("CommRMismatch", &["not the expected", sealed["comm_r"].as_str().unwrap()]);
    assert_nothing(&scratch);
}

/// Fails if damage in scratch is taken for a wrong comm_c, which seals everything.
#[test]
fn damage_is_named_and_leaves_nothing() {
    let (scratch, sealed) = lost(Scratch::small(TICKET));
    let request = encode(&scratch, &sealed);
    flip_bit(&scratch.cached("sc-02-data-layer-2.dat"));
    let answer = run(&request);
    answer.assert_refused("ScratchLost", &["layer 2 is damaged"]);
    answer.assert_file(&scratch.cached("sc-02-data-layer-2.dat"));
    assert_nothing(&scratch);
    flip_bit(&scratch.cached("sc-02-data-layer-2.dat"));

    flip_bit(&scratch.unsealed());
    let answer = run(&request);
    answer.assert_refused("ScratchLost", &["have CommD", "not the sector's"]);
    answer.assert_file(&scratch.unsealed());
    assert_nothing(&scratch);
    flip_bit(&scratch.unsealed());

    run(&request).result();
    assert_as_before(&scratch);
}

#[test]
fn what_cannot_be_encoded_is_refused() {
    let (scratch, sealed) = lost(Scratch::small(TICKET));
    let mut request = encode(&scratch, &sealed);
    request.as_object_mut().unwrap().remove("unsealed");
    run(&request).assert_refused("InvalidRequest", &["no \"unsealed\""]);
    let mut request = encode(&scratch, &sealed);
    request["sector"]["ticket"] = json!(OTHER_TICKET);
    run(&request).assert_refused("ScratchLost", &["belong to the replica id"]);
    let mut request = encode(&scratch, &sealed);
    request["comm_d"] = sealed["comm_r"].clone();
    run(&request).assert_refused("CommDMismatch", &["CommD"]);
    fs::remove_file(scratch.cached("sc-02-data-layer-2.dat")).unwrap();
    run(&encode(&scratch, &sealed)).assert_refused("ScratchLost", &["sc-02-data-layer-2.dat is missing"]);
    assert_nothing(&scratch);
}

/// PC2 finds that layers are missing, and PC1 begins again instead of making a tree C over what is left.
#[test]
fn where_everything_is_sealed_the_lower_layers_are_made_again() {
    let (scratch, sealed) = lost(Scratch::small(TICKET));
    scratch.run("tree_d").result();
    let refused = scratch.run("pc2");
    refused.assert_refused("ScratchLost", &["sc-02-data-layer-1.dat"]);
    assert_eq!(scratch.run("pc1").result()["resumed"], 0);
    assert_eq!(scratch.run("pc2").result(), &sealed);
}
