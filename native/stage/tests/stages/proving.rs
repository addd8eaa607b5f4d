//! Commit 1 and 2, and the parameters that they prove with. The parameters are random; they are generated once, into
//! the cache directory that `make parameters` also fills.

use std::env;
use std::fs::{self, File};
use std::os::unix::fs::{FileExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::common::*;

const SEED: &str = "0505050505050505050505050505050505050505050505050505050505050505";
const OTHER_SEED: &str = "0606060606060606060606060606060606060606060606060606060606060606";
const NONE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A sealed sector and everything needed to prove it.
struct Proving {
    scratch: Scratch,
    comm_r: Value,
    parameters: PathBuf,
}

impl Proving {
    fn new(proof: &str, parameters: PathBuf) -> Self {
        let data = (0..2032).map(|i| (i * 5 + 1) as u8).collect();
        let scratch = Scratch::new(proof, 1001, 77, TICKET, &[(2048, Some(data))]);
        let comm_r = scratch.seal("pc2")["comm_r"].clone();
        Proving { scratch, comm_r, parameters }
    }

    /// One whose parameter directory is its own, and empty.
    fn without_parameters() -> Self {
        let mut proving = Proving::new("StackedDrg2KiBV1_1", PathBuf::new());
        proving.parameters = proving.scratch.directory.path().join("parameters");
        fs::create_dir(&proving.parameters).unwrap();
        proving
    }

    fn output(&self) -> PathBuf {
        self.scratch.directory.path().join("c1")
    }

    fn c1_request(&self) -> Value {
        json!({
            "op": "c1", "sector": self.scratch.sector, "pieces": self.scratch.pieces, "comm_d": self.scratch.comm_d,
            "comm_r": self.comm_r, "sealed": self.scratch.sealed(), "cache": self.scratch.cache(), "seed": SEED,
            "output": self.output(),
        })
    }

    fn c2_request(&self) -> Value {
        on_gpu(json!({
            "op": "c2", "sector": self.scratch.sector, "comm_d": self.scratch.comm_d, "comm_r": self.comm_r,
            "seed": SEED, "input": self.output(),
        }))
    }

    fn verify_request(&self, proof: &Value) -> Value {
        let mut request = self.c2_request();
        let fields = request.as_object_mut().unwrap();
        fields.remove("input");
        fields.remove("gpu");
        fields.insert("op".into(), json!("verify_seal"));
        fields.insert("proof".into(), proof.clone());
        request
    }

    fn run(&self, request: &Value) -> Answer {
        with_parameters(&self.parameters, request)
    }
}

fn with_parameters(directory: &Path, request: &Value) -> Answer {
    start(parameters_command(directory), &request.to_string()).finish()
}

fn parameters_command(directory: &Path) -> Command {
    let mut command = command();
    command.env("FIL_PROOFS_PARAMETER_CACHE", directory);
    command
}

/// The parameters of 2 KiB sectors; made first if they do not exist, and waited for if another process is making them.
fn parameters() -> PathBuf {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let cache = env::var_os("RESEAL_CACHE").map(PathBuf::from);
        let cache = cache.unwrap_or_else(|| Path::new(&env::var_os("HOME").unwrap()).join(".cache/reseal"));
        let directory = cache.join("parameters");
        let request = json!({"op": "params_generate", "proof": "StackedDrg2KiBV1_1"});
        let answer = with_parameters(&directory, &request);
        assert_eq!(answer.result()["files"][0]["origin"], "generated");
        directory
    });
    made.clone()
}

/// Puts the same parameters into another directory: copies of files with these name endings, links to the rest.
fn link_parameters(directory: &Path, copied: &str) {
    for name in names(&parameters()) {
        let (from, to) = (parameters().join(&name), directory.join(&name));
        if name.ends_with(copied) {
            fs::copy(from, to).unwrap();
        } else if !name.ends_with(".lock") {
            symlink(from, to).unwrap();
        }
    }
}

