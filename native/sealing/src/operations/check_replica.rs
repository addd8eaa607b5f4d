//! Reads a stored replica whole and computes its tree R again: it must be the stored one and give CommR.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use crate::files::commitments::PersistentAux;
use crate::files::durable;
use crate::files::geometry::Geometry;
use crate::operations::tree_r::of_copy;
use crate::poseidon::Engine;
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{ByteProgress, Sink};
use crate::trees::{self, Compared, Layout, Spent, Work};
use crate::{Code, Error, Result};

/// Which stored copy to check; it may be read-only.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type.
    pub proof: RegisteredSealProof,
    /// The CommR that it must have: the chain's.
    pub comm_r: Hash32,
    /// The sealed file, or the update of a snapped sector.
    pub sealed: AbsolutePath,
    /// Its cache directory with p_aux and tree R.
    pub cache: AbsolutePath,
}

/// What was checked.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Bytes of the sealed file, each of which was read.
    pub bytes: u64,
}

/// Checks every node of the copy; only reads.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.proof);
    let (sealed, cache): (&Path, &Path) = (request.sealed.as_ref(), request.cache.as_ref());
    let aux = PersistentAux::read(cache, Code::NotProvable)?;
    if aux.comm_r() != Some(request.comm_r) {
        let given = aux.comm_r().map_or("none".to_string(), |comm_r| comm_r.to_string());
        let (path, expected) = (cache.join("p_aux"), request.comm_r);
        return refused(&path, format!("{} gives CommR {given}, not the expected {expected}", path.display()));
    }
    durable::check_size(sealed, geometry.sector_size, Code::NotProvable)?;
    let layout = Layout::tree_r(&geometry);
    let stored = Compared::open(cache, &geometry.tree_r_last, Code::NotProvable)?;
    let progress = Mutex::new(ByteProgress::new(sink, "checking the sealed file", geometry.sector_size));
    let done = |bytes| progress.lock().unwrap_or_else(PoisonError::into_inner).add(bytes);
    let work = Work { engine: Engine::best(), spent: &Spent::default(), done: &done };
    let root = trees::of_replica(sealed, false, layout, &stored, work).map_err(of_copy)?.root(work.engine);

    let (path, half) = (sealed.display(), aux.comm_r_last);
    match (root == half, stored.difference(&layout)) {
        (true, None) => Ok(Outcome { bytes: geometry.sector_size }),
        (true, Some((place, _))) => refused(
            cache,
            format!("tree R is damaged, the sealed file {path} is right: {place} is not what the sealed file gives"),
        ),
        (false, Some((place, below))) => refused(
            sealed,
            format!(
                "the sealed file {path} is damaged: its tree R has the root {root}, not {half} as in p_aux, and {place}, over its \
             nodes {} to {}, differs from what it gives",
                below.start,
                below.end - 1
            ),
        ),
        (false, None) => refused(
            cache,
            format!(
                "the sealed file {path} and tree R belong together, but not to p_aux: their root is {root}, in p_aux it is {half}"
            ),
        ),
    }
}

fn refused<T>(file: &Path, why: String) -> Result<T> {
    Err(Error::new(Code::NotProvable, why).about(file))
}
