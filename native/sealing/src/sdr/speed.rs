//! How fast this host labels: a stretch of a later layer, with labels and parents in memory as for a real sector.

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
    let parents = stretch(&Graph::of(PROOF), Geometry::of(PROOF).nodes as u32);
    let memory = cpus.iter().map(|_| Two::allocate(Geometry::of(PROOF).nodes as usize, sectors));
    let memory = memory.collect::<Result<Vec<_>>>()?;
    let tasks: Vec<_> = (0..sectors).map(|slot| Task { slot, layer: 2, replica_id: [slot as u8; 32] }).collect();
    let (parents, tasks, together) = (&parents, &tasks, &Barrier::new(cpus.len()));
    let times: Vec<Result<f64>> = thread::scope(|scope| {
        let running: Vec<_> = cpus
            .iter()
            .zip(&memory)
            .map(|(cpu, Two { current, previous })| {
                scope.spawn(move || {
                    let pinned = placement::pin(*cpu);
                    // Parents of a stretch only, so this is no whole layer.
                    let memory = Memory { parents, first: 0, place: 0, current, previous };
                    let mut fastest = f64::INFINITY;
                    for _ in 0..TIMES {
                        together.wait();
                        let began = Instant::now();
                        // `stretch` names nodes only.
                        unsafe { engine::label_nodes(engine, tasks, memory, 1..STRETCH) };
                        fastest = fastest.min(began.elapsed().as_nanos() as f64 / (STRETCH * sectors) as f64);
                    }
                    pinned.map(|()| fastest)
                })
            })
            .collect();
        running.into_iter().map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    let slowest = times.into_iter().try_fold(0.0, |slowest: f64, time| time.map(|time| slowest.max(time)));
    let slowest = slowest?;
    if slowest > 0.0 { Ok(slowest) } else { Err(Error::new(Code::InvalidRequest, "there is no CPU to measure")) }
}

/// A layer and the one before.
struct Two {
    current: Labels,
    previous: Labels,
}

impl Two {
    fn allocate(nodes: usize, sectors: usize) -> Result<Self> {
        Ok(Two { current: Labels::allocate(nodes, sectors)?, previous: Labels::allocate(nodes, sectors)? })
    }
}

/// The parents of nodes in the middle of the graph, moved to its beginning: the distances stay.
fn stretch(graph: &Graph, nodes: u32) -> Vec<Parents> {
    let first = nodes / 2;
    let mut parents = vec![Parents::default(); STRETCH];
    graph.fill(first, &mut parents);
    for base in parents.iter_mut().flat_map(|parents| &mut parents[..BASE]) {
        *base = (*base + nodes - first) % nodes;
    }
    parents
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Labels are read wherever the parents point. Fails if one of them is no node, or if near parents become far ones.
    #[test]
    fn what_is_measured_reads_nodes_as_near_as_real_labelling_does() {
        let nodes = Geometry::of(PROOF).nodes as u32;
        let parents = stretch(&Graph::of(PROOF), nodes);
        assert!(parents.as_flattened().iter().all(|parent| *parent < nodes));
        for (node, parents) in parents.iter().enumerate().skip(1) {
            assert!(parents[..BASE].contains(&(node as u32 - 1)), "node {node}: {parents:?}");
        }
    }

    #[test]
    fn without_a_cpu_nothing_is_measured() {
        assert_eq!(measure(Engine::best(), &[], 1).unwrap_err().code, Code::InvalidRequest);
    }
}
