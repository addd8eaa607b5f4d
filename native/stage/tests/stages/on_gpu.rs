//! A GPU that is shared, lost or failing: with `RESEAL_TEST_GPU=1` and a flavour that uses GPUs.

use std::process::Command;

use serde_json::json;

use crate::common::*;

/// A stage with its own lock files, like every stage that the worker starts.
fn alone(scratch: &Scratch) -> Command {
    let mut command = command();
    command.env("TMPDIR", scratch.directory.path());
    command
}

fn labelled(ticket: &str) -> Scratch {
    let scratch = Scratch::small(ticket);
    scratch.seal("pc1");
    scratch
}

/// Everything that PC2 makes.
fn made(scratch: &Scratch) -> Vec<(String, Vec<u8>)> {
    let cached = names(&scratch.cache()).into_iter().filter(|name| !name.contains("layer"));
    let files = cached.map(|name| (name.clone(), read(&scratch.cached(&name))));
    files.chain([("sealed".to_string(), read(&scratch.sealed()))]).collect()
}

fn on_the_cpu(scratch: &Scratch) -> Vec<(String, Vec<u8>)> {
    let mut command = alone(scratch);
    command.env("RESEAL_PC2", "cpu");
    let mut request = scratch.request("pc2");
    request.as_object_mut().unwrap().remove("gpu");
    start(command, &request.to_string()).finish().result();
    made(scratch)
}

#[test]
#[ignore = "needs a GPU"]
fn two_stages_at_once_on_one_device_seal_what_the_cpu_does() {
    let sectors = [TICKET, OTHER_TICKET].map(labelled);
    let expected = sectors.each_ref().map(on_the_cpu);
    for _ in 0..3 {
        let both = sectors.each_ref().map(|sector| start(alone(sector), &sector.request("pc2").to_string()));
        both.into_iter().for_each(|stage| drop(stage.finish().result().clone()));
        assert!(sectors.each_ref().map(made) == expected);
    }
}

/// Killed after each of its reports on the device, PC2 starts over.
#[test]
#[ignore = "needs a GPU"]
fn killed_on_the_device_it_is_made_anew() {
    let sector = labelled(TICKET);
    let expected = on_the_cpu(&sector);
    for reports in 1.. {
        let mut stage = start(alone(&sector), &sector.request("pc2").to_string());
        let still_running = (0..reports).all(|_| stage.line().is_some_and(|line| line.get("progress").is_some()));
        if !still_running {
            assert!(reports > 2, "PC2 reports nothing");
            break;
        }
        stage.child.kill().unwrap();
        stage.child.wait().unwrap();
        start(alone(&sector), &sector.request("pc2").to_string()).finish().result();
        assert!(made(&sector) == expected, "after {reports} reports");
    }
}

/// The library would silently seal on the CPU.
#[test]
#[ignore = "needs a GPU"]
fn a_device_that_is_gone_is_an_error() {
    let sector = labelled(TICKET);
    let mut request = sector.request("pc2");
    request["gpu"]["uuid"] = json!("GPU-00000000-0000-0000-0000-000000000000");
    start(alone(&sector), &request.to_string()).finish().assert_refused("Gpu", &["GPU-0000", "does not know it"]);
    assert!(!sector.sealed().exists());
}

/// As when a device falls off the bus, or its memory is in use by others. Only stand-in GPUs fail on demand.
#[test]
#[ignore = "needs a GPU that is made up"]
fn a_made_up_device_that_fails_ends_the_stage_and_nothing_is_sealed() {
    let sector = labelled(TICKET);
    for fault in ["clCreateContext=-2", "clBuildProgram=-11", "clCreateBuffer=-4", "clEnqueueNDRangeKernel=-5"] {
        let mut command = alone(&sector);
        // Without kernels compiled earlier.
        command.env("RESEAL_STUB_OPENCL_FAIL", fault).env("HOME", sector.directory.path());
        let answer = start(command, &sector.request("pc2").to_string()).finish();
        answer.assert_refused("Gpu", &["Opencl3 Error: CL_"]);
        assert!(!sector.sealed().exists() && !sector.cached("p_aux").exists(), "{fault}");
    }
    start(alone(&sector), &sector.request("pc2").to_string()).finish().result();
}
