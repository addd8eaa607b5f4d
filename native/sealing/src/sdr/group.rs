//! Sectors that share a graph, labelled together layer by layer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::files::geometry::Geometry;
use crate::library::placement;
use crate::parent_cache::Parents;
use crate::request::hash32::Hash32;
use crate::sdr::engine::{self, Memory, Task};
use crate::sdr::labels::Labels;
use crate::sdr::member::Member;
use crate::sdr::{portable, write_behind};
use crate::sha256::Engine;
use crate::{Code, Error, Result};

/// Nodes of each layer that are computed a second time in another way.
const CHECKED: usize = 64;

/// Called with a sector and the number of its layers that are on the disk, or the error that removed it from the group.
pub type News<'a> = &'a (dyn Fn(&Arc<Member>, Result<usize>) + Sync);

/// A sector in its slot.
struct Seat {
    member: Arc<Member>,
    /// Layers that were labelled.
    labelled: usize,
    /// How many of them are on the disk.
    on_disk: usize,
    /// Whether the last labelled layer is in memory.
    in_memory: bool,
}

/// Sectors that share a graph. Each step computes the next layer of each while the layers of the previous step are
/// written. Sectors join between steps and may leave at any moment.
pub struct Group {
    engine: Engine,
    geometry: Geometry,
    /// The CPU that labels. None: any CPU.
    core: Option<usize>,
    seats: Vec<Option<Seat>>,
    /// The last layer of each sector.
    previous: Labels,
    /// The layer being computed.
    current: Labels,
}

impl Group {
    /// An empty group for this many sectors, with all the memory that they need.
    pub fn new(engine: Engine, geometry: &Geometry, slots: usize, core: Option<usize>) -> Result<Self> {
        let allocate = || Labels::allocate(geometry.nodes as usize, slots);
        let seats = (0..slots).map(|_| None).collect();
        let (previous, current) = (allocate()?, allocate()?);
        Ok(Group { engine, geometry: geometry.clone(), core, seats, previous, current })
    }

    /// Adds a sector with this many finished layers, which must not be all of them. There must be a free slot.
    pub fn join(&mut self, member: Arc<Member>, finished: usize) {
        assert!(finished < self.geometry.layers, "nothing is left to be labelled");
        let slot = self.seats.iter().position(Option::is_none).expect("a free slot");
        self.seats[slot] = Some(Seat { member, labelled: finished, on_disk: finished, in_memory: finished == 0 });
    }

    /// Frees the slots of sectors that have left.
    pub fn let_go(&mut self) {
        for seat in &mut self.seats {
            if seat.as_ref().is_some_and(|seat| seat.member.is_leaving()) {
                *seat = None;
            }
        }
    }

    /// Whether it has no sectors.
    pub fn is_empty(&self) -> bool {
        self.seats.iter().all(Option::is_none)
    }

    /// Each sector with the layer that the next step works on. A layer that must be read back first is computed by the
    /// step after. The number after the last layer means that the last one is being written.
    pub fn layers(&self) -> impl Iterator<Item = (&Arc<Member>, usize)> {
        self.seats.iter().flatten().map(|seat| (&seat.member, seat.labelled + 1))
    }

    /// Computes every sector's next layer and makes the previous one durable. A sector has left when its last layer was
    /// written or it failed; an error fails the whole group. `done` counts the step's nodes. `news` is called as soon
    /// as there is something to report.
    pub fn step(&mut self, parents: &[Parents], done: &AtomicU64, news: News) -> Result<()> {
        done.store(0, Ordering::Relaxed);
        self.let_go();
        let tasks = self.tasks();
        let memory = Memory { parents, current: &self.current, previous: &self.previous };
        let (engine, core, seats) = (self.engine, self.core, &mut self.seats);
        let members: Vec<_> = seats.iter().map(|seat| seat.as_ref().map(|seat| Arc::clone(&seat.member))).collect();
        let is_wanted = |slot: usize| members[slot].as_ref().is_some_and(|member| !member.is_leaving());
        thread::scope(|scope| {
            for (slot, seat) in seats.iter_mut().enumerate() {
                scope.spawn(move || keep(seat, slot, memory, news));
            }
            let label = || {
                core.map_or(Ok(()), placement::pin)?;
                engine::label(engine, &tasks, memory, done, &is_wanted)
            };
            let labelling = thread::Builder::new().name("labelling".into()).spawn_scoped(scope, label);
            let labelling = labelling.map_err(|cause| {
                Error::new(Code::NoMemory, format!("the labelling thread cannot be started: {cause}"))
            })?;
            labelling.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })?;
        for task in tasks {
            let checked = self.check(&task, parents);
            let Some(seat) = &mut self.seats[task.slot] else { continue };
            seat.labelled += 1;
            if let Err(error) = checked
                && !seat.member.is_leaving()
            {
                news(&seat.member, Err(error));
                self.seats[task.slot] = None;
            }
        }
        std::mem::swap(&mut self.current, &mut self.previous);
        Ok(())
    }

