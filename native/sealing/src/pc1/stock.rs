//! Labelling by the library, whose progress is read from its log and its memory map.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;

use filecoin_hashers::Domain;
use filecoin_hashers::poseidon::PoseidonDomain;
use filecoin_proofs_api::{RegisteredSealProof, seal};

use super::LOOK;
use super::progress::{Inside, report};
use crate::files::geometry::Geometry;
use crate::files::layers::Layers;
use crate::library::logging;
use crate::pc1::stock_progress;
use crate::request::hash32::Hash32;
use crate::request::progress::Sink;
use crate::{Error, Result, parent_cache};

/// The library writes the layers. While it computes the next one, a thread, woken by the library's log, makes the layer
/// before durable and records it.
pub(super) fn label(
    proof: RegisteredSealProof,
    geometry: &Geometry,
    cache: &Path,
    replica_id: Hash32,
    layers: &mut Layers,
    sink: Sink,
) -> Result<()> {
    let resumed = layers.finished();
    parent_cache::ensure(proof, |text| report(sink, resumed, geometry, Some(text)))?;
    let replica_id =
        PoseidonDomain::try_from_bytes(&replica_id.0).map_err(|cause| Error::proofs("labelling", cause))?;
    let (written, arrivals) = mpsc::channel();
    let (labelling, ended) = mpsc::channel::<()>();
    let current = Arc::new(AtomicUsize::new(0));
    thread::scope(|scope| {
        let watched = Arc::clone(&current);
        scope.spawn(move || {
            let Ok(parents) = parent_cache::path(proof, geometry) else { return };
            let inside = || {
                let layer = watched.load(Ordering::Relaxed);
                let within = stock_progress::inside_layer(&parents, geometry.parent_cache())?;
                // Just after a layer has begun, the previous layer's window may still be mapped for a moment.
                let is_current = layer > 0 && watched.load(Ordering::Relaxed) == layer;
                is_current.then(|| Inside { layer, within, on_disk: layer - 1 })
            };
            watch(geometry, inside, ended, sink)
        });
        let recorder = scope.spawn(|| {
            for layer in arrivals {
                match layers.finish(layer) {
                    Ok(()) => report(sink, layer, geometry, None),
                    // It is tried again below, once all layers exist.
                    Err(error) => log::warn!("layer {layer} could not be recorded yet: {error}"),
                }
            }
        });
        // Dropping it, even because the library panics, closes the channel and so ends the recorder.
        let listening = logging::listen(move |message| {
            if let Some(layer) = begun_layer(message) {
                current.store(layer, Ordering::Relaxed);
            }
            if let Some(layer) = generated_layer(message) {
                let _ = written.send(layer);
            }
        });
        let labelled = seal::sdr(proof, cache, replica_id);
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

/// The layer that this log message reports as written.
fn generated_layer(message: &str) -> Option<usize> {
    message.trim_start().strip_prefix("generated layer ")?.split(' ').next()?.parse().ok()
}

/// The layer that this log message reports as begun.
fn begun_layer(message: &str) -> Option<usize> {
    message.strip_prefix("generating layer: ")?.parse().ok()
}

/// Reports the progress until labelling ends.
fn watch(geometry: &Geometry, inside: impl Fn() -> Option<Inside>, ended: Receiver<()>, sink: Sink) {
    let mut last = None;
    while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        let now = inside();
        if let Some(inside) = now
            && now != last
        {
            sink(inside.progress(geometry.layers));
        }
        last = now;
    }
}
