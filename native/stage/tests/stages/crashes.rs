//! Files that a crash, a power cut or another sector may leave behind. Each test names the fault that the library
//! itself accepts silently.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileExt;

use serde_json::json;

use crate::common::*;

const LAYER_1: &str = "sc-02-data-layer-1.dat";
const LAYER_2: &str = "sc-02-data-layer-2.dat";
const TREE_C: &str = "sc-02-data-tree-c.dat";
const TREE_D: &str = "sc-02-data-tree-d.dat";
const TREE_R: &str = "sc-02-data-tree-r-last.dat";

/// H1: layers of the same size sealed with another ticket are accepted as finished, which gives another sector.
#[test]
fn layers_of_another_ticket_are_made_anew() {
    let expected = Scratch::small(TICKET).seal("pc2");
    let other = Scratch::small(OTHER_TICKET);
    other.seal("pc1");
    let scratch = Scratch::small(TICKET);
    for name in [LAYER_1, LAYER_2, "reseal-layers.json"] {
        fs::copy(other.cached(name), scratch.cached(name)).unwrap();
    }
    scratch.run("tree_d").result();
    assert_eq!(scratch.run("pc1").result()["resumed"], 0);
    assert_eq!(scratch.run("pc2").result(), &expected);
}

/// H1: the same if no record says whose layers they are.
#[test]
fn layers_without_a_record_are_made_anew() {
    let scratch = Scratch::small(TICKET);
    let expected = scratch.seal("pc2");
    let other = Scratch::small(OTHER_TICKET);
    other.seal("pc1");
    fs::remove_file(scratch.cached("reseal-layers.json")).unwrap();
    for name in [LAYER_1, LAYER_2] {
        fs::copy(other.cached(name), scratch.cached(name)).unwrap();
    }
    assert_eq!(scratch.run("pc1").result()["resumed"], 0);
    assert_eq!(scratch.run("pc2").result(), &expected);
}

/// H1: PC2 must not seal with another sector's layers either.
#[test]
fn layers_of_another_ticket_are_not_sealed_with() {
    let mut scratch = Scratch::small(TICKET);
    scratch.seal("pc1");
    scratch.sector["ticket"] = json!(OTHER_TICKET);
    scratch.run("pc2").assert_refused("ScratchLost", &["belong to the replica id"]);
    assert!(!scratch.sealed().exists());
}

/// The fault: PC1 waits for pieces that are still being downloaded, or accepts layers of other data.
#[test]
fn labels_are_made_before_the_data_are_there() {
    let whole = Scratch::small(TICKET);
    let expected = whole.seal("pc2");
    let scratch = Scratch::small(TICKET);
    fs::remove_file(scratch.unsealed()).unwrap();
    assert_eq!(scratch.run("pc1").result()["resumed"], 0);
    assert_eq!(names(&scratch.cache()), ["reseal-layers.json", LAYER_1, LAYER_2]);
    scratch.run("pc2").assert_refused("ScratchLost", &[TREE_D, "is missing"]);
    for op in ["add_pieces", "tree_d"] {
        scratch.run(op).result();
    }
    assert_eq!(scratch.run("pc2").result(), &expected);

    let other = Scratch::new("StackedDrg2KiBV1_1", 1001, 123, TICKET, &[]);
    for name in [LAYER_1, LAYER_2, "reseal-layers.json"] {
        fs::copy(scratch.cached(name), other.cached(name)).unwrap();
    }
    assert_eq!(other.run("pc1").result()["resumed"], 0);
}

/// H2: after a power cut a layer can have the right size but other bytes.
#[test]
fn a_damaged_layer_and_those_above_it_are_made_anew() {
    for (damaged, damage, resumed) in
        [(LAYER_1, flip_bit as fn(&_), 0), (LAYER_1, make_hole, 0), (LAYER_2, flip_bit, 1), (LAYER_2, make_hole, 1)]
    {
        let scratch = Scratch::small(TICKET);
        scratch.seal("pc1");
        let whole = read(&scratch.cached(damaged));
        damage(&scratch.cached(damaged));
        assert_eq!(scratch.run("pc1").result()["resumed"], resumed, "{damaged}");
        assert_eq!(read(&scratch.cached(damaged)), whole, "{damaged}");
    }
}

