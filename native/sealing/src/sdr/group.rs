//! Sectors that share a graph, labelled together layer by layer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::files::geometry::Geometry;
use crate::files::nodes::Node;
use crate::library::placement;
use crate::parent_cache::{FarParents, Parents};
use crate::request::hash32::Hash32;
use crate::sdr::engine::Task;
use crate::sdr::member::Member;
use crate::sdr::portable;
use crate::sdr::whole::Whole;
use crate::sdr::windows::Windowed;
use crate::sha256::Engine;
use crate::{Code, Error, Result};

/// Nodes of each layer that are computed a second time in another way.
const CHECKED: usize = 64;

/// Called with a sector and the number of its layers that are on the disk, or the error that removed it from the group.
pub type News<'a> = &'a (dyn Fn(&Arc<Member>, Result<usize>) + Sync);

/// A sector in its slot.
pub(crate) struct Seat {
    pub(crate) member: Arc<Member>,
    /// Layers that were labelled.
    pub(crate) labelled: usize,
    /// How many of them are on the disk.
    pub(crate) on_disk: usize,
    /// Whether the last labelled layer is in memory.
    pub(crate) in_memory: bool,
}

impl Seat {
    /// The task of labelling its next layer.
    pub(crate) fn task(&self, slot: usize) -> Task {
        Task { slot, layer: self.labelled as u32 + 1, replica_id: self.member.replica_id().0 }
    }
}

/// The sectors in these seats, for the threads of a step.
pub(crate) fn members(seats: &[Option<Seat>]) -> Vec<Option<Arc<Member>>> {
    seats.iter().map(|seat| seat.as_ref().map(|seat| Arc::clone(&seat.member))).collect()
}

/// Empties a sector's seat if what was done for it failed, and reports that unless the sector is leaving.
pub(crate) fn leave_if_failed(done: Result<()>, seat: &mut Option<Seat>, news: News) {
    if let Err(error) = done
        && let Some(Seat { member, .. }) = seat.take()
        && !member.is_leaving()
    {
        news(&member, Err(error));
    }
}

/// Sectors that share a graph. Each step computes the next layer of each. Sectors join between steps and may leave at any
/// moment.
pub struct Group {
    geometry: Geometry,
    seats: Vec<Option<Seat>>,
    labels: InMemory,
}

/// How much of the layers is in memory.
enum InMemory {
    TwoLayers(Whole),
    OneLayer(Windowed),
}

/// How a group labels.
#[derive(Clone, Debug)]
pub(crate) struct Labeller {
    pub(crate) engine: Engine,
    /// The CPU that labels. None: any CPU.
    pub(crate) core: Option<usize>,
}

impl Labeller {
    /// Runs `label` in a thread on the CPU that labels.
    pub(crate) fn run<'s>(
        &self,
        scope: &'s thread::Scope<'s, '_>,
        label: impl FnOnce() -> Result<()> + Send + 's,
    ) -> Result<()> {
        let core = self.core;
        let pinned = move || {
            core.map_or(Ok(()), placement::pin)?;
            label()
        };
        let labelling = thread::Builder::new().name("labelling".into()).spawn_scoped(scope, pinned);
        let labelling = labelling
            .map_err(|cause| Error::new(Code::NoMemory, format!("the labelling thread cannot be started: {cause}")))?;
        labelling.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Group {
    /// An empty group for this many sectors, with all the memory that they need: two layers of each.
    pub fn new(engine: Engine, geometry: &Geometry, slots: usize, core: Option<usize>) -> Result<Self> {
        let whole = Whole::new(Labeller { engine, core }, geometry, slots)?;
        Ok(Self::with(geometry, slots, InMemory::TwoLayers(whole)))
    }

    /// The same with little more than one layer of each in memory. Labels that are read again much later are on the
    /// disk meanwhile.
    pub fn with_one_layer(
        engine: Engine,
        geometry: &Geometry,
        slots: usize,
        core: Option<usize>,
        far: FarParents,
    ) -> Result<Self> {
        let windowed = Windowed::new(Labeller { engine, core }, geometry, slots, far)?;
        Ok(Self::with(geometry, slots, InMemory::OneLayer(windowed)))
    }

    fn with(geometry: &Geometry, slots: usize, labels: InMemory) -> Self {
        Group { geometry: geometry.clone(), seats: (0..slots).map(|_| None).collect(), labels }
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

    /// Each sector with the layer that the next step works on. A layer that must be read back first may be computed by the
    /// step after. The number after the last layer means that the last one is being written.
    pub fn layers(&self) -> impl Iterator<Item = (&Arc<Member>, usize)> {
        self.seats.iter().flatten().map(|seat| (&seat.member, seat.labelled + 1))
    }

    /// Computes every sector's next layer. A sector has left when its last layer is on the disk or it failed; an error fails
    /// the whole group. `done` counts the step's nodes. `news` is called as soon as there is something to report.
    pub fn step(&mut self, parents: &[Parents], done: &AtomicU64, news: News) -> Result<()> {
        done.store(0, Ordering::Relaxed);
        self.let_go();
        match &mut self.labels {
            InMemory::TwoLayers(whole) => whole.step(&mut self.seats, parents, done, news),
            InMemory::OneLayer(windowed) => windowed.step(&mut self.seats, parents, done, news),
        }
    }
}

/// Computes some of a layer's labels a second time in another way, including the first and the last. `label_of` returns the
/// label of a node, in this layer if its first argument is true, otherwise in the one before.
pub(crate) fn check(task: &Task, parents: &[Parents], label_of: impl Fn(bool, usize) -> Result<Node>) -> Result<()> {
    let last = parents.len() - 1;
    let random = (0..CHECKED).map(|_| rand::random::<usize>() % parents.len());
    for node in [0, 1, last].into_iter().chain(random) {
        let expected = portable::label(task, node, &parents[node], &label_of)?;
        let label = label_of(true, node)?;
        if label != expected {
            let (label, expected) = (Hash32(label), Hash32(expected));
            return Err(Error::new(
                Code::Proofs,
                format!(
                    "this CPU or its memory computes wrongly: layer {} of the sector with replica id {} has the label \
                     {label} at node {node}, and computed again it is {expected}",
                    task.layer,
                    Hash32(task.replica_id)
                ),
            ));
        }
    }
    Ok(())
}
