//! A layer's way to the disk, while the next one is computed.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::hash32::Hash32;
use crate::merkle::NODE_BYTES;
use crate::sdr::labels::Labels;
use crate::{Code, Error, Result, durable};

/// Nodes that are gathered and written at once: 4 MiB.
const GATHERED: usize = 1 << 17;

/// Writes a sector's layer under a temporary name, makes it durable and gives it its name; returns its SHA-256, taken
/// from memory.
pub(crate) fn write(labels: &Labels, slot: usize, path: &Path) -> Result<Hash32> {
    let temporary = durable::temporary(path);
    let mut file = durable::create_reserved(&temporary, (labels.nodes() * NODE_BYTES) as u64)?;
    let mut hasher = Sha256::new();
    let mut gathered = Vec::with_capacity(GATHERED * NODE_BYTES);
    for start in (0..labels.nodes()).step_by(GATHERED) {
        gathered.clear();
        for node in start..labels.nodes().min(start + GATHERED) {
            gathered.extend_from_slice(labels.get(slot, node));
        }
        hasher.update(&gathered);
        durable::write_all(&mut file, &gathered, &temporary)?;
        durable::begin_syncing(&file, (start * NODE_BYTES) as u64, gathered.len());
    }
    drop(file);
    durable::publish(&temporary, path)?;
    Ok(Hash32(hasher.finalize().into()))
}

/// Reads a finished layer back into a sector's slot.
pub(crate) fn read(labels: &mut Labels, slot: usize, path: &Path) -> Result<()> {
    durable::check_size(path, (labels.nodes() * NODE_BYTES) as u64, Code::ScratchLost)?;
    let failed = |cause| Error::io("reading", path, cause);
    let mut file = File::open(path).map_err(failed)?;
    let mut gathered = vec![[0; NODE_BYTES]; GATHERED.min(labels.nodes())];
    for start in (0..labels.nodes()).step_by(gathered.len()) {
        let count = gathered.len().min(labels.nodes() - start);
        file.read_exact(gathered[..count].as_flattened_mut()).map_err(failed)?;
        for (index, label) in gathered[..count].iter().enumerate() {
            labels.set(slot, start + index, label);
        }
    }
    Ok(())
}