/// Whatever the proof is bound to, and whichever part of it is changed: it does not verify for anything else.
#[test]
fn a_sector_is_proven_and_only_its_own_proof_verifies() {
    let proving = Proving::new("StackedDrg2KiBV1_1", parameters());
    let answered = proving.run(&proving.c1_request());
    assert_eq!(answered.result()["vanilla_proofs"], 2);
    assert_eq!(answered.result()["bytes"], fs::metadata(proving.output()).unwrap().len());
    let proven = proving.run(&proving.c2_request());
    let proof = &proven.result()["proof"];
    assert_eq!(proof.as_str().unwrap().len(), 2 * 192);
    let texts: Vec<_> = proven.progress.iter().map(|report| report["text"].as_str().unwrap()).collect();
    assert!(texts.contains(&"proving") && texts.contains(&"verifying the proof"), "{texts:?}");
    let right = proving.verify_request(proof);
    assert_eq!(proving.run(&right).result(), &json!({"bytes": 192}));

    let digits = proof.as_str().unwrap();
    let flipped = format!("{}{}", &digits[..383], if digits.ends_with('0') { '1' } else { '0' });
    for (field, value, words) in [
        ("proof", json!(flipped), "does not prove"),
        ("proof", json!(digits[2..]), "has 191 bytes, not 192"),
        ("proof", json!(""), "has 0 bytes, not 192"),
        ("seed", json!(OTHER_SEED), OTHER_SEED),
        ("comm_r", json!(TICKET), TICKET),
        ("comm_d", json!(TICKET), "does not verify"),
    ] {
        let mut request = right.clone();
        request[field] = value;
        proving.run(&request).assert_refused("ProofInvalid", &["sector 77 of miner 1001", words]);
    }
    for (field, value) in [("number", json!(78)), ("miner", json!(1002)), ("ticket", json!(OTHER_TICKET))] {
        let mut request = right.clone();
        request["sector"][field] = value;
        proving.run(&request).assert_refused("ProofInvalid", &["does not verify"]);
    }
    let mut request = right.clone();
    request["proof"] = json!("xyz");
    proving.run(&request).assert_refused("InvalidRequest", &["proof", "not hexadecimal"]);
}

/// The fault: the file for aggregating proofs is not checked, so the library looks for it after an hour of proving. The
/// library would silently prove on the CPU, which takes hours for 32 GiB.
#[test]
#[ignore = "needs a GPU that is made up"]
fn a_made_up_device_that_fails_ends_the_proof() {
    let proving = Proving::new("StackedDrg2KiBV1_1", parameters());
    proving.run(&proving.c1_request()).result();
    for fault in ["clCreateContext=-2", "clBuildProgram=-11"] {
        let mut command = parameters_command(&proving.parameters);
        command.env("RESEAL_STUB_OPENCL_FAIL", fault).env("HOME", proving.scratch.directory.path());
        let answer = start(command, &proving.c2_request().to_string()).finish();
        answer.assert_refused("Gpu", &["cannot use the GPU", "Opencl3 Error"]);
    }
}

#[test]
fn a_non_interactive_sector_is_not_proven_without_the_srs() {
    let directory = tempfile::tempdir().unwrap();
    let proving = Proving::new("StackedDrg2KiBV1_2_Feat_NonInteractivePoRep", directory.path().to_path_buf());
    link_parameters(directory.path(), "no name ends so");
    let _ = fs::remove_file(directory.path().join("v28-fil-inner-product-v1.srs"));
    proving.run(&proving.c1_request()).result();
    proving.run(&proving.c2_request()).assert_refused("Parameters", &["v28-fil-inner-product-v1.srs", "are missing"]);
}

