//! PC2 by Reseal's own code: the library's trees on every CPU, and no files if anything is wrong.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::common::*;

const LAYER_1: &str = "sc-02-data-layer-1.dat";
const LAYER_2: &str = "sc-02-data-layer-2.dat";
const TREE_C: &str = "sc-02-data-tree-c.dat";
const TREE_R: &str = "sc-02-data-tree-r-last.dat";
const MADE: [&str; 5] = ["p_aux", "reseal-kept.json", TREE_C, TREE_R, "t_aux"];

fn with(name: &str, value: &str) -> Command {
    let mut command = command();
    command.env(name, value);
    command
}

fn run_with(command: Command, scratch: &Scratch, op: &str) -> Answer {
    start(command, &scratch.request(op).to_string()).finish()
}

/// Everything that PC2 makes.
fn made(scratch: &Scratch) -> Vec<Vec<u8>> {
    MADE.into_iter().map(|name| read(&scratch.cached(name))).chain([read(&scratch.sealed())]).collect()
}

#[track_caller]
fn assert_nothing_made(scratch: &Scratch) {
    for name in names(&scratch.cache()).into_iter().chain(names(scratch.directory.path())) {
        let made = MADE.contains(&name.as_str()) || name == "sealed" || name.ends_with(".tmp");
        // Tree C is complete before anything is encoded.
        assert!(!made || name == TREE_C, "{name} is there");
    }
}

/// Fails if a choice is not obeyed, or if the two codes differ, also in the digests of their files; `RESEAL_CPU_WITHOUT`
/// selects the engine of other CPUs.
#[test]
fn whose_code_builds_the_trees_is_nobodys_business_but_the_environments() {
    let scratch = Scratch::small(TICKET);
    scratch.seal("pc1");
    let by_library = run_with(with("RESEAL_PC2", "stock"), &scratch, "pc2");
    let expected = by_library.result().clone();
    assert_kept(&expected, &scratch.sealed(), &scratch.cache());
    assert!(by_library.stderr.contains("generating tree c using the CPU"), "{}", by_library.stderr);
    let files = made(&scratch);
    for (name, value, word) in [
        ("RESEAL_PC2", "cpu", "PC2 by "),
        ("RESEAL_PC2", "auto", "PC2 by "),
        ("RESEAL_CPU_WITHOUT", "avx512ifma", "PC2 by Avx2"),
    ] {
        let answer = run_with(with(name, value), &scratch, "pc2");
        assert_eq!(answer.result(), &expected, "{name}={value}");
        assert_kept(&expected, &scratch.sealed(), &scratch.cache());
        assert!(answer.stderr.contains(word) && !answer.stderr.contains("tree c using"), "{}", answer.stderr);
        assert!(made(&scratch) == files, "{name}={value}");
    }
}

#[test]
fn a_code_that_is_not_there_is_refused_before_anything_is_removed() {
    let scratch = Scratch::small(TICKET);
    scratch.seal("pc2");
    let files = made(&scratch);
    let gpu = run_with(with("RESEAL_PC2", "gpu"), &scratch, "pc2");
    gpu.assert_refused("Settings", &["RESEAL_PC2 is gpu", "auto or cpu"]);
    let fast = run_with(with("RESEAL_PC2", "fast"), &scratch, "pc2");
    fast.assert_refused("Settings", &["RESEAL_PC2 is fast", "auto, cpu, gpu or stock"]);
    assert!(made(&scratch) == files);
}

/// The faults: a tree over other labels than PC1 recorded; a label that is reduced silently.
#[test]
fn layers_that_are_damaged_give_nothing() {
    let damaged = |name: &str, at: u64, with: &[u8]| {
        let scratch = Scratch::small(TICKET);
        scratch.seal("pc1");
        let layer = File::options().write(true).open(scratch.cached(name)).unwrap();
        layer.write_all_at(with, at).unwrap();
        scratch
    };
    for (number, name) in [("1", LAYER_1), ("2", LAYER_2)] {
        let scratch = damaged(name, 320, &[1, 2, 3]);
        scratch.run("pc2").assert_refused("ScratchLost", &["is damaged", name, "has SHA-256"]);
        assert_nothing_made(&scratch);
        assert!(!scratch.cached(TREE_C).exists());

        let scratch = damaged(name, 320, &[0xff; 32]);
        let words = ["is damaged", "node 10 of", name, "not a field element"];
        scratch.run("pc2").assert_refused("ScratchLost", &words);
        assert_nothing_made(&scratch);
        // Even if its digest is recorded, it is not a field element.
        let mut record = read_json(&scratch.cached("reseal-layers.json"));
        record["layers"][number] = json!(sha256(&scratch.cached(name)));
        fs::write(scratch.cached("reseal-layers.json"), record.to_string()).unwrap();
        scratch.run("pc2").assert_refused("ScratchLost", &words);

        let scratch = damaged(name, 0, &[]);
        File::options().write(true).open(scratch.cached(name)).unwrap().set_len(1024).unwrap();
        scratch.run("pc2").assert_refused("ScratchLost", &[name, "has 1024 bytes, not 2048"]);
        assert_nothing_made(&scratch);
    }
}

