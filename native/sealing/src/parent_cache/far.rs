//! Which labels are read again from far back, in the order in which they are read.
//!
//! A layer's nodes are divided into windows. While one is labelled, its labels and those of the window before are in
//! memory. A node's parents in its own layer that lie in earlier windows are *far*. For each window and each earlier one
//! this file lists the nodes of the earlier one that are read, with one entry for each reading. So whoever has the earlier
//! window in memory can put its labels into an order in which they are later read one after the other.
//!
//! The file is made from the parent cache, lies beside it, and is shared in the same way.

use std::path::Path;
use std::slice;

use filecoin_proofs_api::RegisteredSealProof;
use memmap2::{Mmap, MmapMut};

use super::{BASE, ParentCache, Parents, Percent, TRUSTED, path};
use crate::files::durable::{self, Lock};
use crate::files::geometry::Geometry;
use crate::files::opening;
use crate::files::remembered;
use crate::{Code, Error, Result};

/// Windows of a layer. With more of them less is in memory, and more parents are far. With 64, a node of a sector of
/// 32 GiB has 0.8 far parents on average (docs/performance.md).
const WINDOWS: usize = 64;

/// The far parents of a graph.
#[derive(Debug)]
pub struct FarParents {
    windows: Windows,
    map: Mmap,
}

/// How a layer's nodes are divided into windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Windows {
    /// Nodes of each, a power of two.
    pub(crate) nodes: usize,
    /// How many there are.
    pub(crate) count: usize,
}

impl Windows {
    /// Windows of this many nodes for a layer; both are powers of two.
    fn of(layer: usize, nodes: usize) -> Self {
        assert!(nodes.is_power_of_two() && layer.is_multiple_of(nodes), "{layer} nodes in windows of {nodes}");
        Windows { nodes, count: layer / nodes }
    }

    /// Where the list of a window's nodes that another one reads is among all lists: those of a window lie together, so
    /// that whoever has it in memory reads the file from start to end.
    fn list(self, from: usize, to: usize) -> usize {
        from * self.count + to
    }

    /// Bytes before the lists: for each list and for the end, the number of entries before it.
    fn header(self) -> usize {
        (self.count * self.count + 1) * size_of::<u64>()
    }
}

impl FarParents {
    /// Makes sure that the file of this proof type exists and is right, and maps it.
    pub fn open(proof: RegisteredSealProof, parents: &ParentCache, announce: impl Fn(&str)) -> Result<Self> {
        let geometry = Geometry::of(proof);
        let window = (geometry.nodes as usize / WINDOWS).max(1);
        let cache = path(proof, &geometry)?;
        let name = cache.file_stem().unwrap_or_default().to_string_lossy();
        let path = cache.with_file_name(format!("reseal-far-{window}-{name}.index"));
        // Others wait here for the one that makes the file.
        let _lock = Lock::take(&path.with_extension("index.lock"))?;
        let percent = Percent::new(&announce, "listing the far parents", &geometry);
        Self::open_at(&path, parents.nodes(), window, &|done| percent.at(done))
    }

    /// The same with a path and a number of nodes for each window. Progress is in bytes of the parents that were read.
    pub(crate) fn open_at(path: &Path, parents: &[Parents], window: usize, progress: &dyn Fn(u64)) -> Result<Self> {
        let windows = Windows::of(parents.len(), window);
        if remembered::recall(path)?.is_none() || remembered::is_older_than(path, TRUSTED) {
            make(path, parents, windows, progress)?;
        }
        // No one changes a file under this name; it is only ever replaced as a whole.
        let map = opening::open_named(path).and_then(|file| unsafe { Mmap::map(&file) });
        let map = map.map_err(|cause| Error::io("mapping", path, cause))?;
        let far = FarParents { windows, map };
        if far.map.len() < windows.header() || far.map.len() as u64 != bytes(windows, far.total() as u64) {
            let message = format!("{} has {} bytes, which is wrong: remove it", path.display(), far.map.len());
            return Err(Error::new(Code::ParentCache, message).about(path));
        }
        Ok(far)
    }

    pub(crate) fn windows(&self) -> Windows {
        self.windows
    }

    /// The nodes of window `from` that window `to` reads, as numbers in their window, in the order of reading.
    pub(crate) fn list(&self, from: usize, to: usize) -> &[u32] {
        let list = self.windows.list(from, to);
        let (start, end) = (self.starts()[list] as usize, self.starts()[list + 1] as usize);
        let (header, entries) = self.map.split_at(self.windows.header());
        assert!(header.len().is_multiple_of(size_of::<u64>()) && end * size_of::<u32>() <= entries.len());
        // A memory map begins at a page boundary, and the header is a multiple of eight bytes.
        unsafe { slice::from_raw_parts(entries.as_ptr().cast::<u32>().add(start), end - start) }
    }

    /// How many labels of each earlier window a window reads.
    pub(crate) fn counts(&self, to: usize) -> impl Iterator<Item = usize> {
        (0..to).map(move |from| self.list(from, to).len())
    }

    /// How many labels are far all in all.
    pub(crate) fn total(&self) -> usize {
        self.starts()[self.windows.count * self.windows.count] as usize
    }

    /// The most that any window reads.
    pub(crate) fn most(&self) -> usize {
        (0..self.windows.count).map(|to| self.counts(to).sum()).max().unwrap_or(0)
    }

