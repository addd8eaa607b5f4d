//! The sealed sector proves itself: commit 1 with fresh random challenges, which verifies every vanilla proof.

use std::path::Path;

use filecoin_proofs::constants::{
    SECTOR_SIZE_8_MIB, SECTOR_SIZE_32_GIB, SECTOR_SIZE_64_GIB, SECTOR_SIZE_512_MIB, SectorShape32GiB, SectorShape64GiB,
    SectorShapeBase,
};
use filecoin_proofs::types::{MerkleTreeTrait, PoRepConfig, SealPreCommitOutput, VanillaSealProof};
use filecoin_proofs_api::{ApiFeature, PieceInfo, RegisteredSealProof, SectorId};
use rand::RngCore;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use storage_proofs_core::merkle::MerkleProofTrait;

use crate::files::commitments::PersistentAux;
use crate::files::durable;
use crate::files::geometry::{Geometry, P_AUX_BYTES};
use crate::files::opening;
use crate::library::boundary;
use crate::operations::tree_d;
use crate::pieces::{self, Piece};
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{Progress, Sink};
use crate::request::sector::{Sector, prover_id};
use crate::{Code, Error, Result};

/// Which sector to check.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The sector.
    pub sector: Sector,
    /// All its pieces in order, fillers included.
    pub pieces: Vec<Piece>,
    /// Its CommD.
    pub comm_d: Hash32,
    /// The CommR that it must have: the chain's.
    pub comm_r: Hash32,
    /// The sealed file.
    pub sealed: AbsolutePath,
    /// The sector's cache directory with everything that sealing left.
    pub cache: AbsolutePath,
    /// How often to draw challenges.
    #[serde(default = "one")]
    pub rounds: u32,
}

fn one() -> u32 {
    1
}

/// What was checked.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Rounds of challenges.
    pub rounds: u32,
    /// Vanilla proofs verified, in all rounds.
    pub vanilla_proofs: usize,
}

/// Checks CommR, then proves the sector `rounds` times.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.sector.proof);
    let Request { sector, comm_d, comm_r, sealed, cache, .. } = request;
    SealedSector { sector, pieces: &request.pieces, comm_d: *comm_d, comm_r: *comm_r, sealed, cache }
        .check(&geometry)?;
    let infos = pieces::piece_infos(&request.pieces, &geometry)?;
    let mut vanilla_proofs = 0;
    for round in 1..=request.rounds {
        vanilla_proofs += prove(request, &geometry, &infos)?;
        let (done, total) = (u64::from(round), u64::from(request.rounds));
        let text = format!("round {done} of {total} proven");
        sink(Progress { done, total, unit: "rounds", within: None, preparing: false, text });
    }
    Ok(Outcome { rounds: request.rounds, vanilla_proofs })
}

/// A sector with everything that sealing left.
pub(crate) struct SealedSector<'a> {
    pub(crate) sector: &'a Sector,
    pub(crate) pieces: &'a [Piece],
    pub(crate) comm_d: Hash32,
    pub(crate) comm_r: Hash32,
    pub(crate) sealed: &'a Path,
    pub(crate) cache: &'a Path,
}

impl SealedSector<'_> {
    /// Checks that it has these pieces and this CommR, and that all its files exist.
    pub(crate) fn check(&self, geometry: &Geometry) -> Result<()> {
        pieces::check_comm_d(self.pieces, geometry, self.comm_d)?;
        self.check_comm_r()?;
        self.check_kept_files(geometry)?;
        self.check_other_files(geometry)
    }

    /// The same without the files that are removed in the end: the layers, tree C and tree D.
    pub(crate) fn check_kept(&self, geometry: &Geometry) -> Result<()> {
        pieces::check_comm_d(self.pieces, geometry, self.comm_d)?;
        self.check_comm_r()?;
        self.check_kept_files(geometry)
    }

    fn check_comm_r(&self) -> Result<()> {
        let aux = PersistentAux::read(self.cache, Code::ScratchLost)?;
        let comm_r = aux.comm_r().ok_or_else(|| {
            let path = self.cache.join("p_aux");
            Error::new(Code::ScratchLost, format!("{} holds invalid commitments: {aux:?}", path.display())).about(&path)
        })?;
        if comm_r != self.comm_r {
            let Sector { miner, number, .. } = self.sector;
            return Err(Error::new(
                Code::CommRMismatch,
                format!(
                    "sector {number} of miner {miner} was sealed to CommR {comm_r}, not the expected {}",
                    self.comm_r
                ),
            ));
        }
        Ok(())
    }

    fn check_kept_files(&self, geometry: &Geometry) -> Result<()> {
        durable::check_size(self.sealed, geometry.sector_size, Code::ScratchLost)?;
        for (name, size) in geometry.tree_r_last.sizes().chain([("p_aux", P_AUX_BYTES)]) {
            durable::check_size(&self.cache.join(name), size, Code::ScratchLost)?;
        }
        let t_aux = self.cache.join("t_aux");
        if opening::open(&t_aux).is_err() {
            return Err(Error::missing(Code::ScratchLost, &t_aux));
        }
        Ok(())
    }

    fn check_other_files(&self, geometry: &Geometry) -> Result<()> {
        tree_d::check(self.cache, geometry, self.comm_d)?;
        let layers = geometry.layer_files();
        let layers = layers.iter().map(|name| (name.as_str(), geometry.sector_size));
        for (name, size) in geometry.tree_c.sizes().chain(layers) {
            durable::check_size(&self.cache.join(name), size, Code::ScratchLost)?;
        }
        Ok(())
    }
}

