//! Writes a layer to the disk while the next one is computed, and reads it back into memory.

use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::files::durable;
use crate::files::opening;
use crate::request::hash32::Hash32;
use crate::sdr::labels::Labels;
use crate::sha256::merkle::NODE_BYTES;
use crate::{Code, Error, Result};

/// Nodes that are gathered and written together: 4 MiB.
const GATHERED: usize = 1 << 17;
/// The most bytes on their way to the disk: a sector that leaves waits for them, and so does the last sync.
const UNDER_WAY: usize = 8 * GATHERED * NODE_BYTES;

/// Writes a sector's layer under a temporary name, makes it durable and renames it; returns its SHA-256, computed from
/// memory. An error, including one from `stay` between two blocks, leaves no file.
pub(crate) fn write(labels: &Labels, slot: usize, path: &Path, stay: &dyn Fn() -> Result<()>) -> Result<Hash32> {
    let temporary = durable::temporary(path);
    let written = write_to(labels, slot, &temporary, stay).and_then(|digest| {
        durable::publish(&temporary, path)?;
        Ok(digest)
    });
    written.inspect_err(|_| {
        // A leftover file is better than hiding the real error behind another one.
        let _ = durable::remove(&temporary);
    })
}

fn write_to(labels: &Labels, slot: usize, path: &Path, stay: &dyn Fn() -> Result<()>) -> Result<Hash32> {
    let mut file = durable::create_reserved(path, (labels.nodes() * NODE_BYTES) as u64)?;
    let mut hasher = Sha256::new();
    let mut gathered = Vec::with_capacity(GATHERED.min(labels.nodes()) * NODE_BYTES);
    for start in (0..labels.nodes()).step_by(GATHERED) {
        stay()?;
        gathered.clear();
        for node in start..labels.nodes().min(start + GATHERED) {
            gathered.extend_from_slice(&labels.get(slot, node));
        }
        hasher.update(&gathered);
        durable::write_all(&mut file, &gathered, path)?;
        let offset = start * NODE_BYTES;
        durable::begin_syncing(&file, offset as u64, gathered.len());
        if let Some(earlier) = offset.checked_sub(UNDER_WAY) {
            durable::finish_syncing(&file, earlier as u64, gathered.len());
        }
    }
    durable::sync(path)?;
    stay()?;
    Ok(Hash32(hasher.finalize().into()))
}

/// Reads a finished layer back into a sector's slot; an error from `stay` ends it early.
///
/// # Safety
/// No other thread reads or writes labels of this slot meanwhile.
pub(crate) unsafe fn read(labels: &Labels, slot: usize, path: &Path, stay: &dyn Fn() -> Result<()>) -> Result<()> {
    durable::check_size(path, (labels.nodes() * NODE_BYTES) as u64, Code::ScratchLost)?;
    let failed = |cause| Error::io("reading", path, cause);
    let mut file = opening::open(path).map_err(failed)?;
    let mut gathered = vec![[0; NODE_BYTES]; GATHERED.min(labels.nodes())];
    for start in (0..labels.nodes()).step_by(gathered.len()) {
        stay()?;
        let count = gathered.len().min(labels.nodes() - start);
        file.read_exact(gathered[..count].as_flattened_mut()).map_err(failed)?;
        for (index, label) in gathered[..count].iter().enumerate() {
            unsafe { labels.set(slot, start + index, label) };
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// A sector leaves while its layer of two blocks is written. Fails if that is only noticed at the layer's end, or
    /// if a file is left.
    #[test]
    fn a_layer_is_left_off_between_two_blocks() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("layer");
        let labels = Labels::allocate(2 * GATHERED, 1).unwrap();
        for blocks in 0..=2 {
            let left = Cell::new(blocks);
            let stay = || match left.get() {
                0 => Err(Error::new(Code::Busy, "leaving")),
                more => {
                    left.set(more - 1);
                    Ok(())
                }
            };
            assert_eq!(write(&labels, 0, &path, &stay).unwrap_err().message, "leaving");
            assert_eq!(left.get(), 0, "it asks before each block, and before the layer gets its name");
            assert!(durable::names(directory.path()).unwrap().is_empty());
        }
        write(&labels, 0, &path, &|| Ok(())).unwrap();
        assert_eq!(durable::names(directory.path()).unwrap(), ["layer"]);
    }
}
