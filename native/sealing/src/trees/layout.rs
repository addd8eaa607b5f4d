//! Where a tree's nodes lie.

use std::ops::Range;

use super::stream::WINDOWS;
use crate::files::geometry::Geometry;
use crate::sha256::merkle::NODE_BYTES;

/// Children of a node.
pub(super) const ARITY: u64 = 8;

/// Leaves that a task takes at a time: together with the levels above them they fit a core's own cache.
const CHUNK: u64 = ARITY.pow(4);

/// Nodes of each file that are read at a time.
const WINDOW: u64 = ARITY.pow(6);

/// A tree of sub-trees of arity 8. Each sub-tree's file holds its levels from some level up to its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Sub-trees: 1, or 8 or 16 whose roots are hashed further.
    pub(super) trees: u64,
    /// Leaves of each: a power of 8.
    pub(super) leaves: u64,
    /// The lowest level in a file; level 0 are the leaves.
    pub(super) lowest: u32,
    /// Leaves that a task takes: a power of 8, not more than a sub-tree has.
    pub(super) chunk: u64,
    /// Nodes of each file that are read at a time: a multiple of a chunk, and a divisor of all nodes.
    pub(super) window: u64,
    /// The sub-trees to build, a bit for each.
    pub(super) built: u32,
}

/// All sub-trees.
pub(super) const ALL: u32 = u32::MAX;

impl Layout {
    /// Tree C: all levels.
    pub fn tree_c(geometry: &Geometry) -> Self {
        let trees = geometry.tree_c.files.len() as u64;
        let leaves = geometry.nodes / trees;
        Layout { trees, leaves, lowest: 0, chunk: CHUNK.min(leaves), window: WINDOW.min(geometry.nodes), built: ALL }
    }

    /// Tree R: without its leaves, which are the replica, and the rows above them that are discarded.
    pub fn tree_r(geometry: &Geometry) -> Self {
        Layout { lowest: geometry.rows_to_discard as u32 + 1, ..Layout::tree_c(geometry) }
    }

    /// The same layout, but only these sub-trees are built, and only what is below them is read.
    pub fn only(self, trees: &[u64]) -> Self {
        let built = trees.iter().fold(0, |built, tree| built | 1 << tree);
        Layout { built, window: self.window.min(self.leaves), ..self }
    }

    /// The sub-trees that are built, in order.
    pub(super) fn built(&self) -> impl Iterator<Item = u64> {
        let layout = *self;
        (0..self.trees).filter(move |tree| layout.builds(*tree))
    }

    /// Whether this sub-tree is built.
    pub fn builds(&self, tree: u64) -> bool {
        self.built >> tree & 1 == 1
    }

    /// The first node of each window that is read.
    pub(super) fn windows(&self) -> impl Iterator<Item = u64> {
        let layout = *self;
        (0..self.nodes()).step_by(self.window as usize).filter(move |first| layout.builds(first / layout.leaves))
    }

    /// The bytes of each file that are read.
    pub fn bytes(&self) -> u64 {
        self.built().count() as u64 * self.leaves * NODE_BYTES as u64
    }

    /// The most memory, in bytes, for reading this many files side by side and building the tree on this many threads.
    pub fn memory(&self, sources: usize, threads: usize) -> u64 {
        let windows = (WINDOWS * sources) as u64 * self.window;
        let chunks = threads as u64 * tree_nodes(self.chunk) as u64;
        // Roots of the tree's and the data's chunks, plus half as much again while folding.
        let roots = 3 * self.chunks();
        (windows + chunks + roots) * NODE_BYTES as u64
    }

    /// Leaves of all sub-trees.
    pub fn nodes(&self) -> u64 {
        self.trees * self.leaves
    }

    /// Chunks of all sub-trees.
    pub(super) fn chunks(&self) -> u64 {
        self.nodes() / self.chunk
    }

    /// The level of a chunk's root.
    pub(super) fn chunk_level(&self) -> u32 {
        self.chunk.ilog(ARITY)
    }

    /// The level of a sub-tree's root.
    pub(super) fn root_level(&self) -> u32 {
        self.leaves.ilog(ARITY)
    }

    /// The leaves of all sub-trees below node `at` of a sub-tree's file.
    pub(super) fn leaves_below(&self, tree: u64, at: u64) -> Range<u64> {
        let level =
            (self.lowest..=self.root_level()).rfind(|level| self.start(*level).is_some_and(|start| start <= at));
        let level = level.expect("the lowest level begins at 0");
        let below = ARITY.pow(level);
        let first = tree * self.leaves + (at - self.start(level).expect("it was found")) * below;
        first..first + below
    }

    /// Where a level begins in a file, in nodes; none if the level is left out.
    pub(super) fn start(&self, level: u32) -> Option<u64> {
        (level >= self.lowest).then(|| (self.lowest..level).map(|below| self.width(below)).sum())
    }

    /// Nodes of a level of a sub-tree.
    pub(super) fn width(&self, level: u32) -> u64 {
        self.leaves / ARITY.pow(level)
    }
}

/// Nodes of a chunk's tree: its leaves and all levels above them.
pub(super) fn tree_nodes(leaves: u64) -> usize {
    ((leaves * ARITY - 1) / (ARITY - 1)) as usize
}
