//! Published and independently computed values of 2 KiB sectors.

use serde_json::json;

use crate::common::*;

#[test]
fn the_published_sector_of_zeros_comes_out() {
    seal_known_answer("kat/lotus-bench-2kib.json", Some(vec![0; 2032]));
}

/// The same sector without any piece: its data file is a hole.
#[test]
fn a_sector_without_pieces_is_the_sector_of_zeros() {
    seal_known_answer("kat/lotus-bench-2kib.json", None);
}

#[test]
fn the_sector_with_a_pattern_comes_out() {
    seal_known_answer("kat/pattern-2kib-v1_1.json", Some((0..2032).map(|i| ((7 * i + 3) % 251) as u8).collect()));
}

fn seal_known_answer(name: &str, data: Option<Vec<u8>>) {
    let known = read_json(&testdata(name));
    let pieces: Vec<_> = data.into_iter().map(|data| (2048, Some(data))).collect();
    let scratch = Scratch::new(
        "StackedDrg2KiBV1_1",
        known["miner"].as_u64().unwrap(),
        known["sector"].as_u64().unwrap(),
        known["ticket"].as_str().unwrap(),
        &pieces,
    );
    assert_eq!(known["comm_d"], scratch.comm_d);
    assert_eq!(scratch.run("tree_d").result(), &json!({"comm_d": known["comm_d"]}));
    let labelled = scratch.run("pc1");
    assert_eq!(labelled.result(), &json!({"layers": 2, "resumed": 0, "replica_id": known["replica_id"]}));
    let mut reports: Vec<_> = labelled.progress.iter().map(|report| report["done"].as_u64().unwrap()).collect();
    // A new host makes its parent cache before the first layer.
    reports.dedup();
    assert_eq!(reports, [0, 1, 2]);
    let sealed = scratch.run("pc2");
    for name in ["comm_r", "comm_c", "comm_r_last"] {
        assert_eq!(sealed.result()[name], known[name], "{name}");
    }
    assert_kept(sealed.result(), &scratch.sealed(), &scratch.cache());
    let last = sealed.progress.last().unwrap();
    assert_eq!(last["done"], last["total"]);

    for (file, expected) in known["files"].as_object().unwrap() {
        let path = match file.as_str() {
            "sealed" => scratch.sealed(),
            "unsealed" => scratch.unsealed(),
            _ => scratch.cached(file),
        };
        assert_eq!(read(&path).len() as u64, expected["len"].as_u64().unwrap(), "{file}");
        assert_eq!(json!(sha256(&path)), expected["sha256"], "{file}");
    }
    assert_eq!(scratch.check_sealed(&known["comm_r"], 3).result(), &json!({"rounds": 3, "vanilla_proofs": 6}));
    assert_eq!(scratch.post_check(&known["comm_r"]).result(), &json!({"challenges": 10}));
    assert_eq!(
        names(&scratch.cache()),
        [
            "p_aux",
            "reseal-kept.json",
            "reseal-layers.json",
            "sc-02-data-layer-1.dat",
            "sc-02-data-layer-2.dat",
            "sc-02-data-tree-c.dat",
            "sc-02-data-tree-d.dat",
            "sc-02-data-tree-r-last.dat",
            "t_aux"
        ]
    );
}
