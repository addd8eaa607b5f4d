//! The file with every node's parents, shared by all sectors of a proof type on a host.
//!
//! The library creates it at full size, fills it through a memory map and later uses any file under its name: one that
//! is half filled because its process was killed gives wrong labels without any error (H8). So Reseal makes the file
//! itself, byte for byte like the library's, and gives it its name only when it is complete and has the published
//! digest. A file from other software is read once and compared with that digest; the result is remembered beside it.

mod far;
mod graph;
mod making;
mod permutation;

use std::cell::Cell;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::slice;
use std::thread;
use std::time::{Duration, Instant};

use filecoin_hashers::Hasher;
use filecoin_hashers::poseidon::PoseidonHasher;
use filecoin_proofs_api::RegisteredSealProof;
use memmap2::Mmap;
use sha2::{Digest, Sha256};
use storage_proofs_core::crypto::{FEISTEL_DST, derive_porep_domain_seed};
use storage_proofs_core::drgraph::{BASE_DEGREE, Graph as _};
use storage_proofs_core::parameter_cache::{ParameterSetMetadata, VERSION};
use storage_proofs_core::settings::SETTINGS;
use storage_proofs_porep::stacked::{EXP_DEGREE, StackedBucketGraph};

use crate::files::durable::{self, Lock};
use crate::files::geometry::Geometry;
use crate::files::opening;
use crate::files::remembered;
use crate::{Code, Error, Result};

pub use far::FarParents;
pub(crate) use far::Windows;
pub use graph::Graph;

/// Parents of a node in its own layer; the others are in the previous layer.
pub const BASE: usize = BASE_DEGREE;

/// A node's parents: [`BASE`] in its own layer, then those in the previous layer.
pub type Parents = [u32; BASE_DEGREE + EXP_DEGREE];

// Numbers are little-endian in the file, so the mapped bytes can be used directly.
const _: () = assert!(cfg!(target_endian = "little"));

/// How often to report progress and to check whether another process has finished.
const LOOK: Duration = Duration::from_secs(1);

/// How long a file that was read whole is trusted: disks and memory change bits without changing a file's time.
const TRUSTED: Duration = Duration::from_secs(30 * 24 * 3600);

/// In a cache without a published digest, this many nodes, spread over all, are compared with the library's.
const SAMPLES: u64 = 1024;

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

/// Every node's parents, mapped into memory for reading.
#[derive(Debug)]
pub struct ParentCache(Mmap);

impl ParentCache {
    /// Makes sure, like [`ensure`], that the file exists and is right, and maps it.
    pub fn open(proof: RegisteredSealProof, announce: impl Fn(&str)) -> Result<Self> {
        let (path, _lock) = ready(proof, &announce)?;
        Self::map(&path, &Geometry::of(proof))
    }

    fn map(path: &Path, geometry: &Geometry) -> Result<Self> {
        // No one changes a file under this name; it is only ever replaced as a whole.
        let map = opening::open_named(path).and_then(|file| unsafe { Mmap::map(&file) });
        let map = map.map_err(|cause| Error::io("mapping", path, cause))?;
        let (bytes, expected) = (map.len() as u64, geometry.parent_cache());
        if bytes != expected {
            return Err(wrong(path, &format!("has {bytes} bytes, not {expected}: remove it, then start again")));
        }
        Ok(ParentCache(map))
    }

    /// The parents of every node, in the order of the nodes.
    pub fn nodes(&self) -> &[Parents] {
        // A memory map begins at a page boundary.
        unsafe { slice::from_raw_parts(self.0.as_ptr().cast(), self.0.len() / size_of::<Parents>()) }
    }
}

/// Makes sure that this proof type's parent cache exists and is right; waits while another process makes it. About once
/// a second, `announce` is called with what is being done and its progress.
pub fn ensure(proof: RegisteredSealProof, announce: impl Fn(&str)) -> Result<()> {
    ready(proof, &announce).map(drop)
}

