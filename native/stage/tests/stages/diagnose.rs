//! Each way in which a sector can turn out wrong is named, and nothing is changed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use crate::common::*;
use crate::same_as_stock::{random, random_bytes};

/// A random sealed sector of 2 KiB with two pieces and a filler between them, and its CommR.
fn sealed() -> (Scratch, String) {
    let (seed, mut rng) = random();
    println!("seed {seed}");
    seal_like(&mut rng, |_| ())
}

fn seal_like(rng: &mut StdRng, change: impl FnOnce(&mut Value)) -> (Scratch, String) {
    let ticket = hex::encode(random_bytes(rng, 32));
    let pieces = [(512, Some(random_bytes(rng, 508))), (512, None), (1024, Some(random_bytes(rng, 1016)))];
    let mut scratch = Scratch::new("StackedDrg2KiBV1_1", rng.gen_range(0..1 << 40), rng.r#gen(), &ticket, &pieces);
    change(&mut scratch.sector);
    let comm_r = scratch.seal("pc2")["comm_r"].as_str().unwrap().to_string();
    (scratch, comm_r)
}

/// The sector with another identity, in a directory of its own; returns its CommR.
fn resealed(scratch: &Scratch, change: impl FnOnce(&mut Value)) -> (Scratch, String) {
    let contents = scratch
        .pieces
        .iter()
        .map(|piece| (piece["size"].as_u64().unwrap(), piece["file"].as_str().map(|file| read(Path::new(file)))));
    let contents: Vec<_> = contents.collect();
    let sector = &scratch.sector;
    let mut other = Scratch::new(
        sector["proof"].as_str().unwrap(),
        sector["miner"].as_u64().unwrap(),
        sector["number"].as_u64().unwrap(),
        sector["ticket"].as_str().unwrap(),
        &contents,
    );
    change(&mut other.sector);
    let comm_r = other.seal("pc2")["comm_r"].as_str().unwrap().to_string();
    (other, comm_r)
}

/// The findings by their subject; nothing on the disk may have changed.
#[track_caller]
fn diagnose(scratch: &Scratch, comm_r: &str, change: Value) -> BTreeMap<String, (String, String)> {
    let mut request = json!({
        "op": "diagnose", "sector": scratch.sector, "pieces": scratch.pieces, "comm_d": scratch.comm_d,
        "comm_r": comm_r, "sealed": scratch.sealed(), "cache": scratch.cache(),
    });
    request.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let before = contents(scratch.directory.path());
    let answer = start(with_parents_of_its_own(&scratch.directory.path().join("none")), &request.to_string()).finish();
    let findings = answer.result()["findings"].as_array().unwrap().clone();
    assert!(contents(scratch.directory.path()) == before, "something on the disk has changed");
    let text = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_string();
    findings.iter().map(|it| (text(it, "about"), (text(it, "verdict"), text(it, "text")))).collect()
}

fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(contents(&path)),
            false => {
                files.insert(path.clone(), read(&path));
            }
        }
    }
    files
}

#[track_caller]
fn assert_found(findings: &BTreeMap<String, (String, String)>, about: &str, verdict: &str, words: &[&str]) {
    let (found, text) = findings.get(about).unwrap_or_else(|| panic!("nothing about {about}: {findings:#?}"));
    assert_eq!(found, verdict, "{about}: {findings:#?}");
    for word in words {
        assert!(text.contains(word), "{word:?} is not in {text:?}");
    }
}

/// All tests except these find nothing wrong.
#[track_caller]
fn assert_wrong(findings: &BTreeMap<String, (String, String)>, wrong: &[&str]) {
    for (about, (verdict, text)) in findings {
        let expected = match about.as_str() {
            about if wrong.contains(&about) => "wrong",
            // These diagnoses run without one.
            "parent cache" => "unknown",
            "proof type" | "ticket" | "CommD" | "miner" => continue,
            _ => "right",
        };
        assert_eq!(verdict, expected, "{about}: {text}");
    }
}

fn p_aux(scratch: &Scratch) -> Value {
    json!({"known": [{"name": "store \"a\"", "p_aux": scratch.cached("p_aux")}]})
}

