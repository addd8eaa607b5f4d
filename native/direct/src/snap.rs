//! A sector updated by the library's own call in this process.

use std::fs::File;
use std::io::{self, BufRead};
use std::time::Instant;

use filecoin_proofs_api::update::empty_sector_update_encode_into;
use filecoin_proofs_api::{RegisteredSealProof, RegisteredUpdateProof};
use reseal_sealing::files::geometry::Geometry;
use reseal_sealing::operations::snap_encode::Request;
use reseal_sealing::request::hash32::Hash32;
use serde::Serialize;

use crate::calls::piece_info;
use crate::failure::Failure;

/// The result.
#[derive(Serialize)]
struct Update {
    /// Milliseconds of `empty_sector_update_encode_into`.
    millis: u64,
    /// The update's CommR.
    comm_r: Hash32,
}

/// Encodes the update in the request on stdin and prints its CommR.
pub(crate) fn encode_stdin() -> Result<(), Failure> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let request = serde_json::from_str(&line).map_err(|cause| format!("the request: {cause}"))?;
    println!("{}", serde_json::to_string(&encode(&request)?)?);
    Ok(())
}

fn encode(request: &Request) -> Result<Update, Failure> {
    let pieces: Vec<_> = request.pieces.iter().map(piece_info).collect::<Result<_, _>>()?;
    // The library maps the file that it writes.
    File::create(&*request.update)?.set_len(Geometry::of(request.proof).sector_size)?;
    let began = Instant::now();
    let encoded = empty_sector_update_encode_into(
        update_proof(request.proof)?,
        &*request.update,
        &*request.update_cache,
        &*request.sealed,
        &*request.cache,
        &*request.unsealed,
        &pieces,
    )?;
    Ok(Update { millis: began.elapsed().as_millis() as u64, comm_r: Hash32(encoded.comm_r_new) })
}

fn update_proof(proof: RegisteredSealProof) -> Result<RegisteredUpdateProof, Failure> {
    let name = format!("{proof:?}");
    let size = name.split_once("iBV").map_or(name.as_str(), |(size, _)| size);
    Ok(match size {
        "StackedDrg2K" => RegisteredUpdateProof::StackedDrg2KiBV1,
        "StackedDrg8M" => RegisteredUpdateProof::StackedDrg8MiBV1,
        "StackedDrg512M" => RegisteredUpdateProof::StackedDrg512MiBV1,
        "StackedDrg32G" => RegisteredUpdateProof::StackedDrg32GiBV1,
        "StackedDrg64G" => RegisteredUpdateProof::StackedDrg64GiBV1,
        _ => return Err(format!("{name} has no update").into()),
    })
}
