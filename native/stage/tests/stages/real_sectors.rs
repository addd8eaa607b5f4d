//! Sectors that real miners sealed and that are on real chains.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::common::*;

#[test]
fn real_sectors_come_back() {
    let document = read_json(&testdata("lotus/sectors.json"));
    for known in document["sectors"].as_array().unwrap() {
        seal(known);
    }
}

fn seal(known: &Value) {
    let name = known["name"].as_str().unwrap();
    let pieces: Vec<_> = known["pieces"].as_array().unwrap().iter().map(content).collect();
    let scratch = Scratch::new(
        known["proof"].as_str().unwrap(),
        known["miner"].as_u64().unwrap(),
        known["number"].as_u64().unwrap(),
        known["ticket"].as_str().unwrap(),
        &pieces,
    );
    assert_eq!(known["comm_d"], scratch.comm_d, "{name}");
    for (piece, known) in scratch.pieces.iter().zip(known["pieces"].as_array().unwrap()) {
        assert_eq!(piece["commitment"], known["commitment"], "{name}");
    }
    assert_eq!(scratch.seal("pc2")["comm_r"], known["comm_r"], "{name}");
    scratch.check_sealed(&known["comm_r"], 1).result();
    scratch.post_check(&known["comm_r"]).result();
    if let Some(files) = known["files"].as_str() {
        let miners = testdata("lotus").join(files);
        assert_eq!(read(&scratch.sealed()), read(&miners.join("sealed")), "{name}");
        for file in ["p_aux", "sc-02-data-tree-r-last.dat"] {
            assert_eq!(read(&scratch.cached(file)), read(&miners.join(file)), "{name}: {file}");
        }
    }
}

pub fn content(piece: &Value) -> (u64, Option<Vec<u8>>) {
    let size = piece["size"].as_u64().unwrap();
    let content = piece["piece"].as_u64().map(|number| {
        let byte = |i: u64| Sha256::digest(format!("reseal piece {number} block {}", i / 32))[(i % 32) as usize];
        (0..size / 128 * 127).map(byte).collect()
    });
    (size, content)
}
