//! Finding GPUs, with stand-in drivers from `native/stubs`.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::*;

const REQUEST: &str = r#"{"op":"gpus"}"#;

/// Compiles this C text into a shared library in the directory.
fn make_library(directory: &Path, name: &str, text: &str) {
    let source = directory.join("stub.c");
    fs::write(&source, text).unwrap();
    let output = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&directory.join(name), &source])
        .output()
        .expect("a C compiler is needed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn stub(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stubs").join(name);
    String::from_utf8(read(&path)).unwrap()
}

/// A machine with NVIDIA's driver.
fn with_driver() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    make_library(directory.path(), "libcuda.so.1", &stub("cuda.c"));
    make_library(directory.path(), "libnvidia-ml.so.1", &stub("nvml.c"));
    directory
}

/// Asks on a machine with the libraries in this directory.
fn ask(libraries: &TempDir, env: &[(&str, &str)]) -> Running {
    let mut command = command();
    command.env("LD_LIBRARY_PATH", libraries.path()).envs(env.iter().copied());
    start(command, REQUEST)
}

#[track_caller]
fn found(libraries: &TempDir, env: &[(&str, &str)]) -> Value {
    ask(libraries, env).finish().result().clone()
}

#[track_caller]
fn assert_none(found: &Value, why: &str) {
    assert_eq!(found["gpus"], json!([]), "{found}");
    assert!(found["why"].as_str().is_some_and(|said| said.contains(why)), "{why:?} is not in {found}");
}

#[test]
fn each_device_is_described() {
    let driver = with_driver();
    let devices = [
        ("RESEAL_STUB_GPUS", "2"),
        ("RESEAL_STUB_NAMES", "NVIDIA A;NVIDIA B"),
        ("RESEAL_STUB_MEMORY", "85899345920;8589934592"),
        ("RESEAL_STUB_DRIVER", "580.65.06"),
    ];
    let gpu = |index, name, memory: u64| {
        json!({
            "index": index,
            "uuid": format!("GPU-5e5e5e5e-5e5e-5e5e-5e5e-5e5e5e5e5e0{index}"),
            "name": name,
            "memory": memory,
            "compute": "8.6",
            "pci": format!("0000:4{}:00.0", index + 1),
        })
    };
    let both = [gpu(0, "NVIDIA A", 85_899_345_920), gpu(1, "NVIDIA B", 8_589_934_592)];
    assert_eq!(found(&driver, &devices), json!({"driver": "580.65.06", "why": null, "gpus": both}));
    // Without the management library the driver reports less about itself.
    fs::remove_file(driver.path().join("libnvidia-ml.so.1")).unwrap();
    assert_eq!(found(&driver, &devices)["driver"], "for CUDA 13.0");
}

/// No driver or no device is the normal case on most machines: not an error, and the reason is given.
#[test]
fn a_machine_without_gpus_says_why() {
    let nothing = found(&tempfile::tempdir().unwrap(), &[]);
    assert_none(&nothing, "libcuda.so.1 was not found");
    assert_eq!(nothing["driver"], Value::Null);
    assert_none(&found(&with_driver(), &[]), "finds no GPU");
}

#[test]
fn a_driver_that_fails_is_the_reason() {
    let driver = with_driver();
    let failing = |how| found(&driver, &[("RESEAL_STUB_GPUS", "2"), ("RESEAL_STUB_FAIL", how)]);
    assert_none(&failing("cuInit=999"), "cuInit gives CUDA_ERROR_UNKNOWN (999)");
    assert_none(&failing("cuInit=803"), "cuInit gives error 803");
    assert_none(&failing("cuDeviceGetCount=3"), "cuDeviceGetCount gives error 3");
    assert_none(&failing("cuDeviceTotalMem_v2=214"), "CUDA_ERROR_ECC_UNCORRECTABLE");
}

/// Not a driver at all, one whose own libraries are missing, and one without the functions that are needed.
#[test]
fn a_driver_that_is_not_whole_is_the_reason() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("libcuda.so.1"), "no library").unwrap();
    assert_none(&found(&directory, &[]), "cannot be loaded: ");
    make_library(directory.path(), "libcuda.so.1", "int cuInit(unsigned flags) { return (int)flags; }");
    assert_none(&found(&directory, &[]), "libcuda.so.1 has no cuDeviceGetCount");
    // Before CUDA 11.4.
    let older = stub("cuda.c").replace("cuDeviceGetUuid_v2", "cuDeviceGetUuid_v9");
    make_library(directory.path(), "libcuda.so.1", &older);
    assert_eq!(found(&directory, &[("RESEAL_STUB_GPUS", "1")])["gpus"].as_array().unwrap().len(), 1);
}

/// Such a driver must kill or block only this process: it dies without a message, and ends when it is asked to.
#[test]
fn a_driver_that_crashes_or_hangs_takes_one_process() {
    let driver = with_driver();
    let crashed = ask(&driver, &[("RESEAL_STUB_FAIL", "cuInit=crash")]).finish();
    assert_eq!((crashed.status.signal(), &crashed.end), (Some(libc::SIGSEGV), &None));
    let mut hung = ask(&driver, &[("RESEAL_STUB_FAIL", "cuInit=hang")]);
    drop(hung.stdin.take());
    assert_eq!(hung.finish().status.code(), Some(130));
}

/// A stage that got a device which its flavour does not use would silently work without it.
#[test]
fn a_flavour_without_gpus_takes_none() {
    let gpu = json!({"uuid": "GPU-1", "memory": 1});
    run(&json!({"op": "describe", "gpu": gpu})).assert_refused("InvalidRequest", &["GPU-1", "flavour cpu"]);
    run(&json!({"op": "describe", "gpu": "GPU-1"})).assert_refused("InvalidRequest", &["gpu"]);
}

#[test]
fn the_program_says_what_it_is() {
    let said = run(&json!({"op": "describe"})).result().clone();
    assert_eq!(said["flavour"], "cpu");
    assert_eq!(said["version"], env!("CARGO_PKG_VERSION"));
}
