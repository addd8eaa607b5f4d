//! Compiles and runs the header's first consumer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::library::{directory, manifest};

fn compile(into: &Path) -> PathBuf {
    let program = into.join("describe");
    let library = directory();
    let output = Command::new("cc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I"])
        .arg(manifest().join("include"))
        .arg(manifest().join("examples/describe.c"))
        .arg("-L")
        .arg(&library)
        .arg("-lreseal_core")
        .arg(format!("-Wl,-rpath,{}", library.display()))
        .arg("-o")
        .arg(&program)
        .output()
        .expect("a C compiler is needed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8(output.stdout.clone()).unwrap().lines().map(str::to_string).collect()
}

#[test]
fn it_describes_the_library() {
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new(compile(directory.path())).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let answer: Value = serde_json::from_str(&lines(&output)[0]).unwrap();
    assert_eq!(answer["abi"], 1);
}

#[test]
fn a_cpu_that_lacks_what_is_needed_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new(compile(directory.path())).env("RESEAL_CPU_WITHOUT", "adx,sha_ni").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(lines(&output), ["this CPU lacks sha_ni,adx"]);
}

/// If it still counted, code that the CPU cannot run would be run.
#[test]
fn a_cpu_that_lacks_what_is_made_use_of_is_described_without() {
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new(compile(directory.path())).env("RESEAL_CPU_WITHOUT", "avx512ifma").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let answer: Value = serde_json::from_str(&lines(&output)[0]).unwrap();
    assert!(!answer["cpu_features"].as_array().unwrap().contains(&json!("avx512ifma")), "{answer}");
}

/// H13: the library reads its settings from the working directory and the environment once and for good. With both
/// broken it panics when it first reads them; no short call does.
#[test]
fn short_calls_read_no_settings() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("rust-fil-proofs.config.toml"), "rows_to_discard = [").unwrap();
    let hash = "00".repeat(32);
    let proof = "StackedDrg32GiBV1_1";
    let requests = [
        json!({"op": "describe"}),
        json!({"op": "geometry", "proof": proof}),
        json!({"op": "comm_d", "proof": proof, "pieces": []}),
        json!({"op": "comm_d", "proof": proof, "pieces": [
            {"commitment": hash, "size": 1_u64 << 34}, {"commitment": hash, "size": 1_u64 << 34}]}),
        json!({"op": "zero_commitment", "size": 2048}),
        json!({"op": "replica_id", "proof": proof, "miner": 1, "number": 2, "ticket": hash, "comm_d": hash}),
        json!({"op": "comm_r", "comm_c": hash, "comm_r_last": hash}),
    ];
    let output = Command::new(compile(directory.path()))
        .args(requests.iter().map(Value::to_string))
        .current_dir(directory.path())
        .env("FIL_PROOFS_ROWS_TO_DISCARD", "many")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(lines(&output).len(), requests.len());
}
