//! Layers that some other software left in a directory → the sector's own cache directory, from which labelling continues.
//!
//! Nobody knows whether such layers are right or whose they are. Labels at random places are computed again, which finds
//! another sector's layers and most damage before hours of work are based on them; what they miss shows in CommR. The
//! record beside the layers says that they were copied.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::files::durable;
use crate::files::geometry::{Geometry, layer_file};
use crate::files::layers::{Keep, Layers};
use crate::files::nodes::NodeFile;
use crate::files::opening;
use crate::operations::labelling::Labelling;
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{ByteProgress, Sink};
use crate::request::sector::Sector;
use crate::sha256::merkle::NODE_BYTES;
use crate::trees::spot_check::places;
use crate::{Code, Error, Result};

/// The bits of a label's last byte that are never set.
const SPARE_BITS: u8 = 0xc0;
const BLOCK: usize = 1 << 20;

/// Which layers to copy where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The sector.
    pub sector: Sector,
    /// Its CommD.
    pub comm_d: Hash32,
    /// The sector's cache directory.
    pub cache: AbsolutePath,
    /// The directory that has the layers; it may be read-only.
    pub from: AbsolutePath,
    /// Which layers are needed: all, or only the last one that there is.
    #[serde(default)]
    pub keep: Keep,
}

/// What was copied.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Up to which layer labelling has nothing left to do.
    pub layers: usize,
    /// How many layers were copied.
    pub copied: usize,
    /// Why a layer was not copied, if that is what ended the copying.
    pub refused: Option<String>,
}

/// Copies the layers that the cache directory lacks. Layers that are there already stay; one of which a label is wrong, or
/// that cannot be read, is not copied.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.sector.proof);
    if durable::are_same(&request.cache, &request.from) {
        return Err(Error::new(Code::InvalidRequest, "\"from\" is the directory that the layers would be copied to"));
    }
    let replica_id = request.sector.replica_id(request.comm_d);
    let mut layers = Layers::open_unless(&request.cache, &geometry, replica_id, request.keep, &|| Ok(()))?;
    let candidates = request.candidates(layers.finished(), &geometry);
    let total = match request.keep {
        Keep::All => candidates.len(),
        Keep::LastTwo => candidates.len().min(1),
    } as u64
        * geometry.sector_size;
    durable::require_space(&[(&request.cache, total)])?;
    let progress = ByteProgress::new(sink, "copying layers", total);
    let labelling = Labelling::new(&request.sector, request.comm_d, &geometry)?;
    let (mut copied, mut refused) = (0, None);
    for layer in candidates {
        match request.copy(layer, &mut layers, &labelling, &geometry, &progress) {
            Ok(None) => {
                (copied, refused) = (copied + 1, None);
                if request.keep == Keep::LastTwo {
                    break;
                }
            }
            Ok(Some(why)) => {
                log::warn!("not copied: {why}");
                refused = Some(why);
                if request.keep == Keep::All {
                    break;
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Outcome { layers: layers.finished(), copied, refused })
}

impl Request {
    /// The layers that may be copied, in the order in which they are tried: if all are needed, each one that follows those
    /// that are there; otherwise one, from the last one down.
    fn candidates(&self, finished: usize, geometry: &Geometry) -> Vec<usize> {
        let all = finished + 1..=geometry.layers;
        let is_there = |layer: &usize| self.source(*layer, geometry).is_ok();
        match self.keep {
            Keep::All => all.take_while(is_there).collect(),
            Keep::LastTwo => all.rev().filter(is_there).collect(),
        }
    }

    fn source(&self, layer: usize, geometry: &Geometry) -> Result<NodeFile> {
        NodeFile::open(self.from.join(layer_file(layer)), geometry.sector_size)
    }

    /// Copies one layer, or returns why not.
    fn copy(
        &self,
        layer: usize,
        layers: &mut Layers,
        labelling: &Labelling,
        geometry: &Geometry,
        progress: &ByteProgress,
    ) -> Result<Option<String>> {
        match self.wrong_label(layer, labelling, geometry) {
            Ok(None) => {}
            Ok(Some(node)) => {
                let path = self.from.join(layer_file(layer));
                return Ok(Some(format!("node {node} of {} is not this sector's label", path.display())));
            }
            Err(error) => return Ok(Some(error.message)),
        }
        let from = self.from.join(layer_file(layer));
        let to = layers.path(layer);
        let half = durable::temporary(&to);
        match copied(&from, &half, geometry.sector_size, progress)? {
            Ok(digest) => {
                durable::publish(&half, &to)?;
                layers.record_copied(layer, digest)?;
                Ok(None)
            }
            Err(why) => {
                durable::remove(&half)?;
                Ok(Some(why))
            }
        }
    }

    /// A label of the layer that is not what the labels before it give; none if the layer below is not there, without which
    /// nothing can be said.
    fn wrong_label(&self, layer: usize, labelling: &Labelling, geometry: &Geometry) -> Result<Option<u64>> {
        let labels = self.source(layer, geometry)?;
        let below = if layer > 1 { self.source(layer - 1, geometry).ok() } else { None };
        if layer > 1 && below.is_none() {
            return Ok(None);
        }
        for node in places(geometry.nodes) {
            if !labelling.gives(&labels, below.as_ref(), layer, node)? {
                return Ok(Some(node));
            }
        }
        Ok(None)
    }
}

/// Copies a layer's file; returns its SHA-256, or why the file is of no use.
fn copied(from: &Path, to: &Path, bytes: u64, progress: &ByteProgress) -> Result<std::result::Result<Hash32, String>> {
    let mut source = match opening::open(from) {
        Ok(source) => source,
        Err(cause) => return Ok(Err(unreadable(from, &cause))),
    };
    let mut target: File = durable::create_reserved(to, bytes)?;
    let (mut hasher, mut block) = (Sha256::new(), vec![0; BLOCK.min(bytes as usize)]);
    for _ in 0..bytes / block.len() as u64 {
        if let Err(cause) = source.read_exact(&mut block) {
            return Ok(Err(unreadable(from, &cause)));
        }
        if block.chunks(NODE_BYTES).any(|label| label[NODE_BYTES - 1] & SPARE_BITS != 0) {
            return Ok(Err(format!("{} has a node that is no label", from.display())));
        }
        hasher.update(&block);
        target.write_all(&block).map_err(|cause| Error::io("writing", to, cause))?;
        progress.add(block.len() as u64);
    }
    Ok(Ok(Hash32(hasher.finalize().into())))
}

fn unreadable(path: &Path, cause: &std::io::Error) -> String {
    format!("{} cannot be read: {cause}", path.display())
}
