//! The binary SHA-256 tree over a sector's data: piece commitments, CommD, tree D.

use std::io::{self, Read};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// Bytes of a node.
pub const NODE_BYTES: usize = 32;

/// How many bytes of a level are read and hashed at a time.
pub(crate) const CHUNK_BYTES: usize = 4 << 20;

/// Pairs hashed by one task.
const PAIRS_PER_TASK: usize = 1024;

/// Hashes every pair of nodes of `level` into `parents`, which is half as long.
pub fn hash_level(level: &[u8], parents: &mut [u8]) {
    debug_assert_eq!(level.len(), 2 * parents.len());
    level
        .par_chunks(2 * NODE_BYTES * PAIRS_PER_TASK)
        .zip(parents.par_chunks_mut(NODE_BYTES * PAIRS_PER_TASK))
        .for_each(|(pairs, parents)| {
            for (pair, parent) in pairs.chunks_exact(2 * NODE_BYTES).zip(parents.chunks_exact_mut(NODE_BYTES)) {
                parent.copy_from_slice(&Sha256::digest(pair));
                // Two bits off, so that the node is a field element.
                parent[NODE_BYTES - 1] &= 0b0011_1111;
            }
        });
}

/// The root over `level`, a power of two of nodes.
pub fn root(mut level: Vec<u8>) -> [u8; NODE_BYTES] {
    while level.len() > NODE_BYTES {
        let mut parents = vec![0; level.len() / 2];
        hash_level(&level, &mut parents);
        level = parents;
    }
    level.try_into().expect("a level is a power of two of nodes")
}

/// The root over the next `size` bytes of `source`, a power of two of at least one node; `each` sees the bytes in order.
pub fn root_of_stream(
    mut source: impl Read,
    size: u64,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<[u8; NODE_BYTES]> {
    let mut buffer = vec![0; CHUNK_BYTES.min(size as usize)];
    let chunks = size / buffer.len() as u64;
    let mut roots = Vec::with_capacity(chunks as usize * NODE_BYTES);
    for _ in 0..chunks {
        source.read_exact(&mut buffer)?;
        each(&buffer)?;
        roots.extend_from_slice(&root(buffer.clone()));
    }
    Ok(root(roots))
}
