//! One layer in memory, and of the next one only its newest labels.
//!
//! A node takes eight parents from anywhere in the previous layer, so that layer is in memory. Most of its parents in its
//! own layer lie near, and those that do not are known in advance ([`FarParents`]). So of the layer being computed only two
//! windows are in memory. As soon as a window is labelled, each sector's thread writes it to the sector's layer, puts the
//! labels that later windows will read into files of their own, and reads those that the next window but one will need.
//! Everything is read and written in order. A finished layer is read back, and becomes the previous one.

mod far_labels;
mod places;
mod turns;

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::files::geometry::Geometry;
use crate::files::nodes::Node;
use crate::files::opening;
use crate::parent_cache::{FarParents, Parents};
use crate::request::hash32::Hash32;
use crate::sdr::engine::{self, Memory, Task, Tasks};
use crate::sdr::group::{Labeller, News, Seat, check, leave_if_failed, members};
use crate::sdr::labels::Labels;
use crate::sdr::layer_file::{self, LayerWriter};
use crate::sdr::member::Member;
use crate::sha256::merkle::NODE_BYTES;
use crate::{Error, Result};
use far_labels::FarLabels;
use places::Places;
use turns::Turns;

/// The labels of a group's sectors.
pub(crate) struct Windowed {
    labeller: Labeller,
    far: FarParents,
    /// The last layer of each sector.
    previous: Labels,
    /// Two windows of the layer being computed, and the far labels for two windows; see [`Places`].
    newest: Labels,
}

impl Windowed {
    /// Allocates memory for this many sectors.
    pub(crate) fn new(labeller: Labeller, geometry: &Geometry, slots: usize, far: FarParents) -> Result<Self> {
        let previous = Labels::allocate(geometry.nodes as usize, slots)?;
        let newest = Labels::allocate(Places::count(&far), slots)?;
        Ok(Windowed { labeller, far, previous, newest })
    }

    /// See [`Group::step`](crate::sdr::Group::step).
    pub(crate) fn step(
        &mut self,
        seats: &mut [Option<Seat>],
        parents: &[Parents],
        done: &AtomicU64,
        news: News,
    ) -> Result<()> {
        self.read_back(seats, news);
        let tasks: Vec<_> =
            seats.iter().enumerate().filter_map(|(slot, seat)| Some(seat.as_ref()?.task(slot))).collect();
        let members = members(seats);
        let turns = Turns::new(members.iter().map(Option::is_some));
        let is_wanted =
            |slot: usize| members[slot].as_ref().is_some_and(|member| !member.is_leaving()) && turns.is_here(slot);
        thread::scope(|scope| {
            let (windowed, turns) = (&*self, &turns);
            for (slot, seat) in seats.iter_mut().enumerate() {
                scope.spawn(move || windowed.keep_layer(seat, slot, parents, turns, news));
            }
            let _over = turns.over_at_the_end();
            self.labeller.run(scope, || self.label(&tasks, parents, done, &is_wanted, turns))
        })
    }

    /// Reads each sector's last layer into memory.
    fn read_back(&self, seats: &mut [Option<Seat>], news: News) {
        thread::scope(|scope| {
            for (slot, seat) in seats.iter_mut().enumerate() {
                scope.spawn(move || {
                    let Some(Seat { member, labelled, .. }) = seat else { return };
                    let member = Arc::clone(member);
                    let stay = || member.stay();
                    let read = match *labelled {
                        0 => Ok(()),
                        // No one else uses its slot before all have read.
                        layer => member.with_layers(|layers| unsafe {
                            layer_file::read(&self.previous, slot, &layers.layer(layer)?, &stay)
                        }),
                    };
                    leave_if_failed(read, seat, news);
                });
            }
        });
    }

    fn label(
        &self,
        tasks: &[Task],
        parents: &[Parents],
        done: &AtomicU64,
        is_wanted: &dyn Fn(usize) -> bool,
        turns: &Turns,
    ) -> Result<()> {
        let windows = self.far.windows();
        let mut tasks = Tasks::new(tasks);
        let mut places = Places::new(&self.far);
        for window in 0..windows.count {
            // Its places are those of the window before the last, and its far labels come from there at the latest.
            turns.wait_until_kept(window.saturating_sub(1));
            places.begin(window);
            let first = window * windows.nodes;
            for nodes in engine::chunks(first..first + windows.nodes) {
                engine::check_parents(&parents[nodes.clone()], nodes.start, parents.len())?;
                let place = places.of_node(nodes.start);
                let memory = Memory {
                    parents: places.of(&parents[nodes.clone()], nodes.start)?,
                    first: nodes.start,
                    place,
                    current: &self.newest,
                    previous: &self.previous,
                };
                // `Places` names places only, and `check_parents` has checked the parents in the previous layer.
                if !unsafe { tasks.label(self.labeller.engine, memory, nodes.clone(), is_wanted) } {
                    return Ok(());
                }
                done.store(nodes.end as u64, Ordering::Relaxed);
                turns.labelled(nodes.end);
            }
        }
        Ok(())
    }

