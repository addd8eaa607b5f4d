//! The file with every node's parents, shared by all sectors of a proof type on a host.
//!
//! The library creates it at full size, fills it through a memory map and later uses whatever lies under its name: half
//! filled by a killed process, it gives wrong labels without a word (H8). So it is verified once, under a lock, against
//! the published digest, and the result is remembered beside it.

use std::fs;
use std::path::{Path, PathBuf};

use filecoin_hashers::Hasher;
use filecoin_hashers::poseidon::PoseidonHasher;
use filecoin_proofs_api::RegisteredSealProof;
use sha2::{Digest, Sha256};
use storage_proofs_core::crypto::{FEISTEL_DST, derive_porep_domain_seed};
use storage_proofs_core::drgraph::BASE_DEGREE;
use storage_proofs_core::parameter_cache::{ParameterSetMetadata, VERSION};
use storage_proofs_core::settings::SETTINGS;
use storage_proofs_porep::stacked::{EXP_DEGREE, StackedBucketGraph};

use crate::durable::{self, Lock};
use crate::geometry::Geometry;
use crate::{Code, Error, Result, remembered};

/// Published SHA-256 of the parent caches (parent_cache.json of storage-proofs-porep): V1 and V1_1 of each size. The
/// synthetic and non-interactive proof types have graphs of their own, for which none is published.
const PUBLISHED: [(RegisteredSealProof, &str); 10] = {
    use RegisteredSealProof::*;
    [
        (StackedDrg2KiBV1, "3da49221e2ed55371b86d0bf3d6526fcf128af61bed904f966428db1b531750d"),
        (StackedDrg8MiBV1, "a76604f2f59f2744c7151653bbb1d8596b6b57d295e6fa6c1f0c41d725b502ce"),
        (StackedDrg512MiBV1, "3adcc092423aa76d6a7184016893406da44dd974b219a89cd3ece25e4e3018f5"),
        (StackedDrg32GiBV1, "3c4f9841fcc75aed8c695800e58d08480629f25af3a2aefd81904181d75cc0b6"),
        (StackedDrg64GiBV1, "2778a732ad46a7dc18e0564dfdf59fd321dcde74ab476fd6d3c4e6735d7cd89c"),
        (StackedDrg2KiBV1_1, "840057702eea7652cf97e04306c30fe57174714d90de156a25eddd6075c25b97"),
        (StackedDrg8MiBV1_1, "03cd13565ded97c240a5f52e54295ad127bd0461b57904cb3a4d79b097bbecab"),
        (StackedDrg512MiBV1_1, "b5877d1963793efebc261fd8fde4dd6bc59e6b5c7abf52617a4ee023b8dc173a"),
        (StackedDrg32GiBV1_1, "93deeac5e3052b6927467d4b2641bb782f05491de18d510147c93eeedd8672da"),
        (StackedDrg64GiBV1_1, "2698b74eb2606b55b98d8b095e18b6320b47f46e00075956d48640ccd1641b03"),
    ]
};

/// Makes sure that the parent cache of this proof type is there and right; waits while another process makes it.
/// `announce` is told what takes long.
pub fn ensure(proof: RegisteredSealProof, announce: impl Fn(&str)) -> Result<()> {
    let geometry = Geometry::of(proof);
    let path = path(proof, &geometry)?;
    let directory = path.parent().expect("the cache lies in a directory");
    fs::create_dir_all(directory).map_err(|cause| Error::io("creating", directory, cause))?;
    let _lock = Lock::take(&path.with_extension("cache.lock"))?;
    if is_remembered(&path, proof)? {
        return Ok(());
    }
    announce("verifying the parent cache");
    if verify(&path, proof, &geometry)? {
        return Ok(());
    }
    announce("making the parent cache");
    durable::remove(&path)?;
    durable::require_space(&[(directory, geometry.parent_cache())])?;
    generate(&path, proof, &geometry)?;
    remembered::remember(&path, &durable::digest(&path)?.to_string())?;
    if is_remembered(&path, proof)? {
        return Ok(());
    }
    durable::remove(&path)?;
    Err(wrong(&path, "was made anew and has another digest than the published one"))
}

/// Where the library looks for it.
pub fn path(proof: RegisteredSealProof, geometry: &Geometry) -> Result<PathBuf> {
    let mut name = Sha256::new();
    name.update(PoseidonHasher::name());
    name.update(graph(proof, geometry)?.identifier());
    name.update(derive_porep_domain_seed(FEISTEL_DST, proof.as_v1_config().porep_id));
    name.update((geometry.nodes as u32).to_le_bytes());
    let name = format!("v{VERSION}-sdr-parent-{}.cache", hex::encode(name.finalize()));
    Ok(Path::new(&SETTINGS.parent_cache).join(name))
}

/// The graph of this proof type, from which its parents can be computed without the cache.
pub(crate) fn graph(proof: RegisteredSealProof, geometry: &Geometry) -> Result<StackedBucketGraph<PoseidonHasher>> {
    let config = proof.as_v1_config();
    let nodes = geometry.nodes as usize;
    StackedBucketGraph::new_stacked(nodes, BASE_DEGREE, EXP_DEGREE, config.porep_id, config.api_version)
        .map_err(|cause| Error::proofs("making the graph", cause))
}

fn published(proof: RegisteredSealProof) -> Option<&'static str> {
    PUBLISHED.iter().find(|entry| entry.0 == proof).map(|entry| entry.1)
}

/// Whether the file is the one that was verified. Without a published digest, one that we made ourselves is right.
fn is_remembered(path: &Path, proof: RegisteredSealProof) -> Result<bool> {
    let Some(digest) = remembered::recall(path)? else { return Ok(false) };
    Ok(published(proof).is_none_or(|published| published == digest))
}

/// Reads a file that nobody remembers; true if it has the published digest, which is then remembered.
fn verify(path: &Path, proof: RegisteredSealProof, geometry: &Geometry) -> Result<bool> {
    let Some(published) = published(proof) else { return Ok(false) };
    if durable::check_size(path, geometry.parent_cache(), Code::ParentCache).is_err() {
        return Ok(false);
    }
    log::info!("verifying the parent cache {}", path.display());
    let digest = durable::digest(path)?;
    if digest.to_string() != published {
        log::warn!("the parent cache {} has SHA-256 {digest}, not {published}: making it anew", path.display());
        return Ok(false);
    }
    remembered::remember(path, &digest.to_string())?;
    Ok(true)
}

fn generate(path: &Path, proof: RegisteredSealProof, geometry: &Geometry) -> Result<()> {
    let cache = graph(proof, geometry)?.parent_cache();
    let cache = cache.map_err(|cause| wrong(path, &format!("could not be made: {cause:#}")))?;
    if cache.path != path {
        return Err(wrong(path, &format!("is not where the library keeps it: {}", cache.path.display())));
    }
    durable::sync(path)?;
    durable::sync_parent(path)
}

fn wrong(path: &Path, why: &str) -> Error {
    Error::new(Code::ParentCache, format!("the parent cache {} {why}", path.display()))
}
