//! Where the labels of a layer are in memory that holds only two of its windows.
//!
//! First come two windows: one is labelled, beside the one before it. Then the far labels of two windows: one uses its own
//! while those of the next one are read. A window's far labels lie in the order of the lists in [`FarParents`].

use std::ops::Range;

use crate::parent_cache::{BASE, FarParents, Parents, Windows};
use crate::{Code, Error, Result};

/// Windows that are in memory at the same time, each with its far labels.
const KEPT: usize = 2;

/// The places of parents while one window after the other is labelled.
pub(super) struct Places<'a> {
    far: &'a FarParents,
    windows: Windows,
    most: usize,
    window: usize,
    /// The number of a node without these bits is its window's.
    bits: u32,
    /// For each earlier window, the places of its labels that have not been read yet.
    next: Vec<Range<usize>>,
    parents: Vec<Parents>,
}

impl<'a> Places<'a> {
    pub(super) fn new(far: &'a FarParents) -> Self {
        let (windows, most) = (far.windows(), far.most());
        let bits = windows.nodes.trailing_zeros();
        Places { far, windows, most, window: 0, bits, next: Vec::new(), parents: Vec::new() }
    }

    /// How many places there are.
    pub(super) fn count(far: &FarParents) -> usize {
        KEPT * (far.windows().nodes + far.most())
    }

    /// The place of a node's label; those of the other nodes of its window are beside it in the same order.
    pub(super) fn of_node(&self, node: usize) -> usize {
        node & (KEPT * self.windows.nodes - 1)
    }

    /// The place of a window's first far label.
    pub(super) fn of_far(&self, window: usize) -> usize {
        KEPT * self.windows.nodes + window % KEPT * self.most
    }

    /// Begins a window.
    pub(super) fn begin(&mut self, window: usize) {
        self.window = window;
        let mut place = self.of_far(window);
        let lists = self.far.counts(window).map(|count| {
            let first = place;
            place += count;
            first..place
        });
        self.next = lists.collect();
    }

    /// The parents of the window's next nodes, those in the own layer as places. An error if they are not the ones that
    /// the far parents were listed from.
    pub(super) fn of(&mut self, parents: &[Parents], first: usize) -> Result<&[Parents]> {
        let near = self.window.saturating_sub(1) << self.bits;
        let in_window = KEPT * self.windows.nodes - 1;
        self.parents.clear();
        self.parents.extend_from_slice(parents);
        for (node, parents) in (first..).zip(&mut self.parents) {
            for parent in &mut parents[..BASE] {
                let own = *parent as usize;
                let place = if (near..=node).contains(&own) {
                    Some(own & in_window)
                } else {
                    self.next.get_mut(own >> self.bits).and_then(Iterator::next)
                };
                let Some(place) = place else {
                    return Err(Error::new(
                        Code::ParentCache,
                        format!(
                            "node {own} is a parent of node {node}, but the list of far parents beside the parent cache \
                             does not have it there: remove the list (reseal-far-….index), then start again"
                        ),
                    ));
                };
                *parent = place as u32;
            }
        }
        Ok(&self.parents)
    }
}