    /// Follows the labelling of a sector's layer and brings it to the disk. Empties the seat when that was the final layer
    /// or when it fails.
    fn keep_layer(&self, seat: &mut Option<Seat>, slot: usize, parents: &[Parents], turns: &Turns, news: News) {
        let _gone = turns.gone_at_the_end(slot);
        let Some(found) = seat else { return };
        let (member, task) = (Arc::clone(&found.member), found.task(slot));
        let layer = task.layer as usize;
        let kept = member.with_layers(|layers| {
            let below = (layer > 1).then(|| layers.path(layer - 1));
            let digest = self.keep(&member, &task, &layers.path(layer), turns, |written| {
                check_files(&task, parents, written, below.as_deref())
            })?;
            let Some(digest) = digest else { return Ok(None) };
            layers.record(layer, digest)?;
            Ok(Some(layer == layers.total()))
        });
        let kept = kept.map(|kept| {
            let Some(is_last) = kept else { return };
            if let Some(seat) = seat {
                (seat.labelled, seat.on_disk) = (layer, layer);
            }
            news(&member, Ok(layer));
            if is_last {
                *seat = None;
            }
        });
        leave_if_failed(kept, seat, news);
    }

    /// Returns the layer's digest; none if labelling ended early.
    fn keep(
        &self,
        member: &Member,
        task: &Task,
        path: &Path,
        turns: &Turns,
        check: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<Option<Hash32>> {
        let (slot, windows) = (task.slot, self.far.windows());
        let places = Places::new(&self.far);
        let stay = || member.stay();
        let mut writer = LayerWriter::create(path, windows.nodes * windows.count)?;
        let mut far = FarLabels::create(&path.with_extension("far"), &self.far)?;
        for window in 0..windows.count {
            let first = window * windows.nodes;
            for nodes in layer_file::blocks(first..first + windows.nodes) {
                if !turns.wait_until_labelled(nodes.end, &stay)? {
                    return Ok(None);
                }
                let place = places.of_node(nodes.start);
                writer.append(&self.newest, slot, place..place + nodes.len())?;
            }
            far.save(&self.newest, slot, window, places.of_node(first), &stay)?;
            if window + 2 < windows.count {
                // This window was the last to read what lay there.
                unsafe { far.load(&self.newest, slot, window + 2, places.of_far(window + 2), &stay) }?;
            }
            turns.kept(slot, window + 1);
        }
        writer.publish(|written| check(written).and_then(|()| stay())).map(Some)
    }
}

/// Computes some labels of a written layer again, from the files: that shows wrong labels, and right ones that were read
/// in the place of others.
fn check_files(task: &Task, parents: &[Parents], layer: &Path, below: Option<&Path>) -> Result<()> {
    let open = |path: &Path| opening::open(path).map_err(|cause| Error::io("opening", path, cause));
    let own = open(layer)?;
    let below = below.map(|path| Ok((open(path)?, path))).transpose()?;
    let label = |(file, path): (&File, &Path), node: usize| {
        let mut label: Node = [0; NODE_BYTES];
        let read = file.read_exact_at(&mut label, (node * NODE_BYTES) as u64);
        read.map(|()| label).map_err(|cause| Error::io("reading", path, cause))
    };
    check(task, parents, |in_own, node| match &below {
        Some((file, path)) if !in_own => label((file, path), node),
        _ => label((&own, layer), node),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::sdr::portable;
    use std::fs;

    /// Fails if a written layer is not checked against the layer below: a wrong sector would only show hours later, by its
    /// CommR.
    #[test]
    fn a_wrong_label_in_a_file_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let parents: Vec<Parents> = (0..32u32).map(|node| [node.saturating_sub(1); 14]).collect();
        let layer = |task: &Task, below: Option<&[u8]>| {
            let mut layer: Vec<u8> = Vec::new();
            for (node, parents) in parents.iter().enumerate() {
                let label = portable::label(task, node, parents, |own, node| {
                    let layer = if own { &layer } else { below.unwrap() };
                    Ok(layer.as_chunks().0[node])
                });
                layer.extend_from_slice(&label.unwrap());
            }
            layer
        };
        let task = |layer| Task { slot: 0, layer, replica_id: [7; 32] };
        let first = layer(&task(1), None);
        let mut second = layer(&task(2), Some(&first));
        fs::write(path("1"), &first).unwrap();
        fs::write(path("2"), &second).unwrap();
        check_files(&task(1), &parents, &path("1"), None).unwrap();
        check_files(&task(2), &parents, &path("2"), Some(&path("1"))).unwrap();
        let last = second.len() - NODE_BYTES;
        second[last] ^= 1;
        fs::write(path("2"), &second).unwrap();
        let error = check_files(&task(2), &parents, &path("2"), Some(&path("1"))).unwrap_err();
        assert_eq!(error.code, Code::Proofs);
        assert!(error.message.contains("at node 31"), "{error}");
    }
}
