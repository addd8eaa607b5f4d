//! The binary SHA-256 tree over a sector's data: piece commitments, CommD, tree D.

use std::sync::mpsc;
use std::thread;

use rayon::prelude::*;

use crate::Result;
use crate::sha256::Engine;

/// Bytes of a node.
pub const NODE_BYTES: usize = 32;

/// How many bytes are read and hashed at a time.
pub(crate) const CHUNK_BYTES: usize = 4 << 20;

/// Bytes of a level whose root one task computes: they and their parents stay in the core's own cache.
const BYTES_PER_TASK: usize = 64 << 10;

/// Blocks that are read, hashed or written at any time.
const BLOCKS: usize = 6;

/// Hashes every pair of nodes of `level` into `parents`, which is half as long.
pub fn hash_level(level: &[u8], parents: &mut [u8]) {
    debug_assert_eq!(level.len(), 2 * parents.len());
    let parents = parents.as_chunks_mut().0;
    Engine::best().hash(level.as_chunks().0, parents);
    for parent in parents {
        // Clears two bits so that the node is a field element.
        parent[NODE_BYTES - 1] &= 0b0011_1111;
    }
}

/// Hashes up from `level`, whose node count is a power of two, on this thread: the levels above it go into `above`, one
/// after the other. The last node is the root; a level of one node is its own root.
pub(crate) fn hash_levels(level: &[u8], above: &mut [u8]) {
    debug_assert_eq!(level.len(), above.len() + NODE_BYTES);
    if level.len() > NODE_BYTES {
        let (parents, above) = above.split_at_mut(level.len() / 2);
        hash_level(level, parents);
        hash_levels(parents, above);
    }
}

/// The root over `level`, whose node count is a power of two.
pub fn root(level: &[u8]) -> [u8; NODE_BYTES] {
    if level.len() <= BYTES_PER_TASK {
        return root_here(level);
    }
    let roots: Vec<_> = level.par_chunks(BYTES_PER_TASK).map(root_here).collect();
    root(roots.as_flattened())
}

/// The same, on this thread.
pub(crate) fn root_here(level: &[u8]) -> [u8; NODE_BYTES] {
    let mut above = vec![0; level.len() - NODE_BYTES];
    hash_levels(level, &mut above);
    *above.last_chunk().or(level.last_chunk()).expect("a level has nodes")
}

/// The root over `size` bytes (a power of two, at least one node), which `fill` provides block by block; `each` is
/// called with the blocks in order. One thread reads ahead and another hashes while `each` runs; only a few small
/// blocks are in memory.
pub fn root_of_stream(
    mut fill: impl FnMut(&mut [u8]) -> Result<()> + Send,
    size: u64,
    mut each: impl FnMut(&[u8]) -> Result<()>,
) -> Result<[u8; NODE_BYTES]> {
    let block_bytes = CHUNK_BYTES.min(size as usize);
    let blocks = size / block_bytes as u64;
    let (empty, empties) = mpsc::channel::<Vec<u8>>();
    let (filled, to_hash) = mpsc::channel::<Result<Vec<u8>>>();
    let (hashed, arrivals) = mpsc::channel::<Result<(Vec<u8>, [u8; NODE_BYTES])>>();
    for _ in 0..blocks.min(BLOCKS as u64) {
        let _ = empty.send(vec![0; block_bytes]);
    }
    let mut roots = Vec::with_capacity(blocks as usize);
    thread::scope(|scope| {
        // Each thread ends when one of its neighbours does.
        scope.spawn(move || {
            for mut block in empties.iter().take(blocks as usize) {
                let read = fill(&mut block).map(|()| block);
                let failed = read.is_err();
                if filled.send(read).is_err() || failed {
                    break;
                }
            }
        });
        scope.spawn(move || {
            for block in to_hash {
                let block = block.map(|block| {
                    let root = root(&block);
                    (block, root)
                });
                if hashed.send(block).is_err() {
                    break;
                }
            }
        });
        // Moved into this scope: if `each` fails, dropping it ends the other threads.
        let arrivals = arrivals;
        let empty = empty;
        for block in arrivals.iter() {
            let (block, root) = block?;
            each(&block)?;
            roots.push(root);
            let _ = empty.send(block);
        }
        Ok(())
    })?;
    if roots.len() as u64 != blocks {
        unreachable!("a thread that panics ends the scope with its panic");
    }
    Ok(root(roots.as_flattened()))
}
