//! Bad input is rejected with a sentence, and nothing is written.

use std::fs::{self, File};

use serde_json::{Value, json};

use crate::common::*;

#[test]
fn malformed_requests() {
    for (request, words) in [
        ("", "there is no request"),
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ("{}", "has no \"op\""),
        (r#"{"op":"reseal"}"#, "there is no operation \"reseal\""),
        (r#"{"op":"tree_d"}"#, "missing field `proof`"),
        (r#"{"op":"piece_commitment","file":"relative"}"#, "the request's file"),
        (r#"{"op":"piece_commitment","file":"/x","lock":"relative"}"#, "\"relative\" is not an absolute path"),
        (r#"{"op":"piece_commitment","file":"/x","fast":true}"#, "unknown field `fast`"),
        (r#"{"op":"piece_commitment","file":"/x","size":3}"#, "does not exist"),
    ] {
        let answer = start(command(), request).finish();
        let (_, message) = answer.refusal();
        assert!(message.contains(words), "{request}: {message}");
        assert!(!message.contains('\n'), "{message}");
    }
}

/// Seen to fail: with a lock that is taken before the request is read.
#[test]
fn a_request_that_cannot_be_read_takes_no_lock() {
    let scratch = Scratch::small(TICKET);
    let lock = scratch.directory.path().join("a lock");
    run(&json!({"op": "piece_commitment", "file": "relative", "lock": lock}))
        .assert_refused("InvalidRequest", &["file"]);
    assert!(!lock.exists());
}

#[test]
fn a_ticket_of_31_bytes() {
    let mut scratch = Scratch::small(TICKET);
    scratch.seal("tree_d");
    scratch.sector["ticket"] = json!(TICKET[2..]);
    scratch.run("pc1").assert_refused("InvalidRequest", &["sector.ticket", "has 31 bytes, not 32"]);
    scratch.sector["ticket"] = json!(TICKET.replace("01", "0x"));
    scratch.run("pc1").assert_refused("InvalidRequest", &["sector.ticket", "is not hexadecimal"]);
    assert_eq!(names(&scratch.cache()), ["sc-02-data-tree-d.dat"]);
}

#[test]
fn numbers_that_are_none() {
    let mut scratch = Scratch::small(TICKET);
    scratch.sector["number"] = json!(-1);
    scratch.run("pc1").assert_refused("InvalidRequest", &["sector.number", "-1"]);
    scratch.sector["miner"] = json!("f01001");
    scratch.run("pc1").assert_refused("InvalidRequest", &["sector.miner", "f01001"]);
}

#[test]
fn a_proof_type_of_another_size() {
    let mut scratch = Scratch::small(TICKET);
    let mut request = scratch.request("tree_d");
    request["proof"] = json!("StackedDrg8MiBV1_1");
    run(&request).assert_refused("InvalidRequest", &["2048", "8388608"]);
    request.as_object_mut().unwrap().remove("pieces");
    run(&request).assert_refused("ScratchLost", &["has 2048 bytes, not 8388608"]);
    scratch.sector["proof"] = json!("StackedDrg8MiBV1_1");
    scratch.run("pc2").assert_refused("InvalidRequest", &["2048", "8388608"]);
    scratch.sector["proof"] = json!("StackedDrg3KiBV1");
    scratch.run("pc1").assert_refused("InvalidRequest", &["sector.proof", "StackedDrg3KiBV1"]);
    assert!(names(&scratch.cache()).is_empty());
}

#[test]
fn pieces_that_do_not_fill_the_sector() {
    let scratch = Scratch::small(TICKET);
    let [first, filler, last] = scratch.pieces.as_slice() else { unreachable!() };
    let with = |pieces: &[&Value]| {
        let mut request = scratch.request("add_pieces");
        request["pieces"] = json!(pieces);
        run(&request)
    };
    with(&[first, last]).assert_refused("InvalidRequest", &["piece 2 of 2", "begins at 512", "a filler is missing"]);
    with(&[first, filler]).assert_refused("InvalidRequest", &["1024 bytes together", "2048"]);
    with(&[first, filler, last, last]).assert_refused("InvalidRequest", &["3072 bytes together"]);
    let odd = json!({"commitment": TICKET, "size": 500, "file": null});
    with(&[&odd]).assert_refused("InvalidRequest", &["500 is not a valid piece size"]);
    let large = json!({"commitment": TICKET, "size": 4096, "file": null});
    with(&[&large]).assert_refused("InvalidRequest", &["larger than a sector"]);
}

#[test]
fn a_piece_with_one_flipped_bit() {
    let mut scratch = Scratch::small(TICKET);
    scratch.pieces[2]["cid"] = json!("baga6ea4seaqbb");
    flip_bit(&scratch.directory.path().join("piece-3"));
    let commitment = scratch.pieces[2]["commitment"].as_str().unwrap().to_string();
    fs::remove_file(scratch.unsealed()).unwrap();
    let words = ["piece 3 of 3 (baga6ea4seaqbb)", "piece-3", &commitment, "is 1000 bytes", "has 1016"];
    scratch.run("add_pieces").assert_refused("PieceMismatch", &words);
    assert_nothing_staged(&scratch);
}

/// A piece is continued with zeros, so a short file alone is not an error.
#[test]
fn a_piece_that_was_cut_short() {
    let scratch = Scratch::small(TICKET);
    let piece = scratch.directory.path().join("piece-1");
    fs::write(&piece, &read(&piece)[..400]).unwrap();
    fs::remove_file(scratch.unsealed()).unwrap();
    scratch.run("add_pieces").assert_refused("PieceMismatch", &["piece 1 of 3", "is 400 bytes", "has 508"]);
    assert_nothing_staged(&scratch);
}

#[test]
fn a_piece_that_is_too_long() {
    let scratch = Scratch::small(TICKET);
    File::options().write(true).open(scratch.directory.path().join("piece-1")).unwrap().set_len(509).unwrap();
    fs::remove_file(scratch.unsealed()).unwrap();
    scratch.run("add_pieces").assert_refused("PieceMismatch", &["piece 1 of 3", "has 509 bytes", "has 508"]);
    assert_nothing_staged(&scratch);
}

#[test]
fn a_piece_that_is_missing() {
    let scratch = Scratch::small(TICKET);
    fs::remove_file(scratch.directory.path().join("piece-3")).unwrap();
    fs::remove_file(scratch.unsealed()).unwrap();
    scratch.run("add_pieces").assert_refused("PieceMissing", &["piece 3 of 3", "piece-3 does not exist"]);
    assert_nothing_staged(&scratch);
}

#[test]
fn a_filler_that_is_not_zeros() {
    let mut scratch = Scratch::small(TICKET);
    scratch.pieces[1]["commitment"] = json!(TICKET);
    fs::remove_file(scratch.unsealed()).unwrap();
    scratch.run("add_pieces").assert_refused("PieceMismatch", &["piece 2 of 3", TICKET]);
    assert_nothing_staged(&scratch);
}

fn assert_nothing_staged(scratch: &Scratch) {
    let left = fs::read_dir(scratch.directory.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with("unsealed")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// An existing unsealed file stays until a good one replaces it.
#[test]
fn a_refused_piece_leaves_the_earlier_data_alone() {
    let scratch = Scratch::small(TICKET);
    let before = read(&scratch.unsealed());
    flip_bit(&scratch.directory.path().join("piece-1"));
    scratch.run("add_pieces").refusal();
    assert_eq!(read(&scratch.unsealed()), before);
}

#[test]
fn pieces_that_give_another_comm_d() {
    let mut scratch = Scratch::small(TICKET);
    let right = std::mem::replace(&mut scratch.comm_d, OTHER_TICKET.to_string());
    for op in ["tree_d", "pc1", "pc2"] {
        let mut request = scratch.request(op);
        request["pieces"] = json!(scratch.pieces);
        run(&request).assert_refused("CommDMismatch", &[&right, OTHER_TICKET]);
    }
    assert!(names(&scratch.cache()).is_empty());
}

#[test]
fn another_comm_r_than_the_chains() {
    let scratch = Scratch::small(TICKET);
    let comm_r = scratch.seal("pc2")["comm_r"].clone();
    let words = ["sector 123 of miner 1001", comm_r.as_str().unwrap(), OTHER_TICKET];
    scratch.check_sealed(&json!(OTHER_TICKET), 1).assert_refused("CommRMismatch", &words);
    scratch.post_check(&json!(OTHER_TICKET)).assert_refused("NotProvable", &words[1..]);
}

#[test]
fn piece_commitments() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("piece");
    let commitment = |size: Value| run(&json!({"op": "piece_commitment", "file": file, "size": size}));
    fs::write(&file, b"").unwrap();
    commitment(json!(null)).assert_refused("InvalidRequest", &["is empty"]);
    for (length, size) in [(1, 128), (127, 128), (128, 256), (254, 256), (255, 512), (508, 512), (509, 1024)] {
        fs::write(&file, vec![1; length]).unwrap();
        let smallest = commitment(json!(null));
        assert_eq!(smallest.result()["size"], size, "{length}");
        assert_eq!(commitment(json!(size)).result(), smallest.result());
    }
    commitment(json!(512)).assert_refused("InvalidRequest", &["has 509 bytes", "takes 508"]);
    commitment(json!(1000)).assert_refused("InvalidRequest", &["1000 is not a valid piece size"]);
}
