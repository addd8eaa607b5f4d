//! Pre-commit 1: the layers of labels, resumable layer by layer.
//!
//! Labels depend on CommD, not on the data: the pieces may still be downloading. Pre-commit 2 and tree D compare the
//! data with CommD.

pub mod group;
pub(crate) mod labelling;
mod progress;
mod stock;
mod stock_progress;

use std::cell::RefCell;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::files::durable;
use crate::files::geometry::Geometry;
use crate::files::layers::{Keep, Layers};
use crate::pieces::{self, Piece};
use crate::request::absolute_path::AbsolutePath;
use crate::request::choice;
use crate::request::hash32::Hash32;
use crate::request::progress::{Progress, Sink};
use crate::request::sector::Sector;
use crate::{Error, Result};
use labelling::Labelling;

/// The environment variable that selects whose code labels.
const SDR: &str = "RESEAL_SDR";
/// How often to check how far a layer is.
const LOOK: Duration = Duration::from_secs(1);

/// Which sector to label.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The sector.
    pub sector: Sector,
    /// Its CommD.
    pub comm_d: Hash32,
    /// The sector's cache directory.
    pub cache: AbsolutePath,
    /// Which finished layers stay on the disk.
    #[serde(default)]
    pub keep: Keep,
    /// All its pieces in order, fillers included: if given, they must have this CommD.
    #[serde(default)]
    pub pieces: Option<Vec<Piece>>,
    /// The fr32-padded data, which this stage does not touch.
    #[serde(default)]
    pub unsealed: Option<AbsolutePath>,
    /// The future sealed file, which this stage does not touch.
    #[serde(default)]
    pub sealed: Option<AbsolutePath>,
}

impl Request {
    fn check_pieces(&self, geometry: &Geometry) -> Result<()> {
        self.pieces.as_ref().map_or(Ok(()), |pieces| pieces::check_comm_d(pieces, geometry, self.comm_d))
    }

    /// Checks that there is room for the layers that are not finished.
    fn require_space(&self, geometry: &Geometry, finished: usize, in_memory: LayersInMemory) -> Result<()> {
        durable::require_space(&[(&self.cache, space(self.keep, geometry, finished, in_memory))])
    }
}

/// Bytes of the layers that are not finished, and of what is kept beside them meanwhile.
fn space(keep: Keep, geometry: &Geometry, finished: usize, in_memory: LayersInMemory) -> u64 {
    let far = match in_memory {
        LayersInMemory::Two => 0,
        // A label is far from little less than one node on average.
        LayersInMemory::One => 1,
    };
    (keep.missing(finished, geometry.layers) as u64 + far) * geometry.sector_size
}

/// How many layers of a sector are in memory while it is labelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub enum LayersInMemory {
    /// The layer being computed and the one before it.
    #[default]
    Two,
    /// The one before it, and the newest labels. Labels that are read again much later are on the scratch disk until then.
    One,
}

impl TryFrom<u8> for LayersInMemory {
    type Error = String;

    fn try_from(layers: u8) -> std::result::Result<Self, String> {
        match layers {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            other => Err(format!("one or two layers can be in memory, not {other}")),
        }
    }
}

/// What was labelled.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Number of layers.
    pub layers: usize,
    /// Layers that an earlier attempt had finished.
    pub resumed: usize,
    /// The replica id that the layers belong to.
    pub replica_id: Hash32,
}

/// A report about a sector. Everything but progress is the last report.
#[derive(Debug)]
pub enum News {
    /// Its progress.
    Progress(Progress),
    /// All its layers are on the disk.
    Result(Outcome),
    /// It failed.
    Error(Error),
    /// It has left as requested; its finished layers stay.
    Left,
}

/// Labels the layers that do not exist yet. Killed at any moment, it continues after the last finished layer.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    match Sdr::chosen()? {
        Sdr::Own => alone(request, sink),
        Sdr::Stock => by_library(request, sink),
    }
}

/// As a group of one sector.
fn alone(request: &Request, sink: Sink) -> Result<Outcome> {
    let end = RefCell::new(None);
    let tell = |_: &str, news| match news {
        News::Progress(progress) => sink(progress),
        News::Result(outcome) => *end.borrow_mut() = Some(Ok(outcome)),
        News::Error(error) => *end.borrow_mut() = Some(Err(error)),
        News::Left => {}
    };
    let mut labelling = Labelling::new(request.sector.proof, 1, None, LayersInMemory::Two, &tell);
    labelling.join("", request.clone(), None);
    labelling.close();
    labelling.run()?;
    end.into_inner().expect("every sector gets a last report")
}

/// The library computes each layer from the files of all layers below it, so all of them stay.
fn by_library(request: &Request, sink: Sink) -> Result<Outcome> {
    let proof = request.sector.proof;
    let geometry = Geometry::of(proof);
    request.check_pieces(&geometry)?;
    let replica_id = request.sector.replica_id(request.comm_d);
    let has_last = || Layers::last(&request.cache, &geometry, replica_id).and_then(|last| last.read_and_check());
    if request.keep == Keep::LastTwo && has_last().is_ok() {
        return Ok(Outcome { layers: geometry.layers, resumed: geometry.layers, replica_id });
    }
    let mut layers = Layers::open(&request.cache, &geometry, replica_id)?;
    let resumed = layers.finished();
    progress::report(sink, resumed, &geometry, None);
    if resumed < geometry.layers {
        Request { keep: Keep::All, ..request.clone() }.require_space(&geometry, resumed, LayersInMemory::Two)?;
        stock::label(proof, &geometry, &request.cache, replica_id, &mut layers, sink)?;
    }
    Ok(Outcome { layers: geometry.layers, resumed, replica_id })
}

/// Whose code labels; the layers are the same.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Sdr {
    Own,
    Stock,
}

impl Sdr {
    pub(crate) fn chosen() -> Result<Self> {
        choice::chosen(SDR, &[("own", Sdr::Own), ("stock", Sdr::Stock)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filecoin_proofs_api::RegisteredSealProof;

    /// Fails if the disk is full hours later, because labels that are kept on it until they are read were not counted.
    #[test]
    fn one_layer_in_memory_needs_room_for_one_more_on_the_disk() {
        const GIB: u64 = 1 << 30;
        let geometry = Geometry::of(RegisteredSealProof::StackedDrg32GiBV1_1);
        let space = |finished, in_memory| space(Keep::All, &geometry, finished, in_memory) / GIB;
        assert_eq!(space(0, LayersInMemory::Two), 11 * 32);
        assert_eq!(space(0, LayersInMemory::One), 12 * 32);
        assert_eq!(space(9, LayersInMemory::One), 3 * 32);
    }
}
