//! Reads a stored replica whole and computes its tree R again: with the stored tree and p_aux it must give CommR. If
//! something differs, CommR shows which of them is wrong, as far as it can.

mod judgement;
mod pace;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use self::judgement::{Copy, Seen};
use self::pace::Pace;
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
    /// What else is known of the sector's roots, right or wrong. If this copy's p_aux is damaged, they may have its comm_c,
    /// which a snapped sector's update shares with its key.
    #[serde(default)]
    pub known: Vec<PersistentAux>,
    /// The most bytes of the sealed file that are read in a second on average; none for as fast as possible.
    #[serde(default)]
    pub bytes_per_second: Option<u64>,
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Bytes of the sealed file that were read: all, or none if it cannot be read.
    pub bytes: u64,
    /// The root of the tree R that the sealed file gives; none if it cannot be read.
    pub comm_r_last: Option<Hash32>,
    /// Everything that is wrong; nothing if the copy is right.
    pub findings: Vec<Finding>,
}

/// One thing that is wrong with the copy.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// Whether it is certain that this file is wrong.
    pub verdict: Verdict,
    /// What is wrong with which file.
    #[serde(flatten)]
    pub fault: Error,
}

/// Whether a file is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is.
    Wrong,
    /// It or another file is, and CommR cannot tell which.
    Unknown,
}

/// Checks every node of the copy; only reads.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.proof);
    let (sealed, cache): (&Path, &Path) = (request.sealed.as_ref(), request.cache.as_ref());
    let (files, engine, layout) = (&geometry.tree_r_last, Engine::best(), Layout::tree_r(&geometry));
    let root = |name: &String| trees::root_of_file(engine, &layout, &cache.join(name), files.bytes, Code::NotProvable);
    let stored: Vec<_> = files.files.iter().map(root).collect();
    let whole: Vec<_> = (0..).zip(&stored).filter(|(_, root)| root.is_ok()).map(|(tree, _)| tree).collect();
    let rows = Compared::open(cache, files, layout.only(&whole), Code::NotProvable)?;
    let built = durable::check_size(sealed, geometry.sector_size, Code::NotProvable).and_then(|()| {
        let progress = Mutex::new(ByteProgress::new(sink, "checking the sealed file", geometry.sector_size));
        let pace = Pace::new(request.bytes_per_second);
        let done = |bytes| {
            progress.lock().unwrap_or_else(PoisonError::into_inner).add(bytes);
            pace.add(bytes);
        };
        let work = Work { engine, spent: &Spent::default(), done: &done };
        trees::of_replica(sealed, false, layout, &rows, work).map_err(of_copy)
    });
    let built = built.map(|built| built.root(engine));
    let (bytes, comm_r_last) = built.as_ref().map_or((0, None), |root| (geometry.sector_size, Some(*root)));
    let seen = Seen {
        p_aux: PersistentAux::read(cache, Code::NotProvable),
        known: request.known.clone(),
        tree_r: judgement::root_of_all(engine, &stored),
        stored,
        built,
        differences: rows.differences(),
    };
    let copy = Copy { comm_r: request.comm_r, sealed, cache, files: &files.files };
    Ok(Outcome { bytes, comm_r_last, findings: judgement::findings(&copy, &seen) })
}