/// The same; the returned lock protects the file from changes.
fn ready(proof: RegisteredSealProof, announce: &dyn Fn(&str)) -> Result<(PathBuf, Lock)> {
    let geometry = Geometry::of(proof);
    let path = path(proof, &geometry)?;
    let directory = path.parent().expect("the cache lies in a directory");
    fs::create_dir_all(directory).map_err(|cause| Error::io("creating", directory, cause))?;
    let lock = wait_for_lock(&path, &geometry, announce)?;
    if !is_trusted(&path, proof)? && !verify(&path, proof, &geometry, announce)? {
        make(&path, proof, &geometry, announce)?;
    }
    Ok((path, lock))
}

/// Waits for the process that makes or reads the file, and reports its progress.
fn wait_for_lock(path: &Path, geometry: &Geometry, announce: &dyn Fn(&str)) -> Result<Lock> {
    let lock = path.with_extension("cache.lock");
    let written = durable::temporary(path);
    let percent = Percent::new(announce, "waiting for the process that prepares the parent cache", geometry);
    loop {
        match Lock::try_take(&lock) {
            Err(error) if error.code == Code::Busy => percent.at(fs::metadata(&written).map_or(0, |file| file.len())),
            taken => return taken,
        }
        thread::sleep(LOOK / 4);
    }
}

/// Where the library expects it.
pub fn path(proof: RegisteredSealProof, geometry: &Geometry) -> Result<PathBuf> {
    let mut name = Sha256::new();
    name.update(PoseidonHasher::name());
    name.update(graph(proof, geometry)?.identifier());
    name.update(derive_porep_domain_seed(FEISTEL_DST, proof.as_v1_config().porep_id));
    name.update((geometry.nodes as u32).to_le_bytes());
    let name = format!("v{VERSION}-sdr-parent-{}.cache", hex::encode(name.finalize()));
    Ok(Path::new(&SETTINGS.parent_cache).join(name))
}

/// The library's own graph of this proof type, to check against.
pub fn graph(proof: RegisteredSealProof, geometry: &Geometry) -> Result<StackedBucketGraph<PoseidonHasher>> {
    let config = proof.as_v1_config();
    let nodes = geometry.nodes as usize;
    StackedBucketGraph::new_stacked(nodes, BASE_DEGREE, EXP_DEGREE, config.porep_id, config.api_version)
        .map_err(|cause| Error::proofs("making the graph", cause))
}

fn published(proof: RegisteredSealProof) -> Option<&'static str> {
    PUBLISHED.iter().find(|entry| entry.0 == proof).map(|entry| entry.1)
}

/// The digest that the file must have. Without a published one, a file that we made ourselves has the digest that it was
/// made with; none for any other file.
fn expected(path: &Path, proof: RegisteredSealProof) -> Result<Option<String>> {
    match published(proof) {
        Some(published) => Ok(Some(published.to_string())),
        None => remembered::recall(path),
    }
}

/// Whether the file is the one that was verified, not too long ago.
fn is_trusted(path: &Path, proof: RegisteredSealProof) -> Result<bool> {
    let digest = remembered::recall(path)?;
    Ok(digest.is_some() && digest == expected(path, proof)? && !remembered::is_older_than(path, TRUSTED))
}

/// Reads this proof type's file, however recently that was done: true if it is right. A wrong one is not used any more:
/// the next one who needs it makes it again. None if there is no file, or nothing to compare it with.
pub(crate) fn examine(proof: RegisteredSealProof) -> Result<(PathBuf, Option<bool>)> {
    let geometry = Geometry::of(proof);
    let path = path(proof, &geometry)?;
    if !path.exists() {
        return Ok((path, None));
    }
    let _lock = wait_for_lock(&path, &geometry, &|_| ())?;
    if expected(&path, proof)?.is_none() {
        return Ok((path, None));
    }
    remembered::doubt(&path)?;
    let right = verify(&path, proof, &geometry, &|_| ())?;
    Ok((path, Some(right)))
}