/// H2: a layer that was renamed into place but not yet recorded may lack its blocks.
#[test]
fn an_unrecorded_layer_is_made_anew() {
    let scratch = Scratch::small(TICKET);
    scratch.seal("pc1");
    let whole = read(&scratch.cached(LAYER_2));
    let mut record = read_json(&scratch.cached("reseal-layers.json"));
    record["layers"].as_object_mut().unwrap().remove("2").unwrap();
    fs::write(scratch.cached("reseal-layers.json"), record.to_string()).unwrap();
    make_hole(&scratch.cached(LAYER_2));
    assert_eq!(scratch.run("pc1").result()["resumed"], 1);
    assert_eq!(read(&scratch.cached(LAYER_2)), whole);
}

/// H2: PC2 distinguishes a damaged layer from wrong input.
#[test]
fn a_damaged_layer_is_not_sealed_with() {
    let scratch = Scratch::small(TICKET);
    scratch.seal("pc1");
    flip_bit(&scratch.cached(LAYER_2));
    scratch.run("pc2").assert_refused("ScratchLost", &["layer 2 is damaged", LAYER_2]);
}

/// H3: a tree D that has its full size but was never filled counts as complete, with a root of zero.
#[test]
fn a_tree_d_full_of_holes_is_refused_and_built_anew() {
    let scratch = Scratch::small(TICKET);
    scratch.seal("tree_d");
    let whole = read(&scratch.cached(TREE_D));
    make_hole(&scratch.cached(TREE_D));
    scratch.run("pc2").assert_refused("ScratchLost", &["the root of", &"0".repeat(64), &scratch.comm_d]);
    assert_eq!(scratch.run("tree_d").result()["comm_d"], scratch.comm_d);
    assert_eq!(read(&scratch.cached(TREE_D)), whole);
}

/// H3: tree D of other data is complete, but not this sector's.
#[test]
fn a_stale_tree_d_is_refused() {
    let scratch = Scratch::small(TICKET);
    let other = Scratch::new("StackedDrg2KiBV1_1", 1001, 123, TICKET, &[]);
    other.seal("tree_d");
    fs::copy(other.cached(TREE_D), scratch.cached(TREE_D)).unwrap();
    scratch.run("pc2").assert_refused("ScratchLost", &[&other.comm_d, &scratch.comm_d]);
}

/// H4: a tree C of the right size is used without a check, which gives a wrong CommR; so is a tree full of holes.
#[test]
fn stale_trees_are_made_anew() {
    let expected = Scratch::small(TICKET).seal("pc2");
    let other = Scratch::small(OTHER_TICKET);
    other.seal("pc2");
    let scratch = Scratch::small(TICKET);
    scratch.seal("pc1");
    for name in [TREE_C, TREE_R, "p_aux", "t_aux"] {
        fs::copy(other.cached(name), scratch.cached(name)).unwrap();
    }
    assert_eq!(scratch.run("pc2").result(), &expected);
    make_hole(&scratch.cached(TREE_C));
    assert_eq!(scratch.run("pc2").result(), &expected);
}

/// H5: killed while it encodes in place, PC2 leaves a file that is half data and half replica and cannot be encoded
/// again.
#[test]
fn a_half_sealed_file_is_made_anew() {
    let scratch = Scratch::small(TICKET);
    let expected = scratch.seal("pc2");
    let whole = read(&scratch.sealed());
    let half = [&whole[..1024], &read(&scratch.unsealed())[1024..]].concat();
    for left_over in ["sealed", "sealed.tmp"] {
        fs::write(scratch.directory.path().join(left_over), &half).unwrap();
    }
    assert_eq!(scratch.run("pc2").result(), &expected);
    assert_eq!(read(&scratch.sealed()), whole);
    assert!(!scratch.directory.path().join("sealed.tmp").exists());
}

/// The data can be damaged between tree D and PC2; the result would be a sealed file of other data.
#[test]
fn damaged_data_are_not_sealed() {
    let scratch = Scratch::small(TICKET);
    scratch.seal("pc1");
    flip_bit(&scratch.unsealed());
    scratch.run("pc2").assert_refused("ScratchLost", &["the data in", &scratch.comm_d]);
    assert!(!scratch.sealed().exists());
    scratch.run("tree_d").assert_refused("ScratchLost", &["the data in", &scratch.comm_d]);
    assert!(!scratch.cached(TREE_D).exists());
}

