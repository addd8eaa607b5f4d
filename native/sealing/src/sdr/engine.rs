//! One layer of some sectors, node by node.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::files::nodes::Node;
use crate::parent_cache::{BASE, Parents};
use crate::sdr::labels::Labels;
use crate::sdr::portable;
use crate::sha256::Engine;
use crate::{Code, Error, Result};

/// Nodes between two progress updates, a few milliseconds.
const CHUNK: usize = 1 << 12;
/// The most sectors whose hashes are interleaved; three keep a core's SHA unit busy.
pub(crate) const INTERLEAVED: usize = 4;

/// Parents that a label is hashed over: all of them in order, then again from the first.
pub(crate) const HASHED_PARENTS: usize = 37;

/// One layer of one sector to compute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    /// The sector's slot beside the others.
    pub(crate) slot: usize,
    /// The layer, from 1.
    pub(crate) layer: u32,
    /// The sector's replica id.
    pub(crate) replica_id: Node,
}

impl Task {
    /// How many of a node's parents it hashes: in the first layer only those of its own layer.
    pub(crate) fn degree(&self) -> usize {
        if self.layer == 1 { BASE } else { size_of::<Parents>() / size_of::<u32>() }
    }
}

/// The labels in memory.
#[derive(Clone, Copy)]
pub(crate) struct Memory<'a> {
    /// Each node's parents.
    pub(crate) parents: &'a [Parents],
    /// The layers being computed. No other thread may touch the tasks' slots.
    pub(crate) current: &'a Labels,
    /// The layers before them. No thread may write to the tasks' slots.
    pub(crate) previous: &'a Labels,
}

/// Computes the layers of these tasks in `current` from those in `previous`, and counts the nodes in `done`. A task
/// whose sector leaves is dropped on the way. A parent that is not a node of the graph is an error.
pub(crate) fn label(
    engine: Engine,
    tasks: &[Task],
    memory: Memory,
    done: &AtomicU64,
    is_wanted: &dyn Fn(usize) -> bool,
) -> Result<()> {
    let Memory { parents, current, previous } = memory;
    assert_eq!((current.nodes(), previous.nodes()), (parents.len(), parents.len()));
    assert_eq!(current.stride(), previous.stride());
    assert!(tasks.iter().all(|task| (task.slot + 1) * size_of::<Node>() <= current.stride()));
    let (mut first, mut later): (Vec<_>, Vec<_>) = tasks.iter().copied().partition(|task| task.layer == 1);
    for start in (0..parents.len()).step_by(CHUNK) {
        let nodes = start..parents.len().min(start + CHUNK);
        check_parents(&parents[nodes.clone()], start, parents.len())?;
        for tasks in [&mut first, &mut later] {
            tasks.retain(|task| is_wanted(task.slot));
            for tasks in tasks.chunks(INTERLEAVED) {
                // `check_parents` has checked the parents of these nodes.
                unsafe { label_nodes(engine, tasks, memory, nodes.clone()) };
            }
        }
        if first.is_empty() && later.is_empty() {
            break;
        }
        done.store(nodes.end as u64, Ordering::Relaxed);
    }
    Ok(())
}

/// Labels are read wherever the parents point, so these must be nodes of the graph.
fn check_parents(parents: &[Parents], first: usize, nodes: usize) -> Result<()> {
    let largest = parents.as_flattened().iter().copied().max().unwrap_or(0);
    if (largest as usize) < nodes {
        return Ok(());
    }
    let node = parents.iter().position(|parents| parents.contains(&largest)).map_or(first, |index| first + index);
    Err(Error::new(
        Code::ParentCache,
        format!("the parent cache names node {largest} as a parent of node {node}, and a sector has {nodes}"),
    ))
}

/// Computes the labels of these nodes; those before them must exist.
///
/// # Safety
/// The parents of these nodes are nodes.
pub(super) unsafe fn label_nodes(engine: Engine, tasks: &[Task], memory: Memory, nodes: Range<usize>) {
    match engine {
        #[cfg(target_arch = "x86_64")]
        Engine::ShaNi => unsafe { crate::sdr::sha_ni::label_nodes(tasks, memory, nodes) },
        _ => {
            for node in nodes {
                for task in tasks {
                    let label = portable::label(task, node, memory);
                    unsafe { memory.current.set(task.slot, node, &label) };
                }
            }
        }
    }
}
