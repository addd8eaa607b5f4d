//! The data → tree D, whose root is CommD.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use crate::absolute_path::AbsolutePath;
use crate::geometry::{Geometry, tree_d_file};
use crate::hash32::Hash32;
use crate::merkle::{CHUNK_BYTES, NODE_BYTES, hash_level};
use crate::pieces::{self, Piece};
use crate::progress::{ByteProgress, Sink};
use crate::{Code, Error, Result, durable};

/// What to build from what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type.
    pub proof: RegisteredSealProof,
    /// The fr32-padded data.
    pub unsealed: AbsolutePath,
    /// The sector's cache directory.
    pub cache: AbsolutePath,
    /// The CommD that must come out.
    pub comm_d: Hash32,
    /// The pieces, to tell wrong pieces from a wrong file.
    #[serde(default)]
    pub pieces: Option<Vec<Piece>>,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The tree's root.
    pub comm_d: Hash32,
}

/// Builds the tree afresh. Under its name lies a whole tree with the expected root or nothing: the library would take
/// any file of the right size, also one that a crash left full of holes, for a finished tree.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.proof);
    if let Some(pieces) = &request.pieces {
        pieces::check_comm_d(pieces, &geometry, request.comm_d)?;
    }
    let (unsealed, cache) = (request.unsealed.as_ref(), request.cache.as_ref());
    durable::check_size(unsealed, geometry.sector_size, Code::ScratchLost)?;
    let tree = cache.join(tree_d_file());
    let temporary = durable::temporary(&tree);
    durable::remove(&tree)?;
    durable::remove(&temporary)?;
    durable::require_space(&[(cache, geometry.tree_d)])?;

    let root = build(unsealed, &temporary, &geometry, sink).and_then(|root| {
        if root == request.comm_d {
            return Ok(root);
        }
        let (data, expected) = (unsealed.display(), request.comm_d);
        Err(Error::new(Code::CommDMismatch, format!("the data in {data} have CommD {root}, not {expected}")))
    });
    let comm_d = root.inspect_err(|_| {
        // Better a left-over than another error in its place.
        let _ = durable::remove(&temporary);
    })?;
    durable::publish(&temporary, &tree)?;
    Ok(Outcome { comm_d })
}

/// Checks that the tree of an earlier stage is there, with this root.
pub fn check(cache: &Path, geometry: &Geometry, comm_d: Hash32) -> Result<()> {
    let tree = cache.join(tree_d_file());
    durable::check_size(&tree, geometry.tree_d, Code::ScratchLost)?;
    let mut root = [0; NODE_BYTES];
    File::open(&tree)
        .and_then(|file| file.read_exact_at(&mut root, geometry.tree_d - NODE_BYTES as u64))
        .map_err(|cause| Error::io("reading", &tree, cause))?;
    let root = Hash32(root);
    if root != comm_d {
        return Err(Error::new(
            Code::ScratchLost,
            format!("the root of {} is {root}, not the sector's CommD {comm_d}", tree.display()),
        ));
    }
    Ok(())
}

/// Writes the data and, after them, level upon level up to the root.
fn build(unsealed: &Path, tree: &Path, geometry: &Geometry, sink: Sink) -> Result<Hash32> {
    let read_failed = |path: &Path, cause| Error::io("reading", path, cause);
    let data = File::open(unsealed).map_err(|cause| read_failed(unsealed, cause))?;
    let file = durable::create_reserved(tree, geometry.tree_d)?;
    let write = |bytes: &[u8], at| file.write_all_at(bytes, at).map_err(|cause| Error::io("writing", tree, cause));
    let progress = ByteProgress::new(sink, "tree D", geometry.tree_d);

    let mut level = vec![0; CHUNK_BYTES.min(geometry.sector_size as usize)];
    let mut parents = vec![0; level.len() / 2];
    let (mut start, mut size) = (0, geometry.sector_size);
    while size > NODE_BYTES as u64 {
        let end = start + size;
        let mut at = 0;
        while at < size {
            let level = &mut level[..CHUNK_BYTES.min((size - at) as usize)];
            if start == 0 {
                data.read_exact_at(level, at).map_err(|cause| read_failed(unsealed, cause))?;
                write(level, at)?;
                progress.add(level.len() as u64);
            } else {
                file.read_exact_at(level, start + at).map_err(|cause| read_failed(tree, cause))?;
            }
            let parents = &mut parents[..level.len() / 2];
            hash_level(level, parents);
            write(parents, end + at / 2)?;
            progress.add(parents.len() as u64);
            at += level.len() as u64;
        }
        (start, size) = (end, size / 2);
    }
    let root = parents[..NODE_BYTES].try_into().expect("a node");
    Ok(Hash32(root))
}
