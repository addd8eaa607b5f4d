//! Synthetic PoRep's vanilla proofs: made once from the sealed sector, so that commit 1 needs neither the layers nor
//! trees C and D.
//!
//! The library writes them under their final name from the start and accepts any file there as this sector's. So a
//! record beside them names the sector and gives their SHA-256.

use std::path::Path;

use filecoin_proofs_api::SectorId;
use filecoin_proofs_api::seal::{SealPreCommitPhase2Output, generate_synth_proofs};
use serde::{Deserialize, Serialize};

use crate::files::durable;
use crate::files::geometry::{Geometry, SYNTHETIC_FILE};
use crate::files::opening;
use crate::library::boundary;
use crate::operations::check_sealed::SealedSector;
use crate::pieces::{self, Piece};
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{Progress, Sink};
use crate::request::sector::{Sector, prover_id};
use crate::{Code, Error, Result};

/// The record's file in the cache directory.
pub const RECORD_FILE: &str = "reseal-synthetic.json";

/// Which sector to make them for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The sector, of a synthetic proof type.
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
}

/// What was made.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Size of the file with the proofs.
    pub bytes: u64,
}

/// The sector that the vanilla proofs belong to, and their digest.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    replica_id: Hash32,
    comm_r: Hash32,
    sha256: Hash32,
}

/// Makes the proofs from scratch. The library verifies each one before it writes them.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let report = |done: u64, text: &str| sink(Progress::step(done, 3, text));
    let Request { sector, comm_d, comm_r, sealed, cache, .. } = request;
    let geometry = Geometry::of(sector.proof);
    let Some(bytes) = geometry.synthetic else {
        return Err(Error::new(
            Code::InvalidRequest,
            format!("{:?} is not a synthetic proof type, so it has no synthetic vanilla proofs", sector.proof),
        ));
    };
    report(0, "checking the sector");
    let sealed_sector =
        SealedSector { sector, pieces: &request.pieces, comm_d: *comm_d, comm_r: *comm_r, sealed, cache };
    sealed_sector.check(&geometry)?;
    let (file, record) = (cache.join(SYNTHETIC_FILE), cache.join(RECORD_FILE));
    // The record is removed first: without it the file does not count as complete.
    durable::remove(&record)?;
    durable::remove(&file)?;
    durable::require_space(&[(cache, bytes)])?;
    report(1, "making the vanilla proofs");
    make(&sealed_sector, &geometry).inspect_err(|_| {
        // A leftover file is better than hiding the real error behind another one.
        let _ = durable::remove(&file);
    })?;
    report(2, "recording the vanilla proofs");
    durable::check_size(&file, bytes, Code::Proofs)?;
    durable::sync(&file)?;
    durable::sync(cache)?;
    let sha256 = durable::digest(&file)?;
    let text = serde_json::to_vec_pretty(&Record { replica_id: sector.replica_id(*comm_d), comm_r: *comm_r, sha256 });
    durable::write(&record, &text.expect("a record is plain data"))?;
    report(3, "the vanilla proofs are made");
    Ok(Outcome { bytes })
}

/// Has the library make the proofs, under their final name in the cache directory.
pub(crate) fn make(sealed: &SealedSector, geometry: &Geometry) -> Result<()> {
    let SealedSector { sector, comm_d, comm_r, .. } = sealed;
    let infos = pieces::piece_infos(sealed.pieces, geometry)?;
    let sealing = SealPreCommitPhase2Output { registered_proof: sector.proof, comm_r: comm_r.0, comm_d: comm_d.0 };
    let made = boundary::catch(|| {
        generate_synth_proofs(
            sealed.cache,
            sealed.sealed,
            prover_id(sector.miner),
            SectorId::from(sector.number),
            sector.ticket.0,
            sealing,
            &infos,
        )
        .map_err(|cause| Error::proofs("making synthetic vanilla proofs", cause))
    });
    made.map_err(|error| {
        let file = sealed.sealed.display();
        error.unless_of_host(Code::SealInvalid, &format!("the sealed sector {file} does not prove itself"))
    })
}

/// Whether complete proofs of this sector exist.
pub(crate) fn are_made(sealed: &SealedSector, geometry: &Geometry) -> Result<bool> {
    let Some(bytes) = geometry.synthetic else { return Ok(false) };
    let Some(record) = read_record(sealed.cache) else { return Ok(false) };
    let file = sealed.cache.join(SYNTHETIC_FILE);
    if record.replica_id != sealed.sector.replica_id(sealed.comm_d) || record.comm_r != sealed.comm_r {
        log::warn!("{} is another sector's", file.display());
        return Ok(false);
    }
    match durable::check_size(&file, bytes, Code::ScratchLost) {
        Ok(()) if durable::digest(&file)? == record.sha256 => Ok(true),
        Ok(()) => {
            log::warn!("{} is damaged", file.display());
            Ok(false)
        }
        Err(error) if error.code == Code::ScratchLost => {
            log::warn!("{error}");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

fn read_record(cache: &Path) -> Option<Record> {
    serde_json::from_slice(&opening::read(&cache.join(RECORD_FILE)).ok()?).ok()
}