/// H6: whatever is damaged after sealing, the sector's own proof or the check of the files reports it.
#[test]
fn a_damaged_sealed_sector_is_found() {
    for name in ["sealed", TREE_C, TREE_D, LAYER_1, LAYER_2] {
        let scratch = Scratch::small(TICKET);
        let comm_r = scratch.seal("pc2")["comm_r"].clone();
        let path = if name == "sealed" { scratch.sealed() } else { scratch.cached(name) };
        // All leaves, so that any challenge hits the damage.
        let mut bytes = read(&path);
        bytes[..2048].iter_mut().step_by(32).for_each(|byte| *byte ^= 1);
        fs::write(&path, bytes).unwrap();
        scratch.check_sealed(&comm_r, 1).assert_refused("SealInvalid", &["does not prove itself"]);

        File::options().append(true).open(&path).unwrap().write_all(b"!").unwrap();
        scratch.check_sealed(&comm_r, 1).assert_refused("ScratchLost", &["bytes, not"]);
        fs::remove_file(&path).unwrap();
        scratch.check_sealed(&comm_r, 1).assert_refused("ScratchLost", &["is missing"]);
    }
}

/// A node that no challenge asks for, and nodes on the path of one. The library checks such paths too late: without our
/// own check the fault was only caught now and then.
#[test]
fn a_sealed_sector_with_one_wrong_bit_is_found() {
    let scratch = Scratch::small(TICKET);
    let comm_r = scratch.seal("pc2")["comm_r"].clone();
    flip_bit(&scratch.sealed());
    for _ in 0..8 {
        scratch.check_sealed(&comm_r, 1).assert_refused("SealInvalid", &["does not prove itself"]);
    }
}

/// H6: p_aux is written without protection against crashes.
#[test]
fn a_damaged_p_aux_is_found() {
    let scratch = Scratch::small(TICKET);
    let comm_r = scratch.seal("pc2")["comm_r"].clone();
    flip_bit(&scratch.cached("p_aux"));
    scratch.check_sealed(&comm_r, 1).assert_refused("CommRMismatch", &[comm_r.as_str().unwrap()]);
    scratch.post_check(&comm_r).assert_refused("NotProvable", &[comm_r.as_str().unwrap()]);
    fs::write(scratch.cached("p_aux"), b"").unwrap();
    scratch.check_sealed(&comm_r, 1).assert_refused("ScratchLost", &["p_aux has 0 bytes, not 64"]);
    scratch.post_check(&comm_r).assert_refused("NotProvable", &["p_aux has 0 bytes, not 64"]);
}

/// H7: asked to prove a stored copy without tree R, the library creates one, full size and empty.
#[test]
fn a_stored_copy_without_tree_r_is_left_as_it_is() {
    let scratch = Scratch::small(TICKET);
    let comm_r = scratch.seal("pc2")["comm_r"].clone();
    fs::remove_file(scratch.cached(TREE_R)).unwrap();
    let before = names(&scratch.cache());
    scratch.post_check(&comm_r).assert_refused("NotProvable", &[TREE_R, "is missing"]);
    assert_eq!(names(&scratch.cache()), before);
}

#[test]
fn a_damaged_stored_copy_is_found() {
    for name in ["sealed", TREE_R] {
        let scratch = Scratch::small(TICKET);
        let comm_r = scratch.seal("pc2")["comm_r"].clone();
        let path = if name == "sealed" { scratch.sealed() } else { scratch.cached(name) };
        let mut bytes = read(&path);
        bytes.iter_mut().step_by(32).for_each(|byte| *byte ^= 1);
        fs::write(&path, &bytes).unwrap();
        scratch.post_check(&comm_r).assert_refused("NotProvable", &["cannot be proven"]);
        fs::write(&path, &bytes[1..]).unwrap();
        scratch.post_check(&comm_r).assert_refused("NotProvable", &["bytes, not"]);
    }
}

/// H8: killed while it fills the parent cache, the library leaves a file of full size and uses it from then on.
#[test]
fn a_half_filled_parent_cache_is_made_anew() {
    let expected = Scratch::small(TICKET).seal("pc2");
    let scratch = Scratch::small(TICKET).with_command(with_parents_of_its_own);
    let name = "v28-sdr-parent-494d91dc80f2df5272c4b9e129bc7ade9405225993af9fe34e6542a39a47554b.cache";
    let published = "840057702eea7652cf97e04306c30fe57174714d90de156a25eddd6075c25b97";
    let parents = scratch.directory.path().join("parents");
    fs::create_dir(&parents).unwrap();
    let mut half = read(&crate::common::parents().join(name));
    half[1792..].fill(0);
    fs::write(parents.join(name), &half).unwrap();
    assert_eq!(scratch.seal("pc2"), expected);
    assert_eq!(sha256(&parents.join(name)), published);

    // After the damage it has another modification time than when it was verified.
    fs::write(parents.join(name), &half).unwrap();
    fs::remove_file(scratch.cached("reseal-layers.json")).unwrap();
    assert_eq!(scratch.seal("pc2"), expected);
    assert_eq!(sha256(&parents.join(name)), published);

    // A replacement file is a different file, even with the same size and time (fails if the inode does not count).
    // Leftovers of a killed process do no harm.
    let modified = fs::metadata(parents.join(name)).unwrap().modified().unwrap();
    let other = parents.join(format!("{name}.tmp"));
    fs::write(&other, &half).unwrap();
    File::options().write(true).open(&other).unwrap().set_modified(modified).unwrap();
    fs::rename(&other, parents.join(name)).unwrap();
    fs::write(&other, vec![1; 2 * half.len()]).unwrap();
    fs::remove_file(scratch.cached("reseal-layers.json")).unwrap();
    assert_eq!(scratch.seal("pc2"), expected);
    assert_eq!(sha256(&parents.join(name)), published);
    assert_eq!(names(&parents), [name.to_string(), format!("{name}.lock"), format!("{name}.verified")]);
}

