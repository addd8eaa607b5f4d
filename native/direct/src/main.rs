//! Compares the proofs library, called directly in one process, with Reseal: PC1 and PC2, the assembly of a piece, the
//! parent cache, trees D and R, and Poseidon.
//!
//! Only for measurements: no guards, no resuming, nothing made durable.

mod arguments;
#[cfg(target_arch = "x86_64")]
mod bound;
mod calls;
mod compare;
mod failure;
mod gpu;
mod meter;
mod parents;
mod pc2;
mod piece;
mod poseidon;
mod run;
mod sdr;
mod snap;
mod stage;
mod table;
mod took;
mod tree_d;
mod tree_r;

use std::process::ExitCode;

use arguments::Command;

fn main() -> ExitCode {
    let done = arguments::parse().and_then(|command| match command {
        Command::Help => {
            print!("{}", arguments::HELP);
            Ok(())
        }
        Command::Seal => calls::seal_stdin(),
        Command::Label => sdr::label_stdin(),
        Command::Snap => snap::encode_stdin(),
        Command::Compare(options) => compare::run(&options),
        Command::Piece(options) => piece::run(&options),
        Command::Sdr(options) => sdr::run(&options),
        Command::Pc2(options) => pc2::run(&options),
        Command::Columns => pc2::columns_stdin(),
        Command::Gpu(options) => gpu::run(&options),
        Command::Trees => gpu::trees_stdin(),
        Command::Parents(options) => parents::run(&options),
        Command::TreeD(options) => tree_d::run(&options),
        Command::TreeR(options) => tree_r::run(&options),
        Command::Poseidon(runs) => poseidon::run(runs),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("reseal-direct: {failure}");
            ExitCode::FAILURE
        }
    }
}
