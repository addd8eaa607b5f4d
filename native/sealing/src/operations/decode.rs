//! The sealed file and its key, or the update of a snapped sector and its key → the data.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use blstrs::Scalar;
use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use crate::files::durable;
use crate::files::geometry::Geometry;
use crate::files::nodes::{Node, element};
use crate::operations::{factors, tree_r};
use crate::poseidon::Engine;
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{ByteProgress, Sink};
use crate::trees::{self, Combine, Encoding, Layout, Makes, Spent, Work};
use crate::{Code, Error, Result};

/// What to decode with what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type of the sector.
    pub proof: RegisteredSealProof,
    /// The CommD that the data must have.
    pub comm_d: Hash32,
    /// The sealed file, or the update of a snapped sector; it may be read-only.
    pub replica: AbsolutePath,
    /// What the data were added to: the sector's last layer, or for an update the sealed file that was updated.
    pub key: AbsolutePath,
    /// CommR of an update's key; without it, the replica is a sealed file.
    #[serde(default)]
    pub key_comm_r: Option<Hash32>,
    /// The file that gets the data, fr32-padded.
    pub unsealed: AbsolutePath,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// CommD of the data, as requested.
    pub comm_d: Hash32,
    /// SHA-256 of the file with the data, from the bytes before they were written.
    pub digest: Hash32,
}

/// Decodes the data. Each attempt starts over; the file exists only when it is complete and has the CommD.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.proof);
    let unsealed = request.unsealed.as_ref();
    durable::refuse_overwriting(unsealed, &[&request.replica, &request.key])?;
    for file in [&request.replica, &request.key] {
        durable::check_size(file, geometry.sector_size, Code::NotProvable)?;
    }
    let half_decoded = durable::temporary(unsealed);
    durable::remove(unsealed)?;
    durable::remove(&half_decoded)?;
    durable::require_space(&[(unsealed.parent().unwrap_or(Path::new("/")), geometry.sector_size)])?;
    let digest = match request.key_comm_r {
        Some(key) => {
            let rhos = factors::inverse_rhos(request.comm_d, key, &geometry)?;
            decode(request, &geometry, &half_decoded, sink, |number, sum| sum * rhos.get(number as usize))
        }
        None => decode(request, &geometry, &half_decoded, sink, |_, sum| sum),
    }
    .inspect_err(|_| {
        // A leftover file is better than hiding the real error behind another one.
        let _ = durable::remove(&half_decoded);
    })?;
    durable::publish(&half_decoded, unsealed)?;
    Ok(Outcome { comm_d: request.comm_d, digest })
}

/// Writes `data_of` the difference of both files, node by node; returns its digest.
fn decode(
    request: &Request,
    geometry: &Geometry,
    to: &Path,
    sink: Sink,
    data_of: impl Fn(u64, Scalar) -> Scalar + Sync,
) -> Result<Hash32> {
    let (replica, key) = (request.replica.as_ref(), request.key.as_ref());
    let subtract = |number: u64, replica: &Node, key: &Node| {
        let data = element(replica).zip(element(key)).map(|(replica, key)| data_of(number, replica - key));
        data.map(|data| data.to_bytes_le())
    };
    let with = Some((key, &subtract as &Combine));
    let encoding = Encoding { makes: Makes::Data, from: replica, digested: false, with, to };
    let progress = Mutex::new(ByteProgress::new(sink, "decoding", 2 * geometry.sector_size));
    let done = |bytes| progress.lock().unwrap_or_else(PoisonError::into_inner).add(bytes);
    let spent = Spent::default();
    let work = Work { engine: Engine::best(), spent: &spent, done: &done };
    let encoded = trees::encode_alone(&encoding, Layout::tree_r(geometry), work).map_err(tree_r::of_copy)?;
    let comm_d = encoded.comm_d.expect("there are data");
    if comm_d != request.comm_d {
        let (replica_name, key_name, expected) = (replica.display(), key.display(), request.comm_d);
        let message = format!(
            "{replica_name} less its key {key_name} has CommD {comm_d}, not the expected {expected}: one of them is \
             damaged"
        );
        return Err(Error::new(Code::NotProvable, message).about(replica));
    }
    log::info!("decoding, processor time of all threads: {spent}");
    Ok(encoded.digest)
}
