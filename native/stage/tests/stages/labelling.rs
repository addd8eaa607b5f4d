//! Only the environment decides whose code labels: the layers are the same.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::*;

const PC1_BY_THE_LIBRARY: fn(&Path) -> Command = |_| with_sdr("stock");

fn with_sdr(name: &str) -> Command {
    let mut command = command();
    command.env("RESEAL_SDR", name);
    command
}

/// Fails if a switch between the two in the middle of a sector loses layers or mixes them up.
#[test]
fn a_sector_begun_by_the_library_is_ended_by_our_own_code_and_the_other_way_round() {
    let own = Scratch::small(TICKET);
    own.run("pc1").result();
    let stock = Scratch::small(TICKET).with_command(PC1_BY_THE_LIBRARY);
    let log = stock.run("pc1");
    log.result();
    assert!(log.stderr.contains("generating layer: 1"), "the library labelled: {}", log.stderr);
    let layer = |scratch: &Scratch, layer: u32| read(&scratch.cached(&format!("sc-02-data-layer-{layer}.dat")));
    for number in 1..=2 {
        assert!(layer(&own, number) == layer(&stock, number), "layer {number}");
    }

    let layer_2 = layer(&own, 2);
    for (scratch, next) in [(own, PC1_BY_THE_LIBRARY), (stock, |_: &Path| with_sdr("own"))] {
        fs::remove_file(scratch.cached("sc-02-data-layer-2.dat")).unwrap();
        let scratch = scratch.with_command(next);
        assert_eq!(scratch.run("pc1").result()["resumed"], 1);
        assert!(layer(&scratch, 2) == layer_2);
    }
}

#[test]
fn a_name_of_nobodys_code_is_refused() {
    let scratch = Scratch::small(TICKET).with_command(|_| with_sdr("fast"));
    scratch.run("pc1").assert_refused("Settings", &["RESEAL_SDR", "fast", "own or stock"]);
}