/// A proof that verifies, but for another seed than the caller's, is not returned. Its file is made to look right;
/// nothing else could bring it here.
///
/// The fault: relying on the library's own check of its result. The sector is of a synthetic proof type, whose
/// challenges are drawn in two steps with a file in between.
#[test]
fn a_proof_for_another_seed_is_not_told() {
    let proving = Proving::new("StackedDrg2KiBV1_1_Feat_SyntheticPoRep", parameters());
    let before = names(&proving.scratch.cache());
    fs::write(proving.scratch.cached("syn-porep-vanilla-proofs.dat"), b"torn").unwrap();
    let mut request = proving.c1_request();
    request["seed"] = json!(OTHER_SEED);
    proving.run(&request).result();
    assert_eq!(names(&proving.scratch.cache()), before);

    let bytes = read(&proving.output());
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    let mut header: Value = serde_json::from_slice(&bytes[..end]).unwrap();
    header["seed"] = json!(SEED);
    fs::write(proving.output(), [header.to_string().as_bytes(), &bytes[end..]].concat()).unwrap();
    let words = ["does not prove sector 77 of miner 1001", SEED, "it does not verify"];
    proving.run(&proving.c2_request()).assert_refused("ProofInvalid", &words);
}

/// Faults seen to be caught: a C1 output that is bound to nothing, or whose digest is not compared.
#[test]
fn the_output_of_commit_1_is_taken_only_whole_and_for_its_own_proof() {
    let mut proving = Proving::without_parameters();
    proving.run(&proving.c2_request()).assert_refused("ScratchLost", &["is missing", "c1"]);
    proving.run(&proving.c1_request()).result();
    assert!(!proving.scratch.directory.path().join("c1.tmp").exists());
    // Everything is right except the parameters, which are checked after it.
    proving.run(&proving.c2_request()).assert_refused("Parameters", &[]);

    for (field, value) in [("seed", json!(OTHER_SEED)), ("comm_r", json!(TICKET)), ("comm_d", json!(TICKET))] {
        let mut request = proving.c2_request();
        request[field] = value;
        proving.run(&request).assert_refused("ScratchLost", &["belongs to another proof"]);
    }
    proving.scratch.sector["ticket"] = json!(OTHER_TICKET);
    proving.run(&proving.c2_request()).assert_refused("ScratchLost", &["belongs to another proof"]);
    proving.scratch.sector["ticket"] = json!(TICKET);
    proving.scratch.sector["proof"] = json!("StackedDrg2KiBV1");
    proving.run(&proving.c2_request()).assert_refused("ScratchLost", &["belongs to another proof"]);
    proving.scratch.sector["proof"] = json!("StackedDrg2KiBV1_1");

    let whole = read(&proving.output());
    flip_bit(&proving.output());
    proving.run(&proving.c2_request()).assert_refused("ScratchLost", &["is damaged"]);
    for (length, words) in [(whole.len() - 1, "is torn"), (100, "has no first line"), (0, "has no first line")] {
        fs::write(proving.output(), &whole[..length]).unwrap();
        proving.run(&proving.c2_request()).assert_refused("ScratchLost", &[words]);
    }
    fs::write(proving.output(), b"{}\n").unwrap();
    proving.run(&proving.c2_request()).assert_refused("ScratchLost", &["unreadable first line"]);
}

#[test]
fn commit_1_refuses_what_is_not_the_sealed_sector() {
    let proving = Proving::without_parameters();
    let mut request = proving.c1_request();
    request["comm_r"] = json!(TICKET);
    proving.run(&request).assert_refused("CommRMismatch", &["sector 77 of miner 1001"]);
    request = proving.c1_request();
    request["seed"] = json!(NONE);
    proving.run(&request).assert_refused("InvalidRequest", &["seed is all zeros"]);
    request = proving.c1_request();
    request["output"] = json!("c1");
    proving.run(&request).assert_refused("InvalidRequest", &["output", "not an absolute path"]);
    flip_bit(&proving.scratch.sealed());
    proving.run(&proving.c1_request()).assert_refused("SealInvalid", &["cannot be proven"]);
    fs::remove_file(proving.scratch.cached("sc-02-data-layer-1.dat")).unwrap();
    proving.run(&proving.c1_request()).assert_refused("ScratchLost", &["layer-1.dat is missing"]);
    assert!(!proving.output().exists());
}