    fn starts(&self) -> &[u64] {
        unsafe { slice::from_raw_parts(self.map.as_ptr().cast(), self.windows.header() / size_of::<u64>()) }
    }
}

/// Bytes of the file with this many entries.
fn bytes(windows: Windows, entries: u64) -> u64 {
    windows.header() as u64 + entries * size_of::<u32>() as u64
}

/// Calls `each` with every far parent in the order of reading: its list, and its number in its window.
fn read(parents: &[Parents], windows: Windows, progress: &dyn Fn(u64), mut each: impl FnMut(usize, u32)) {
    for to in 0..windows.count {
        let first = to * windows.nodes;
        progress((first * size_of::<Parents>()) as u64);
        let near = first.saturating_sub(windows.nodes);
        for parents in &parents[first..first + windows.nodes] {
            for parent in parents[..BASE].iter().map(|parent| *parent as usize).filter(|parent| *parent < near) {
                let from = parent / windows.nodes;
                each(windows.list(from, to), (parent % windows.nodes) as u32);
            }
        }
    }
}

/// Makes the file under a temporary name. Killed at any moment, it leaves nothing under the final name.
fn make(path: &Path, parents: &[Parents], windows: Windows, progress: &dyn Fn(u64)) -> Result<()> {
    log::info!("making {}", path.display());
    let mut starts = vec![0u64; windows.count * windows.count + 1];
    read(parents, windows, progress, |list, _| starts[list + 1] += 1);
    for list in 1..starts.len() {
        starts[list] += starts[list - 1];
    }
    let size = bytes(windows, starts[starts.len() - 1]);
    let temporary = durable::temporary(path);
    durable::remove(&temporary)?;
    durable::require_space(&[(path.parent().unwrap_or(Path::new("/")), size)])?;
    let made = write(&temporary, parents, windows, &starts, size, progress).and_then(|()| durable::digest(&temporary));
    let digest = made.inspect_err(|_| {
        // A leftover file is better than hiding the real error behind another one.
        let _ = durable::remove(&temporary);
    })?;
    durable::publish(&temporary, path)?;
    remembered::remember(path, &digest.to_string())
}

fn write(
    path: &Path,
    parents: &[Parents],
    windows: Windows,
    starts: &[u64],
    size: u64,
    progress: &dyn Fn(u64),
) -> Result<()> {
    // Its blocks are reserved, so that writing through the map cannot run out of space.
    drop(durable::create_reserved(path, size)?);
    let failed = |cause| Error::io("mapping", path, cause);
    let file = std::fs::OpenOptions::new().read(true).write(true).open(path).map_err(failed)?;
    let mut map = unsafe { MmapMut::map_mut(&file) }.map_err(failed)?;
    let (header, entries) = map.split_at_mut(windows.header());
    for (bytes, start) in header.as_chunks_mut().0.iter_mut().zip(starts) {
        *bytes = start.to_le_bytes();
    }
    let entries = entries.as_chunks_mut().0;
    let mut next = starts.to_vec();
    read(parents, windows, progress, |list, node| {
        entries[next[list] as usize] = node.to_le_bytes();
        next[list] += 1;
    });
    map.flush().map_err(|cause| Error::io("writing", path, cause))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parent_cache::Graph;
    use std::fs;

    fn parents(proof: RegisteredSealProof) -> Vec<Parents> {
        let mut parents = vec![Parents::default(); Geometry::of(proof).nodes as usize];
        Graph::of(proof).fill(0, &mut parents);
        parents
    }

    /// Fails if a far parent is missing, is in another list or at another place in it.
    #[test]
    fn reading_the_lists_one_after_the_other_gives_every_far_parent() {
        let parents = parents(RegisteredSealProof::StackedDrg2KiBV1_1);
        for window in [1, 2, 8, 32, 64] {
            let directory = tempfile::tempdir().unwrap();
            let far = FarParents::open_at(&directory.path().join("far"), &parents, window, &|_| ()).unwrap();
            let mut total = 0;
            for to in 0..far.windows().count {
                let mut lists: Vec<_> = (0..far.windows().count).map(|from| far.list(from, to).iter()).collect();
                for parent in parents[to * window..(to + 1) * window].iter().flat_map(|parents| &parents[..BASE]) {
                    let (from, number) = (*parent as usize / window, parent % window as u32);
                    if from + 1 < to {
                        assert_eq!(lists[from].next(), Some(&number), "window {to}: node {parent}");
                        total += 1;
                    }
                }
                assert!(lists.iter().all(|list| list.len() == 0), "window {to} of {window} nodes");
            }
            assert_eq!(far.total(), total);
            assert_eq!(far.most() > 0, window < 32);
        }
    }

    /// Fails if a half-made or changed file is used, or if each start makes it again.
    #[test]
    fn the_file_is_made_once_and_again_after_it_was_changed() {
        let parents = parents(RegisteredSealProof::StackedDrg2KiBV1_1);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("far");
        let open = || FarParents::open_at(&path, &parents, 4, &|_| ()).unwrap();
        let lists = open().list(0, 2).to_vec();
        let written = || fs::metadata(&path).unwrap().modified().unwrap();
        let first = written();
        open();
        assert_eq!(written(), first);
        fs::write(&path, "half").unwrap();
        assert_eq!(open().list(0, 2), lists);
        fs::remove_file(&path).unwrap();
        assert_eq!(open().list(0, 2), lists);
        assert_eq!(durable::names(directory.path()).unwrap(), ["far", "far.verified"]);
    }
}
