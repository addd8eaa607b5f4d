//! How fast this host labels: a stretch of a later layer, with labels and parents in memory as for a real sector.

use std::ops::Range;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use filecoin_proofs_api::RegisteredSealProof;

use crate::files::geometry::Geometry;
use crate::library::placement;
use crate::parent_cache::{BASE, Graph, Parents};
use crate::sdr::engine::{self, Memory, Task};
use crate::sdr::labels::Labels;
use crate::sha256::Engine;
use crate::{Code, Error, Result};

/// Its layers are larger than any CPU's caches and small enough that many sectors fit into any host's memory.
const PROOF: RegisteredSealProof = RegisteredSealProof::StackedDrg512MiBV1_1;
/// Nodes that are labelled at a time.
const STRETCH: usize = 1 << 16;
/// How often; the fastest counts, so that other work of the host does not.
const TIMES: usize = 5;

/// Nanoseconds for a node of a sector, with this many sectors on each of these CPUs at the same time; of the slowest CPU.
pub fn measure(engine: Engine, cpus: &[usize], sectors: usize) -> Result<f64> {
    let nodes = Geometry::of(PROOF).nodes as usize;
    let trials = cpus.iter().map(|_| Trial::allocate(nodes, STRETCH, sectors)).collect::<Result<Vec<_>>>()?;
    let together = &Barrier::new(cpus.len());
    let times: Vec<Result<f64>> = thread::scope(|scope| {
        let running: Vec<_> = cpus
            .iter()
            .zip(&trials)
            .map(|(cpu, trial)| {
                scope.spawn(move || {
                    let pinned = placement::pin(*cpu);
                    let ready = || {
                        together.wait();
                    };
                    let nanos = trial.nanos(sectors, ready, |tasks, memory, nodes| {
                        // A trial has parents of these nodes, and memory for what they name.
                        unsafe { engine::label_nodes(engine, tasks, memory, nodes) };
                    });
                    pinned.map(|()| nanos / sectors as f64)
                })
            })
            .collect();
        running.into_iter().map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    let slowest = times.into_iter().try_fold(0.0, |slowest: f64, time| time.map(|time| slowest.max(time)));
    let slowest = slowest?;
    if slowest > 0.0 { Ok(slowest) } else { Err(Error::new(Code::InvalidRequest, "there is no CPU to measure")) }
}

/// A stretch of a later layer, and memory for it and the layer before.
pub(crate) struct Trial {
    parents: Vec<Parents>,
    current: Labels,
    previous: Labels,
}

impl Trial {
    /// With this many nodes in memory, of which a stretch is labelled.
    pub(crate) fn allocate(nodes: usize, stretch: usize, sectors: usize) -> Result<Self> {
        assert!(stretch <= nodes, "there is no memory for a stretch of {stretch} nodes");
        Ok(Trial {
            parents: parents_of(nodes as u32, stretch),
            current: Labels::allocate(nodes, sectors)?,
            previous: Labels::allocate(nodes, sectors)?,
        })
    }

    /// Nanoseconds for a node of so many sectors, labelled together by `label`, which begins when `ready` returns.
    pub(crate) fn nanos(&self, sectors: usize, ready: impl Fn(), label: impl Fn(&[Task], Memory, Range<usize>)) -> f64 {
        let tasks: Vec<_> = (0..sectors).map(|slot| Task { slot, layer: 2, replica_id: [slot as u8; 32] }).collect();
        // Parents of a stretch only, so this is no whole layer.
        let memory =
            Memory { parents: &self.parents, first: 0, place: 0, current: &self.current, previous: &self.previous };
        let nodes = 1..self.parents.len();
        let took = (0..TIMES).map(|_| {
            ready();
            let began = Instant::now();
            label(&tasks, memory, nodes.clone());
            began.elapsed().as_nanos() as f64
        });
        took.fold(f64::INFINITY, f64::min) / nodes.len() as f64
    }
}

/// The parents of nodes in the middle of the graph, moved to its beginning: the distances stay. Those that are not among
/// the first `nodes` are replaced by others.
fn parents_of(nodes: u32, stretch: usize) -> Vec<Parents> {
    let whole = Geometry::of(PROOF).nodes as u32;
    let first = whole / 2;
    let mut parents = vec![Parents::default(); stretch];
    Graph::of(PROOF).fill(first, &mut parents);
    for base in parents.iter_mut().flat_map(|parents| &mut parents[..BASE]) {
        *base = (*base + whole - first) % whole;
    }
    for parent in parents.as_flattened_mut() {
        *parent %= nodes;
    }
    parents
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Labels are read wherever the parents point. Fails if one of them is no node, or if near parents become far ones.
    #[test]
    fn what_is_measured_reads_nodes_as_near_as_real_labelling_does() {
        for nodes in [Geometry::of(PROOF).nodes as u32, 1 << 17] {
            let parents = parents_of(nodes, STRETCH);
            assert!(parents.as_flattened().iter().all(|parent| *parent < nodes));
            for (node, parents) in parents.iter().enumerate().skip(1) {
                assert!(parents[..BASE].contains(&(node as u32 - 1)), "node {node}: {parents:?}");
            }
        }
    }

    #[test]
    fn without_a_cpu_nothing_is_measured() {
        assert_eq!(measure(Engine::best(), &[], 1).unwrap_err().code, Code::InvalidRequest);
    }
}