    fn tasks(&self) -> Vec<Task> {
        let task = |(slot, seat): (usize, &Option<Seat>)| {
            let seat = seat.as_ref().filter(|seat| seat.in_memory && seat.labelled < self.geometry.layers)?;
            Some(Task { slot, layer: seat.labelled as u32 + 1, replica_id: seat.member.replica_id().0 })
        };
        self.seats.iter().enumerate().filter_map(task).collect()
    }

    /// Computes some of the new labels a second time in another way, including the first and the last.
    fn check(&self, task: &Task, parents: &[Parents]) -> Result<()> {
        let memory = Memory { parents, current: &self.current, previous: &self.previous };
        let last = parents.len() - 1;
        let random = (0..CHECKED).map(|_| rand::random::<usize>() % parents.len());
        for node in [0, 1, last].into_iter().chain(random) {
            let expected = portable::label(task, node, memory);
            let label = self.current.get(task.slot, node);
            if label != expected {
                let (label, expected) = (Hash32(label), Hash32(expected));
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

/// Writes a sector's last labelled layer unless it is on the disk, or reads it back if it is not in memory. Empties the
/// seat when that was the final layer or when it fails.
fn keep(seat: &mut Option<Seat>, slot: usize, memory: Memory, news: News) {
    let Some(Seat { member, labelled, on_disk, in_memory }) = seat else { return };
    let (member, layer) = (Arc::clone(member), *labelled);
    let stay = || member.stay();
    let kept = if !*in_memory {
        *in_memory = true;
        // The sector has no task yet, so no one else uses its slot.
        member.with_layers(|layers| unsafe { write_behind::read(memory.current, slot, &layers.path(layer), &stay) })
    } else if layer > *on_disk {
        *on_disk = layer;
        let written = member.with_layers(|layers| {
            let digest = write_behind::write(memory.previous, slot, &layers.path(layer), &stay)?;
            layers.record(layer, digest)?;
            Ok(layer == layers.total())
        });
        written.map(|is_last| {
            news(&member, Ok(layer));
            if is_last {
                *seat = None;
            }
        })
    } else {
        Ok(())
    };
    if let Err(error) = kept {
        *seat = None;
        if !member.is_leaving() {
            news(&member, Err(error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filecoin_proofs_api::RegisteredSealProof;

    /// Fails if labels are not computed a second time: a wrong sector would only show hours later, by its CommR.
    #[test]
    fn a_wrong_label_is_told_with_its_place() {
        let geometry = Geometry::of(RegisteredSealProof::StackedDrg2KiBV1_1);
        let parents = vec![[0; 14]; geometry.nodes as usize];
        let group = Group::new(Engine::best(), &geometry, 1, None).unwrap();
        let task = Task { slot: 0, layer: 1, replica_id: [7; 32] };
        let memory = Memory { parents: &parents, current: &group.current, previous: &group.previous };
        engine::label(group.engine, &[task], memory, &AtomicU64::new(0), &|_| true).unwrap();
        group.check(&task, &parents).unwrap();
        let last = parents.len() - 1;
        let mut label = group.current.get(0, last);
        label[0] ^= 1;
        unsafe { group.current.set(0, last, &label) };
        let error = group.check(&task, &parents).unwrap_err();
        assert_eq!(error.code, Code::Proofs);
        assert!(error.message.contains(&format!("at node {last}")), "{error}");
    }
}
