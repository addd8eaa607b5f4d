//! Commit 1: the vanilla proofs that answer the challenges drawn from the chain's seed.

use std::path::Path;

use filecoin_proofs_api::seal::{self, SealCommitPhase1Output, SealPreCommitPhase2Output};
use filecoin_proofs_api::{PieceInfo, SectorId};
use serde::{Deserialize, Serialize};

use crate::files::durable;
use crate::files::geometry::{Geometry, SYNTHETIC_FILE};
use crate::library::boundary;
use crate::operations::c1_output::{self, Binding};
use crate::operations::check_sealed::{self, SealedSector};
use crate::operations::synthetic;
use crate::pieces::{self, Piece};
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{Progress, Sink};
use crate::request::sector::{Sector, prover_id};
use crate::{Code, Error, Result};

/// Which sector to prove.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The sector.
    pub sector: Sector,
    /// All its pieces in order, fillers included.
    pub pieces: Vec<Piece>,
    /// Its CommD.
    pub comm_d: Hash32,
    /// Its CommR: the chain's.
    pub comm_r: Hash32,
    /// The sealed file.
    pub sealed: AbsolutePath,
    /// The sector's cache directory with everything that sealing left.
    pub cache: AbsolutePath,
    /// The chain's interactive randomness.
    pub seed: Hash32,
    /// The file to write, for commit 2.
    pub output: AbsolutePath,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The file.
    pub output: AbsolutePath,
    /// Its size.
    pub bytes: u64,
    /// Vanilla proofs in it, of all partitions; each was verified.
    pub vanilla_proofs: usize,
}

/// Answers the challenges, verifies the answers and writes them.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let report = |done: u64, text: &str| sink(Progress::step(done, 3, text));
    let geometry = Geometry::of(request.sector.proof);
    let Request { sector, comm_d, comm_r, sealed, cache, seed, .. } = request;
    check_seed(*seed)?;
    report(0, "checking the sector");
    let sealed_sector =
        SealedSector { sector, pieces: &request.pieces, comm_d: *comm_d, comm_r: *comm_r, sealed, cache };
    let synthetic = Synthetic::of(&sealed_sector, &geometry)?;
    match synthetic {
        Synthetic::Made => sealed_sector.check_kept(&geometry)?,
        Synthetic::Missing | Synthetic::None => sealed_sector.check(&geometry)?,
    }
    let infos = pieces::piece_infos(&request.pieces, &geometry)?;
    report(1, "answering the challenges");
    if let Synthetic::Missing = synthetic {
        // An earlier attempt's file may be incomplete, and no record shows which sector it belongs to.
        clear_synthetic(cache)?;
        synthetic::make(&sealed_sector, &geometry)?;
    }
    let proven = boundary::catch(|| {
        let output = commit1(request, &infos)?;
        Ok((check_paths(&output)?, output))
    });
    if let Synthetic::Missing = synthetic {
        clear_synthetic(cache)?;
    }
    let (vanilla_proofs, output) = proven.map_err(|error| {
        let sealed = request.sealed.display();
        error.unless_of_host(Code::SealInvalid, &format!("the sealed sector {sealed} cannot be proven"))
    })?;
    report(2, "writing the vanilla proofs");
    let bytes = c1_output::write(&request.output, Binding::new(sector, *comm_d, *comm_r, *seed), &output)?;
    report(3, "the challenges are answered");
    Ok(Outcome { output: request.output.clone(), bytes, vanilla_proofs })
}

/// The library rejects it too, but only after hours of sealing and with another message.
pub(crate) fn check_seed(seed: Hash32) -> Result<()> {
    if seed.0 == [0; 32] {
        return Err(Error::new(Code::InvalidRequest, "the seed is all zeros, which the chain never draws"));
    }
    Ok(())
}

/// Where a synthetic proof type's vanilla proofs are.
enum Synthetic {
    /// It is not a synthetic proof type.
    None,
    /// They must be made, and removed again afterwards.
    Missing,
    /// The operation `synthetic` made them.
    Made,
}

impl Synthetic {
    fn of(sealed: &SealedSector, geometry: &Geometry) -> Result<Self> {
        Ok(match geometry.synthetic {
            None => Synthetic::None,
            Some(_) if synthetic::are_made(sealed, geometry)? => Synthetic::Made,
            Some(_) => Synthetic::Missing,
        })
    }
}

fn clear_synthetic(cache: &Path) -> Result<()> {
    durable::remove(&cache.join(synthetic::RECORD_FILE))?;
    durable::remove(&cache.join(SYNTHETIC_FILE))
}

fn commit1(request: &Request, pieces: &[PieceInfo]) -> Result<SealCommitPhase1Output> {
    let Request { sector, comm_d, comm_r, seed, .. } = request;
    let sealing = SealPreCommitPhase2Output { registered_proof: sector.proof, comm_r: comm_r.0, comm_d: comm_d.0 };
    seal::seal_commit_phase1(
        &*request.cache,
        &*request.sealed,
        prover_id(sector.miner),
        SectorId::from(sector.number),
        sector.ticket.0,
        seed.0,
        sealing,
        pieces,
    )
    .map_err(|cause| Error::proofs("commit 1", cause))
}

fn check_paths(output: &SealCommitPhase1Output) -> Result<usize> {
    use filecoin_proofs_api::seal::VanillaSealProof::*;
    match &output.vanilla_proofs {
        StackedDrg2KiBV1(partitions) => check_sealed::check_paths(partitions),
        StackedDrg8MiBV1(partitions) => check_sealed::check_paths(partitions),
        StackedDrg512MiBV1(partitions) => check_sealed::check_paths(partitions),
        StackedDrg32GiBV1(partitions) => check_sealed::check_paths(partitions),
        StackedDrg64GiBV1(partitions) => check_sealed::check_paths(partitions),
    }
}
