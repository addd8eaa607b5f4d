//! Two whole layers in memory: each step computes the next layer while the one before it is written.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread;

use crate::Result;
use crate::files::geometry::Geometry;
use crate::parent_cache::Parents;
use crate::sdr::engine::{self, Memory, Task};
use crate::sdr::group::{Labeller, News, Seat, check, leave_if_failed, members};
use crate::sdr::labels::Labels;
use crate::sdr::layer_file;

/// The layers of a group's sectors.
pub(crate) struct Whole {
    labeller: Labeller,
    layers: usize,
    /// The last layer of each sector.
    previous: Labels,
    /// The layer being computed.
    current: Labels,
}

impl Whole {
    /// Allocates memory for this many sectors.
    pub(crate) fn new(labeller: Labeller, geometry: &Geometry, slots: usize) -> Result<Self> {
        let allocate = || Labels::allocate(geometry.nodes as usize, slots);
        let (previous, current) = (allocate()?, allocate()?);
        Ok(Whole { labeller, layers: geometry.layers, previous, current })
    }

    /// See [`Group::step`](crate::sdr::Group::step).
    pub(crate) fn step(
        &mut self,
        seats: &mut [Option<Seat>],
        parents: &[Parents],
        done: &AtomicU64,
        news: News,
    ) -> Result<()> {
        let tasks = self.tasks(seats);
        let memory = Memory::whole(parents, &self.current, &self.previous);
        let engine = self.labeller.engine;
        let members = members(seats);
        let is_wanted = |slot: usize| members[slot].as_ref().is_some_and(|member| !member.is_leaving());
        thread::scope(|scope| {
            for (slot, seat) in seats.iter_mut().enumerate() {
                scope.spawn(move || keep(seat, slot, memory, news));
            }
            self.labeller.run(scope, || engine::label(engine, &tasks, memory, done, &is_wanted))
        })?;
        for task in tasks {
            let checked = self.check(&task, parents);
            let seat = &mut seats[task.slot];
            if let Some(seat) = seat {
                seat.labelled += 1;
            }
            leave_if_failed(checked, seat, news);
        }
        std::mem::swap(&mut self.current, &mut self.previous);
        Ok(())
    }

    fn tasks(&self, seats: &[Option<Seat>]) -> Vec<Task> {
        let task = |(slot, seat): (usize, &Option<Seat>)| {
            let seat = seat.as_ref().filter(|seat| seat.in_memory && seat.labelled < self.layers)?;
            Some(seat.task(slot))
        };
        seats.iter().enumerate().filter_map(task).collect()
    }

    fn check(&self, task: &Task, parents: &[Parents]) -> Result<()> {
        check(task, parents, |own, node| Ok(if own { &self.current } else { &self.previous }.get(task.slot, node)))
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
        member.with_layers(|layers| unsafe { layer_file::read(memory.current, slot, &layers.layer(layer)?, &stay) })
    } else if layer > *on_disk {
        *on_disk = layer;
        let written = member.with_layers(|layers| {
            let digest = layer_file::write(memory.previous, slot, &layers.path(layer), &stay)?;
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
    leave_if_failed(kept, seat, news);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::sha256::Engine;
    use filecoin_proofs_api::RegisteredSealProof;

    /// Fails if labels are not computed a second time: a wrong sector would only show hours later, by its CommR.
    #[test]
    fn a_wrong_label_is_told_with_its_place() {
        let geometry = Geometry::of(RegisteredSealProof::StackedDrg2KiBV1_1);
        let parents = vec![[0; 14]; geometry.nodes as usize];
        let labeller = Labeller { engine: Engine::best(), core: None };
        let whole = Whole::new(labeller, &geometry, 1).unwrap();
        let task = Task { slot: 0, layer: 1, replica_id: [7; 32] };
        let memory = Memory::whole(&parents, &whole.current, &whole.previous);
        engine::label(Engine::best(), &[task], memory, &AtomicU64::new(0), &|_| true).unwrap();
        whole.check(&task, &parents).unwrap();
        let last = parents.len() - 1;
        let mut label = whole.current.get(0, last);
        label[0] ^= 1;
        unsafe { whole.current.set(0, last, &label) };
        let error = whole.check(&task, &parents).unwrap_err();
        assert_eq!(error.code, Code::Proofs);
        assert!(error.message.contains(&format!("at node {last}")), "{error}");
    }
}
