//! The update of a snapped sector and its data → the key that the update was encoded over, its tree R and p_aux.
//!
//! No labels are needed: key = update − data × rho, the encoding turned round. The CommR of the key decides whether the
//! result is right, so nothing else of the sector has to be trusted.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use crate::files::commitments::PersistentAux;
use crate::files::durable;
use crate::files::geometry::Geometry;
use crate::files::kept::{self, Kept, Made};
use crate::files::nodes::{Node, element};
use crate::library::store_configs;
use crate::operations::factors;
use crate::poseidon::Engine;
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{ByteProgress, Sink};
use crate::trees::{self, Digested, Encoding, Layout, Makes, Spent, Work};
use crate::{Code, Error, Result};

/// Files of an earlier attempt in the key's cache directory, by name prefix.
const STALE: [&str; 4] = ["sc-02-data-tree-r-last", "p_aux", "t_aux", kept::RECORD_FILE];

/// Which key to make of which update.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type of the sector.
    pub proof: RegisteredSealProof,
    /// The update's CommD.
    pub comm_d: Hash32,
    /// The CommR that the key must have.
    pub key_comm_r: Hash32,
    /// Root of tree C, which the sector and its updates have in common.
    pub comm_c: Hash32,
    /// The update's replica; it may be read-only.
    pub update: AbsolutePath,
    /// The update's fr32-padded data.
    pub unsealed: AbsolutePath,
    /// The key's sealed file, to be written.
    pub sealed: AbsolutePath,
    /// The directory that gets what proves the key.
    pub cache: AbsolutePath,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The key's commitment, as requested.
    pub comm_r: Hash32,
    /// Root of the key's tree R.
    pub comm_r_last: Hash32,
    /// The digests of the files that stay, which are also recorded beside them.
    pub kept: Kept,
}

/// Makes the key. Each attempt starts over; the sealed file exists only when it is complete and right.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.proof);
    let (sealed, cache) = (request.sealed.as_ref(), request.cache.as_ref());
    durable::refuse_overwriting(sealed, &[&request.update, &request.unsealed])?;
    durable::check_size(&request.update, geometry.sector_size, Code::NotProvable)?;
    durable::check_size(&request.unsealed, geometry.sector_size, Code::ScratchLost)?;

    let half_made = durable::temporary(sealed);
    durable::remove_prefixed(cache, &STALE)?;
    durable::remove(sealed)?;
    durable::remove(&half_made)?;
    durable::require_space(&[
        (cache, geometry.tree_r_last.total_bytes()),
        (sealed.parent().unwrap_or(Path::new("/")), geometry.sector_size),
    ])?;
    let made = make(request, &geometry, &half_made, sink).inspect_err(|_| {
        // A leftover file is better than hiding the real error behind another one.
        let _ = durable::remove(&half_made);
    })?;
    durable::write(&cache.join("p_aux"), &made.aux.bytes())?;
    let t_aux = store_configs::write_t_aux(cache, &geometry)?;
    let kept = Kept::of(request.key_comm_r, &made, &geometry.tree_r_last, &t_aux);
    kept.write(cache)?;
    durable::publish(&half_made, sealed)?;
    Ok(Outcome { comm_r: request.key_comm_r, comm_r_last: made.aux.comm_r_last, kept })
}

/// Writes the key and its tree R in one pass. The tree's files get their names only if the key is right.
fn make(request: &Request, geometry: &Geometry, to: &Path, sink: Sink) -> Result<Made> {
    let rhos = factors::rhos(request.comm_d, request.key_comm_r, geometry)?;
    let subtract = |number: u64, update: &Node, data: &Node| {
        let key = element(update).zip(element(data)).map(|(update, data)| update - data * rhos.get(number as usize));
        key.map(|key| key.to_bytes_le())
    };
    let (update, data) = (request.update.as_ref(), request.unsealed.as_ref());
    let encoding = Encoding { makes: Makes::Key, from: update, digested: false, with: Some((data, &subtract)), to };
    let progress = Mutex::new(ByteProgress::new(sink, "key from update", 2 * geometry.sector_size));
    let done = |bytes| progress.lock().unwrap_or_else(PoisonError::into_inner).add(bytes);
    let (engine, spent) = (Engine::best(), Spent::default());
    let layout = Layout::tree_r(geometry);
    let rows = Digested::create(&request.cache, &geometry.tree_r_last, &layout)?;
    let encoded = trees::encode(&encoding, layout, &rows, Work { engine, spent: &spent, done: &done });
    let (encoded, comm_r_last) = encoded.map_err(|error| of_update(update, error))?;
    let comm_d = encoded.comm_d.expect("there are data");
    if comm_d != request.comm_d {
        let (data, expected) = (data.display(), request.comm_d);
        let message = format!("the data in {data} have CommD {comm_d}, not the update's {expected}");
        return Err(Error::new(Code::ScratchLost, message).about(&request.unsealed));
    }
    let aux = PersistentAux { comm_c: request.comm_c, comm_r_last };
    if aux.comm_r() != Some(request.key_comm_r) {
        let given = aux.comm_r().map_or("no CommR".to_string(), |comm_r| format!("CommR {comm_r}"));
        let message = format!(
            "{} is damaged, or another sector's: less its data it gives {given}, not the key's {}",
            update.display(),
            request.key_comm_r
        );
        return Err(Error::new(Code::NotProvable, message).about(update));
    }
    let tree_r = rows.publish()?;
    log::info!("the key by {engine:?}, processor time of all threads: {spent}");
    Ok(Made { aux, replica: encoded.digest, tree_r })
}

/// No stage can make the update again: if it is unfit, it cannot be proven.
fn of_update(update: &Path, error: Error) -> Error {
    match error.code {
        Code::ScratchLost if error.file.as_deref() == Some(update) => Error { code: Code::NotProvable, ..error },
        _ => error,
    }
}
