//! Pre-commit 1: the layers of labels, resumable layer by layer.
//!
//! Labels depend on CommD, not on the data behind it: the pieces may still be on their way. Pre-commit 2 and tree D hold
//! the data against CommD.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use filecoin_hashers::Domain;
use filecoin_hashers::poseidon::PoseidonDomain;
use filecoin_proofs_api::{RegisteredSealProof, seal};
use serde::{Deserialize, Serialize};

use crate::absolute_path::AbsolutePath;
use crate::geometry::Geometry;
use crate::hash32::Hash32;
use crate::layers::Layers;
use crate::parent_cache::ParentCache;
use crate::pieces::{self, Piece};
use crate::progress::{Progress, Sink};
use crate::sdr::Group;
use crate::sector::Sector;
use crate::sha256::Engine;
use crate::{Error, Result, choice, durable, layer_progress, library_log, parent_cache};

/// The environment variable that says whose code labels.
const SDR: &str = "RESEAL_SDR";
/// How often to look how far a layer is.
const LOOK: Duration = Duration::from_secs(1);

/// Which sector to label where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The sector.
    pub sector: Sector,
    /// Its CommD.
    pub comm_d: Hash32,
    /// The sector's cache directory.
    pub cache: AbsolutePath,
    /// All its pieces in order, fillers included: if given, they must have this CommD.
    #[serde(default)]
    pub pieces: Option<Vec<Piece>>,
    /// The fr32-padded data, which this stage leaves alone.
    #[serde(default)]
    pub unsealed: Option<AbsolutePath>,
    /// The sealed file to be, which this stage leaves alone.
    #[serde(default)]
    pub sealed: Option<AbsolutePath>,
}

/// What was labelled.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Layers there are.
    pub layers: usize,
    /// Layers that an earlier attempt had finished.
    pub resumed: usize,
    /// What the layers are bound to.
    pub replica_id: Hash32,
}

/// Labels the layers that are not yet there. Killed at any moment, it goes on after the last finished layer.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.sector.proof);
    let cache = request.cache.as_ref();
    if let Some(pieces) = &request.pieces {
        pieces::check_comm_d(pieces, &geometry, request.comm_d)?;
    }
    let replica_id = request.sector.replica_id(request.comm_d);
    let mut layers = Layers::open(cache, &geometry, replica_id)?;
    let resumed = layers.finished();
    report(sink, resumed, &geometry, None);
    if resumed < geometry.layers {
        let missing = (geometry.layers - resumed) as u64;
        durable::require_space(&[(cache, missing * geometry.sector_size)])?;
        match Sdr::chosen()? {
            Sdr::Own => label(request.sector.proof, &geometry, replica_id, layers, sink)?,
            Sdr::Stock => label_by_library(request, &geometry, &mut layers, sink)?,
        }
    }
    Ok(Outcome { layers: geometry.layers, resumed, replica_id })
}

/// Whose code labels; the layers are the same.
#[derive(Clone, Copy)]
enum Sdr {
    Own,
    Stock,
}

impl Sdr {
    fn chosen() -> Result<Self> {
        choice::chosen(SDR, &[("own", Sdr::Own), ("stock", Sdr::Stock)])
    }
}

/// Each layer is written while the next one is computed.
fn label(
    proof: RegisteredSealProof,
    geometry: &Geometry,
    replica_id: Hash32,
    layers: Layers,
    sink: Sink,
) -> Result<()> {
    let finished = layers.finished();
    let parents = ParentCache::open(proof, |text| report(sink, finished, geometry, Some(text)))?;
    let mut group = Group::new(Engine::best(), geometry, parents.nodes(), 1)?;
    let (done, layer, on_disk) = (AtomicU64::new(0), AtomicUsize::new(finished + 1), AtomicUsize::new(finished));
    group.join(replica_id, layers)?;
    let (labelling, ended) = mpsc::channel::<()>();
    let inside = || {
        let (layer, done) = (layer.load(Ordering::Acquire), done.load(Ordering::Relaxed));
        let within = done as f64 / geometry.nodes as f64;
        Some(Inside { layer, within, on_disk: on_disk.load(Ordering::Relaxed) })
    };
    thread::scope(|scope| {
        scope.spawn(|| watch(geometry, inside, ended, sink));
        // Dropping it, at whatever end, ends the watch.
        let _labelling = labelling;
        while !group.is_empty() {
            let labelled = group.step(&done, &|_, layer| {
                log::info!("layer {layer} of the sector with replica id {replica_id} is on the disk");
                on_disk.store(layer, Ordering::Relaxed);
                report(sink, layer, geometry, None);
            });
            for labelled in labelled {
                labelled.written?;
            }
            done.store(0, Ordering::Relaxed);
            layer.fetch_add(1, Ordering::Release);
        }
        Ok(())
    })
}

