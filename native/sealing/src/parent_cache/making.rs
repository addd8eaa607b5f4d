//! Writes every node's parents into a file: all threads compute them while one writes and digests.

use std::path::Path;
use std::sync::mpsc;
use std::thread;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{Graph, Parents};
use crate::files::durable;
use crate::files::opening;
use crate::request::hash32::Hash32;
use crate::{Error, Result};

/// Bytes of a node's parents.
const ENTRY: usize = size_of::<Parents>();

/// Nodes that are computed before they are written.
const BATCH: usize = 1 << 16;

/// Nodes that one thread computes at a time.
const TASK: usize = 1 << 8;

/// Batches that are computed, written or waiting.
const BATCHES: usize = 3;

/// Writes the file and returns its SHA-256. `written` is called with the number of bytes of each batch written.
pub(super) fn write(path: &Path, graph: &Graph, written: &dyn Fn(u64)) -> Result<Hash32> {
    let mut file = opening::create(path).map_err(|cause| Error::io("creating", path, cause))?;
    let (computed, to_write) = mpsc::channel::<Vec<u8>>();
    let (empty, empties) = mpsc::channel::<Vec<u8>>();
    for _ in 0..BATCHES {
        let _ = empty.send(vec![0; ENTRY * BATCH.min(graph.nodes() as usize)]);
    }
    thread::scope(|scope| {
        // Each side ends when the other one does.
        let writer = scope.spawn(move || -> Result<Hash32> {
            let mut digest = Sha256::new();
            let mut offset = 0;
            for batch in to_write {
                durable::write_all(&mut file, &batch, path)?;
                durable::begin_syncing(&file, offset, batch.len());
                digest.update(&batch);
                offset += batch.len() as u64;
                let _ = empty.send(batch);
            }
            Ok(Hash32(digest.finalize().into()))
        });
        // Moved into the closure: if a computation panics, dropping it ends the writer.
        let computed = computed;
        for first in (0..graph.nodes()).step_by(BATCH) {
            written(u64::from(first) * ENTRY as u64);
            let Ok(mut batch) = empties.recv() else { break };
            fill(&mut batch, first, graph);
            if computed.send(batch).is_err() {
                break;
            }
        }
        drop(computed);
        writer.join().expect("the writer returns its errors")
    })
}

/// Computes the nodes from `first` on. A sector's node count is a power of two, so every batch is full.
fn fill(batch: &mut [u8], first: u32, graph: &Graph) {
    batch.par_chunks_mut(ENTRY * TASK).enumerate().for_each(|(task, entries)| {
        let mut parents = [Parents::default(); TASK];
        let parents = &mut parents[..entries.len() / ENTRY];
        graph.fill(first + (task * TASK) as u32, parents);
        for (bytes, parent) in entries.as_chunks_mut().0.iter_mut().zip(parents.as_flattened()) {
            *bytes = parent.to_le_bytes();
        }
    });
}
