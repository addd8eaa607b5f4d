//! A layer's labels in memory; for each node, those of all sectors lie side by side.

use std::fs;
use std::io;
use std::ptr::NonNull;

use crate::files::nodes::Node;
use crate::sha256::merkle::NODE_BYTES;
use crate::{Code, Error, Result};

const HUGE_PAGE: usize = 2 << 20;

/// One layer of some sectors. A sector's position beside the others is its slot.
pub(crate) struct Labels {
    start: NonNull<u8>,
    nodes: usize,
    slots: usize,
}

// It is plain memory; `set` defines who may write.
unsafe impl Send for Labels {}
unsafe impl Sync for Labels {}

impl Labels {
    /// Memory for this many nodes of this many sectors, in huge pages if the system has them. All pages are touched, so
    /// that a shortage shows now and not after hours.
    pub(crate) fn allocate(nodes: usize, slots: usize) -> Result<Self> {
        let bytes = mapped(nodes, slots);
        let refused = |cause: &str| {
            Error::new(Code::NoMemory, format!("{bytes} bytes of memory for labels cannot be allocated: {cause}"))
        };
        if let Some(available) = available()
            && available < bytes as u64
        {
            return Err(refused(&format!("{available} are available")));
        }
        let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        let start = unsafe { libc::mmap(std::ptr::null_mut(), bytes, protection, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(refused(&io::Error::last_os_error().to_string()));
        }
        let labels = Labels { start: NonNull::new(start.cast()).expect("a mapping is never at 0"), nodes, slots };
        // Only hints: without huge pages labelling is slower, but right.
        unsafe { libc::madvise(start, bytes, libc::MADV_HUGEPAGE) };
        if unsafe { libc::madvise(start, bytes, libc::MADV_POPULATE_WRITE) } != 0 {
            let cause = io::Error::last_os_error();
            // Older kernels do not know this hint.
            if cause.raw_os_error() != Some(libc::EINVAL) {
                return Err(refused(&cause.to_string()));
            }
        }
        Ok(labels)
    }

    /// Address space for this many nodes, more than there is memory; only pages that are touched use memory.
    #[cfg(test)]
    pub(crate) fn sparse(nodes: usize, slots: usize) -> Self {
        let bytes = mapped(nodes, slots);
        let (protection, flags) =
            (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE);
        let start = unsafe { libc::mmap(std::ptr::null_mut(), bytes, protection, flags, -1, 0) };
        assert_ne!(start, libc::MAP_FAILED, "{}", io::Error::last_os_error());
        unsafe { libc::madvise(start, bytes, libc::MADV_NOHUGEPAGE) };
        Labels { start: NonNull::new(start.cast()).expect("a mapping is never at 0"), nodes, slots }
    }

    /// Nodes of each sector.
    pub(crate) fn nodes(&self) -> usize {
        self.nodes
    }

    /// Bytes from one node to the next.
    pub(crate) fn stride(&self) -> usize {
        self.slots * NODE_BYTES
    }

    pub(crate) fn as_ptr(&self) -> *const u8 {
        self.start.as_ptr()
    }

    /// The caller must follow the rules of [`Labels::set`].
    pub(crate) fn as_mut_ptr(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// Where a node's label lies.
    fn offset(&self, slot: usize, node: usize) -> usize {
        assert!(slot < self.slots && node < self.nodes, "slot {slot}, node {node}");
        node * self.stride() + slot * NODE_BYTES
    }

    /// The label of a node.
    pub(crate) fn get(&self, slot: usize, node: usize) -> Node {
        unsafe { self.start.add(self.offset(slot, node)).cast::<Node>().read() }
    }

    /// Sets the label of a node.
    ///
    /// # Safety
    /// No other thread reads or writes labels of this slot meanwhile; those of other slots it may.
    pub(crate) unsafe fn set(&self, slot: usize, node: usize, label: &Node) {
        unsafe { self.start.add(self.offset(slot, node)).cast::<Node>().write(*label) }
    }
}

impl Drop for Labels {
    fn drop(&mut self) {
        unsafe { libc::munmap(self.start.as_ptr().cast(), mapped(self.nodes, self.slots)) };
    }
}

fn mapped(nodes: usize, slots: usize) -> usize {
    (nodes * slots * NODE_BYTES).next_multiple_of(HUGE_PAGE)
}

/// Bytes that the system can provide without swapping; none if it does not report that.
fn available() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_do_not_touch() {
        let labels = Labels::allocate(3, 2).unwrap();
        for node in 0..3 {
            for slot in 0..2 {
                unsafe { labels.set(slot, node, &[(10 * node + slot) as u8; NODE_BYTES]) };
            }
        }
        assert_eq!(labels.get(1, 2), [21; NODE_BYTES]);
        assert_eq!(labels.get(0, 2), [20; NODE_BYTES]);
        assert_eq!(labels.get(1, 1), [11; NODE_BYTES]);
    }

    /// Without checking the available memory, the system would grant it and kill the process hours later.
    #[test]
    fn more_memory_than_there_is_is_refused_before_work_begins() {
        let error = Labels::allocate(1 << 31, 1 << 10).err().unwrap();
        assert_eq!(error.code, Code::NoMemory);
        assert!(error.message.contains("are available"), "{error}");
    }
}
