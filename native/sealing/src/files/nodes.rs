//! Files of 32-byte nodes, read at single places: layers of labels, the sealed file, trees.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use blstrs::Scalar;
use filecoin_hashers::poseidon::{PoseidonDomain, PoseidonHasher};
use filecoin_hashers::{HashFunction, Hasher};
use storage_proofs_porep::stacked::Column;

use crate::files::durable;
use crate::files::geometry::TreeFiles;
use crate::files::opening;
use crate::sha256::merkle::NODE_BYTES;
use crate::{Code, Error, Result};

const ARITY: u64 = 8;

/// The 32 bytes of a node.
pub(crate) type Node = [u8; NODE_BYTES];

/// A file of nodes, read only.
pub(crate) struct NodeFile {
    path: PathBuf,
    file: File,
}

impl NodeFile {
    /// Opens a file that must have this many bytes.
    pub(crate) fn open(path: PathBuf, bytes: u64) -> Result<Self> {
        Self::open_as(path, bytes, Code::ScratchLost)
    }

    /// The same; a missing file or another size is an error of kind `code`.
    pub(crate) fn open_as(path: PathBuf, bytes: u64, code: Code) -> Result<Self> {
        durable::check_size(&path, bytes, code)?;
        let file = opening::open(&path).map_err(|cause| Error::io("opening", &path, cause))?;
        Ok(NodeFile { path, file })
    }

    /// The node at `index`.
    pub(crate) fn node(&self, index: u64) -> Result<Node> {
        Ok(self.nodes(index, 1)?[0])
    }

    /// `count` nodes from `index` on.
    pub(crate) fn nodes(&self, index: u64, count: u64) -> Result<Vec<Node>> {
        let mut nodes = vec![[0; NODE_BYTES]; count as usize];
        self.file
            .read_exact_at(nodes.as_flattened_mut(), index * NODE_BYTES as u64)
            .map_err(|cause| Error::io("reading", &self.path, cause))?;
        Ok(nodes)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// The node as a field element; none if it is too large.
pub(crate) fn element(node: &Node) -> Option<Scalar> {
    Scalar::from_bytes_le(node).into()
}

/// Poseidon over 2, 8 or 16 nodes; none if one of them is not a field element.
pub(crate) fn poseidon(nodes: &[Node]) -> Option<Node> {
    nodes.iter().all(|node| element(node).is_some()).then(|| {
        let hash: PoseidonDomain = <PoseidonHasher as Hasher>::Function::hash(nodes.as_flattened());
        hash.into()
    })
}

/// The leaf of tree C over a column: one label of each layer; none if one of them is not a field element.
pub(crate) fn column_hash(index: u64, labels: &[Node]) -> Option<Node> {
    if labels.iter().any(|label| element(label).is_none()) {
        return None;
    }
    let rows = labels.iter().map(|label| PoseidonDomain::from(*label)).collect();
    Some(Column::<PoseidonHasher>::new(index as u32, rows).ok()?.hash().to_bytes_le())
}

/// The root over as many nodes as a tree of arity 8 has leaves; none if one of them is not a field element.
pub(crate) fn octal_root(mut level: Vec<Node>) -> Option<Node> {
    while level.len() > 1 {
        level = level.chunks(ARITY as usize).map(poseidon).collect::<Option<_>>()?;
    }
    level.pop()
}

/// A tree of arity 8 in one or more files. Each file has its levels from some level up to its root.
pub(crate) struct OctalTree {
    files: Vec<NodeFile>,
    /// Nodes of the lowest level in one file.
    width: u64,
}

impl OctalTree {
    /// Opens the files in `cache`.
    pub(crate) fn open(cache: &Path, tree: &TreeFiles) -> Result<Self> {
        let files = tree.sizes().map(|(name, bytes)| NodeFile::open(cache.join(name), bytes));
        // width + width / 8 + … + 1 nodes.
        let width = (tree.bytes / NODE_BYTES as u64 * (ARITY - 1) + 1) / ARITY;
        Ok(OctalTree { files: files.collect::<Result<_>>()?, width })
    }

    /// Nodes of the lowest level in all files.
    pub(crate) fn first_level(&self) -> u64 {
        self.files.len() as u64 * self.width
    }

    /// The fault in the path from this node of the lowest level, which should be `leaf`, to the root of its file; none
    /// if there is none.
    pub(crate) fn fault(&self, index: u64, leaf: Option<Node>) -> Result<Option<String>> {
        let file = &self.files[(index / self.width) as usize];
        let (mut at, mut start, mut width) = (index % self.width, 0, self.width);
        let mut expected = leaf;
        loop {
            if expected != Some(file.node(start + at)?) {
                return Ok(Some(format!("node {} of {}", start + at, file.path().display())));
            }
            if width == 1 {
                return Ok(None);
            }
            expected = poseidon(&file.nodes(start + at / ARITY * ARITY, ARITY)?);
            (start, at, width) = (start + width, at / ARITY, width / ARITY);
        }
    }

    /// The root over the files' roots: groups of eight, then a pair.
    pub(crate) fn root(&self) -> Result<Option<Node>> {
        let last = |file: &NodeFile| {
            let mut nodes = 0;
            let mut width = self.width;
            while width > 0 {
                (nodes, width) = (nodes + width, width / ARITY);
            }
            file.node(nodes - 1)
        };
        let roots = self.files.iter().map(last).collect::<Result<Vec<_>>>()?;
        let tops = roots.chunks(ARITY as usize).map(|roots| octal_root(roots.to_vec())).collect::<Option<Vec<_>>>();
        Ok(tops.and_then(|tops| match tops.as_slice() {
            [top] => Some(*top),
            tops => poseidon(tops),
        }))
    }
}
