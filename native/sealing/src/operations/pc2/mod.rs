//! Pre-commit 2: the layers and the data → trees C and R, the sealed file, CommR.

mod by_library;
mod last_pass;

pub(super) use last_pass::LastPass;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::files::commitments::PersistentAux;
use crate::files::durable;
use crate::files::geometry::Geometry;
use crate::files::kept::{self, Kept, Made};
use crate::files::layers::{Layer, Layers};
use crate::library::store_configs;
use crate::operations::tree_d;
use crate::pieces::{self, Piece};
use crate::poseidon::Engine;
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{ByteProgress, Progress, Sink};
use crate::request::sector::Sector;
use crate::trees::code::TreeCode;
use crate::trees::spot_check;
use crate::trees::{self, Layout, Spent, Work, Written};
use crate::{Code, Error, Result};

/// Files of an earlier attempt, by name prefix. The library would accept any tree C of the right size, even an
/// incomplete one or another sector's.
pub(super) const STALE: [&str; 5] =
    ["sc-02-data-tree-c", "sc-02-data-tree-r-last", "p_aux", "t_aux", kept::RECORD_FILE];

/// Which sector to seal where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The sector.
    pub sector: Sector,
    /// All its pieces in order, fillers included.
    pub pieces: Vec<Piece>,
    /// Its CommD.
    pub comm_d: Hash32,
    /// The fr32-padded data.
    pub unsealed: AbsolutePath,
    /// The sealed file to write.
    pub sealed: AbsolutePath,
    /// The sector's cache directory, tree D and the layers in it.
    pub cache: AbsolutePath,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The replica's commitment.
    pub comm_r: Hash32,
    /// Root of tree C.
    pub comm_c: Hash32,
    /// Root of tree R.
    pub comm_r_last: Hash32,
    /// The digests of the files that stay, which are also recorded beside them.
    pub kept: Kept,
}

/// Seals the sector. Each attempt starts over; the sealed file exists only when it is complete.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.sector.proof);
    let (cache, sealed) = (request.cache.as_ref(), request.sealed.as_ref());
    let code = TreeCode::chosen()?;
    pieces::check_comm_d(&request.pieces, &geometry, request.comm_d)?;
    tree_d::check(cache, &geometry, request.comm_d)?;
    let layers = Layers::recorded(cache, &geometry, request.sector.replica_id(request.comm_d))?;

    // Only a file that was encoded to its end gets the sealed file's name.
    let half_sealed = durable::temporary(sealed);
    durable::remove_prefixed(cache, &STALE)?;
    durable::remove(sealed)?;
    durable::remove(&half_sealed)?;
    let directory = sealed.parent().unwrap_or(Path::new("/"));
    durable::require_space(&[
        (cache, geometry.tree_c.total_bytes() + geometry.tree_r_last.total_bytes()),
        (directory, geometry.sector_size),
    ])?;
    let made = match code {
        TreeCode::Own => seal(request, &geometry, &layers, &half_sealed, sink)?,
        TreeCode::Library => by_library::seal(request, &geometry, &layers, &half_sealed, sink)?,
    };
    spot_check::trees(cache, &geometry, &half_sealed, made.aux)?;
    let t_aux = store_configs::write_t_aux(cache, &geometry)?;
    let outcome = Outcome::of(&made, &geometry, &t_aux)?;
    outcome.kept.write(cache)?;
    durable::publish(&half_sealed, sealed)?;
    Ok(outcome)
}

/// Leaves durable trees C and R and p_aux, and the sealed file under its temporary name.
fn seal(request: &Request, geometry: &Geometry, layers: &[Layer], half_sealed: &Path, sink: Sink) -> Result<Made> {
    let cache = request.cache.as_ref();
    // In a sector of zeros there are no data to add.
    let data = (request.comm_d != pieces::zero_commitment(geometry.sector_size)).then(|| request.unsealed.as_ref());
    // Now, and not when tree C has taken its hour.
    data.map_or(Ok(()), |data| durable::check_size(data, geometry.sector_size, Code::ScratchLost))?;
    let below_tree_c = geometry.layers as u64 * geometry.sector_size;
    let key = layers.last().expect("there are layers");
    let pass = LastPass { cache, key, data, comm_d: request.comm_d, half_sealed };
    let below_tree_r = pass.bytes(geometry);
    let phases = Phases { sink, total: below_tree_c + below_tree_r };
    let spent = Spent::default();
    let engine = Engine::best();

    let layout = Layout::tree_c(geometry);
    let rows = Written::create(cache, &geometry.tree_c, &layout)?;
    let roots = phases.run("tree C", 0, below_tree_c, |done| {
        trees::tree_c(layers, layout, &rows, Work { engine, spent: &spent, done })
    })?;
    let comm_c = Hash32(trees::top(engine, &roots));
    rows.publish()?;

    let encoded = phases.run("sealed file and tree R", below_tree_c, below_tree_r, |done| {
        pass.run(geometry, Work { engine, spent: &spent, done })
    })?;
    phases.report(phases.total, "writing everything to the disk");
    let tree_r = encoded.rows.publish()?;

    let aux = PersistentAux { comm_c, comm_r_last: encoded.comm_r_last };
    durable::write(&cache.join("p_aux"), &aux.bytes())?;
    log::info!("PC2 by {engine:?}, processor time of all threads: {spent}");
    Ok(Made { aux, replica: encoded.replica, tree_r })
}

impl Outcome {
    fn of(made: &Made, geometry: &Geometry, t_aux: &[u8]) -> Result<Self> {
        let aux = made.aux;
        let comm_r = aux
            .comm_r()
            .ok_or_else(|| Error::new(Code::Proofs, format!("sealing gave invalid commitments: {aux:?}")))?;
        let kept = Kept::of(comm_r, made, &geometry.tree_r_last, t_aux);
        Ok(Outcome { comm_r, comm_c: aux.comm_c, comm_r_last: aux.comm_r_last, kept })
    }
}

/// Progress in bytes read, one tree after the other.
struct Phases<'a> {
    sink: Sink<'a>,
    total: u64,
}

impl Phases<'_> {
    /// Runs the phase that begins after `before` bytes and reads `bytes` bytes.
    fn run<T>(&self, what: &'static str, before: u64, bytes: u64, work: impl FnOnce(&(dyn Fn(u64) + Sync)) -> T) -> T {
        let sink = |progress: Progress| self.report(before + progress.done, &progress.text);
        let progress = Mutex::new(ByteProgress::new(&sink, what, bytes));
        work(&|bytes| progress.lock().unwrap_or_else(PoisonError::into_inner).add(bytes))
    }

    fn report(&self, done: u64, text: &str) {
        let text = text.to_string();
        (self.sink)(Progress { done, total: self.total, unit: "bytes", within: None, preparing: false, text });
    }
}
