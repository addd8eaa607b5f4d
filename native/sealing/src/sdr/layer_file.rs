//! Writes a sector's layer to the disk and reads it back into memory.

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::files::durable;
use crate::files::layers::Layer;
use crate::files::nodes::Node;
use crate::files::opening;
use crate::request::hash32::Hash32;
use crate::sdr::labels::Labels;
use crate::sha256::merkle::NODE_BYTES;
use crate::{Error, Result};

/// Nodes that are gathered and written together: 4 MiB.
pub(crate) const GATHERED: usize = 1 << 17;
/// The most bytes on their way to the disk: a sector that leaves waits for them, and so does the last sync.
const UNDER_WAY: u64 = (8 * GATHERED * NODE_BYTES) as u64;

/// A layer that is being written under a temporary name. Dropped before it is published, it leaves no file.
pub(crate) struct LayerWriter {
    file: File,
    path: PathBuf,
    temporary: PathBuf,
    hasher: Sha256,
    written: u64,
    gathered: Vec<u8>,
    published: bool,
}

impl LayerWriter {
    /// Creates the file with room for this many nodes.
    pub(crate) fn create(path: &Path, nodes: usize) -> Result<Self> {
        let temporary = durable::temporary(path);
        let file = durable::create_reserved(&temporary, (nodes * NODE_BYTES) as u64);
        let file = file.inspect_err(|_| {
            let _ = durable::remove(&temporary);
        })?;
        Ok(LayerWriter {
            file,
            path: path.to_path_buf(),
            temporary,
            hasher: Sha256::new(),
            written: 0,
            gathered: Vec::with_capacity(GATHERED.min(nodes) * NODE_BYTES),
            published: false,
        })
    }

    /// Appends the labels at these places, at most [`GATHERED`].
    pub(crate) fn append(&mut self, labels: &Labels, slot: usize, places: Range<usize>) -> Result<()> {
        self.gathered.clear();
        for place in places {
            self.gathered.extend_from_slice(&labels.get(slot, place));
        }
        self.hasher.update(&self.gathered);
        durable::write_all(&mut self.file, &self.gathered, &self.temporary)?;
        let bytes = self.gathered.len();
        durable::begin_syncing(&self.file, self.written, bytes);
        if let Some(earlier) = self.written.checked_sub(UNDER_WAY) {
            durable::finish_syncing(&self.file, earlier, bytes);
        }
        self.written += bytes as u64;
        Ok(())
    }

    /// Makes the layer durable and gives it its name if `check` finds nothing wrong with the file; returns its SHA-256,
    /// computed from memory.
    pub(crate) fn publish(mut self, check: impl FnOnce(&Path) -> Result<()>) -> Result<Hash32> {
        durable::sync(&self.temporary)?;
        check(&self.temporary)?;
        durable::publish(&self.temporary, &self.path)?;
        self.published = true;
        Ok(Hash32(std::mem::take(&mut self.hasher).finalize().into()))
    }
}

impl Drop for LayerWriter {
    fn drop(&mut self) {
        if !self.published {
            // A leftover file is better than hiding the real error behind another one.
            let _ = durable::remove(&self.temporary);
        }
    }
}

/// Writes a whole layer and returns its SHA-256. An error, including one from `stay` between two blocks, leaves no file.
pub(crate) fn write(labels: &Labels, slot: usize, path: &Path, stay: &dyn Fn() -> Result<()>) -> Result<Hash32> {
    stay()?;
    let mut writer = LayerWriter::create(path, labels.nodes())?;
    for places in blocks(0..labels.nodes()) {
        stay()?;
        writer.append(labels, slot, places)?;
    }
    writer.publish(|_| stay())
}

/// These nodes, so many at a time as are written together.
pub(crate) fn blocks(nodes: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = nodes.end;
    nodes.step_by(GATHERED).map(move |start| start..end.min(start + GATHERED))
}

/// Reads a finished layer back into a sector's slot and checks its digest; an error from `stay` ends it early.
///
/// # Safety
/// No other thread reads or writes labels of this slot meanwhile.
pub(crate) unsafe fn read(labels: &Labels, slot: usize, layer: &Layer, stay: &dyn Fn() -> Result<()>) -> Result<()> {
    let failed = |cause| Error::io("reading", &layer.path, cause);
    let mut file = opening::open(&layer.path).map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut gathered: Vec<Node> = vec![[0; NODE_BYTES]; GATHERED.min(labels.nodes())];
    for nodes in blocks(0..labels.nodes()) {
        stay()?;
        let gathered = &mut gathered[..nodes.len()];
        file.read_exact(gathered.as_flattened_mut()).map_err(failed)?;
        hasher.update(gathered.as_flattened());
        for (node, label) in nodes.zip(gathered) {
            unsafe { labels.set(slot, node, label) };
        }
    }
    layer.check(Hash32(hasher.finalize().into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use std::cell::Cell;

    /// A sector leaves while its layer of two blocks is written. Fails if that is only noticed at the layer's end, or
    /// if a file is left.
    #[test]
    fn a_layer_is_left_off_between_two_blocks() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("layer");
        let labels = Labels::allocate(2 * GATHERED, 1).unwrap();
        for blocks in 0..=3 {
            let left = Cell::new(blocks);
            let stay = || match left.get() {
                0 => Err(Error::new(Code::Busy, "leaving")),
                more => {
                    left.set(more - 1);
                    Ok(())
                }
            };
            assert_eq!(write(&labels, 0, &path, &stay).unwrap_err().message, "leaving");
            assert_eq!(
                left.get(),
                0,
                "it asks before it begins, before each block, and before the layer gets its name"
            );
            assert!(durable::names(directory.path()).unwrap().is_empty());
        }
        let digest = write(&labels, 0, &path, &|| Ok(())).unwrap();
        assert_eq!(durable::names(directory.path()).unwrap(), ["layer"]);

        let layer = Layer { number: 1, path, digest };
        unsafe { read(&labels, 0, &layer, &|| Ok(())).unwrap() };
        let wrong = Layer { digest: Hash32([7; 32]), ..layer };
        assert_eq!(unsafe { read(&labels, 0, &wrong, &|| Ok(())) }.unwrap_err().code, Code::ScratchLost);
    }
}
