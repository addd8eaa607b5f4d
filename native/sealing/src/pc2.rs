//! Pre-commit 2: the layers and the data → trees C and R, the sealed file, CommR.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use filecoin_proofs_api::seal::{self, SealPreCommitPhase1Output};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::absolute_path::AbsolutePath;
use crate::commitments::PersistentAux;
use crate::geometry::{Geometry, P_AUX_BYTES};
use crate::hash32::Hash32;
use crate::layers::Layers;
use crate::merkle::{NODE_BYTES, root_of_stream};
use crate::pieces::{self, Piece};
use crate::progress::{Progress, Sink};
use crate::sector::Sector;
use crate::{Code, Error, Result, durable, library_log, spot_check, stores, tree_d};

/// Files of an earlier attempt, by the beginning of their names. The library would take a tree C of the right size,
/// torn or another sector's, for its own.
const STALE: [&str; 4] = ["sc-02-data-tree-c", "sc-02-data-tree-r-last", "p_aux", "t_aux"];

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
}

/// Seals the sector. Each attempt starts over: the library encodes in place and cannot resume.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.sector.proof);
    let (cache, sealed) = (request.cache.as_ref(), request.sealed.as_ref());
    let steps = Steps::new(sink, geometry.tree_c.files.len());
    pieces::check_comm_d(&request.pieces, &geometry, request.comm_d)?;
    tree_d::check(cache, &geometry, request.comm_d)?;
    steps.begin(0, "checking the layers");
    Layers::check_all(cache, &geometry, request.sector.replica_id(request.comm_d))?;

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
    steps.begin(1, "copying the data");
    copy_data(&request.unsealed, &half_sealed, &geometry, request.comm_d)?;
    steps.begin(2, "hashing columns");
    let comm_r = encode(request, &geometry, &half_sealed, &steps)?;
    let outcome = check_trees(cache, &geometry, comm_r)?;
    spot_check::trees(cache, &geometry, &half_sealed, PersistentAux::read(cache, Code::Proofs)?)?;
    stores::write_t_aux(cache, &geometry)?;
    for (name, _) in geometry.tree_c.sizes().chain(geometry.tree_r_last.sizes()) {
        durable::sync(&cache.join(name))?;
    }
    durable::sync(&cache.join("p_aux"))?;
    durable::sync(cache)?;
    durable::publish(&half_sealed, sealed)?;
    steps.end();
    Ok(outcome)
}

/// Copies the data, which must have this CommD, byte by byte: no holes and no shared blocks, into which the library's
/// memory map could not write on a full disk.
fn copy_data(unsealed: &Path, to: &Path, geometry: &Geometry, comm_d: Hash32) -> Result<()> {
    durable::check_size(unsealed, geometry.sector_size, Code::ScratchLost)?;
    let mut source = File::open(unsealed).map_err(|cause| Error::io("opening", unsealed, cause))?;
    let mut target = durable::create_reserved(to, geometry.sector_size)?;
    let root = root_of_stream(
        |block| source.read_exact(block).map_err(|cause| Error::io("reading", unsealed, cause)),
        geometry.sector_size,
        |bytes| durable::write_all(&mut target, bytes, to),
    )?;
    let root = Hash32(root);
    if root != comm_d {
        return Err(Error::new(
            Code::ScratchLost,
            format!("the data in {} have CommD {root}, not the sector's {comm_d}", unsealed.display()),
        ));
    }
    Ok(())
}

fn encode(request: &Request, geometry: &Geometry, data: &Path, steps: &Steps) -> Result<Hash32> {
    let phase1 = phase1_output(request, geometry)?;
    let output = library_log::while_hearing(
        |message| steps.hear(message),
        || seal::seal_pre_commit_phase2(phase1, &*request.cache, data),
    );
    let output = output.map_err(|cause| Error::proofs("sealing", cause))?;
    Ok(Hash32(output.comm_r))
}

/// What the library's first phase would have given. It only names files that lie in the cache directory.
fn phase1_output(request: &Request, geometry: &Geometry) -> Result<SealPreCommitPhase1Output> {
    let store = |id: String, nodes: u64| json!({"path": "", "id": id, "size": nodes, "rows_to_discard": 0});
    let layers: Vec<_> = (1..=geometry.layers).map(|layer| store(format!("layer-{layer}"), geometry.nodes)).collect();
    // The variant is the size's first proof type, whatever the version.
    let name = format!("{:?}", request.sector.proof);
    let shape = format!("{}V1", name.split('V').next().unwrap_or_default());
    serde_json::from_value(json!({
        "registered_proof": request.sector.proof,
        "labels": {shape: {"labels": layers, "_h": null}},
        "config": store("tree-d".into(), geometry.tree_d / NODE_BYTES as u64),
        "comm_d": request.comm_d.0,
    }))
    .map_err(|cause| Error::proofs("describing the layers", cause))
}

fn check_trees(cache: &Path, geometry: &Geometry, comm_r: Hash32) -> Result<Outcome> {
    for (name, size) in geometry.tree_c.sizes().chain(geometry.tree_r_last.sizes()).chain([("p_aux", P_AUX_BYTES)]) {
        durable::check_size(&cache.join(name), size, Code::Proofs)?;
    }
    let aux = PersistentAux::read(cache, Code::Proofs)?;
    if aux.comm_r() != Some(comm_r) {
        return Err(Error::new(
            Code::Proofs,
            format!("sealing gave CommR {comm_r}, but {} does not: {aux:?}", cache.join("p_aux").display()),
        ));
    }
    Ok(Outcome { comm_r, comm_c: aux.comm_c, comm_r_last: aux.comm_r_last })
}

/// Checking, copying, then each file of tree C and of tree R.
struct Steps<'a> {
    sink: Sink<'a>,
    trees: usize,
}

impl<'a> Steps<'a> {
    fn new(sink: Sink<'a>, trees: usize) -> Self {
        Steps { sink, trees }
    }

    fn total(&self) -> usize {
        2 + 2 * self.trees
    }

    fn begin(&self, done: usize, text: &str) {
        (self.sink)(Progress::step(done as u64, self.total() as u64, text));
    }

    fn end(&self) {
        self.begin(self.total(), "sealed");
    }

    /// Reports a milestone in the library's log, `building base tree_c 3/8` for one.
    fn hear(&self, message: &str) {
        if let Some(tree) = library_log::begun_tree_c(message) {
            self.begin(2 + tree - 1, &format!("tree C {tree} of {}", self.trees));
        } else if let Some(tree) = library_log::begun_tree_r_last(message) {
            self.begin(2 + self.trees + tree - 1, &format!("tree R {tree} of {}", self.trees));
        }
    }
}
