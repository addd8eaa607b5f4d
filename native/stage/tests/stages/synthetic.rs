//! Synthetic PoRep's extra stage and file, and commit 1 from it.

use std::fs;

use filecoin_proofs_api::seal::{SealPreCommitPhase2Output, generate_synth_proofs};
use rand::Rng;
use serde_json::{Value, json};

use crate::common::*;
use crate::same_as_stock::{bytes32, leb128, piece_infos, random, random_bytes, random_pieces, same, stock};

const PROOF: &str = "StackedDrg2KiBV1_1_Feat_SyntheticPoRep";
const FILE: &str = "syn-porep-vanilla-proofs.dat";
const RECORD: &str = "reseal-synthetic.json";
const BYTES: u64 = 96 + 64 * 8984;

fn sealed() -> (Scratch, Value) {
    let (seed, mut rng) = random();
    println!("seed {seed}");
    let ticket = hex::encode(random_bytes(&mut rng, 32));
    let pieces = random_pieces(&mut rng, 2048);
    let scratch = Scratch::new(PROOF, rng.gen_range(0..1 << 40), rng.r#gen(), &ticket, &pieces);
    let comm_r = scratch.seal("pc2")["comm_r"].clone();
    (scratch, comm_r)
}

fn request(scratch: &Scratch, comm_r: &Value) -> Value {
    json!({
        "op": "synthetic", "sector": scratch.sector, "pieces": scratch.pieces, "comm_d": scratch.comm_d,
        "comm_r": comm_r, "sealed": scratch.sealed(), "cache": scratch.cache(),
    })
}

fn commit1(scratch: &Scratch, comm_r: &Value, output: &str) -> Answer {
    let mut request = request(scratch, comm_r);
    request["op"] = json!("c1");
    request["seed"] = json!("05".repeat(32));
    request["output"] = json!(scratch.directory.path().join(output));
    run(&request)
}

fn remove_layers(scratch: &Scratch) {
    for name in names(&scratch.cache()) {
        if ["layer", "tree-c", "tree-d"].iter().any(|part| name.contains(part)) {
            fs::remove_file(scratch.cached(&name)).unwrap();
        }
    }
}

/// The faults: commit 1 makes the proofs again and so needs the layers, or removes them although it did not make them.
#[test]
fn the_proofs_are_the_stock_librarys_and_commit_1_does_with_them_alone() {
    stock();
    let (scratch, comm_r) = sealed();
    commit1(&scratch, &comm_r, "from-layers").result();
    assert!(!scratch.cached(FILE).exists());
    let made = run(&request(&scratch, &comm_r));
    assert_eq!(made.result(), &json!({"bytes": BYTES}));
    assert_eq!(made.progress.last().unwrap()["done"], 3);
    let copy = scratch.directory.path().join("copy");
    fs::copy(scratch.cached(FILE), &copy).unwrap();
    commit1(&scratch, &comm_r, "with-layers").result();
    remove_layers(&scratch);
    commit1(&scratch, &comm_r, "alone").result();
    assert_eq!(
        names(&scratch.cache()),
        ["p_aux", "reseal-kept.json", RECORD, "sc-02-data-tree-r-last.dat", FILE, "t_aux"]
    );
    for output in ["with-layers", "alone"] {
        same(&scratch.directory.path().join("from-layers"), &scratch.directory.path().join(output));
    }

    scratch.seal("pc2");
    generate_synth_proofs(
        scratch.cache(),
        scratch.sealed(),
        leb128(scratch.sector["miner"].as_u64().unwrap()),
        scratch.sector["number"].as_u64().unwrap().into(),
        bytes32(scratch.sector["ticket"].as_str().unwrap()),
        SealPreCommitPhase2Output {
            registered_proof: serde_json::from_value(scratch.sector["proof"].clone()).unwrap(),
            comm_r: bytes32(comm_r.as_str().unwrap()),
            comm_d: bytes32(&scratch.comm_d),
        },
        &piece_infos(&scratch),
    )
    .unwrap();
    same(&scratch.cached(FILE), &copy);
}

/// The fault: any file of that name counts as this sector's complete proofs. If the layers exist, commit 1 makes the
/// proofs itself.
#[test]
fn damaged_and_foreign_proofs_are_not_answered_with() {
    let (scratch, comm_r) = sealed();
    run(&request(&scratch, &comm_r)).result();
    let (file, record) = (read(&scratch.cached(FILE)), read(&scratch.cached(RECORD)));
    let (other, other_comm_r) = sealed();
    run(&request(&other, &other_comm_r)).result();
    let foreign = (read(&other.cached(FILE)), read(&other.cached(RECORD)));
    let mut damaged = file.clone();
    damaged[100_000] ^= 1;
    let cases = [
        (damaged, record.clone()),
        (vec![0; file.len()], record.clone()),
        (file[..1000].to_vec(), record),
        foreign,
        (file.clone(), b"{".to_vec()),
    ];
    let put = |(file, record): &(Vec<u8>, Vec<u8>)| {
        fs::write(scratch.cached(FILE), file).unwrap();
        fs::write(scratch.cached(RECORD), record).unwrap();
    };
    for case in &cases {
        put(case);
        commit1(&scratch, &comm_r, "c1").result();
        assert!(!scratch.cached(FILE).exists());
        put(case);
        run(&request(&scratch, &comm_r)).result();
        assert_eq!(read(&scratch.cached(FILE)), file);
    }
    remove_layers(&scratch);
    for case in &cases {
        put(case);
        commit1(&scratch, &comm_r, "lost").assert_refused("ScratchLost", &["is missing"]);
        assert!(!scratch.directory.path().join("lost").exists());
    }
}

/// The fault: a file that looks complete is left by a sector that does not prove itself.
#[test]
fn a_damaged_sector_gets_no_proofs() {
    let (scratch, comm_r) = sealed();
    let mut wrong = request(&scratch, &comm_r);
    wrong["comm_r"] = json!(OTHER_TICKET);
    run(&wrong).assert_refused("CommRMismatch", &[OTHER_TICKET]);
    run(&request(&scratch, &comm_r)).result();
    flip_bit(&scratch.cached("sc-02-data-layer-1.dat"));
    run(&request(&scratch, &comm_r)).assert_refused("SealInvalid", &["does not prove itself"]);
    assert!(!scratch.cached(FILE).exists() && !scratch.cached(RECORD).exists());
    fs::remove_file(scratch.cached("sc-02-data-layer-2.dat")).unwrap();
    run(&request(&scratch, &comm_r)).assert_refused("ScratchLost", &["layer-2.dat is missing"]);
}

#[test]
fn other_proof_types_have_none() {
    let scratch = Scratch::small(TICKET);
    let comm_r = scratch.seal("pc2")["comm_r"].clone();
    run(&request(&scratch, &comm_r)).assert_refused("InvalidRequest", &["StackedDrg2KiBV1_1", "not a synthetic"]);
    assert!(!scratch.cached(FILE).exists());
}
