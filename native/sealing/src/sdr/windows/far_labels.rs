//! A sector's labels that later windows read, on the disk until then.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::files::durable;
use crate::files::nodes::Node;
use crate::parent_cache::FarParents;
use crate::request::hash32::Hash32;
use crate::sdr::labels::Labels;
use crate::sdr::layer_file::GATHERED;
use crate::sha256::merkle::NODE_BYTES;
use crate::{Code, Error, Result};

/// A file with a part for each window and each earlier window that it reads. It has no name, so nothing of it is left when
/// the process ends, however it ends.
pub(super) struct FarLabels<'a> {
    far: &'a FarParents,
    file: File,
    /// The name it was created with, for messages.
    path: PathBuf,
    /// Where each window's labels begin.
    starts: Vec<usize>,
    /// SHA-256 of each part, by the window that reads it.
    digests: Vec<Vec<Hash32>>,
    gathered: Vec<u8>,
}

impl<'a> FarLabels<'a> {
    /// Creates the file with room for all far labels of a layer.
    pub(super) fn create(path: &Path, far: &'a FarParents) -> Result<Self> {
        let mut start = 0;
        let starts = (0..far.windows().count).map(|to| {
            let first = start;
            start += far.counts(to).sum::<usize>();
            first
        });
        let starts = starts.collect();
        durable::remove(path)?;
        let created = durable::create_reserved(path, (far.total() * NODE_BYTES) as u64);
        durable::remove(path)?;
        let file = created?;
        let digests = vec![Vec::new(); far.windows().count];
        Ok(FarLabels { far, file, path: path.to_path_buf(), starts, digests, gathered: Vec::new() })
    }

    /// Saves the labels of a window, whose first one is at this place, that later windows read. The windows are saved one
    /// after the other.
    pub(super) fn save(
        &mut self,
        labels: &Labels,
        slot: usize,
        from: usize,
        place: usize,
        stay: &dyn Fn() -> Result<()>,
    ) -> Result<()> {
        for to in from + 2..self.far.windows().count {
            let mut offset = self.offset(from, to);
            let mut hasher = Sha256::new();
            for nodes in self.far.list(from, to).chunks(GATHERED) {
                stay()?;
                self.gathered.clear();
                for node in nodes {
                    self.gathered.extend_from_slice(&labels.get(slot, place + *node as usize));
                }
                hasher.update(&self.gathered);
                durable::write_at(&self.file, &self.gathered, offset, &self.path)?;
                durable::begin_syncing(&self.file, offset, self.gathered.len());
                offset += self.gathered.len() as u64;
            }
            self.digests[to].push(Hash32(hasher.finalize().into()));
        }
        Ok(())
    }

    /// Reads the labels that a window reads from the windows saved so far, which must be all that it reads, into the places
    /// from this one on.
    ///
    /// # Safety
    /// No other thread reads or writes these places of this slot meanwhile.
    pub(super) unsafe fn load(
        &mut self,
        labels: &Labels,
        slot: usize,
        to: usize,
        mut place: usize,
        stay: &dyn Fn() -> Result<()>,
    ) -> Result<()> {
        for (from, expected) in self.digests[to].iter().enumerate() {
            let mut offset = self.offset(from, to);
            let mut hasher = Sha256::new();
            for nodes in self.far.list(from, to).chunks(GATHERED) {
                stay()?;
                self.gathered.resize(nodes.len() * NODE_BYTES, 0);
                let read = self.file.read_exact_at(&mut self.gathered, offset);
                read.map_err(|cause| Error::io("reading", &self.path, cause))?;
                hasher.update(&self.gathered);
                offset += self.gathered.len() as u64;
                let read: &[Node] = self.gathered.as_chunks().0;
                for label in read {
                    unsafe { labels.set(slot, place, label) };
                    place += 1;
                }
            }
            let digest = Hash32(hasher.finalize().into());
            if digest != *expected {
                let message = format!(
                    "labels that were kept in {} are damaged: they have SHA-256 {digest}, not {expected}",
                    self.path.display()
                );
                return Err(Error::new(Code::ScratchLost, message).about(&self.path));
            }
        }
        Ok(())
    }

    /// Where the part of these windows begins.
    fn offset(&self, from: usize, to: usize) -> u64 {
        let before: usize = self.far.counts(to).take(from).sum();
        ((self.starts[to] + before) * NODE_BYTES) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parent_cache::Parents;

    /// A label of the first window that the third one reads. Fails if it comes back in another place or with a wrong bit.
    #[test]
    fn labels_come_back_as_they_were_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let mut parents = [Parents::default(); 8];
        (0..8).for_each(|node| parents[node] = [node.saturating_sub(1) as u32; 14]);
        (parents[5][2], parents[5][4]) = (1, 0);
        let far = FarParents::open_at(&directory.path().join("index"), &parents, 2, &|_| ()).unwrap();
        let labels = Labels::allocate(8, 2).unwrap();
        for node in 0..2 {
            unsafe { labels.set(1, node, &[node as u8 + 7; NODE_BYTES]) };
        }
        let path = directory.path().join("far");
        let mut kept = FarLabels::create(&path, &far).unwrap();
        assert!(!path.exists(), "nothing is left if the process is killed");
        kept.save(&labels, 1, 0, 0, &|| Ok(())).unwrap();
        unsafe { kept.load(&labels, 1, 2, 4, &|| Ok(())) }.unwrap();
        assert_eq!((labels.get(1, 4), labels.get(1, 5)), ([8; NODE_BYTES], [7; NODE_BYTES]));

        kept.file.write_all_at(&[9], 40).unwrap();
        let error = unsafe { kept.load(&labels, 1, 2, 4, &|| Ok(())) }.unwrap_err();
        assert_eq!(error.code, Code::ScratchLost);
        assert!(error.message.contains("damaged"), "{error}");
    }
}