/// Reads a file that is not trusted. True if it has the expected digest, which is then remembered.
fn verify(path: &Path, proof: RegisteredSealProof, geometry: &Geometry, announce: &dyn Fn(&str)) -> Result<bool> {
    let Some(expected) = expected(path, proof)? else { return Ok(false) };
    let bytes = opening::open_named(path).and_then(|file| file.metadata()).map(|metadata| metadata.len());
    if bytes.ok() != Some(geometry.parent_cache()) {
        return Ok(false);
    }
    log::info!("verifying the parent cache {}", path.display());
    let percent = Percent::new(announce, "verifying the parent cache", geometry);
    let digest = durable::digest_watched(path, |done| {
        percent.at(done);
        Ok(())
    })?;
    if digest.to_string() != expected {
        log::warn!("the parent cache {} has SHA-256 {digest}, not {expected}: it must be made again", path.display());
        return Ok(false);
    }
    remembered::remember(path, &digest.to_string())?;
    Ok(true)
}

/// Makes the file under a temporary name. Killed at any moment, it leaves nothing under the final name.
fn make(path: &Path, proof: RegisteredSealProof, geometry: &Geometry, announce: &dyn Fn(&str)) -> Result<()> {
    let temporary = durable::temporary(path);
    durable::remove(path)?;
    durable::remove(&temporary)?;
    durable::require_space(&[(path.parent().unwrap_or(Path::new("/")), geometry.parent_cache())])?;
    log::info!("making the parent cache {}", path.display());
    let percent = Percent::new(announce, "making the parent cache", geometry);
    let made = making::write(&temporary, &Graph::of(proof), &|done| percent.at(done));
    let made = made.and_then(|digest| check_made(path, &digest.to_string(), proof, geometry).map(|()| digest));
    let digest = made.inspect_err(|_| {
        // A leftover file is better than hiding the real error behind another one.
        let _ = durable::remove(&temporary);
    })?;
    durable::publish(&temporary, path)?;
    remembered::remember(path, &digest.to_string())
}

/// Checks the new file: by its published digest, or by the library's own computation of some nodes.
fn check_made(path: &Path, digest: &str, proof: RegisteredSealProof, geometry: &Geometry) -> Result<()> {
    if let Some(published) = published(proof) {
        if digest != published {
            return Err(wrong(
                path,
                &format!("was made with SHA-256 {digest}, not {published}: examine this host's memory and CPU"),
            ));
        }
        return Ok(());
    }
    let temporary = durable::temporary(path);
    let library = graph(proof, geometry)?;
    let file = opening::open(&temporary).map_err(|cause| Error::io("opening", &temporary, cause))?;
    for sample in 0..SAMPLES.min(geometry.nodes) {
        let node = sample * (geometry.nodes - 1) / (SAMPLES.min(geometry.nodes) - 1);
        let mut bytes = [0; size_of::<Parents>()];
        file.read_exact_at(&mut bytes, node * size_of::<Parents>() as u64)
            .map_err(|cause| Error::io("reading", &temporary, cause))?;
        let mut expected: Parents = Default::default();
        library.parents(node as usize, &mut expected).map_err(|cause| Error::proofs("finding parents", cause))?;
        if bytes.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).ne(expected) {
            return Err(wrong(
                path,
                &format!(
                    "was made with other parents of node {node} than {expected:?}: examine this host's memory and CPU"
                ),
            ));
        }
    }
    Ok(())
}

fn wrong(path: &Path, why: &str) -> Error {
    Error::new(Code::ParentCache, format!("the parent cache {} {why}", path.display())).about(path)
}

/// Reports about once a second how much of the file is done.
struct Percent<'a> {
    announce: &'a dyn Fn(&str),
    what: &'static str,
    total: u64,
    last: Cell<Option<Instant>>,
}

impl<'a> Percent<'a> {
    fn new(announce: &'a dyn Fn(&str), what: &'static str, geometry: &Geometry) -> Self {
        Percent { announce, what, total: geometry.parent_cache(), last: Cell::new(None) }
    }

