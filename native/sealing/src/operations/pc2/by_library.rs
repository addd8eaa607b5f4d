//! Pre-commit 2 by the library's own call: the reference, and the only way to use a GPU.

use std::io::Read;
use std::path::Path;

use filecoin_proofs_api::seal::{self, SealPreCommitPhase1Output};
use rayon::prelude::*;
use serde_json::json;

use super::Request;
use crate::files::commitments::PersistentAux;
use crate::files::durable;
use crate::files::geometry::{Geometry, P_AUX_BYTES};
use crate::files::kept::{self, Made};
use crate::files::layers::Layer;
use crate::files::opening;
use crate::library::logging;
use crate::request::hash32::Hash32;
use crate::request::progress::{Progress, Sink};
use crate::sha256::merkle::{NODE_BYTES, root_of_stream};
use crate::{Code, Error, Result};

/// Leaves durable trees C and R and p_aux, and the sealed file under its temporary name. The library encodes in place
/// and cannot resume. It returns no digests of the sealed file and of tree R, so they are read once more at the end.
pub(crate) fn seal(
    request: &Request,
    geometry: &Geometry,
    layers: &[Layer],
    half_sealed: &Path,
    sink: Sink,
) -> Result<Made> {
    let cache: &Path = request.cache.as_ref();
    let steps = Steps::new(sink, geometry.tree_c.files.len());
    steps.begin(0, "checking the layers");
    layers.par_iter().try_for_each(Layer::read_and_check)?;
    steps.begin(1, "copying the data");
    copy_data(&request.unsealed, half_sealed, geometry, request.comm_d)?;
    steps.begin(2, "hashing columns");
    let comm_r = encode(request, geometry, half_sealed, &steps)?;
    let aux = check_trees(cache, geometry, comm_r)?;
    for (name, _) in geometry.tree_c.sizes().chain(geometry.tree_r_last.sizes()) {
        durable::sync(&cache.join(name))?;
    }
    durable::sync(&cache.join("p_aux"))?;
    durable::sync(cache)?;
    let replica = durable::digest(half_sealed)?;
    let tree_r = kept::digests_of_tree(cache, &geometry.tree_r_last)?;
    steps.end();
    Ok(Made { aux, replica, tree_r })
}

/// Copies the data, which must have this CommD, byte by byte: on a full disk the library's memory map could not write
/// into holes or shared blocks.
fn copy_data(unsealed: &Path, to: &Path, geometry: &Geometry, comm_d: Hash32) -> Result<()> {
    durable::check_size(unsealed, geometry.sector_size, Code::ScratchLost)?;
    let mut source = opening::open(unsealed).map_err(|cause| Error::io("opening", unsealed, cause))?;
    let mut target = durable::create_reserved(to, geometry.sector_size)?;
    let root = root_of_stream(
        |block| source.read_exact(block).map_err(|cause| Error::io("reading", unsealed, cause)),
        geometry.sector_size,
        |bytes| durable::write_all(&mut target, bytes, to),
    )?;
    let root = Hash32(root);
    if root != comm_d {
        let message = format!("the data in {} have CommD {root}, not the sector's {comm_d}", unsealed.display());
        return Err(Error::new(Code::ScratchLost, message).about(unsealed));
    }
    Ok(())
}

fn encode(request: &Request, geometry: &Geometry, data: &Path, steps: &Steps) -> Result<Hash32> {
    let phase1 = phase1_output(request, geometry)?;
    let output = logging::while_hearing(
        |message| steps.hear(message),
        || seal::seal_pre_commit_phase2(phase1, &*request.cache, data),
    );
    let output = output.map_err(|cause| Error::proofs("sealing", cause))?;
    Ok(Hash32(output.comm_r))
}

/// The result that the library's first phase would have returned. It only names files in the cache directory.
fn phase1_output(request: &Request, geometry: &Geometry) -> Result<SealPreCommitPhase1Output> {
    let store = |id: String, nodes: u64| json!({"path": "", "id": id, "size": nodes, "rows_to_discard": 0});
    let layers: Vec<_> = (1..=geometry.layers).map(|layer| store(format!("layer-{layer}"), geometry.nodes)).collect();
    // The variant is named after the size's first proof type, whatever the version.
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

fn check_trees(cache: &Path, geometry: &Geometry, comm_r: Hash32) -> Result<PersistentAux> {
    for (name, size) in geometry.tree_c.sizes().chain(geometry.tree_r_last.sizes()).chain([("p_aux", P_AUX_BYTES)]) {
        durable::check_size(&cache.join(name), size, Code::Proofs)?;
    }
    let aux = PersistentAux::read(cache, Code::Proofs)?;
    if aux.comm_r() != Some(comm_r) {
        let path = cache.join("p_aux");
        let message = format!("sealing gave CommR {comm_r}, but {} does not: {aux:?}", path.display());
        return Err(Error::new(Code::Proofs, message).about(&path));
    }
    Ok(aux)
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

    /// Reports a milestone in the library's log, e.g. `building base tree_c 3/8`.
    fn hear(&self, message: &str) {
        if let Some(tree) = logging::begun_tree_c(message) {
            self.begin(2 + tree - 1, &format!("tree C {tree} of {}", self.trees));
        } else if let Some(tree) = logging::begun_tree_r_last(message) {
            self.begin(2 + self.trees + tree - 1, &format!("tree R {tree} of {}", self.trees));
        }
    }
}
