//! One layer of some sectors, node by node.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::nodes::Node;
use crate::parent_cache::{BASE, Parents};
use crate::sdr::labels::Labels;
use crate::sdr::portable;
use crate::sha256::Engine;

/// Nodes between two reports.
const CHUNK: usize = 1 << 12;
/// Most sectors whose hashes are interleaved; a core's SHA unit is full with three.
pub(crate) const INTERLEAVED: usize = 4;

/// Parents that a label is hashed over, one after the other and again from the first.
pub(crate) const HASHED_PARENTS: usize = 37;

/// One sector's layer to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    /// The sector's place beside the others.
    pub(crate) slot: usize,
    /// The layer, from 1.
    pub(crate) layer: u32,
    /// What its labels are bound to.
    pub(crate) replica_id: Node,
}

impl Task {
    /// How many of a node's parents it hashes: in the first layer those of its own layer alone.
    pub(crate) fn degree(&self) -> usize {
        if self.layer == 1 { BASE } else { size_of::<Parents>() / size_of::<u32>() }
    }
}

/// Makes the layers of these tasks in `current` from those in `previous`, and counts the nodes in `done`.
pub(crate) fn label(
    engine: Engine,
    tasks: &[Task],
    parents: &[Parents],
    current: &mut Labels,
    previous: &Labels,
    done: &AtomicU64,
) {
    assert_eq!((current.nodes(), previous.nodes()), (parents.len(), parents.len()));
    assert_eq!(current.stride(), previous.stride());
    assert!(tasks.iter().all(|task| (task.slot + 1) * size_of::<Node>() <= current.stride()));
    let (first, later): (Vec<_>, Vec<_>) = tasks.iter().copied().partition(|task| task.layer == 1);
    let batches: Vec<_> = first.chunks(INTERLEAVED).chain(later.chunks(INTERLEAVED)).collect();
    for start in (0..parents.len()).step_by(CHUNK) {
        let nodes = start..parents.len().min(start + CHUNK);
        for tasks in &batches {
            label_nodes(engine, tasks, parents, current, previous, nodes.clone());
        }
        done.store(nodes.end as u64, Ordering::Relaxed);
    }
}

fn label_nodes(
    engine: Engine,
    tasks: &[Task],
    parents: &[Parents],
    current: &mut Labels,
    previous: &Labels,
    nodes: Range<usize>,
) {
    match engine {
        #[cfg(target_arch = "x86_64")]
        Engine::ShaNi => crate::sdr::sha_ni::label_nodes(tasks, parents, current, previous, nodes),
        _ => {
            for node in nodes {
                for task in tasks {
                    let label = portable::label(task, node, &parents[node], current, previous);
                    current.set(task.slot, node, &label);
                }
            }
        }
    }
}
