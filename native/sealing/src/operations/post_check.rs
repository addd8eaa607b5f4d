//! Whether a stored copy can be proven: WindowPoSt's vanilla proof with random challenges.

use std::path::Path;

use filecoin_proofs_api::post::{generate_fallback_sector_challenges, generate_single_vanilla_proof};
use filecoin_proofs_api::{PrivateReplicaInfo, RegisteredPoStProof, RegisteredSealProof, SectorId};
use serde::{Deserialize, Serialize};

use crate::files::commitments::PersistentAux;
use crate::files::durable;
use crate::files::geometry::{Geometry, P_AUX_BYTES};
use crate::library::boundary;
use crate::operations::check_sealed::random_field_element;
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::Sink;
use crate::request::sector::prover_id;
use crate::{Code, Error, Result};

/// Which stored copy to check; it may be read-only.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type.
    pub proof: RegisteredSealProof,
    /// Actor id of the miner.
    pub miner: u64,
    /// Sector number.
    pub number: u64,
    /// The CommR that it must have: the chain's.
    pub comm_r: Hash32,
    /// The sealed file.
    pub sealed: AbsolutePath,
    /// The cache directory with p_aux and tree R.
    pub cache: AbsolutePath,
}

/// What was proven.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Challenges answered.
    pub challenges: usize,
}

/// Checks that the copy is complete and answers random challenges. It changes nothing: the library would create a
/// missing tree R, full size and empty, so the files are checked first.
pub fn run(request: &Request, _sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.proof);
    let cache = request.cache.as_ref();
    check_files(request, &geometry)?;
    let aux = PersistentAux::read(cache, Code::NotProvable)?;
    if aux.comm_r() != Some(request.comm_r) {
        let given = aux.comm_r().map_or("none".to_string(), |comm_r| comm_r.to_string());
        let path = cache.join("p_aux");
        let message = format!("{} gives CommR {given}, not the expected {}", path.display(), request.comm_r);
        return Err(Error::new(Code::NotProvable, message).about(&path));
    }
    let before = durable::names(cache)?;
    let proven = boundary::catch(|| prove(request));
    let after = durable::names(cache)?;
    if before != after {
        let message = format!("checking changed {}: it had {before:?}, now {after:?}", cache.display());
        return Err(Error::new(Code::NotProvable, message).about(cache));
    }
    proven.map_err(|error| {
        let sealed = request.sealed.display();
        error.unless_of_host(Code::NotProvable, &format!("the sealed sector {sealed} cannot be proven"))
    })
}

fn check_files(request: &Request, geometry: &Geometry) -> Result<()> {
    let cache: &Path = request.cache.as_ref();
    durable::check_size(&request.sealed, geometry.sector_size, Code::NotProvable)?;
    durable::check_size(&cache.join("p_aux"), P_AUX_BYTES, Code::NotProvable)?;
    geometry
        .tree_r_last
        .sizes()
        .try_for_each(|(name, size)| durable::check_size(&cache.join(name), size, Code::NotProvable))
}

fn prove(request: &Request) -> Result<Outcome> {
    let failed = |cause| Error::proofs("proving it", cause);
    let proof = window_post(&Geometry::of(request.proof));
    let sector = SectorId::from(request.number);
    let prover = prover_id(request.miner);
    let challenges =
        generate_fallback_sector_challenges(proof, &random_field_element(), &[sector], prover).map_err(failed)?;
    let challenges = &challenges[&sector];
    let replica =
        PrivateReplicaInfo::new(proof, request.comm_r.0, request.cache.to_path_buf(), request.sealed.to_path_buf());
    generate_single_vanilla_proof(proof, sector, &replica, challenges).map_err(failed)?;
    Ok(Outcome { challenges: challenges.len() })
}

fn window_post(geometry: &Geometry) -> RegisteredPoStProof {
    use RegisteredPoStProof::*;
    use filecoin_proofs::constants::*;
    match geometry.sector_size {
        SECTOR_SIZE_64_GIB => StackedDrgWindow64GiBV1_2,
        SECTOR_SIZE_32_GIB => StackedDrgWindow32GiBV1_2,
        SECTOR_SIZE_512_MIB => StackedDrgWindow512MiBV1_2,
        SECTOR_SIZE_8_MIB => StackedDrgWindow8MiBV1_2,
        _ => StackedDrgWindow2KiBV1_2,
    }
}
