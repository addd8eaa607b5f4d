//! A tree that several threads build together, chunk by chunk.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::layout::{ARITY, Layout, tree_nodes};
use super::rows::Rows;
use super::spent::{Part, Spent};
use super::stream::{Source, stream};
use crate::files::nodes::Node;
use crate::poseidon::{Engine, NotAnElement};
use crate::request::hash32::Hash32;
use crate::sha256::merkle::NODE_BYTES;
use crate::{Code, Error, Result};

/// What a tree is built with, and how its progress is reported.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// The hash code.
    pub engine: Engine,
    /// Where the time is counted.
    pub spent: &'a Spent,
    /// Called with the number of further input bytes that are processed.
    pub done: &'a (dyn Fn(u64) + Sync),
}

/// The part built so far.
pub(super) struct Building<'a> {
    layout: Layout,
    rows: &'a dyn Rows,
    work: Work<'a>,
    /// The roots of all chunks.
    roots: Mutex<Vec<Node>>,
}

impl<'a> Building<'a> {
    pub(super) fn new(layout: Layout, rows: &'a dyn Rows, work: Work<'a>) -> Self {
        let roots = Mutex::new(vec![Node::default(); layout.chunks() as usize]);
        Building { layout, rows, work, roots }
    }

    /// Reads the sources and builds the leaves chunk by chunk: `make` gets the number of the first leaf, the same nodes
    /// of all sources, and room for the leaves. Returns the sources' digests.
    pub(super) fn stream(
        &self,
        sources: &[Source],
        make: impl Fn(u64, &[&[Node]], &mut [Node]) -> Result<()> + Sync,
    ) -> Result<Vec<Option<Hash32>>> {
        let chunk = self.layout.chunk;
        stream(sources, self.layout, self.work.spent, |first, inputs| {
            let mut nodes = vec![Node::default(); tree_nodes(chunk)];
            make(first, inputs, &mut nodes[..chunk as usize])?;
            // If the leaves are the source's own nodes, they have not been checked yet.
            self.take(first, &mut nodes, sources[0].path)?;
            (self.work.done)(sources.len() as u64 * chunk * NODE_BYTES as u64);
            Ok(())
        })
    }

    /// Takes a chunk. Its leaves, from number `first` on, are at the beginning of `nodes`; `path` is the file that a
    /// leaf which is not a field element comes from.
    fn take(&self, first: u64, nodes: &mut [Node], path: &Path) -> Result<()> {
        let (tree, within) = (first / self.layout.leaves, first % self.layout.leaves);
        let mut width = self.layout.chunk as usize;
        let mut rest = nodes;
        for level in 0..self.layout.chunk_level() {
            let (row, above) = rest.split_at_mut(width);
            width /= ARITY as usize;
            let hashed =
                self.work.spent.on(Part::Levels, || self.work.engine.hash(ARITY as usize, row, &mut above[..width]));
            hashed.map_err(|NotAnElement { index, .. }| {
                let message = format!("node {} of {} is not a field element", first + index as u64, path.display());
                Error::new(Code::ScratchLost, message).about(path)
            })?;
            self.row(tree, level, within / ARITY.pow(level), row)?;
            rest = above;
        }
        let mut roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        roots[(first / self.layout.chunk) as usize] = rest[0];
        Ok(())
    }

    /// Builds the levels above the chunks; returns the roots of the sub-trees, in order.
    pub(super) fn finish(self) -> Result<Vec<Node>> {
        let roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        let chunks = (self.layout.leaves / self.layout.chunk) as usize;
        let trees = roots.par_chunks(chunks).enumerate().map(|(tree, roots)| (tree as u64, roots));
        let built = trees.filter(|(tree, _)| self.layout.builds(*tree));
        built.map(|(tree, roots)| self.build_top(tree, roots.to_vec())).collect()
    }

    fn build_top(&self, tree: u64, mut row: Vec<Node>) -> Result<Node> {
        for level in self.layout.chunk_level()..=self.layout.root_level() {
            self.row(tree, level, 0, &row)?;
            if level < self.layout.root_level() {
                let mut above = vec![Node::default(); row.len() / ARITY as usize];
                self.work.spent.on(Part::Levels, || hash(self.work.engine, ARITY as usize, &row, &mut above));
                row = above;
            }
        }
        Ok(row[0])
    }

    /// Writes nodes of a level, from its node `at` on.
    fn row(&self, tree: u64, level: u32, at: u64, nodes: &[Node]) -> Result<()> {
        match self.layout.start(level) {
            Some(start) => self.work.spent.on(Part::Writing, || self.rows.take(tree, start + at, nodes)),
            None => Ok(()),
        }
    }
}

/// The root over the sub-trees' roots: one hash of eight; for sixteen, two hashes of eight, then one of two.
pub fn top(engine: Engine, roots: &[Node]) -> Node {
    if let [root] = roots {
        return *root;
    }
    let arity = roots.len().min(ARITY as usize);
    let mut above = vec![Node::default(); roots.len() / arity];
    hash(engine, arity, roots, &mut above);
    top(engine, &above)
}

/// Hashes nodes that are themselves hashes.
fn hash(engine: Engine, arity: usize, children: &[Node], parents: &mut [Node]) {
    engine.hash(arity, children, parents).expect("hashes are field elements");
}
