//! Sealing turned round: the key of an update from the update and its data, and the data of what was sealed.

use std::fs;

use serde_json::{Value, json};

use crate::common::*;
use crate::same_as_stock::{random, random_bytes, random_pieces, same};
use crate::snap::Snapped;

const TREE_R: &str = "sc-02-data-tree-r-last.dat";
const KEY_FILES: [&str; 3] = ["p_aux", "reseal-kept.json", TREE_R];

/// A snapped sector, and a place for what is made of it.
struct Turned {
    snapped: Snapped,
    made: tempfile::TempDir,
}

impl Turned {
    fn new(snapped: Snapped) -> Self {
        let made = tempfile::tempdir().unwrap();
        fs::create_dir(made.path().join("cache")).unwrap();
        Turned { snapped, made }
    }

    fn small() -> Self {
        Self::new(Snapped::small().encoded())
    }

    fn key(&self) -> Value {
        let Snapped { key, data, key_comm_r, .. } = &self.snapped;
        let p_aux = read(&data.cached("p_aux"));
        json!({
            "op": "snap_key", "proof": key.sector["proof"], "comm_d": data.comm_d, "key_comm_r": key_comm_r,
            "comm_c": hex::encode(&p_aux[..32]), "update": data.sealed(), "unsealed": data.unsealed(),
            "sealed": self.made.path().join("sealed"), "cache": self.made.path().join("cache"),
        })
    }

    fn data(&self) -> Value {
        let Snapped { key, data, key_comm_r, .. } = &self.snapped;
        json!({
            "op": "decode", "proof": key.sector["proof"], "comm_d": data.comm_d, "replica": data.sealed(),
            "key": key.sealed(), "key_comm_r": key_comm_r, "unsealed": self.made.path().join("unsealed"),
        })
    }

    #[track_caller]
    fn assert_nothing_made(&self) {
        assert_eq!(names(self.made.path()), ["cache"]);
        assert!(names(&self.made.path().join("cache")).is_empty());
    }
}

fn of_size(proof: &str, size: u64) -> Turned {
    let (seed, mut rng) = random();
    println!("{proof}: seed {seed}");
    let ticket = hex::encode(random_bytes(&mut rng, 32));
    let of_key = random_pieces(&mut rng, size);
    let key = Scratch::new(proof, 1001, 5, &ticket, &of_key);
    Turned::new(Snapped::new(key, &random_pieces(&mut rng, size)).encoded())
}

fn turns_back(turned: &Turned) {
    let Snapped { key, data, key_comm_r, .. } = &turned.snapped;
    let answer = run(&turned.key());
    let (sealed, cache) = (turned.made.path().join("sealed"), turned.made.path().join("cache"));
    assert_eq!(&answer.result()["comm_r"], key_comm_r);
    assert_kept(answer.result(), &sealed, &cache);
    same(&key.sealed(), &sealed);
    for name in KEY_FILES.into_iter().chain(["t_aux"]) {
        same(&key.cached(name), &cache.join(name));
    }
    assert_eq!(names(&cache).len(), 4);
    let last = answer.progress.last().unwrap();
    assert_eq!(last["done"], last["total"]);

    let answer = run(&turned.data());
    let unsealed = turned.made.path().join("unsealed");
    same(&data.unsealed(), &unsealed);
    assert_eq!(answer.result(), &json!({"comm_d": data.comm_d, "digest": sha256(&unsealed)}));
}

/// The fault: the inverse of another node's rho, or rho where its inverse is needed.
#[test]
fn key_and_data_of_two_kib_come_back() {
    turns_back(&of_size("StackedDrg2KiBV1_1", 2048));
}

/// Here there are 1024 different rhos, not 2.
#[test]
fn key_and_data_of_eight_mib_come_back() {
    turns_back(&of_size("StackedDrg8MiBV1_1", 8 << 20));
}

/// The fault: a key that is not the sector's gets its name.
#[test]
fn a_damaged_update_gives_no_key() {
    let turned = Turned::small();
    let update = turned.snapped.data.sealed();
    flip_bit(&update);
    let refused = run(&turned.key());
    let right = turned.snapped.key_comm_r.as_str().unwrap();
    refused.assert_refused("NotProvable", &["is damaged, or another sector's", right]);
    refused.assert_file(&update);
    turned.assert_nothing_made();
    fs::write(&update, [0xff; 2048]).unwrap();
    let refused = run(&turned.key());
    refused.assert_refused("NotProvable", &["node 0 of the replica", "not a field element"]);
    refused.assert_file(&update);
    turned.assert_nothing_made();
}

/// The fault: the update is blamed for damaged data.
#[test]
fn damaged_data_give_no_key() {
    let turned = Turned::small();
    let data = &turned.snapped.data;
    flip_bit(&data.unsealed());
    let refused = run(&turned.key());
    refused.assert_refused("ScratchLost", &["the data in", &data.comm_d]);
    refused.assert_file(&data.unsealed());
    turned.assert_nothing_made();
    fs::write(data.unsealed(), [0xff; 2048]).unwrap();
    let refused = run(&turned.key());
    refused.assert_refused("ScratchLost", &["node 0 of the data", "not a field element"]);
    turned.assert_nothing_made();
}

/// The fault: data without the CommD get the unsealed file's name.
#[test]
fn what_is_damaged_is_not_decoded() {
    for damaged in ["replica", "key"] {
        let turned = Turned::small();
        let request = turned.data();
        flip_bit(request[damaged].as_str().unwrap().as_ref());
        run(&request).assert_refused("NotProvable", &["one of them is damaged", &turned.snapped.data.comm_d]);
        turned.assert_nothing_made();
    }
}

/// The fault: the factors of an update used for a sector that was only sealed.
#[test]
fn a_sealed_sector_less_its_last_layer_is_its_data() {
    let scratch = Scratch::small(TICKET);
    scratch.seal("pc2");
    let unsealed = scratch.directory.path().join("decoded");
    let request = json!({
        "op": "decode", "proof": scratch.sector["proof"], "comm_d": scratch.comm_d, "replica": scratch.sealed(),
        "key": scratch.cached("sc-02-data-layer-2.dat"), "unsealed": unsealed,
    });
    assert_eq!(run(&request).result()["digest"], sha256(&scratch.unsealed()));
    same(&scratch.unsealed(), &unsealed);
}

/// The fault: a file that is read is removed first, because a stale result has its name.
#[test]
fn nothing_is_written_over_its_own_inputs() {
    let turned = Turned::small();
    let Snapped { key, data, .. } = &turned.snapped;
    let other_name = turned.made.path().join("other-name");
    fs::hard_link(data.sealed(), &other_name).unwrap();
    for (request, field, path) in [
        (turned.key(), "sealed", data.sealed()),
        (turned.key(), "sealed", other_name.clone()),
        (turned.key(), "sealed", data.unsealed()),
        (turned.data(), "unsealed", other_name),
        (turned.data(), "unsealed", key.sealed()),
    ] {
        let mut request = request;
        request[field] = json!(path);
        run(&request).assert_refused("InvalidRequest", &["which is the input"]);
    }
    assert!(data.sealed().exists() && data.unsealed().exists() && key.sealed().exists());
}
