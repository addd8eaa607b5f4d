//! How far a sector's layers are.

use crate::files::geometry::Geometry;
use crate::request::progress::{Progress, Sink};

/// The position of labelling.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Inside {
    /// The layer being made; the number after the last layer when all are made.
    pub(super) layer: usize,
    /// How much of it is made.
    pub(super) within: f64,
    /// Layers on the disk.
    pub(super) on_disk: usize,
}

impl Inside {
    /// Layers count once they are on the disk. Work on a later layer does not count until the layer before it is there.
    pub(super) fn progress(&self, total: usize) -> Progress {
        let Inside { layer, within, on_disk } = *self;
        let mut text = format!("layer {} of {total}: {:.0} %", layer.min(total), 100.0 * within);
        if layer > total {
            text = format!("layer {total} of {total}: being written");
        } else if on_disk + 1 < layer {
            text += &format!(", layer {} being written", on_disk + 1);
        }
        let within = Some(if on_disk + 1 < layer { 1.0 } else { within });
        Progress { done: on_disk as u64, total: total as u64, unit: "layers", within, preparing: false, text }
    }
}

/// This many layers are on the disk; a text names what is done before the next one is started.
pub(super) fn layers(done: usize, geometry: &Geometry, text: Option<&str>) -> Progress {
    let total = geometry.layers;
    let preparing = text.is_some();
    let text = text.map_or_else(|| format!("layer {done} of {total}"), str::to_string);
    Progress { done: done as u64, total: total as u64, unit: "layers", within: None, preparing, text }
}

pub(super) fn report(sink: Sink, done: usize, geometry: &Geometry, text: Option<&str>) {
    sink(layers(done, geometry, text));
}
