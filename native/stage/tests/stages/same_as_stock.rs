//! The stages give the same files as the library's own two calls, for every family of proof types.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Once;

use filecoin_proofs_api::seal::{
    SealPreCommitPhase2Output, generate_synth_proofs, seal_commit_phase1, seal_pre_commit_phase1,
    seal_pre_commit_phase2,
};
use filecoin_proofs_api::{PaddedBytesAmount, PieceInfo, RegisteredSealProof, SectorId};
use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};
use serde_json::json;

use crate::common::*;

/// The library in this process, using the stages' parent caches.
pub fn stock() {
    static SET: Once = Once::new();
    // Through std's lock, like every other use of the environment in this process.
    SET.call_once(|| unsafe { std::env::set_var("FIL_PROOFS_PARENT_CACHE", parents()) });
}

/// A seed that a failing test prints.
pub fn random() -> (u64, StdRng) {
    let seed = rand::random();
    (seed, StdRng::seed_from_u64(seed))
}

pub fn random_bytes(rng: &mut StdRng, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    rng.fill_bytes(&mut bytes);
    bytes
}

#[test]
fn two_kib_of_every_family() {
    stock();
    for proof in [
        "StackedDrg2KiBV1",
        "StackedDrg2KiBV1_1",
        "StackedDrg2KiBV1_1_Feat_SyntheticPoRep",
        "StackedDrg2KiBV1_2_Feat_NonInteractivePoRep",
    ] {
        seal_and_compare(proof, 2048);
    }
}

/// One of the families that `eight_mib` omits: each takes a while, mostly for a parent cache of its own.
#[test]
fn eight_mib_of_a_family_drawn_at_random() {
    let (_, mut rng) = random();
    seal_and_compare(EIGHT_MIB[rng.gen_range(0..EIGHT_MIB.len())], 8 << 20);
}

#[test]
#[ignore = "takes minutes: cargo test --release -- --ignored"]
fn eight_mib_of_every_family() {
    for proof in EIGHT_MIB {
        seal_and_compare(proof, 8 << 20);
    }
}

const EIGHT_MIB: [&str; 3] =
    ["StackedDrg8MiBV1", "StackedDrg8MiBV1_1_Feat_SyntheticPoRep", "StackedDrg8MiBV1_2_Feat_NonInteractivePoRep"];

