//! The key of a sealed sector: its last layer of labels. The data are the sealed sector minus the key, node by node.

use std::fs;
use std::io;

use serde::{Deserialize, Serialize};

use crate::files::durable;
use crate::files::geometry::{Geometry, data_file, layer_file};
use crate::files::layers::{Keep, RECORD_FILE};
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::Sink;
use crate::request::sector::Sector;
use crate::{Code, Error, Result, pc1};

/// The file that marks a directory as one for these layers.
const MARK: &str = "reseal-unseal-key";

/// Whose key to make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The sector.
    pub sector: Sector,
    /// Its CommD.
    pub comm_d: Hash32,
    /// A directory for the layers: empty, or left by an earlier attempt; never the sector's own.
    pub cache: AbsolutePath,
    /// The key.
    pub output: AbsolutePath,
}

/// What was made.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Size of the key.
    pub bytes: u64,
    /// Layers that an earlier attempt had finished.
    pub resumed: usize,
    /// What the key is bound to.
    pub replica_id: Hash32,
}

/// Labels like pre-commit 1 and keeps only the last layer. Killed at any moment, it continues after the last finished
/// layer.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let (cache, output) = (&*request.cache, &*request.output);
    // In the sector's own directory it would remove files that the sector is proven with.
    if !durable::names(cache)?.is_empty() && !cache.join(MARK).exists() {
        let why = format!(
            "{} has files that no earlier attempt left: give an empty directory for the layers",
            cache.display()
        );
        return Err(Error::new(Code::InvalidRequest, why).about(cache));
    }
    durable::write(&cache.join(MARK), b"")?;
    let labelling = pc1::Request {
        keep: Keep::LastTwo,
        sector: request.sector.clone(),
        comm_d: request.comm_d,
        cache: request.cache.clone(),
        pieces: None,
        unsealed: None,
        sealed: None,
    };
    let pc1::Outcome { layers, resumed, replica_id } = pc1::run(&labelling, sink)?;
    let (last, temporary) = (cache.join(layer_file(layers)), durable::temporary(output));
    match fs::rename(&last, &temporary) {
        Err(cause) if cause.kind() == io::ErrorKind::CrossesDevices => fs::copy(&last, &temporary).map(drop),
        moved => moved,
    }
    .map_err(|cause| Error::io("moving", &last, cause))?;
    durable::publish(&temporary, output)?;
    durable::remove_prefixed(cache, &[data_file("layer-").trim_end_matches(".dat"), RECORD_FILE])?;
    // Removed last: without it, leftover files would look like a sector's.
    durable::remove(&cache.join(MARK))?;
    Ok(Outcome { bytes: Geometry::of(request.sector.proof).sector_size, resumed, replica_id })
}
