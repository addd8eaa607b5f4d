//! A sector large enough to kill a stage in the middle of its work, and for settings to show in its files.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use crate::common::*;
use crate::same_as_stock::{compare, random, random_bytes};

/// Killed after layer 1, PC1 continues with layer 2. `FIL_PROOFS_ROWS_TO_DISCARD` (H12) and a settings file in the
/// working directory (H13) change nothing; either would make the library write another tree R (2336 bytes instead of
/// 18720).
#[test]
fn killed_and_misconfigured_it_is_the_stock_sector() {
    let (seed, mut rng) = random();
    println!("seed {seed}");
    let ticket = hex::encode(random_bytes(&mut rng, 32));
    let pieces = [
        (4 << 20, Some(random_bytes(&mut rng, (4 << 20) / 128 * 127))),
        (2 << 20, None),
        (2 << 20, Some(random_bytes(&mut rng, 1_000_000))),
    ];
    let scratch = Scratch::new("StackedDrg8MiBV1_1", 1001, 8, &ticket, &pieces).with_command(misconfigured);
    scratch.run("tree_d").result();
    let finished = kill_after_layer_1(&scratch);
    let layer_1 = fs::metadata(scratch.cached("sc-02-data-layer-1.dat")).unwrap().modified().unwrap();
    assert_eq!(scratch.run("pc1").result()["resumed"], finished);
    assert_eq!(fs::metadata(scratch.cached("sc-02-data-layer-1.dat")).unwrap().modified().unwrap(), layer_1);

    let sealed = scratch.run("pc2").result().clone();
    assert_kept(&sealed, &scratch.sealed(), &scratch.cache());
    let comm_r = sealed["comm_r"].clone();
    assert_eq!(fs::metadata(scratch.cached("sc-02-data-tree-r-last.dat")).unwrap().len(), 18720);
    compare(&scratch, &comm_r);
    scratch.check_sealed(&comm_r, 1).result();
    scratch.post_check(&comm_r).result();
}

fn misconfigured(directory: &Path) -> Command {
    fs::write(directory.join("rust-fil-proofs.config.toml"), "rows_to_discard = 3\n").unwrap();
    let mut command = command();
    command.current_dir(directory).env("FIL_PROOFS_ROWS_TO_DISCARD", "3");
    command
}

/// Kills PC1 when it reports layer 1; returns how many layers were recorded by then: 1, unless the machine was so busy
/// that layer 2 was finished too. If the whole process was finished first, it tries again.
fn kill_after_layer_1(scratch: &Scratch) -> usize {
    loop {
        let mut running = scratch.start("pc1");
        while running.line().expect("a report of layer 1")["progress"]["done"] != 1 {}
        running.child.kill().unwrap();
        if running.finish().status.signal() == Some(9) {
            return read_json(&scratch.cached("reseal-layers.json"))["layers"].as_object().unwrap().len();
        }
        for layer in 1..=2 {
            fs::remove_file(scratch.cached(&format!("sc-02-data-layer-{layer}.dat"))).unwrap();
        }
    }
}
