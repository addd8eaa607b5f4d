//! Snapped sectors: a key, and an update encoded into it.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use filecoin_proofs_api::RegisteredUpdateProof;
use filecoin_proofs_api::update::empty_sector_update_encode_into;
use rand::Rng;
use serde_json::{Value, json};

use crate::common::*;
use crate::real_sectors::content;
use crate::same_as_stock::{piece_infos, random, random_bytes, random_pieces, same, stock};

const TREE_D: &str = "sc-02-data-tree-d.dat";
const TREE_R: &str = "sc-02-data-tree-r-last.dat";

/// A sealed key and the data of its update: the second scratch's `sealed` is the update, its cache the update's.
pub struct Snapped {
    pub key: Scratch,
    pub data: Scratch,
    pub key_comm_r: Value,
    comm_r: Value,
}

impl Snapped {
    pub fn new(key: Scratch, pieces: &[(u64, Option<Vec<u8>>)]) -> Self {
        let key_comm_r = key.seal("pc2")["comm_r"].clone();
        let proof = key.sector["proof"].as_str().unwrap();
        let data = Scratch::new(proof, key.sector["miner"].as_u64().unwrap(), 0, TICKET, pieces);
        data.run("tree_d").result();
        Snapped { key, data, key_comm_r, comm_r: Value::Null }
    }

    /// A 2 KiB sector of zeros with two pieces and a filler encoded into it.
    pub fn small() -> Self {
        let piece = |length: usize| Some((0..length).map(|i| (i * 5 + 1) as u8).collect());
        let key = Scratch::new("StackedDrg2KiBV1_1", 1001, 124, OTHER_TICKET, &[]);
        Self::new(key, &[(1024, piece(1016)), (512, piece(500)), (512, None)])
    }

    fn request(&self) -> Value {
        on_gpu(json!({
            "op": "snap_encode", "proof": self.key.sector["proof"], "pieces": self.data.pieces,
            "comm_d": self.data.comm_d, "key_comm_r": self.key_comm_r, "comm_r": self.comm_r,
            "unsealed": self.data.unsealed(), "sealed": self.key.sealed(), "cache": self.key.cache(),
            "update": self.data.sealed(), "update_cache": self.data.cache(),
        }))
    }

    fn encode(&self) -> Answer {
        run(&self.request())
    }

    /// Encodes it and expects this result from now on.
    #[track_caller]
    pub fn encoded(mut self) -> Self {
        self.comm_r = self.encode().result()["comm_r"].clone();
        self
    }

    #[track_caller]
    fn assert_no_update(&self) {
        assert!(!self.data.sealed().exists());
        assert!(!self.data.directory.path().join("sealed.tmp").exists());
        assert!(!self.data.cached("p_aux").exists());
    }
}

/// The fault: a rho that is off by one node, or computed from the update's CommR instead of the key's.
#[test]
fn an_update_is_the_stock_librarys() {
    for proof in [
        "StackedDrg2KiBV1",
        "StackedDrg2KiBV1_1",
        "StackedDrg2KiBV1_1_Feat_SyntheticPoRep",
        "StackedDrg2KiBV1_2_Feat_NonInteractivePoRep",
    ] {
        encode_as_stock(proof, 2048, RegisteredUpdateProof::StackedDrg2KiBV1, 1);
    }
}

/// Here the data are multiplied with 1024 different rhos, not with 2.
#[test]
fn an_update_of_eight_mib_is_the_stock_librarys() {
    encode_as_stock("StackedDrg8MiBV1_1", 8 << 20, RegisteredUpdateProof::StackedDrg8MiBV1, 4);
}

