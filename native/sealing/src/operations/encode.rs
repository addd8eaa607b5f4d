//! The last layer and the data → the sealed file and tree R, for a sector whose root of tree C is known.
//!
//! CommR is the hash of the roots of trees C and R. If the known root and the computed one give the expected CommR, the
//! sealed file is right to the last bit. So neither tree C nor tree D nor the lower layers are needed.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::files::commitments::PersistentAux;
use crate::files::durable;
use crate::files::geometry::Geometry;
use crate::files::kept::{Kept, Made};
use crate::files::layers::Layers;
use crate::library::store_configs;
use crate::operations::pc2::{LastPass, STALE};
use crate::pieces::{self, Piece};
use crate::poseidon::Engine;
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{ByteProgress, Sink};
use crate::request::sector::Sector;
use crate::trees::{Spent, Work};
use crate::{Code, Error, Result};

/// Which sector to encode where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The sector.
    pub sector: Sector,
    /// All its pieces in order, fillers included.
    pub pieces: Vec<Piece>,
    /// Its CommD.
    pub comm_d: Hash32,
    /// The CommR that must result: the chain's.
    pub comm_r: Hash32,
    /// The root of its tree C.
    pub comm_c: Hash32,
    /// The fr32-padded data; a sector of zeros needs none.
    #[serde(default)]
    pub unsealed: Option<AbsolutePath>,
    /// The sealed file to write.
    pub sealed: AbsolutePath,
    /// The sector's cache directory, the last layer in it.
    pub cache: AbsolutePath,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The replica's commitment, which is the expected one.
    pub comm_r: Hash32,
    /// Root of tree C.
    pub comm_c: Hash32,
    /// Root of tree R.
    pub comm_r_last: Hash32,
    /// The digests of the files that stay, which are also recorded beside them.
    pub kept: Kept,
}

/// Encodes the sector. Each attempt starts over; no file gets its name unless CommR is the expected one, the sealed file
/// last.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.sector.proof);
    let (cache, sealed) = (request.cache.as_ref(), request.sealed.as_ref());
    pieces::check_comm_d(&request.pieces, &geometry, request.comm_d)?;
    let data = request.data(&geometry)?;
    let key = Layers::last(cache, &geometry, request.sector.replica_id(request.comm_d))?;

    let half_sealed = durable::temporary(sealed);
    durable::remove_prefixed(cache, &STALE)?;
    durable::remove(sealed)?;
    durable::remove(&half_sealed)?;
    let directory = sealed.parent().unwrap_or(Path::new("/"));
    durable::require_space(&[(cache, geometry.tree_r_last.total_bytes()), (directory, geometry.sector_size)])?;

    let pass = LastPass { cache, key: &key, data, comm_d: request.comm_d, half_sealed: &half_sealed };
    let progress = Mutex::new(ByteProgress::new(sink, "sealed file and tree R", pass.bytes(&geometry)));
    let done = |bytes| progress.lock().unwrap_or_else(PoisonError::into_inner).add(bytes);
    let (spent, engine) = (Spent::default(), Engine::best());
    let encoded = pass.run(&geometry, Work { engine, spent: &spent, done: &done })?;
    let aux = PersistentAux { comm_c: request.comm_c, comm_r_last: encoded.comm_r_last };
    request.check(aux).inspect_err(|_| {
        // A leftover file is better than hiding the real error behind another one.
        let _ = durable::remove(&half_sealed);
    })?;

    let made = Made { aux, replica: encoded.replica, tree_r: encoded.rows.publish()? };
    durable::write(&cache.join("p_aux"), &aux.bytes())?;
    let t_aux = store_configs::write_t_aux(cache, &geometry)?;
    let kept = Kept::of(request.comm_r, &made, &geometry.tree_r_last, &t_aux);
    kept.write(cache)?;
    durable::publish(&half_sealed, sealed)?;
    log::info!("encoding by {engine:?}, processor time of all threads: {spent}");
    Ok(Outcome { comm_r: request.comm_r, comm_c: aux.comm_c, comm_r_last: aux.comm_r_last, kept })
}

impl Request {
    /// The data to add to the last layer; none in a sector of zeros.
    fn data(&self, geometry: &Geometry) -> Result<Option<&Path>> {
        if self.comm_d == pieces::zero_commitment(geometry.sector_size) {
            return Ok(None);
        }
        let Some(data) = &self.unsealed else {
            let why = "the sector has data, and the request does not say where: it has no \"unsealed\"";
            return Err(Error::new(Code::InvalidRequest, why));
        };
        durable::check_size(data, geometry.sector_size, Code::ScratchLost)?;
        Ok(Some(data))
    }

    fn check(&self, aux: PersistentAux) -> Result<()> {
        let given = aux.comm_r();
        if given == Some(self.comm_r) {
            return Ok(());
        }
        let Sector { miner, number, .. } = self.sector;
        let given = given.map_or("no CommR".into(), |given| format!("CommR {given}"));
        let why = format!(
            "sector {number} of miner {miner} was encoded to {given} with comm_c {}, not the expected {}",
            self.comm_c, self.comm_r
        );
        Err(Error::new(Code::CommRMismatch, why))
    }
}