/// Fails if a parent cache that changed without a new time is trusted after a wrong CommR, or keeps giving wrong layers.
#[test]
fn a_damaged_parent_cache_is_found_and_made_again() {
    let scratch = Scratch::small(TICKET).with_command(with_parents_of_its_own);
    scratch.seal("pc1");
    let right = [1, 2].map(|layer| read(&scratch.cached(&format!("sc-02-data-layer-{layer}.dat"))));
    let parents = scratch.directory.path().join("parents");
    let cache = names(&parents).into_iter().find(|name| name.ends_with(".cache")).unwrap();
    let cache = parents.join(cache);
    let made = fs::metadata(&cache).unwrap().modified().unwrap();
    flip_bit(&cache);
    File::options().write(true).open(&cache).unwrap().set_modified(made).unwrap();
    let seal_from_zero = || {
        fs::remove_dir_all(scratch.cache()).unwrap();
        fs::create_dir(scratch.cache()).unwrap();
        scratch.seal("pc2")
    };
    let wrong = seal_from_zero()["comm_r"].clone();
    assert_ne!([1, 2].map(|layer| read(&scratch.cached(&format!("sc-02-data-layer-{layer}.dat")))), right);

    let request = json!({
        "op": "diagnose", "sector": scratch.sector, "pieces": scratch.pieces, "comm_d": scratch.comm_d,
        "comm_r": OTHER_TICKET, "sealed": scratch.sealed(), "cache": scratch.cache(),
    });
    let verdict = || {
        let answer = start(with_parents_of_its_own(scratch.directory.path()), &request.to_string()).finish();
        let findings = answer.result()["findings"].as_array().unwrap().clone();
        findings.into_iter().find(|finding| finding["about"] == "parent cache").unwrap()["verdict"].clone()
    };
    assert_eq!(verdict(), "wrong");
    assert_ne!(seal_from_zero()["comm_r"], wrong);
    assert_eq!([1, 2].map(|layer| read(&scratch.cached(&format!("sc-02-data-layer-{layer}.dat")))), right);
    assert_eq!(verdict(), "right");
}

/// Overwrites a node with another file's node at the same position, so that it is still a field element.
fn damage(path: &Path, node: u64) {
    let file = File::options().read(true).write(true).open(path).unwrap();
    let mut bytes = [0; 32];
    file.read_exact_at(&mut bytes, node * 32).unwrap();
    bytes[0] ^= 1;
    file.write_all_at(&bytes, node * 32).unwrap();
}

#[test]
fn a_right_sector_has_nothing_wrong() {
    let (scratch, comm_r) = sealed();
    let findings = diagnose(&scratch, &comm_r, p_aux(&scratch));
    assert_wrong(&findings, &[]);
    assert_found(&findings, "known", "right", &["store \"a\"", "is the same"]);
    assert_found(&findings, "ticket", "right", &["store \"a\" gives the expected CommR"]);
}

/// Every family of proof types has a graph of its own.
#[test]
fn a_right_sector_of_every_family_has_nothing_wrong() {
    for proof in
        ["StackedDrg2KiBV1", "StackedDrg2KiBV1_1_Feat_SyntheticPoRep", "StackedDrg2KiBV1_2_Feat_NonInteractivePoRep"]
    {
        let (_, mut rng) = random();
        let (scratch, comm_r) = seal_like(&mut rng, |sector| sector["proof"] = json!(proof));
        assert_wrong(&diagnose(&scratch, &comm_r, json!({})), &[]);
    }
}

#[test]
fn another_ticket_miner_or_number_is_told_by_another_copy() {
    let (right, comm_r) = sealed();
    for (field, value) in [("ticket", json!(OTHER_TICKET)), ("miner", json!(7)), ("number", json!(8))] {
        let (scratch, _) = resealed(&right, |sector| sector[field] = value);
        let findings = diagnose(&scratch, &comm_r, p_aux(&right));
        assert_wrong(&findings, &["p_aux", "known"]);
        assert_found(&findings, "known", "wrong", &["both its halves differ", "another ticket, CommD, miner"]);
        assert_found(&findings, "ticket", "unknown", &["neighboring epoch", "a whole PC1"]);
        let findings = diagnose(&scratch, &comm_r, json!({}));
        assert_wrong(&findings, &["p_aux"]);
        assert_found(&findings, "miner", "unknown", &["a whole PC1"]);
    }
}