fn seal_and_compare(proof: &str, size: u64) {
    stock();
    let (seed, mut rng) = random();
    println!("{proof}: seed {seed}");
    let ticket = hex::encode(random_bytes(&mut rng, 32));
    let pieces = random_pieces(&mut rng, size);
    let scratch = Scratch::new(proof, rng.gen_range(0..1 << 40), rng.r#gen(), &ticket, &pieces);
    let comm_r = scratch.seal("pc2")["comm_r"].clone();
    compare(&scratch, &comm_r);
    scratch.check_sealed(&comm_r, 2).result();
    scratch.post_check(&comm_r).result();
}

/// Pieces, of an eighth of the sector or more, and fillers that together fill it.
pub fn random_pieces(rng: &mut StdRng, size: u64) -> Vec<(u64, Option<Vec<u8>>)> {
    fn split(rng: &mut StdRng, size: u64, smallest: u64, pieces: &mut Vec<(u64, Option<Vec<u8>>)>) {
        if size > smallest && rng.gen_bool(0.6) {
            split(rng, size / 2, smallest, pieces);
            split(rng, size / 2, smallest, pieces);
        } else {
            let length = rng.gen_range(1..=size / 128 * 127) as usize;
            pieces.push((size, rng.gen_bool(0.7).then(|| random_bytes(rng, length))));
        }
    }
    let mut pieces = Vec::new();
    split(rng, size, size / 8, &mut pieces);
    pieces
}

/// Seals the same sector with the library's own calls and compares every file; then has the library prove the stages'
/// sector.
pub fn compare(scratch: &Scratch, comm_r: &serde_json::Value) {
    stock();
    let proof: RegisteredSealProof = serde_json::from_value(scratch.sector["proof"].clone()).unwrap();
    let miner = scratch.sector["miner"].as_u64().unwrap();
    let number = SectorId::from(scratch.sector["number"].as_u64().unwrap());
    let ticket = bytes32(scratch.sector["ticket"].as_str().unwrap());
    let prover = leb128(miner);
    let pieces = piece_infos(scratch);
    let directory = tempfile::tempdir().unwrap();
    let (cache, sealed) = (directory.path().join("cache"), directory.path().join("sealed"));
    fs::create_dir(&cache).unwrap();
    File::create(&sealed).unwrap();

    let phase1 =
        seal_pre_commit_phase1(proof, &cache, scratch.unsealed(), &sealed, prover, number, ticket, &pieces).unwrap();
    assert_eq!(hex::encode(phase1.comm_d), scratch.comm_d);
    let phase2 = seal_pre_commit_phase2(phase1, &cache, &sealed).unwrap();
    assert_eq!(json!(hex::encode(phase2.comm_r)), *comm_r);
    same(&sealed, &scratch.sealed());
    for name in names(&cache).into_iter().filter(|name| name != "t_aux") {
        same(&cache.join(&name), &scratch.cached(&name));
    }
    assert!(without_path(&read(&cache.join("t_aux")), &cache) == read(&scratch.cached("t_aux")), "t_aux differs");

    let output = || SealPreCommitPhase2Output { registered_proof: proof, comm_r: phase2.comm_r, comm_d: phase2.comm_d };
    let (cache, sealed) = (scratch.cache(), scratch.sealed());
    if format!("{proof:?}").contains("Synthetic") {
        // A vanilla proof for each node: gigabytes in a sector that is not tiny.
        if u64::from(proof.sector_size()) > 2048 {
            return;
        }
        generate_synth_proofs(cache.clone(), sealed.clone(), prover, number, ticket, output(), &pieces).unwrap();
    }
    let mut seed = [7; 32];
    seed[31] = 0;
    seal_commit_phase1(cache, sealed, prover, number, ticket, seed, output(), &pieces).unwrap();
}

/// The library's t_aux if the cache directory were `.`, as the stages write it.
fn without_path(t_aux: &[u8], cache: &Path) -> Vec<u8> {
    let encoded = |path: &[u8]| [&(path.len() as u64).to_le_bytes(), path].concat();
    let path = encoded(cache.to_str().unwrap().as_bytes());
    let mut rest = t_aux;
    let mut replaced = Vec::new();
    while let Some((first, others)) = rest.split_first() {
        if let Some(behind) = rest.strip_prefix(path.as_slice()) {
            replaced.extend(encoded(b"."));
            rest = behind;
        } else {
            replaced.push(*first);
            rest = others;
        }
    }
    replaced
}

/// A sector's pieces in the library's form.
pub fn piece_infos(scratch: &Scratch) -> Vec<PieceInfo> {
    let info = |piece: &serde_json::Value| {
        let size = PaddedBytesAmount(piece["size"].as_u64().unwrap());
        PieceInfo::new(bytes32(piece["commitment"].as_str().unwrap()), size.into()).unwrap()
    };
    scratch.pieces.iter().map(info).collect()
}

pub fn same(stock: &Path, ours: &Path) {
    assert!(read(stock) == read(ours), "{} and {} differ", stock.display(), ours.display());
}

pub fn bytes32(text: &str) -> [u8; 32] {
    hex::decode(text).unwrap().try_into().unwrap()
}

pub fn leb128(mut miner: u64) -> [u8; 32] {
    let mut id = [0; 32];
    for byte in &mut id {
        *byte = (miner % 128) as u8 + if miner > 127 { 128 } else { 0 };
        miner /= 128;
    }
    id
}
