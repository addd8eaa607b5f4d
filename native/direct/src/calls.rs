//! A sector sealed by the library's own calls in this process.

use std::fs::File;
use std::io::{self, BufRead};
use std::time::Instant;

use filecoin_hashers::Domain;
use filecoin_hashers::poseidon::PoseidonDomain;
use filecoin_proofs_api::seal::{sdr, seal_pre_commit_phase1, seal_pre_commit_phase2};
use filecoin_proofs_api::{PaddedBytesAmount, PieceInfo};
use reseal_sealing::operations::pc2::Request;
use reseal_sealing::request::hash32::Hash32;
use reseal_sealing::request::sector::prover_id;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// How long the calls took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Times {
    /// Milliseconds of `sdr`: the layers of labels.
    pub(crate) pc1_millis: u64,
    /// Milliseconds of `seal_pre_commit_phase1` with existing layers: copying the data, tree D.
    pub(crate) between_millis: u64,
    /// Milliseconds of `seal_pre_commit_phase2`.
    pub(crate) pc2_millis: u64,
    /// The result.
    pub(crate) comm_r: Hash32,
}

/// Seals the sector of the request on stdin and prints the times.
pub(crate) fn seal_stdin() -> Result<(), Failure> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let request = serde_json::from_str(&line).map_err(|cause| format!("the request: {cause}"))?;
    println!("{}", serde_json::to_string(&seal(&request)?)?);
    Ok(())
}

fn seal(request: &Request) -> Result<Times, Failure> {
    let (sector, cache, sealed) = (&request.sector, &*request.cache, &*request.sealed);
    let replica_id = PoseidonDomain::try_from_bytes(&sector.replica_id(request.comm_d).0)?;
    let pieces: Vec<_> = request.pieces.iter().map(piece_info).collect::<Result<_, _>>()?;
    File::create(sealed)?;

    let (pc1_millis, ()) = timed(|| sdr(sector.proof, cache, replica_id))?;
    // The library uses the existing layers.
    let (between_millis, phase1) = timed(|| {
        let (prover, number) = (prover_id(sector.miner), sector.number.into());
        seal_pre_commit_phase1(
            sector.proof,
            cache,
            &*request.unsealed,
            sealed,
            prover,
            number,
            sector.ticket.0,
            &pieces,
        )
    })?;
    let (pc2_millis, phase2) = timed(|| seal_pre_commit_phase2(phase1, cache, sealed))?;
    Ok(Times { pc1_millis, between_millis, pc2_millis, comm_r: Hash32(phase2.comm_r) })
}

pub(crate) fn piece_info(piece: &reseal_sealing::pieces::Piece) -> Result<PieceInfo, Failure> {
    Ok(PieceInfo::new(piece.commitment.0, PaddedBytesAmount(piece.size).into())?)
}

fn timed<T, E>(call: impl FnOnce() -> Result<T, E>) -> Result<(u64, T), E> {
    let began = Instant::now();
    let value = call()?;
    Ok((began.elapsed().as_millis() as u64, value))
}