/// The library writes the layers; beside it a thread makes each durable and records it, woken by the library's log, while
/// the next one is computed.
fn label_by_library(request: &Request, geometry: &Geometry, layers: &mut Layers, sink: Sink) -> Result<()> {
    let resumed = layers.finished();
    parent_cache::ensure(request.sector.proof, |text| report(sink, resumed, geometry, Some(text)))?;
    let replica_id = request.sector.replica_id(request.comm_d);
    let replica_id =
        PoseidonDomain::try_from_bytes(&replica_id.0).map_err(|cause| Error::proofs("labelling", cause))?;
    let (written, arrivals) = mpsc::channel();
    let (labelling, ended) = mpsc::channel::<()>();
    let current = Arc::new(AtomicUsize::new(0));
    thread::scope(|scope| {
        let watched = Arc::clone(&current);
        scope.spawn(move || {
            let Ok(parents) = parent_cache::path(request.sector.proof, geometry) else { return };
            let inside = || {
                let layer = watched.load(Ordering::Relaxed);
                let within = layer_progress::inside_layer(&parents, geometry.parent_cache())?;
                // The window of the layer before may still be mapped for a moment when the next one has begun.
                let is_current = layer > 0 && watched.load(Ordering::Relaxed) == layer;
                is_current.then(|| Inside { layer, within, on_disk: layer - 1 })
            };
            watch(geometry, inside, ended, sink)
        });
        let recorder = scope.spawn(|| {
            for layer in arrivals {
                match layers.finish(layer) {
                    Ok(()) => report(sink, layer, geometry, None),
                    // It is tried again below, when all layers are there.
                    Err(error) => log::warn!("layer {layer} could not be recorded yet: {error}"),
                }
            }
        });
        // Dropping it, be it because the library panics, closes the channel and so ends the recorder.
        let listening = library_log::listen(move |message| {
            if let Some(layer) = begun_layer(message) {
                current.store(layer, Ordering::Relaxed);
            }
            if let Some(layer) = generated_layer(message) {
                let _ = written.send(layer);
            }
        });
        let labelled = seal::sdr(request.sector.proof, &*request.cache, replica_id);
        drop((listening, labelling));
        recorder.join().expect("the recorder returns its errors");
        labelled.map_err(|cause| Error::proofs("labelling", cause))
    })?;
    for layer in 1..=geometry.layers {
        if !layers.is_finished(layer) {
            layers.finish(layer)?;
            report(sink, layer, geometry, None);
        }
    }
    Ok(())
}

/// The layer that this log message says has been written.
fn generated_layer(message: &str) -> Option<usize> {
    message.trim_start().strip_prefix("generated layer ")?.split(' ').next()?.parse().ok()
}

/// The layer that this log message says is begun.
fn begun_layer(message: &str) -> Option<usize> {
    message.strip_prefix("generating layer: ")?.parse().ok()
}

/// Where labelling is.
#[derive(Clone, Copy, PartialEq)]
struct Inside {
    /// The layer being made; the one after the last when all are made.
    layer: usize,
    /// How much of it is made.
    within: f64,
    /// Layers on the disk.
    on_disk: usize,
}

/// Reports where labelling is until it has ended. Layers count when they are on the disk; until the last one that was
/// made is, what is made beyond it does not.
fn watch(geometry: &Geometry, inside: impl Fn() -> Option<Inside>, ended: Receiver<()>, sink: Sink) {
    let total = geometry.layers;
    let mut last = None;
    while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        let now = inside();
        if now == last {
            continue;
        }
        last = now;
        let Some(Inside { layer, within, on_disk }) = now else { continue };
        let mut text = format!("layer {} of {total}: {:.0} %", layer.min(total), 100.0 * within);
        if layer > total {
            text = format!("layer {total} of {total}: being written");
        } else if on_disk + 1 < layer {
            text += &format!(", layer {} being written", on_disk + 1);
        }
        let within = Some(if on_disk + 1 < layer { 1.0 } else { within });
        sink(Progress { done: on_disk as u64, total: total as u64, unit: "layers", within, text });
    }
}

fn report(sink: Sink, done: usize, geometry: &Geometry, text: Option<&str>) {
    let total = geometry.layers;
    let text = text.map_or_else(|| format!("layer {done} of {total}"), str::to_string);
    sink(Progress { done: done as u64, total: total as u64, unit: "layers", within: None, text });
}
