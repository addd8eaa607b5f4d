//! One layer of some sectors, node by node.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::files::nodes::Node;
use crate::parent_cache::{BASE, Parents};
use crate::sdr::labels::Labels;
use crate::sdr::portable;
#[cfg(target_arch = "x86_64")]
use crate::sdr::way::Way;
use crate::sha256::Engine;
use crate::{Code, Error, Result};

/// Nodes between two progress updates, a few milliseconds.
const CHUNK: usize = 1 << 12;
/// The most sectors whose hashes are interleaved by the SHA instructions; four keep a core's SHA unit busy.
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
    /// The parents of node `first` and of the nodes after it: places in `current`, then nodes of `previous`.
    pub(crate) parents: &'a [Parents],
    pub(crate) first: usize,
    /// The place in `current` of the label of node `first`; those of the nodes after it follow.
    pub(crate) place: usize,
    /// The layers being computed. No other thread may touch the places that are used of the tasks' slots.
    pub(crate) current: &'a Labels,
    /// The layers before them. No thread may write to the tasks' slots.
    pub(crate) previous: &'a Labels,
}

impl<'a> Memory<'a> {
    /// Two whole layers: the place of a label is the number of its node.
    pub(crate) fn whole(parents: &'a [Parents], current: &'a Labels, previous: &'a Labels) -> Self {
        assert_eq!((current.nodes(), previous.nodes()), (parents.len(), parents.len()));
        Memory { parents, first: 0, place: 0, current, previous }
    }
}

/// Computes the layers of these tasks from those in `memory.previous`, where the labels of both layers are whole, and
/// counts the nodes in `done`. A task whose sector leaves is dropped on the way. A parent that is not a node of the graph
/// is an error.
pub(crate) fn label(
    engine: Engine,
    tasks: &[Task],
    memory: Memory,
    done: &AtomicU64,
    is_wanted: &dyn Fn(usize) -> bool,
) -> Result<()> {
    let parents = memory.parents;
    let mut tasks = Tasks::new(tasks);
    for nodes in chunks(0..parents.len()) {
        check_parents(&parents[nodes.clone()], nodes.start, parents.len())?;
        // `check_parents` has checked the parents of these nodes.
        if !unsafe { tasks.label(engine, memory, nodes.clone(), is_wanted) } {
            break;
        }
        done.store(nodes.end as u64, Ordering::Relaxed);
    }
    Ok(())
}

/// These nodes, so many at a time that progress can be reported and a sector can leave in between.
pub(crate) fn chunks(nodes: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = nodes.end;
    nodes.step_by(CHUNK).map(move |start| start..end.min(start + CHUNK))
}

/// The tasks whose sectors have not left.
pub(crate) struct Tasks {
    /// Those in their first layer.
    first: Vec<Task>,
    later: Vec<Task>,
}

impl Tasks {
    pub(crate) fn new(tasks: &[Task]) -> Self {
        let (first, later) = tasks.iter().copied().partition(|task| task.layer == 1);
        Tasks { first, later }
    }

    /// Drops the tasks that are no longer wanted and computes these nodes of the others; false if none is left.
    ///
    /// # Safety
    /// As for [`label_nodes`].
    pub(crate) unsafe fn label(
        &mut self,
        engine: Engine,
        memory: Memory,
        nodes: Range<usize>,
        is_wanted: &dyn Fn(usize) -> bool,
    ) -> bool {
        for tasks in [&mut self.first, &mut self.later] {
            tasks.retain(|task| is_wanted(task.slot));
            unsafe { label_nodes(engine, tasks, memory, nodes.clone()) };
        }
        !(self.first.is_empty() && self.later.is_empty())
    }
}

/// Labels are read wherever the parents point, so these must be nodes of the graph.
pub(crate) fn check_parents(parents: &[Parents], first: usize, nodes: usize) -> Result<()> {
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

/// Computes the labels of these nodes; those of their parents must exist. Either all tasks are in their first layer or none
/// is.
///
/// # Safety
/// `memory` has the parents of these nodes, they are places and nodes, and there is a place for each label.
pub(super) unsafe fn label_nodes(engine: Engine, mut tasks: &[Task], memory: Memory, nodes: Range<usize>) {
    assert_eq!(memory.current.stride(), memory.previous.stride());
    assert!(tasks.iter().all(|task| (task.slot + 1) * size_of::<Node>() <= memory.current.stride()));
    match engine {
        #[cfg(target_arch = "x86_64")]
        Engine::ShaNi => {
            while !tasks.is_empty() {
                let way = Way::of(tasks.len());
                let (together, rest) = tasks.split_at(tasks.len().min(way.sectors()));
                // `Way::of` knows which instructions the CPU has.
                unsafe { way.label(together, memory, nodes.clone()) };
                tasks = rest;
            }
        }
        _ => {
            for node in nodes {
                for task in tasks {
                    let index = node - memory.first;
                    let label = portable::label(task, node, &memory.parents[index], |own, place| {
                        let labels = if own { memory.current } else { memory.previous };
                        Ok(labels.get(task.slot, place))
                    });
                    let label = label.expect("labels in memory can be read");
                    unsafe { memory.current.set(task.slot, memory.place + index, &label) };
                }
            }
        }
    }
}