    fn at(&self, done: u64) {
        if self.last.get().is_none_or(|last| last.elapsed() >= LOOK) {
            self.last.set(Some(Instant::now()));
            (self.announce)(&format!("{}: {} %", self.what, 100 * done / self.total));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    /// A directory and the path of a cache to make in it.
    fn place() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("v28-sdr-parent.cache");
        (directory, path)
    }

    /// 8 MiB needs several batches. Fails if batches or tasks change places, or if numbers are written big-endian.
    #[test]
    fn what_is_made_has_the_published_digest() {
        for (proof, published) in PUBLISHED {
            let geometry = Geometry::of(proof);
            if geometry.sector_size <= 8 << 20 {
                let (_directory, path) = place();
                make(&path, proof, &geometry, &|_| ()).unwrap();
                assert_eq!(durable::digest(&path).unwrap().to_string(), published, "{proof:?}");
                assert_eq!(remembered::recall(&path).unwrap().as_deref(), Some(published));
            }
        }
    }

    /// The same for the sizes of real sectors, without writing a file.
    #[test]
    #[ignore = "takes many minutes: cargo test --release -- --ignored"]
    fn of_large_sectors_too() {
        for (proof, published) in PUBLISHED {
            if Geometry::of(proof).sector_size > 8 << 20 {
                let made = making::write(Path::new("/dev/null"), &Graph::of(proof), &|_| ()).unwrap();
                assert_eq!(made.to_string(), published, "{proof:?}");
                println!("{proof:?} is right");
            }
        }
    }

    /// Fails if a bit that changes without changing the file's time is never noticed: after a month, or once doubted, the
    /// file must be read again.
    #[test]
    fn a_file_is_read_again_after_a_month_and_once_doubted() {
        use RegisteredSealProof::*;
        for proof in [StackedDrg2KiBV1_1, StackedDrg2KiBV1_1_Feat_SyntheticPoRep] {
            let (_directory, path) = place();
            let geometry = Geometry::of(proof);
            make(&path, proof, &geometry, &|_| ()).unwrap();
            let made = fs::metadata(&path).unwrap().modified().unwrap();
            let mut bytes = fs::read(&path).unwrap();
            bytes[1000] ^= 1;
            fs::write(&path, bytes).unwrap();
            File::options().write(true).open(&path).unwrap().set_modified(made).unwrap();
            assert!(is_trusted(&path, proof).unwrap());

            let record = path.with_file_name("v28-sdr-parent.cache.verified");
            let record = File::options().write(true).open(record).unwrap();
            record.set_modified(std::time::SystemTime::now() - TRUSTED - LOOK).unwrap();
            assert!(!is_trusted(&path, proof).unwrap(), "after a month");
            record.set_modified(std::time::SystemTime::now()).unwrap();
            remembered::doubt(&path).unwrap();
            assert!(!is_trusted(&path, proof).unwrap(), "once doubted");
            assert!(!verify(&path, proof, &geometry, &|_| ()).unwrap());
        }
    }

    /// Even without a published digest, the result of a broken host is not used. Fails if nothing is compared with the
    /// library then.
    #[test]
    fn what_is_made_wrong_is_refused() {
        use RegisteredSealProof::*;
        for proof in [StackedDrg2KiBV1_1, StackedDrg2KiBV1_2_Feat_NonInteractivePoRep] {
            let (_directory, path) = place();
            let geometry = Geometry::of(proof);
            let digest = making::write(&durable::temporary(&path), &Graph::of(StackedDrg2KiBV1), &|_| ()).unwrap();
            let error = check_made(&path, &digest.to_string(), proof, &geometry).unwrap_err();
            assert_eq!(error.code, Code::ParentCache, "{error}");
        }
    }

    /// Fails if the size is not checked.
    #[test]
    fn the_map_has_the_parents_of_every_node_and_only_of_a_whole_file() {
        let proof = RegisteredSealProof::StackedDrg2KiBV1_1_Feat_SyntheticPoRep;
        let geometry = Geometry::of(proof);
        let (_directory, path) = place();
        make(&path, proof, &geometry, &|_| ()).unwrap();
        let graph = Graph::of(proof);
        let expected: Vec<_> = (0..graph.nodes()).map(|node| graph.parents(node)).collect();
        assert_eq!(ParentCache::map(&path, &geometry).unwrap().nodes(), expected);

        File::options().write(true).open(&path).unwrap().set_len(geometry.parent_cache() - 56).unwrap();
        let error = ParentCache::map(&path, &geometry).unwrap_err();
        assert_eq!(error.code, Code::ParentCache);
        assert!(error.message.contains("has 3528 bytes, not 3584"), "{error}");
    }
}
