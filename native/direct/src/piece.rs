//! One piece assembled by the library's two calls and by Reseal in one pass, next to a plain copy of its file.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Instant;

use filecoin_proofs_api::UnpaddedBytesAmount;
use filecoin_proofs_api::seal::{add_piece, generate_piece_commitment};
use reseal_sealing::files::geometry::Geometry;
use reseal_sealing::operations::add_pieces;
use reseal_sealing::pieces::unpadded;
use reseal_sealing::request::hash32::Hash32;
use serde::Serialize;
use serde_json::json;
use tempfile::TempDir;

use crate::arguments::Repeated;
use crate::compare::write_random;
use crate::failure::Failure;
use crate::took::settle;

/// What was measured.
#[derive(Serialize)]
struct Measured {
    /// Padded bytes of the piece.
    size: u64,
    runs: Vec<Run>,
}

/// Milliseconds of each run, until the written bytes are on the disk.
#[derive(Serialize)]
struct Run {
    /// A plain copy of the file.
    copy_millis: u64,
    /// `generate_piece_commitment`, then `add_piece`.
    direct_millis: u64,
    /// The operation `add_pieces`.
    reseal_millis: u64,
}

/// Measures, and prints one line of JSON.
pub(crate) fn run(options: &Repeated) -> Result<(), Failure> {
    let directory = TempDir::with_prefix_in("reseal-direct-", &options.directory)?;
    let size = Geometry::of(options.proof).sector_size;
    let (source, target) = (directory.path().join("piece"), directory.path().join("target"));
    write_random(&source, unpadded(size))?;
    // Reads the file into memory for all sides, and returns the commitment that Reseal must verify.
    let commitment = direct(options, &source, &target)?;
    let mut runs = Vec::new();
    for _ in 0..options.runs {
        runs.push(Run {
            copy_millis: timed(&target, || copy(&source, &target))?,
            direct_millis: timed(&target, || direct(options, &source, &target).map(|_| ()))?,
            reseal_millis: timed(&target, || reseal(options, &source, &target, commitment))?,
        });
    }
    println!("{}", serde_json::to_string(&Measured { size, runs })?);
    Ok(())
}

fn copy(source: &Path, target: &Path) -> Result<(), Failure> {
    let mut copy = File::create(target)?;
    io::copy(&mut File::open(source)?, &mut copy)?;
    Ok(copy.sync_all()?)
}

fn direct(options: &Repeated, source: &Path, target: &Path) -> Result<Hash32, Failure> {
    let length = UnpaddedBytesAmount(fs::metadata(source)?.len());
    let known = generate_piece_commitment(options.proof, File::open(source)?, length)?;
    let written = File::options().read(true).write(true).create(true).truncate(true).open(target)?;
    let (added, _) = add_piece(options.proof, File::open(source)?, &written, length, &[])?;
    written.sync_all()?;
    if added != known {
        return Err("the library's two calls give two commitments".into());
    }
    Ok(Hash32(known.commitment))
}

fn reseal(options: &Repeated, source: &Path, target: &Path, commitment: Hash32) -> Result<(), Failure> {
    let size = Geometry::of(options.proof).sector_size;
    let request = json!({
        "proof": options.proof, "pieces": [{"commitment": commitment, "size": size, "file": source}], "unsealed": target,
    });
    add_pieces::run(&serde_json::from_value(request)?, &|_| ())?;
    Ok(())
}

/// Milliseconds of `work`, which writes `target`.
fn timed(target: &Path, work: impl FnOnce() -> Result<(), Failure>) -> Result<u64, Failure> {
    let _ = fs::remove_file(target);
    settle();
    let began = Instant::now();
    work()?;
    Ok(began.elapsed().as_millis() as u64)
}
