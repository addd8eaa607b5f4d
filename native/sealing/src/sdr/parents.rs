//! The parent cache as the labelling reads it.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::ptr::NonNull;
use std::slice;

use crate::{Code, Error, Result, durable};

/// Parents in a node's own layer.
pub(crate) const BASE: usize = 6;

/// A node's parents: six of its own layer, the last of them the node before, and eight of the layer before.
pub type Parents = [u32; BASE + 8];

/// A parent cache that was verified, mapped read-only.
pub struct ParentsFile {
    start: NonNull<Parents>,
    nodes: usize,
}

// It is read-only memory.
unsafe impl Send for ParentsFile {}
unsafe impl Sync for ParentsFile {}

impl ParentsFile {
    /// Maps the parent cache of a graph of so many nodes.
    pub fn open(path: &Path, nodes: usize) -> Result<Self> {
        let bytes = nodes * size_of::<Parents>();
        durable::check_size(path, bytes as u64, Code::ParentCache)?;
        let file = File::open(path).map_err(|cause| Error::io("opening", path, cause))?;
        // The library locks it likewise: who makes it anew removes it first, and this mapping keeps the old one.
        let start = unsafe {
            libc::mmap(std::ptr::null_mut(), bytes, libc::PROT_READ, libc::MAP_SHARED, file.as_raw_fd(), 0)
        };
        if start == libc::MAP_FAILED {
            return Err(Error::io("mapping", path, io::Error::last_os_error()));
        }
        // A hint alone: each layer reads it once from its beginning to its end.
        unsafe { libc::madvise(start, bytes, libc::MADV_SEQUENTIAL) };
        Ok(ParentsFile { start: NonNull::new(start.cast()).expect("a mapping is not at 0"), nodes })
    }
}

impl AsRef<[Parents]> for ParentsFile {
    fn as_ref(&self) -> &[Parents] {
        // The file has little-endian numbers, as this program's targets have.
        const { assert!(cfg!(target_endian = "little")) };
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.nodes) }
    }
}

impl Drop for ParentsFile {
    fn drop(&mut self) {
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.nodes * size_of::<Parents>()) };
    }
}