fn prove(request: &Request, geometry: &Geometry, pieces: &[PieceInfo]) -> Result<usize> {
    let proven = boundary::catch(|| match geometry.sector_size {
        SECTOR_SIZE_64_GIB => commit1::<SectorShape64GiB>(request, pieces),
        SECTOR_SIZE_32_GIB => commit1::<SectorShape32GiB>(request, pieces),
        _ => commit1::<SectorShapeBase>(request, pieces),
    });
    proven.map_err(|error| {
        let sealed = request.sealed.display();
        error.unless_of_host(Code::SealInvalid, &format!("the sealed sector {sealed} does not prove itself"))
    })
}

fn commit1<Tree: 'static + MerkleTreeTrait>(request: &Request, pieces: &[PieceInfo]) -> Result<usize> {
    let sector = &request.sector;
    let output = filecoin_proofs::seal_commit_phase1::<_, Tree>(
        &interactive(sector.proof),
        &*request.cache,
        &*request.sealed,
        prover_id(sector.miner),
        SectorId::from(sector.number),
        sector.ticket.0,
        random_field_element(),
        SealPreCommitOutput { comm_r: request.comm_r.0, comm_d: request.comm_d.0 },
        pieces,
    )
    .map_err(|cause| Error::proofs("commit 1", cause))?;
    check_paths::<Tree>(&output.vanilla_proofs)
}

/// Checks what the library's own check misses: that the paths through tree R and tree D lead from the leaves to the
/// roots. The library does check them, but in threads whose verdict on the last challenges comes too late. Returns the
/// number of vanilla proofs.
pub(crate) fn check_paths<Tree: 'static + MerkleTreeTrait>(
    partitions: &[Vec<VanillaSealProof<Tree>>],
) -> Result<usize> {
    for proof in partitions.iter().flatten() {
        let node = proof.comm_r_last_proof.path_index();
        if !proof.comm_r_last_proof.verify() {
            return Err(Error::new(Code::Proofs, format!("the path through tree R from node {node} is wrong")));
        }
        if !proof.comm_d_proofs.verify() {
            return Err(Error::new(Code::Proofs, format!("the path through tree D from node {node} is wrong")));
        }
    }
    Ok(partitions.iter().map(Vec::len).sum())
}

/// The interactive variant: its challenges need only the sealed sector and are drawn again each time. The other
/// features of a proof type change only how it is proven on chain, not what is sealed.
fn interactive(proof: RegisteredSealProof) -> PoRepConfig {
    let mut config = proof.as_v1_config();
    if config.feature_enabled(ApiFeature::NonInteractivePoRep) {
        config.partitions = plain(proof).as_v1_config().partitions;
    }
    config.api_features.clear();
    config
}

fn plain(proof: RegisteredSealProof) -> RegisteredSealProof {
    use RegisteredSealProof::*;
    match u64::from(proof.sector_size()) {
        SECTOR_SIZE_64_GIB => StackedDrg64GiBV1_1,
        SECTOR_SIZE_32_GIB => StackedDrg32GiBV1_1,
        SECTOR_SIZE_512_MIB => StackedDrg512MiBV1_1,
        SECTOR_SIZE_8_MIB => StackedDrg8MiBV1_1,
        _ => StackedDrg2KiBV1_1,
    }
}

/// Randomness that is also a field element, as the proofs require.
pub(crate) fn random_field_element() -> [u8; 32] {
    let mut bytes = [0; 32];
    OsRng.fill_bytes(&mut bytes);
    bytes[31] &= 0b0011_1111;
    bytes
}
