//! Where the rows of a tree go.

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::layout::Layout;
use crate::files::durable;
use crate::files::geometry::TreeFiles;
use crate::files::nodes::{Node, NodeFile};
use crate::request::hash32::Hash32;
use crate::sha256::merkle::NODE_BYTES;
use crate::{Code, Result};

/// Rows of at least this many bytes are sent to the disk at once.
const SYNCED_BYTES: usize = 64 << 10;

/// What happens to the rows that a layout keeps.
pub trait Rows: Sync {
    /// Takes nodes at position `at` of a sub-tree's file.
    fn take(&self, tree: u64, at: u64, nodes: &[Node]) -> Result<()>;
}

/// They are dropped: only the roots are needed.
pub struct Nowhere;

impl Rows for Nowhere {
    fn take(&self, _tree: u64, _at: u64, _nodes: &[Node]) -> Result<()> {
        Ok(())
    }
}

/// They are written to the tree's files, under temporary names until the tree is published.
pub struct Written {
    /// By sub-tree.
    files: BTreeMap<u64, (PathBuf, File)>,
}

impl Written {
    /// Creates the files of the sub-trees that the layout builds, their blocks reserved.
    pub fn create(directory: &Path, files: &TreeFiles, layout: &Layout) -> Result<Self> {
        let mut written = Written { files: BTreeMap::new() };
        for tree in layout.built() {
            let path = directory.join(&files.files[tree as usize]);
            let file = durable::create_reserved(&durable::temporary(&path), files.bytes)?;
            written.files.insert(tree, (path, file));
        }
        Ok(written)
    }

    /// Makes the files durable and gives them their names.
    pub fn publish(mut self) -> Result<()> {
        while let Some((_, (path, _))) = self.files.pop_first() {
            durable::publish(&durable::temporary(&path), &path)?;
        }
        Ok(())
    }
}

impl Rows for Written {
    fn take(&self, tree: u64, at: u64, nodes: &[Node]) -> Result<()> {
        let (path, file) = &self.files[&tree];
        let (bytes, at) = (nodes.as_flattened(), at * NODE_BYTES as u64);
        durable::write_at(file, bytes, at, path)?;
        if bytes.len() >= SYNCED_BYTES {
            durable::begin_syncing(file, at, bytes.len());
        }
        Ok(())
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        for (path, _) in self.files.values() {
            // A leftover file is better than hiding the real error behind another one.
            let _ = durable::remove(&durable::temporary(path));
        }
    }
}

/// They are written like [`Written`]'s, and the files' digests are computed from the same rows. For this the files are
/// also kept in memory, because their rows are made level by level: tree R of a 32 GiB sector has 73 MiB.
pub struct Digested {
    written: Written,
    /// By sub-tree.
    copies: BTreeMap<u64, Mutex<Vec<u8>>>,
}

impl Digested {
    /// Creates the files of the sub-trees that the layout builds, their blocks reserved.
    pub fn create(directory: &Path, files: &TreeFiles, layout: &Layout) -> Result<Self> {
        let copies = layout.built().map(|tree| (tree, Mutex::new(vec![0; files.bytes as usize]))).collect();
        Ok(Digested { written: Written::create(directory, files, layout)?, copies })
    }

    /// Makes the files durable and gives them their names; returns their SHA-256, in order.
    pub fn publish(self) -> Result<Vec<Hash32>> {
        self.written.publish()?;
        let digest = |copy: Mutex<Vec<u8>>| {
            Hash32(Sha256::digest(copy.into_inner().unwrap_or_else(PoisonError::into_inner)).into())
        };
        Ok(self.copies.into_values().map(digest).collect())
    }
}

impl Rows for Digested {
    fn take(&self, tree: u64, at: u64, nodes: &[Node]) -> Result<()> {
        let (bytes, from) = (nodes.as_flattened(), at as usize * NODE_BYTES);
        let mut copy = self.copies[&tree].lock().unwrap_or_else(PoisonError::into_inner);
        copy[from..from + bytes.len()].copy_from_slice(bytes);
        drop(copy);
        self.written.take(tree, at, nodes)
    }
}

/// They are compared with an existing tree.
pub struct Compared {
    layout: Layout,
    /// By sub-tree.
    files: BTreeMap<u64, NodeFile>,
    different: Mutex<BTreeMap<u64, Difference>>,
}

/// How the file of a sub-tree differs from what was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The lowest node of the file that differs.
    pub node: u64,
    /// The leaves of all sub-trees from the first to the last below a node of the lowest row that differs; if there is
    /// none, those below `node`.
    pub leaves: Range<u64>,
    /// How many nodes of the lowest row differ.
    pub blocks: u64,
}

impl Compared {
    /// Opens the files of the sub-trees that the layout builds; a missing file or one of another size is an error of kind
    /// `code`. What is made of other sub-trees is not compared.
    pub fn open(directory: &Path, files: &TreeFiles, layout: Layout, code: Code) -> Result<Self> {
        let open = |tree: u64| {
            let path = directory.join(&files.files[tree as usize]);
            Ok((tree, NodeFile::open_as(path, files.bytes, code)?))
        };
        Ok(Compared { layout, files: layout.built().map(open).collect::<Result<_>>()?, different: Mutex::default() })
    }

    /// The sub-trees whose files differ.
    pub fn differences(self) -> BTreeMap<u64, Difference> {
        self.different.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, tree: u64, node: u64) {
        let leaves = self.layout.leaves_below(tree, node);
        let blocks = u64::from(node < self.layout.width(self.layout.lowest));
        let mut different = self.different.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = different.get_mut(&tree) else {
            different.insert(tree, Difference { node, leaves, blocks });
            return;
        };
        known.leaves = match (known.blocks > 0, blocks > 0) {
            (true, true) => known.leaves.start.min(leaves.start)..known.leaves.end.max(leaves.end),
            (false, true) => leaves,
            (false, false) if node < known.node => leaves,
            _ => known.leaves.clone(),
        };
        known.node = known.node.min(node);
        known.blocks += blocks;
    }
}

impl Rows for Compared {
    fn take(&self, tree: u64, at: u64, nodes: &[Node]) -> Result<()> {
        let Some(file) = self.files.get(&tree) else { return Ok(()) };
        let stored = file.nodes(at, nodes.len() as u64)?;
        for (index, _) in nodes.iter().zip(&stored).enumerate().filter(|(_, (node, stored))| node != stored) {
            self.note(tree, at + index as u64);
        }
        Ok(())
    }
}