#[test]
fn layers_of_another_proof_type_are_named() {
    let (_, mut rng) = random();
    let (mut scratch, _) = seal_like(&mut rng, |sector| sector["proof"] = json!("StackedDrg2KiBV1"));
    scratch.sector["proof"] = json!("StackedDrg2KiBV1_1");
    let findings = diagnose(&scratch, OTHER_TICKET, json!({}));
    assert_wrong(&findings, &["layers", "labels", "p_aux"]);
    assert_found(&findings, "labels", "wrong", &["are those of this sector as StackedDrg2KiBV1 with"]);
    assert_found(&findings, "proof type", "unknown", &["StackedDrg2KiBV1, ", "NonInteractive"]);
}

#[test]
fn layers_of_another_ticket_are_another_sectors() {
    let (mut scratch, comm_r) = sealed();
    scratch.sector["ticket"] = json!(OTHER_TICKET);
    let findings = diagnose(&scratch, &comm_r, json!({}));
    assert_wrong(&findings, &["layers", "labels"]);
    assert_found(&findings, "labels", "wrong", &["another ticket, CommD, miner"]);
    assert_found(&findings, "layers", "wrong", &["belong to the replica id"]);
}

#[test]
fn a_damaged_layer_is_named() {
    let (scratch, comm_r) = sealed();
    damage(&scratch.cached("sc-02-data-layer-1.dat"), 63);
    let findings = diagnose(&scratch, &comm_r, json!({}));
    assert_wrong(&findings, &["layers", "labels", "tree C"]);
    assert_found(&findings, "layers", "wrong", &["layer 1 is damaged"]);
    assert_found(&findings, "labels", "wrong", &["of 128 labels are not what", "node 63 of sc-02-data-layer-1.dat"]);
}

/// Without the record, the labels themselves show it.
#[test]
fn a_damaged_layer_without_its_record_is_named() {
    let (scratch, comm_r) = sealed();
    fs::remove_file(scratch.cached("reseal-layers.json")).unwrap();
    damage(&scratch.cached("sc-02-data-layer-2.dat"), 63);
    let findings = diagnose(&scratch, &comm_r, json!({}));
    assert_found(&findings, "layers", "unknown", &["reseal-layers.json is missing"]);
    assert_found(&findings, "labels", "wrong", &["node 63 of sc-02-data-layer-2.dat"]);
}

#[test]
fn a_damaged_sealed_file_is_named() {
    let (right, comm_r) = sealed();
    damage(&right.sealed(), 17);
    let findings = diagnose(&right, &comm_r, json!({}));
    assert_wrong(&findings, &["sealed", "tree R"]);
    assert_found(&findings, "sealed", "wrong", &["node 17 of"]);
}

#[test]
fn data_in_another_order_are_told_by_another_copy() {
    let (right, comm_r) = sealed();
    let (scratch, _) = resealed(&right, |_| ());
    // As if other data had been encoded with the right labels.
    let aux = fs::read(right.cached("p_aux")).unwrap();
    let (other, _) = resealed(&right, |sector| sector["number"] = json!(1));
    let theirs = fs::read(other.cached("p_aux")).unwrap();
    fs::write(scratch.cached("p_aux"), [&aux[..32], &theirs[32..]].concat()).unwrap();
    let findings = diagnose(&scratch, &comm_r, p_aux(&right));
    assert_wrong(&findings, &["tree R", "p_aux", "known"]);
    assert_found(&findings, "known", "wrong", &["the labels are right, the data or their order differ"]);
    for about in ["proof type", "ticket", "CommD", "miner"] {
        assert_found(&findings, about, "right", &["the same comm_c"]);
    }
}