/// H8: if the library is killed while it makes the file, one of full size is left. Fails if Reseal writes the file
/// under its final name. 512 MiB, so that making it takes long enough.
#[test]
fn a_parent_cache_whose_making_is_killed_is_not_there() {
    const NAME: &str = "v28-sdr-parent-7ba215a1d2345774ab90b8cb1158d296e409d6068819d7b8c7baf0b25d63dc34.cache";
    const PUBLISHED: &str = "b5877d1963793efebc261fd8fde4dd6bc59e6b5c7abf52617a4ee023b8dc173a";
    let scratch = Scratch::small(TICKET);
    let mut request = scratch.request("pc1");
    request["sector"]["proof"] = json!("StackedDrg512MiBV1_1");
    let parents = scratch.directory.path().join("parents");
    let start = || start(with_parents_of_its_own(scratch.directory.path()), &request.to_string());
    let length = |name: &str| fs::metadata(parents.join(name)).map_or(0, |file| file.len());

    let mut running = start();
    while length(&format!("{NAME}.tmp")) == 0 && length(NAME) == 0 {
        assert_eq!(running.child.try_wait().unwrap(), None);
    }
    running.child.kill().unwrap();
    assert_eq!(running.finish().end, None);
    assert_eq!(names(&parents), [format!("{NAME}.lock"), format!("{NAME}.tmp")]);

    let mut running = start();
    let mut text = || running.line().expect("a report")["progress"]["text"].as_str().unwrap().to_string();
    while text() != "making the parent cache: 0 %" {}
    while length(&format!("{NAME}.verified")) == 0 {
        assert_eq!(running.child.try_wait().unwrap(), None);
    }
    running.child.kill().unwrap();
    assert_eq!(running.finish().end, None);
    assert_eq!(length(NAME), 939_524_096);
    assert_eq!(read_json(&parents.join(format!("{NAME}.verified")))["digest"], PUBLISHED);
}

/// H10: the library dies of SIGBUS when the disk fills up under its memory map. The layers of 64 GiB need 704 GiB, more
/// than a memory file system has.
#[test]
fn too_little_space_is_told_before_anything_is_written() {
    const LAYERS: u64 = 11 << 36;
    const TREE_D_SIZE: u64 = 137_438_953_440;
    let memory = tempfile::tempdir_in("/dev/shm").unwrap();
    let cache = memory.path();
    let piece =
        json!({"op": "add_pieces", "proof": "StackedDrg64GiBV1_1", "pieces": [], "unsealed": cache.join("data")});
    let comm_d = run(&piece).result()["comm_d"].clone();
    // Holes except for the root, which is all that PC1 reads.
    let tree_d = File::create(cache.join(TREE_D)).unwrap();
    tree_d.set_len(TREE_D_SIZE).unwrap();
    tree_d.write_all_at(&hex::decode(comm_d.as_str().unwrap()).unwrap(), TREE_D_SIZE - 32).unwrap();

    let sector = json!({"proof": "StackedDrg64GiBV1_1", "miner": 1001, "number": 64, "ticket": TICKET});
    let request = json!({
        "op": "pc1", "sector": sector, "pieces": [], "comm_d": comm_d, "cache": cache, "unsealed": cache.join("data"),
        "sealed": cache.join("sealed"),
    });
    // With limited memory, so that a missing check does not fill the machine.
    let labelled = start(confined_command(), &request.to_string()).finish();
    labelled.assert_refused("NoSpace", &["bytes free", &LAYERS.to_string()]);
    assert_eq!(names(cache), ["data", "reseal-layers.json", TREE_D]);
}