/// The fault: the data added are not the pieces', or not field elements.
#[test]
fn data_that_are_damaged_give_nothing() {
    let scratch = Scratch::small(TICKET);
    scratch.seal("pc1");
    let data = read(&scratch.unsealed());
    flip_bit(&scratch.unsealed());
    scratch.run("pc2").assert_refused("ScratchLost", &["the data in", "unsealed", "have CommD", &scratch.comm_d]);
    assert_nothing_made(&scratch);
    fs::write(scratch.unsealed(), [&data[..64], &[0xff; 32], &data[96..]].concat()).unwrap();
    scratch.run("pc2").assert_refused("ScratchLost", &["node 2 of", "unsealed", "not a field element"]);
    assert_nothing_made(&scratch);
    fs::write(scratch.unsealed(), &data[..1024]).unwrap();
    scratch.run("pc2").assert_refused("ScratchLost", &["unsealed", "has 1024 bytes, not 2048"]);
    assert_nothing_made(&scratch);
    fs::remove_file(scratch.unsealed()).unwrap();
    scratch.run("pc2").assert_refused("ScratchLost", &["unsealed", "is missing"]);
    assert_nothing_made(&scratch);
    fs::write(scratch.unsealed(), &data).unwrap();
    scratch.run("pc2").result();
}

/// Fails if the data of a sector of zeros are needed, or if its sealed file is not the last layer.
#[test]
fn an_empty_sector_is_its_last_layer() {
    let scratch = Scratch::new("StackedDrg2KiBV1_1", 1001, 123, TICKET, &[(1024, None), (1024, None)]);
    scratch.seal("pc1");
    fs::remove_file(scratch.unsealed()).unwrap();
    let comm_r = scratch.run("pc2").result()["comm_r"].clone();
    assert!(read(&scratch.sealed()) == read(&scratch.cached(LAYER_2)));
    // It is a copy: the layers may be removed and changed without affecting it.
    fs::write(scratch.cached(LAYER_2), b"").unwrap();
    scratch.post_check(&comm_r).result();
    assert_eq!(scratch.check_replica(&comm_r).result()["findings"], json!([]));
}

/// Killed after each of its reports, PC2 leaves nothing that the next attempt, or a check, accepts as finished.
#[test]
fn killed_at_any_report_it_is_made_anew() {
    let scratch = Scratch::small(TICKET);
    let expected = scratch.seal("pc2");
    let files = made(&scratch);
    let reports = scratch.run("pc2").progress.len();
    assert!(reports >= 3, "tree C, the sealed file and tree R, the disk: {reports}");
    for reports in 1..=reports {
        let mut running = scratch.start("pc2");
        for _ in 0..reports {
            running.line().expect("a report");
        }
        running.child.kill().unwrap();
        let finished = running.finish().end.is_some();
        let whole = scratch.sealed().exists();
        assert!(!finished || whole);
        if whole {
            assert!(made(&scratch) == files, "killed after report {reports}");
        }
        assert_eq!(scratch.run("pc2").result(), &expected, "killed after report {reports}");
        assert!(made(&scratch) == files, "killed after report {reports}");
        assert!(names(&scratch.cache()).iter().all(|name| !name.ends_with(".tmp")), "{:?}", names(&scratch.cache()));
    }
}

#[test]
fn a_whole_replica_is_right() {
    let scratch = Scratch::small(TICKET);
    let sealed = scratch.seal("pc2");
    let answer = scratch.check_replica(&sealed["comm_r"]);
    assert_eq!(answer.result(), &json!({"bytes": 2048, "comm_r_last": sealed["comm_r_last"], "findings": []}));
    let last = answer.progress.last().unwrap();
    assert_eq!((&last["done"], &last["total"], &last["unit"]), (&json!(2048), &json!(2048), &json!("bytes")));
}