#[test]
fn a_damaged_tree_c_is_told_by_itself_and_by_another_copy() {
    let (right, comm_r) = sealed();
    let (scratch, _) = resealed(&right, |_| ());
    let (other, _) = resealed(&right, |sector| sector["number"] = json!(1));
    let (ours, theirs) = (fs::read(right.cached("p_aux")).unwrap(), fs::read(other.cached("p_aux")).unwrap());
    fs::write(scratch.cached("p_aux"), [&theirs[..32], &ours[32..]].concat()).unwrap();
    fs::copy(other.cached("sc-02-data-tree-c.dat"), scratch.cached("sc-02-data-tree-c.dat")).unwrap();
    let findings = diagnose(&scratch, &comm_r, p_aux(&right));
    assert_wrong(&findings, &["tree C", "p_aux", "known"]);
    assert_found(&findings, "known", "wrong", &["sealed file is right, tree C or p_aux is damaged"]);
    assert_found(&findings, "tree C", "wrong", &["is not the hash of the labels below it"]);
}

#[test]
fn damaged_trees_are_named() {
    for (tree, node, about) in [("tree-c", 70, "tree C"), ("tree-c", 72, "tree C"), ("tree-r-last", 0, "tree R")] {
        let (scratch, comm_r) = sealed();
        damage(&scratch.cached(&format!("sc-02-data-{tree}.dat")), node);
        assert_wrong(&diagnose(&scratch, &comm_r, json!({})), &[about]);
    }
    for (node, wrong) in [(126, &["tree D"][..]), (100, &["tree D"]), (5, &["tree D", "sealed"])] {
        let (scratch, comm_r) = sealed();
        damage(&scratch.cached("sc-02-data-tree-d.dat"), node);
        assert_wrong(&diagnose(&scratch, &comm_r, json!({})), wrong);
    }
}

#[test]
fn pieces_in_another_order_are_told_by_comm_d() {
    let (mut scratch, comm_r) = sealed();
    scratch.pieces.swap(0, 1);
    let findings = diagnose(&scratch, &comm_r, json!({}));
    assert_wrong(&findings, &["pieces"]);
    assert_found(&findings, "pieces", "wrong", &["a piece, a filler or their order is wrong"]);
    scratch.pieces.swap(0, 1);
    let findings = diagnose(&scratch, &comm_r, json!({"comm_d": null}));
    assert_found(&findings, "pieces", "unknown", &["comes from the 3 pieces alone", "unsealed CID"]);
    assert_found(&findings, "CommD", "unknown", &["another order"]);
}

/// Incomplete, foreign, missing, a directory: each is a finding, not an error.
#[test]
fn torn_copies_and_files_are_findings() {
    let (right, comm_r) = sealed();
    let torn = right.directory.path().join("torn");
    let known = |path: &Path| json!({"known": [{"name": "store \"b\"", "p_aux": path}]});
    for bytes in [vec![], vec![0; 63], vec![0xff; 64], vec![1; 64]] {
        fs::write(&torn, bytes).unwrap();
        assert_found(&diagnose(&right, &comm_r, known(&torn)), "known", "unknown", &["store \"b\""]);
    }
    assert_found(&diagnose(&right, &comm_r, known(Path::new("/nowhere"))), "known", "unknown", &["is missing"]);
    assert_found(&diagnose(&right, &comm_r, known(&right.cache())), "known", "unknown", &["instead of a file"]);

    let files = names(&right.cache()).into_iter().filter(|name| name != "t_aux" && name != "reseal-kept.json");
    let files = files.map(|name| right.cached(&name));
    for path in files.chain([right.sealed()]) {
        let whole = read(&path);
        for broken in [vec![], whole[..whole.len() / 2].to_vec(), vec![0xff; whole.len()], vec![0; whole.len()]] {
            fs::write(&path, broken).unwrap();
            let findings = diagnose(&right, &comm_r, p_aux(&right));
            assert!(findings.values().any(|(verdict, _)| verdict == "wrong"), "{path:?}: {findings:#?}");
        }
        fs::remove_file(&path).unwrap();
        let findings = diagnose(&right, &comm_r, p_aux(&right));
        assert!(findings.values().any(|(verdict, _)| verdict == "unknown"), "{path:?}: {findings:#?}");
        fs::write(&path, whole).unwrap();
    }
    assert_wrong(&diagnose(&right, &comm_r, json!({})), &[]);
}
