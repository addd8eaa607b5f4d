//! Sectors that share a graph, labelled together layer by layer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use rayon::prelude::*;

use crate::geometry::Geometry;
use crate::hash32::Hash32;
use crate::layers::Layers;
use crate::parent_cache::Parents;
use crate::sdr::engine::{self, Task};
use crate::sdr::labels::Labels;
use crate::sdr::{portable, write_behind};
use crate::sha256::Engine;
use crate::{Code, Error, Result};

/// Nodes of each layer that are computed again in another way.
const CHECKED: usize = 64;

/// What became of one sector in a step.
#[derive(Debug)]
pub struct Labelled {
    /// The sector's slot.
    pub slot: usize,
    /// How many layers are on the disk; of an error, which has taken the sector out of the group, the reason.
    pub written: Result<usize>,
}

/// A sector in its slot.
struct Member<'a> {
    replica_id: Hash32,
    layers: Layers<'a>,
    /// Layers that were labelled; the last of them is in memory.
    labelled: usize,
}

/// Sectors that share a graph. Each step computes the next layer of each, while the layers of the step before are
/// written; between steps sectors come and go.
pub struct Group<'a> {
    engine: Engine,
    geometry: &'a Geometry,
    parents: &'a [Parents],
    members: Vec<Option<Member<'a>>>,
    /// The last layer of each sector.
    previous: Labels,
    /// The one being computed.
    current: Labels,
}

impl<'a> Group<'a> {
    /// An empty group for so many sectors, with all the memory that they take.
    pub fn new(engine: Engine, geometry: &'a Geometry, parents: &'a [Parents], slots: usize) -> Result<Self> {
        let allocate = || Labels::allocate(parents.len(), slots);
        assert_eq!(parents.len() as u64, geometry.nodes);
        // Checked here, once: the labelling reads wherever they lead.
        if parents.par_iter().any(|parents| parents.iter().any(|parent| u64::from(*parent) >= geometry.nodes)) {
            return Err(Error::new(Code::ParentCache, "the parent cache names nodes that the sector does not have"));
        }
        let members = (0..slots).map(|_| None).collect();
        let (previous, current) = (allocate()?, allocate()?);
        Ok(Group { engine, geometry, parents, members, previous, current })
    }

    /// Takes a sector in, after its last finished layer; returns its slot. There must be a free one.
    pub fn join(&mut self, replica_id: Hash32, layers: Layers<'a>) -> Result<usize> {
        let slot = self.members.iter().position(Option::is_none).expect("a free slot");
        let labelled = layers.finished();
        if labelled > 0 && labelled < self.geometry.layers {
            write_behind::read(&mut self.previous, slot, &layers.path(labelled))?;
        }
        self.members[slot] = Some(Member { replica_id, layers, labelled });
        Ok(slot)
    }

    /// Lets a sector go; its finished layers stay.
    pub fn leave(&mut self, slot: usize) {
        self.members[slot] = None;
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.members.iter().all(Option::is_none)
    }

    /// Computes every sector's next layer and makes the one before durable; returns what was written, and whom that
    /// failed for. A sector whose last layer was written has left. For who watches, `done` counts the nodes of the step,
    /// and `on_disk` is told a slot and its layer as soon as that is durable.
    pub fn step(&mut self, done: &AtomicU64, on_disk: &(dyn Fn(usize, usize) + Sync)) -> Vec<Labelled> {
        done.store(0, Ordering::Relaxed);
        let tasks = self.tasks();
        let (current, previous) = (&mut self.current, &self.previous);
        let members = &mut self.members;
        let mut written = thread::scope(|scope| {
            let writer = scope.spawn(move || write(members, previous, on_disk));
            if !tasks.is_empty() {
                engine::label(self.engine, &tasks, self.parents, current, previous, done);
            }
            writer.join().expect("the writer returns its errors")
        });
        for task in &tasks {
            match self.check(task) {
                Ok(()) => self.members[task.slot].as_mut().expect("it was there").labelled += 1,
                Err(error) => written.push(Labelled { slot: task.slot, written: Err(error) }),
            }
        }
        for Labelled { slot, written } in &written {
            if written.as_ref().map_or(true, |layers| *layers == self.geometry.layers) {
                self.members[*slot] = None;
            }
        }
        std::mem::swap(&mut self.current, &mut self.previous);
        written
    }

    fn tasks(&self) -> Vec<Task> {
        let member = |(slot, member): (usize, &Option<Member>)| {
            let member = member.as_ref().filter(|member| member.labelled < self.geometry.layers)?;
            Some(Task { slot, layer: member.labelled as u32 + 1, replica_id: member.replica_id.0 })
        };
        self.members.iter().enumerate().filter_map(member).collect()
    }

    /// Computes some of the new labels again in another way, the first and the last among them.
    fn check(&self, task: &Task) -> Result<()> {
        let last = self.parents.len() - 1;
        let random = (0..CHECKED).map(|_| rand::random::<usize>() % self.parents.len());
        for node in [0, 1, last].into_iter().chain(random) {
            let expected = portable::label(task, node, &self.parents[node], &self.current, &self.previous);
            let label = self.current.get(task.slot, node);
            if *label != expected {
                let (label, expected) = (Hash32(*label), Hash32(expected));
                return Err(Error::new(
                    Code::Proofs,
                    format!(
                        "this CPU or its memory computes wrongly: layer {} of the sector with replica id {} has the \
                         label {label} at node {node}, and computed again it is {expected}",
                        task.layer,
                        Hash32(task.replica_id)
                    ),
                ));
            }
        }
        Ok(())
    }
}

/// Writes each sector's last layer, unless it is on the disk.
fn write(members: &mut [Option<Member>], labels: &Labels, on_disk: &(dyn Fn(usize, usize) + Sync)) -> Vec<Labelled> {
    let mut written = Vec::new();
    for (slot, member) in members.iter_mut().enumerate() {
        let Some(member) = member else { continue };
        let layer = member.labelled;
        if layer > member.layers.finished() {
            let path = member.layers.path(layer);
            let result = write_behind::write(labels, slot, &path)
                .and_then(|digest| member.layers.record(layer, digest))
                .map(|()| layer)
                .inspect(|layer| on_disk(slot, *layer));
            written.push(Labelled { slot, written: result });
        } else if layer == member.layers.total() {
            // It came with all its layers.
            written.push(Labelled { slot, written: Ok(layer) });
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use filecoin_proofs_api::RegisteredSealProof;

    /// Fails where the labels are not computed again: a wrong sector would show hours later, by its CommR.
    #[test]
    fn a_wrong_label_is_told_with_its_place() {
        let geometry = Geometry::of(RegisteredSealProof::StackedDrg2KiBV1_1);
        let parents = vec![[0; 14]; geometry.nodes as usize];
        let mut group = Group::new(Engine::best(), &geometry, &parents, 1).unwrap();
        let task = Task { slot: 0, layer: 1, replica_id: [7; 32] };
        engine::label(group.engine, &[task], &parents, &mut group.current, &group.previous, &AtomicU64::new(0));
        group.check(&task).unwrap();
        let last = parents.len() - 1;
        let mut label = *group.current.get(0, last);
        label[0] ^= 1;
        group.current.set(0, last, &label);
        let error = group.check(&task).unwrap_err();
        assert_eq!(error.code, Code::Proofs);
        assert!(error.message.contains(&format!("at node {last}")), "{error}");
    }
}