/// Fault seen to be caught: parameters that are not checked before the library reads them; its message helps no one.
#[test]
fn without_parameters_nothing_is_proven_and_nothing_generated() {
    let proving = Proving::without_parameters();
    proving.run(&proving.c1_request()).result();
    let words = [
        "the parameters for proving 2KiB sectors are missing",
        proving.parameters.to_str().unwrap(),
        "reseal params generate --size 2KiB",
        "FIL_PROOFS_PARAMETER_CACHE",
    ];
    proving.run(&proving.c2_request()).assert_refused("Parameters", &words);
    let proof = json!("00".repeat(192));
    proving.run(&proving.verify_request(&proof)).assert_refused("Parameters", &["verifying key"]);
    assert!(names(&proving.parameters).is_empty(), "{:?}", names(&proving.parameters));
}

/// The fault: files under the right names that are not read, which the library uses as they are.
#[test]
fn damaged_parameters_are_found_and_not_proven_with() {
    let mut proving = Proving::new("StackedDrg2KiBV1_1", parameters());
    proving.run(&proving.c1_request()).result();
    let check = |digests| json!({"op": "params_check", "proof": "StackedDrg2KiBV1_1", "digests": digests});
    let whole = proving.run(&check(true));
    assert_eq!(whole.result()["usable"], true);
    for file in whole.result()["files"].as_array().unwrap() {
        assert_eq!((&file["state"], &file["origin"]), (&json!("right"), &json!("generated")), "{file}");
        assert_eq!(file["bytes"], file["expected_bytes"]);
    }

    proving.parameters = proving.scratch.directory.path().join("parameters");
    fs::create_dir(&proving.parameters).unwrap();
    link_parameters(&proving.parameters, ".params");
    let name = names(&proving.parameters).into_iter().find(|name| name.ends_with(".params")).unwrap();
    let damaged = proving.parameters.join(name);
    let file = File::options().read(true).write(true).open(&damaged).unwrap();
    let length = file.metadata().unwrap().len();
    let state = |digests| proving.run(&check(digests)).result()["files"][0]["state"].clone();
    let mut byte = [0];
    file.read_exact_at(&mut byte, length / 2).unwrap();
    file.write_all_at(&[byte[0] ^ 1], length / 2).unwrap();
    assert_eq!(state(false), "unread");
    assert_eq!(state(true), "wrong");
    proving.run(&proving.c2_request()).assert_refused("Parameters", &["digest is wrong", damaged.to_str().unwrap()]);
    file.write_all_at(&byte, length / 2).unwrap();
    assert_eq!(state(true), "right");
    // Remembered from now on, until the file changes.
    assert_eq!(state(false), "right");
    file.set_len(length - 1).unwrap();
    assert_eq!(state(false), "torn");
    proving.run(&proving.c2_request()).assert_refused("Parameters", &["are torn", &length.to_string()]);
    file.set_len(1000).unwrap();
    assert_eq!(state(false), "torn");
}

/// A file from elsewhere is not overwritten.
#[test]
fn foreign_parameters_are_not_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let check = json!({"op": "params_check", "proof": "StackedDrg2KiBV1"});
    let missing = with_parameters(directory.path(), &check);
    assert_eq!(missing.result()["usable"], false);
    let foreign = directory.path().join(missing.result()["files"][1]["name"].as_str().unwrap());
    fs::write(&foreign, b"foreign").unwrap();
    let generate = json!({"op": "params_generate", "proof": "StackedDrg2KiBV1"});
    let words = [foreign.to_str().unwrap(), "neither the published file nor one that Reseal made"];
    with_parameters(directory.path(), &generate).assert_refused("Parameters", &words);
    assert_eq!(read(&foreign), b"foreign");
}

