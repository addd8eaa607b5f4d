//! The data → tree D, whose root is CommD.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use crate::files::durable;
use crate::files::geometry::{Geometry, tree_d_file};
use crate::files::opening;
use crate::pieces::{self, Piece};
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{ByteProgress, Sink};
use crate::sha256::merkle::{NODE_BYTES, hash_levels};
use crate::{Code, Error, Result};

/// Bytes of data that a thread takes at a time. Together with the levels above them they fit a core's own cache.
const CHUNK_BYTES: usize = 512 << 10;

/// Which tree to build from which data.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type.
    pub proof: RegisteredSealProof,
    /// The fr32-padded data.
    pub unsealed: AbsolutePath,
    /// The sector's cache directory.
    pub cache: AbsolutePath,
    /// The CommD that must result.
    pub comm_d: Hash32,
    /// The pieces, to distinguish wrong pieces from a file that was damaged since it was assembled from them.
    #[serde(default)]
    pub pieces: Option<Vec<Piece>>,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The tree's root.
    pub comm_d: Hash32,
}

/// Builds the tree from scratch. Its file exists only when the tree is complete and has the expected root: the library
/// would accept any file of the right size as a finished tree, even one that a crash left full of holes.
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
        let message = format!("the data in {data} have CommD {root}, not {expected}");
        // If the pieces give the right CommD, then so did these data when they were assembled.
        let code = if request.pieces.is_some() { Code::ScratchLost } else { Code::CommDMismatch };
        Err(Error::new(code, message).about(unsealed))
    });
    let comm_d = root.inspect_err(|_| {
        // A leftover file is better than hiding the real error behind another one.
        let _ = durable::remove(&temporary);
    })?;
    durable::publish(&temporary, &tree)?;
    Ok(Outcome { comm_d })
}

/// Checks that an earlier stage's tree exists and has this root.
pub fn check(cache: &Path, geometry: &Geometry, comm_d: Hash32) -> Result<()> {
    let tree = cache.join(tree_d_file());
    durable::check_size(&tree, geometry.tree_d, Code::ScratchLost)?;
    let mut root = [0; NODE_BYTES];
    opening::open(&tree)
        .and_then(|file| file.read_exact_at(&mut root, geometry.tree_d - NODE_BYTES as u64))
        .map_err(|cause| Error::io("reading", &tree, cause))?;
    let root = Hash32(root);
    if root != comm_d {
        let message = format!("the root of {} is {root}, not the sector's CommD {comm_d}", tree.display());
        return Err(Error::new(Code::ScratchLost, message).about(&tree));
    }
    Ok(())
}

/// Writes the data and, after them, level upon level up to the root. Each thread takes chunk after chunk, hashes it up
/// to the chunk's root and writes its part of every level, so that the data are read once and nothing is read again.
fn build(unsealed: &Path, tree: &Path, geometry: &Geometry, sink: Sink) -> Result<Hash32> {
    let building = Building {
        geometry,
        chunk: CHUNK_BYTES.min(geometry.sector_size as usize),
        data: opening::open(unsealed).map_err(|cause| Error::io("reading", unsealed, cause))?,
        unsealed,
        file: durable::create_reserved(tree, geometry.tree_d)?,
        tree,
        next: AtomicU64::new(0),
        progress: Mutex::new(ByteProgress::new(sink, "tree D", geometry.tree_d)),
    };
    let mut roots = vec![[0; NODE_BYTES]; building.chunks() as usize];
    for done in rayon::broadcast(|_| building.take_chunks()) {
        for (chunk, root) in done? {
            roots[chunk as usize] = root;
        }
    }
    building.write_top(roots.as_flattened()).map(Hash32)
}

/// A tree that several threads build together.
struct Building<'a> {
    geometry: &'a Geometry,
    /// Bytes of data taken at a time.
    chunk: usize,
    data: File,
    unsealed: &'a Path,
    file: File,
    tree: &'a Path,
    /// The next chunk to take.
    next: AtomicU64,
    progress: Mutex<ByteProgress<'a>>,
}

impl Building<'_> {
    fn chunks(&self) -> u64 {
        self.geometry.sector_size / self.chunk as u64
    }

    /// Takes chunks until none is left or one fails; returns their roots.
    fn take_chunks(&self) -> Result<Vec<(u64, [u8; NODE_BYTES])>> {
        let mut data = vec![0; self.chunk];
        let mut above = vec![0; self.chunk - NODE_BYTES];
        let mut roots = Vec::new();
        loop {
            let chunk = self.next.fetch_add(1, Ordering::Relaxed);
            if chunk >= self.chunks() {
                return Ok(roots);
            }
            self.write_chunk(chunk, &mut data, &mut above).inspect_err(|_| {
                // Then the other threads take no more chunks.
                self.next.store(self.chunks(), Ordering::Relaxed);
            })?;
            roots.push((chunk, *above.last_chunk().expect("a chunk has more than one node")));
        }
    }

    /// Writes a chunk and the levels above it, up to the children of its root.
    fn write_chunk(&self, chunk: u64, data: &mut [u8], above: &mut [u8]) -> Result<()> {
        let at = chunk * self.chunk as u64;
        self.data.read_exact_at(data, at).map_err(|cause| Error::io("reading", self.unsealed, cause))?;
        hash_levels(data, above);
        self.write(data, at)?;
        durable::begin_syncing(&self.file, at, data.len());
        let (mut start, mut bytes, mut rest) = (self.geometry.sector_size, data.len() / 2, &*above);
        while bytes > NODE_BYTES {
            let (part, higher) = rest.split_at(bytes);
            self.write(part, start + chunk * bytes as u64)?;
            start += self.chunks() * bytes as u64;
            (bytes, rest) = (bytes / 2, higher);
        }
        Ok(())
    }

    /// Writes the chunks' roots and the levels above them; returns the tree's root.
    fn write_top(&self, roots: &[u8]) -> Result<[u8; NODE_BYTES]> {
        let mut above = vec![0; roots.len() - NODE_BYTES];
        hash_levels(roots, &mut above);
        let start = self.geometry.tree_d - (roots.len() + above.len()) as u64;
        self.write(roots, start)?;
        self.write(&above, start + roots.len() as u64)?;
        Ok(*above.last_chunk().or(roots.last_chunk()).expect("a tree has a root"))
    }

    fn write(&self, bytes: &[u8], at: u64) -> Result<()> {
        durable::write_at(&self.file, bytes, at, self.tree)?;
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).add(bytes.len() as u64);
        Ok(())
    }
}
