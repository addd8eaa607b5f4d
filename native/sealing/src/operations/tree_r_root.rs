//! Tree R's files → their root, without the replica.

use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use crate::files::geometry::Geometry;
use crate::poseidon::Engine;
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::Sink;
use crate::trees::{self, Layout};
use crate::{Code, Result};

/// Which files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type.
    pub proof: RegisteredSealProof,
    /// The directory with the files; it may be read-only.
    pub cache: AbsolutePath,
}

/// What they contain.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The tree's root.
    pub comm_r_last: Hash32,
}

/// Computes the root from the lowest row of nodes that the files have. A missing file, or a node that is not the hash of
/// those below it, is an error about that file.
pub fn run(request: &Request, _sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.proof);
    let (files, layout, engine) = (&geometry.tree_r_last, Layout::tree_r(&geometry), Engine::best());
    let root =
        |name: &String| trees::root_of_file(engine, &layout, &request.cache.join(name), files.bytes, Code::NotProvable);
    let roots = files.files.iter().map(root).collect::<Result<Vec<_>>>()?;
    Ok(Outcome { comm_r_last: Hash32(trees::top(engine, &roots)) })
}