/// Published in parameters.json of the proofs library. All versions of a size share their files.
#[test]
fn the_parameters_of_each_size_have_their_published_names_and_digests() {
    let directory = tempfile::tempdir().unwrap();
    let names = |circuit: &str| {
        ["params", "vk"].map(|extension| format!("v28-stacked-proof-of-replication-{circuit}.{extension}"))
    };
    let kib2 = "merkletree-poseidon_hasher-8-0-0-sha256_hasher-032d3138d22506ec0082ed72b2dcba18df18477904e35bafee82b3793b06832f";
    let gib32 = "merkletree-poseidon_hasher-8-8-0-sha256_hasher-82a357d2f2ca81dc61bb45f4a762807aedee1b0a53fd6c4e77b46a01bfef7820";
    let gib64 = "merkletree-poseidon_hasher-8-8-2-sha256_hasher-96f1b4a04c5c51e4759bbf224bbc2ef5a42c7100f16ec0637123f16a845ddfb2";
    for (proof, circuit, made_here) in [
        ("StackedDrg2KiBV1", kib2, true),
        ("StackedDrg2KiBV1_1", kib2, true),
        ("StackedDrg2KiBV1_1_Feat_SyntheticPoRep", kib2, true),
        ("StackedDrg32GiBV1", gib32, false),
        ("StackedDrg32GiBV1_1", gib32, false),
        ("StackedDrg32GiBV1_1_Feat_SyntheticPoRep", gib32, false),
        ("StackedDrg64GiBV1_1", gib64, false),
    ] {
        let answer = with_parameters(directory.path(), &json!({"op": "params_check", "proof": proof}));
        let result = answer.result();
        assert_eq!(result["can_be_generated"], made_here, "{proof}");
        let files = result["files"].as_array().unwrap();
        assert_eq!(
            files.iter().map(|file| file["name"].as_str().unwrap()).collect::<Vec<_>>(),
            names(circuit),
            "{proof}"
        );
        for file in files {
            assert_eq!(file["state"], "missing");
            assert_eq!(file["expected"][0]["origin"], "published");
            let digest = file["expected"][0]["digest"].as_str().unwrap().strip_prefix("blake2b:").unwrap();
            assert_eq!(digest.len(), 32);
        }
    }
    let request = json!({"op": "params_check", "proof": "StackedDrg32GiBV1_2_Feat_NonInteractivePoRep"});
    let answer = with_parameters(directory.path(), &request);
    assert_eq!(answer.result()["files"][2]["name"], "v28-fil-inner-product-v1.srs");
}

#[test]
fn parameters_of_real_networks_are_not_generated() {
    let directory = tempfile::tempdir().unwrap();
    for (proof, size) in [("StackedDrg32GiBV1_1", "32GiB"), ("StackedDrg64GiBV1_1", "64GiB")] {
        let request = json!({"op": "params_generate", "proof": proof});
        let words = [size, "cannot be generated", "FIL_PROOFS_PARAMETER_CACHE"];
        with_parameters(directory.path(), &request).assert_refused("InvalidRequest", &words);
    }
    assert!(names(directory.path()).is_empty());
}

/// The fault: two processes that both generate, a quarter of an hour each.
#[test]
fn parameters_in_the_making_are_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let request = json!({"op": "params_generate", "proof": "StackedDrg2KiBV1_1"});
    // The process that makes them, at its work.
    let name = names(&parameters()).into_iter().find(|name| name.ends_with(".lock")).unwrap();
    let lock = File::create(directory.path().join(name)).unwrap();
    lock.lock().unwrap();
    let mut waiting = start(parameters_command(directory.path()), &request.to_string());
    assert_eq!(waiting.line().unwrap()["progress"]["text"], "waiting for the lock on the parameters");
    link_parameters(directory.path(), ".reseal.json");
    lock.unlock().unwrap();
    assert_eq!(waiting.finish().result()["generated"], false);
}