/// One wrong bit anywhere, which a few challenges may miss: each one is found, the file that has it is named, all of them
/// if there are several, and nothing in the store changes.
#[test]
fn each_wrong_bit_of_a_replica_is_found_in_its_file() {
    let scratch = Scratch::small(TICKET);
    let comm_r = scratch.seal("pc2")["comm_r"].clone();
    let other = scratch.comm_d.clone();
    let (sealed, tree, p_aux) = (scratch.sealed(), scratch.cached(TREE_R), scratch.cached("p_aux"));
    let intact = [&sealed, &tree, &p_aux].map(|path| (path, read(path)));
    let check = |damage: &dyn Fn(), comm_r: &serde_json::Value, expected: &[(&Path, &str)]| {
        damage();
        let before = (names(&scratch.cache()), modified(&scratch));
        let answer = scratch.check_replica(comm_r);
        let findings = answer.result()["findings"].as_array().unwrap();
        assert_eq!(findings.len(), expected.len(), "{findings:?}");
        for (finding, (file, words)) in findings.iter().zip(expected) {
            assert_eq!((&finding["verdict"], &finding["code"]), (&json!("wrong"), &json!("NotProvable")));
            assert_eq!(finding["file"], json!(file));
            let message = finding["message"].as_str().unwrap();
            assert!(message.contains(words), "{words} in {message}");
        }
        assert_eq!((names(&scratch.cache()), modified(&scratch)), before);
        intact.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
    };
    check(&|| flip_bit(&sealed), &comm_r, &[(&sealed, "is damaged in the 2048 bytes from byte 0 on")]);
    check(&|| flip_bit(&tree), &comm_r, &[(&tree, "is damaged: its node 0 is not what the sealed file")]);
    check(&|| flip_bit(&p_aux), &comm_r, &[(&p_aux, "its two halves should be")]);
    let two = || [&sealed, &p_aux].into_iter().for_each(|path| flip_bit(path));
    check(&two, &comm_r, &[(&sealed, "is damaged"), (&p_aux, "its two halves should be")]);
    check(&|| (), &json!(other), &[(&p_aux, &format!("not the expected {other}"))]);
    check(&|| fs::write(&sealed, [0xff; 2048]).unwrap(), &comm_r, &[(&sealed, "not a field element")]);
    check(&|| fs::write(&sealed, [0; 2000]).unwrap(), &comm_r, &[(&sealed, "sealed has 2000 bytes, not 2048")]);
    check(&|| fs::write(&sealed, [0; 4096]).unwrap(), &comm_r, &[(&sealed, "sealed has 4096 bytes, not 2048")]);
    let gone = || [&sealed, &tree, &p_aux].into_iter().for_each(|path| fs::remove_file(path).unwrap());
    check(&gone, &comm_r, &[(&sealed, "is missing"), (&tree, "is missing"), (&p_aux, "is missing")]);

    // Another sector's two files, which match each other.
    let stranger = Scratch::small(OTHER_TICKET);
    stranger.seal("pc2");
    let strangers = || {
        fs::copy(stranger.sealed(), &sealed).unwrap();
        fs::copy(stranger.cached(TREE_R), &tree).unwrap();
    };
    check(&strangers, &comm_r, &[(&sealed, "its tree R has the root"), (&scratch.cache(), "has the root")]);
}

/// Fails if roots that are known from elsewhere are not used: without its p_aux, nothing else shows which file is wrong.
#[test]
fn known_roots_decide_where_p_aux_is_lost() {
    let scratch = Scratch::small(TICKET);
    let made = scratch.seal("pc2");
    fs::remove_file(scratch.cached("p_aux")).unwrap();
    flip_bit(&scratch.cached(TREE_R));
    let check = |known: serde_json::Value| {
        let (proof, sealed, cache) = (&scratch.sector["proof"], scratch.sealed(), scratch.cache());
        let comm_r = &made["comm_r"];
        let answer = run(&json!({
            "op": "check_replica", "proof": proof, "comm_r": comm_r, "sealed": sealed, "cache": cache, "known": known,
        }));
        let findings = answer.result()["findings"].as_array().unwrap();
        findings.iter().map(|finding| (finding["verdict"].clone(), finding["file"].clone())).collect::<Vec<_>>()
    };
    let (tree, p_aux) = (json!(scratch.cached(TREE_R)), json!(scratch.cached("p_aux")));
    let lost = (json!("wrong"), p_aux);
    assert_eq!(check(json!([])), [(json!("unknown"), tree.clone()), lost.clone()]);
    // Those of a snapped sector's other replica.
    let known = json!([{"comm_c": made["comm_c"], "comm_r_last": made["comm_c"]}]);
    assert_eq!(check(known), [(json!("wrong"), tree), lost]);
}

fn modified(scratch: &Scratch) -> Vec<std::time::SystemTime> {
    let time = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    [scratch.sealed(), scratch.cached(TREE_R), scratch.cached("p_aux")].iter().filter_map(|path| time(path)).collect()
}