fn encode_as_stock(proof: &str, size: u64, update: RegisteredUpdateProof, partitions: u64) {
    stock();
    let (seed, mut rng) = random();
    println!("{proof}: seed {seed}");
    let ticket = hex::encode(random_bytes(&mut rng, 32));
    let of_key = random_pieces(&mut rng, size);
    let key = Scratch::new(proof, rng.gen_range(0..1 << 40), rng.r#gen(), &ticket, &of_key);
    let pieces = random_pieces(&mut rng, size);
    let snapped = Snapped::new(key, &pieces);
    let answer = snapped.encode();
    assert_eq!(answer.result()["partition_proofs"], partitions);
    assert_kept(answer.result(), &snapped.data.sealed(), &snapped.data.cache());
    let last = answer.progress.last().unwrap();
    assert_eq!(last["done"], last["total"]);

    let directory = tempfile::tempdir().unwrap();
    let (replica, cache) = (directory.path().join("update"), directory.path().join("update-cache"));
    fs::create_dir(&cache).unwrap();
    File::create(&replica).unwrap().set_len(size).unwrap();
    let Snapped { key, data, .. } = &snapped;
    let (sealed, key_cache, unsealed) = (key.sealed(), key.cache(), data.unsealed());
    let infos = piece_infos(data);
    let expected =
        empty_sector_update_encode_into(update, &replica, &cache, &sealed, &key_cache, &unsealed, &infos).unwrap();
    assert_eq!(answer.result()["comm_r"], hex::encode(expected.comm_r_new));
    assert_eq!(answer.result()["comm_r_last"], hex::encode(expected.comm_r_last_new));
    assert_eq!(answer.result()["comm_d"], hex::encode(expected.comm_d_new));
    same(&replica, &data.sealed());
    let own = names(&data.cache()).into_iter().filter(|name| name != "reseal-kept.json");
    assert_eq!(names(&cache), own.collect::<Vec<_>>());
    for name in names(&cache).into_iter().filter(|name| name != "t_aux") {
        same(&cache.join(&name), &data.cached(&name));
    }
    // The library's contains the key's path.
    same(&key.cached("t_aux"), &data.cached("t_aux"));
    data.post_check(&answer.result()["comm_r"]).result();
    assert_eq!(data.check_replica(&answer.result()["comm_r"]).result()["findings"], json!([]));
}

/// Fails if the library's tree R is not used, or is not the update's.
#[test]
fn an_update_with_the_librarys_tree_is_the_same() {
    let mut snapped = Snapped::small().encoded();
    let (update, tree) = (read(&snapped.data.sealed()), read(&snapped.data.cached(TREE_R)));
    let mut by_library = command();
    by_library.env("RESEAL_PC2", "stock");
    let answer = start(by_library, &snapped.request().to_string()).finish();
    assert_kept(answer.result(), &snapped.data.sealed(), &snapped.data.cache());
    assert_eq!(answer.result()["comm_r"], snapped.comm_r);
    assert!(answer.stderr.contains("building base tree_r_last"), "{}", answer.stderr);
    assert!(read(&snapped.data.sealed()) == update && read(&snapped.data.cached(TREE_R)) == tree);
    snapped.comm_r = json!(OTHER_TICKET);
    snapped.encode().assert_refused("CommRMismatch", &[OTHER_TICKET]);
}

/// The fault: phi of anything except the key's CommR and the update's CommD.
#[test]
fn a_real_update_comes_back() {
    let document = read_json(&testdata("lotus/sectors.json"));
    for known in document["updates"].as_array().unwrap() {
        let keys = document["sectors"].as_array().unwrap();
        let known_key = keys.iter().find(|key| key["name"] == known["key"]).unwrap();
        let number = |name: &str| known_key[name].as_u64().unwrap();
        let text = |name: &str| known_key[name].as_str().unwrap();
        let key = Scratch::new(text("proof"), number("miner"), number("number"), text("ticket"), &[]);
        let pieces: Vec<_> = known["pieces"].as_array().unwrap().iter().map(content).collect();
        let mut snapped = Snapped::new(key, &pieces);
        assert_eq!(snapped.key_comm_r, known_key["comm_r"]);
        assert_eq!(known["comm_d"], snapped.data.comm_d);
        snapped.comm_r = known["comm_r"].clone();
        assert_eq!(snapped.encode().result()["comm_r"], known["comm_r"]);
        assert_is_the_miners(&snapped, known);

        // Again from the key as the miner kept it, without a t_aux.
        let miners = testdata("lotus").join(known_key["files"].as_str().unwrap());
        for name in names(&snapped.key.cache()) {
            fs::remove_file(snapped.key.cached(&name)).unwrap();
        }
        fs::copy(miners.join("sealed"), snapped.key.sealed()).unwrap();
        for name in ["p_aux", TREE_R] {
            fs::copy(miners.join(name), snapped.key.cached(name)).unwrap();
        }
        assert_eq!(snapped.encode().result()["comm_r"], known["comm_r"]);
        assert_is_the_miners(&snapped, known);
        assert_eq!(names(&snapped.key.cache()), ["p_aux", TREE_R]);
    }
}

fn assert_is_the_miners(snapped: &Snapped, known: &Value) {
    let miners = testdata("lotus").join(known["files"].as_str().unwrap());
    same(&miners.join("update"), &snapped.data.sealed());
    for name in ["p_aux", TREE_R] {
        same(&miners.join(name), &snapped.data.cached(name));
    }
    assert_eq!(names(&snapped.data.cache()), ["p_aux", "reseal-kept.json", TREE_D, TREE_R, "t_aux"]);
}

/// The fault: the key's p_aux beside the update.
#[test]
fn an_update_can_be_proven_and_is_not_taken_for_its_key() {
    let snapped = Snapped::small().encoded();
    assert_eq!(snapped.data.post_check(&snapped.comm_r).result(), &json!({"challenges": 10}));
    snapped.key.post_check(&snapped.key_comm_r).result();
    let words = [snapped.key_comm_r.as_str().unwrap(), snapped.comm_r.as_str().unwrap()];
    snapped.data.post_check(&snapped.key_comm_r).assert_refused("NotProvable", &words);
    snapped.key.post_check(&snapped.comm_r).assert_refused("NotProvable", &words);
    fs::copy(snapped.key.cached(TREE_R), snapped.data.cached(TREE_R)).unwrap();
    snapped.data.post_check(&snapped.comm_r).assert_refused("NotProvable", &["cannot be proven"]);
}

/// The fault: the expected CommR is not checked, or only after the file has its name.
#[test]
fn an_update_with_another_comm_r_leaves_nothing_under_its_name() {
    let mut snapped = Snapped::small().encoded();
    let right = snapped.comm_r.as_str().unwrap().to_string();
    snapped.comm_r = json!(OTHER_TICKET);
    snapped.encode().assert_refused("CommRMismatch", &[&right, OTHER_TICKET]);
    snapped.assert_no_update();
    snapped.comm_r = json!(right);
    snapped.encode().result();
    assert_eq!(names(&snapped.data.cache()), ["p_aux", "reseal-kept.json", TREE_D, TREE_R, "t_aux"]);
}

/// The fault: a CommR that differs is blamed on the input although the key is damaged; or an update with unknown CommR
/// is encoded into such a key.
#[test]
fn a_damaged_key_is_not_encoded_into() {
    for comm_r_is_known in [true, false] {
        let mut snapped = Snapped::small().encoded();
        if !comm_r_is_known {
            snapped.comm_r = Value::Null;
        }
        flip_bit(&snapped.key.sealed());
        let refused = snapped.encode();
        refused.assert_refused("ScratchLost", &["the key", "is damaged"]);
        refused.assert_file(&snapped.key.sealed());
        snapped.assert_no_update();
    }
    let snapped = Snapped::small();
    fs::write(snapped.key.sealed(), [0xff; 2048]).unwrap();
    let refused = snapped.encode();
    refused.assert_refused("ScratchLost", &["sealed", "node 0", "not a field element"]);
    refused.assert_file(&snapped.key.sealed());
    snapped.assert_no_update();
}

/// H7 for the key: the library would create its missing tree R.
#[test]
fn a_key_that_is_not_whole_is_refused_and_left_alone() {
    let snapped = Snapped::small();
    snapped.key.post_check(&snapped.key_comm_r).result();
    for name in ["p_aux", TREE_R] {
        let whole = read(&snapped.key.cached(name));
        fs::remove_file(snapped.key.cached(name)).unwrap();
        let refused = snapped.encode();
        refused.assert_refused("ScratchLost", &[name, "is missing"]);
        refused.assert_file(&snapped.key.cached(name));
        assert!(!snapped.key.cached(name).exists());
        fs::write(snapped.key.cached(name), whole).unwrap();
    }
    let mut request = snapped.request();
    request["key_comm_r"] = json!(TICKET);
    run(&request).assert_refused("ScratchLost", &["p_aux", TICKET, snapped.key_comm_r.as_str().unwrap()]);
    fs::OpenOptions::new().write(true).open(snapped.key.sealed()).unwrap().set_len(1024).unwrap();
    snapped.encode().assert_refused("ScratchLost", &["has 1024 bytes, not 2048"]);
    snapped.assert_no_update();
}

/// H3: the library accepts a tree D of the right size as the data's; H4: and stale trees as its own.
#[test]
fn what_an_earlier_attempt_left_is_not_used() {
    let snapped = Snapped::small().encoded();
    let update = read(&snapped.data.sealed());
    let tree = read(&snapped.data.cached(TREE_R));
    for name in ["p_aux", "t_aux", TREE_R] {
        make_hole(&snapped.data.cached(name));
    }
    fs::write(snapped.data.sealed(), b"half").unwrap();
    fs::write(snapped.data.directory.path().join("sealed.tmp"), [7; 4096]).unwrap();
    snapped.encode().result();
    assert_eq!(read(&snapped.data.sealed()), update);
    assert_eq!(read(&snapped.data.cached(TREE_R)), tree);

    make_hole(&snapped.data.cached(TREE_D));
    snapped.encode().assert_refused("ScratchLost", &["the root of", TREE_D, &snapped.data.comm_d]);
    fs::copy(snapped.key.cached(TREE_D), snapped.data.cached(TREE_D)).unwrap();
    snapped.encode().assert_refused("ScratchLost", &["the root of", TREE_D, &snapped.key.comm_d]);
}

/// The fault: the data are encoded without a check, since tree D has the right root.
#[test]
fn damaged_data_are_not_encoded() {
    let snapped = Snapped::small();
    flip_bit(&snapped.data.unsealed());
    snapped.encode().assert_refused("ScratchLost", &["the data in", &snapped.data.comm_d]);
    snapped.assert_no_update();
}

/// The fault: the update's name, removed before encoding, is the key's or the data's: a lost copy.
#[test]
fn an_update_over_its_own_inputs_is_refused() {
    let snapped = Snapped::small();
    let other_name = snapped.key.directory.path().join("other-name");
    fs::hard_link(snapped.key.sealed(), &other_name).unwrap();
    for (field, path) in [
        ("update", snapped.key.sealed()),
        ("update", other_name),
        ("update", snapped.data.unsealed()),
        ("update_cache", snapped.key.cache()),
    ] {
        let mut request = snapped.request();
        request[field] = json!(path);
        run(&request).assert_refused("InvalidRequest", &["which is the input"]);
    }
    snapped.key.post_check(&snapped.key_comm_r).result();
    snapped.encode().result();
}

/// H11: the library's own call copies the whole update into the system's temporary directory.
#[test]
fn the_systems_temporary_directory_is_not_used() {
    fn without_one(_: &Path) -> Command {
        let mut command = command();
        command.env("TMPDIR", "/nowhere");
        command
    }
    let snapped = Snapped::small();
    start(without_one(Path::new("/")), &snapped.request().to_string()).finish().result();
}
