//! A snapped sector's update: the key and the new data → the update's replica, its tree R and its CommR.
//!
//! The library's own call needs as much space as a whole sector in the system's temporary directory (H11) and accepts
//! any tree D of the right size as the data's (H3). So the replica is encoded here and its tree R built in the same
//! pass; the proofs are the library's.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use filecoin_hashers::poseidon::PoseidonHasher;
use filecoin_proofs::constants::{
    SECTOR_SIZE_32_GIB, SECTOR_SIZE_64_GIB, SectorShape32GiB, SectorShape64GiB, SectorShapeBase,
};
use filecoin_proofs::types::MerkleTreeTrait;
use filecoin_proofs_api::{RegisteredSealProof, seal};
use serde::{Deserialize, Serialize};
use storage_proofs_core::proof::ProofScheme;
use storage_proofs_update::constants::h_default;
use storage_proofs_update::{EmptySectorUpdate, PrivateInputs, PublicInputs, PublicParams};

use crate::files::commitments::PersistentAux;
use crate::files::durable;
use crate::files::geometry::{Geometry, P_AUX_BYTES};
use crate::files::kept::{self, Kept, Made};
use crate::files::nodes::{Node, element};
use crate::library::boundary;
use crate::library::logging;
use crate::library::store_configs;
use crate::operations::{factors, tree_d};
use crate::pieces::{self, Piece};
use crate::poseidon::Engine;
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{ByteProgress, Progress, Sink};
use crate::trees::code::TreeCode;
use crate::trees::spot_check;
use crate::trees::{self, Digested, Encoded, Encoding, Layout, Makes, Nowhere, Spent, Work};
use crate::{Code, Error, Result};

/// Files of an earlier attempt in the update's cache directory, by name prefix.
const STALE: [&str; 4] = ["sc-02-data-tree-r-last", "p_aux", "t_aux", kept::RECORD_FILE];

/// Which data to encode into which key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type of the sector.
    pub proof: RegisteredSealProof,
    /// All pieces of the update in order, fillers included.
    pub pieces: Vec<Piece>,
    /// The update's CommD.
    pub comm_d: Hash32,
    /// CommR of the key: the sector as it was before.
    pub key_comm_r: Hash32,
    /// The CommR that must result: the chain's.
    #[serde(default)]
    pub comm_r: Option<Hash32>,
    /// The update's fr32-padded data.
    pub unsealed: AbsolutePath,
    /// The key's sealed file.
    pub sealed: AbsolutePath,
    /// The key's cache directory with p_aux and tree R.
    pub cache: AbsolutePath,
    /// The update's replica, to be written.
    pub update: AbsolutePath,
    /// The update's cache directory, its tree D in it.
    pub update_cache: AbsolutePath,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The update's commitment.
    pub comm_r: Hash32,
    /// Root of the update's tree R.
    pub comm_r_last: Hash32,
    /// The update's CommD.
    pub comm_d: Hash32,
    /// Vanilla proofs, one for each partition, that the update is the key with the data encoded into it.
    pub partition_proofs: usize,
    /// The digests of the files that stay, which are also recorded beside them.
    pub kept: Kept,
}

/// Encodes the update and has it prove itself. Each attempt starts over; the update's file exists only when it is
/// complete and right.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.proof);
    let (update, cache) = (request.update.as_ref(), request.update_cache.as_ref());
    let code = TreeCode::chosen()?;
    let steps = Steps::new(code, &geometry, sink);
    check_paths(request)?;
    pieces::check_comm_d(&request.pieces, &geometry, request.comm_d)?;
    tree_d::check(cache, &geometry, request.comm_d)?;
    let key = check_key(request, &geometry)?;
    durable::check_size(&request.unsealed, geometry.sector_size, Code::ScratchLost)?;

    let half_encoded = durable::temporary(update);
    durable::remove_prefixed(cache, &STALE)?;
    durable::remove(update)?;
    durable::remove(&half_encoded)?;
    durable::require_space(&[
        (cache, geometry.tree_r_last.total_bytes()),
        (update.parent().unwrap_or(Path::new("/")), geometry.sector_size),
    ])?;
    let encoded = match code {
        TreeCode::Own => encode(request, &geometry, &half_encoded, &steps),
        TreeCode::Library => encode_for_library(request, &geometry, &half_encoded, &steps),
    };
    let proven = encoded.and_then(|(comm_r_last, replica, tree_r)| {
        spot_check::tree_r_alone(cache, &geometry, &half_encoded, comm_r_last)?;
        let aux = PersistentAux { comm_r_last, ..key };
        let comm_r = check_comm_r(request, &geometry, key, aux)?;
        steps.begin(steps.total - 1, "proving the update");
        let partition_proofs = prove(request, &geometry, &half_encoded, key.comm_c, comm_r)?;
        Ok((comm_r, partition_proofs, Made { aux, replica, tree_r }))
    });
    let (comm_r, partition_proofs, made) = proven.inspect_err(|_| {
        // A leftover file is better than hiding the real error behind another one.
        let _ = durable::remove(&half_encoded);
    })?;

    durable::write(&cache.join("p_aux"), &made.aux.bytes())?;
    let t_aux = store_configs::write_t_aux(cache, &geometry)?;
    let kept = Kept::of(comm_r, &made, &geometry.tree_r_last, &t_aux);
    kept.write(cache)?;
    durable::publish(&half_encoded, update)?;
    steps.begin(steps.total, "the update is encoded");
    Ok(Outcome { comm_r, comm_r_last: made.aux.comm_r_last, comm_d: request.comm_d, partition_proofs, kept })
}

/// The files that will be removed and written must not be the ones that are read.
fn check_paths(request: &Request) -> Result<()> {
    let Request { update, update_cache, sealed, unsealed, cache, .. } = request;
    durable::refuse_overwriting(update, &[sealed, unsealed])?;
    durable::refuse_overwriting(update_cache, &[cache])
}

fn check_key(request: &Request, geometry: &Geometry) -> Result<PersistentAux> {
    let cache: &Path = request.cache.as_ref();
    durable::check_size(&request.sealed, geometry.sector_size, Code::ScratchLost)?;
    // The library would create a missing tree R, full size and empty.
    for (name, size) in geometry.tree_r_last.sizes().chain([("p_aux", P_AUX_BYTES)]) {
        durable::check_size(&cache.join(name), size, Code::ScratchLost)?;
    }
    let aux = PersistentAux::read(cache, Code::ScratchLost)?;
    if aux.comm_r() != Some(request.key_comm_r) {
        let given = aux.comm_r().map_or("none".to_string(), |comm_r| comm_r.to_string());
        let path = cache.join("p_aux");
        let message = format!("{} gives CommR {given}, the key's is {}", path.display(), request.key_comm_r);
        return Err(Error::new(Code::ScratchLost, message).about(&path));
    }
    Ok(aux)
}

/// The root of the update's tree R; the digest of the update and those of the tree's files.
type Update = (Hash32, Hash32, Vec<Hash32>);

/// Writes the update and its tree R in one pass.
fn encode(request: &Request, geometry: &Geometry, to: &Path, steps: &Steps) -> Result<Update> {
    let layout = Layout::tree_r(geometry);
    let rows = Digested::create(&request.update_cache, &geometry.tree_r_last, &layout)?;
    let (replica, comm_r_last) =
        encode_by(request, geometry, to, steps, |encoding, work| trees::encode(encoding, layout, &rows, work))?;
    Ok((comm_r_last, replica, rows.publish()?))
}

/// Writes the update, then has the library build its tree R, whose files are read once more for their digests.
fn encode_for_library(request: &Request, geometry: &Geometry, to: &Path, steps: &Steps) -> Result<Update> {
    let (replica, ()) = encode_by(request, geometry, to, steps, |encoding, work| {
        Ok((trees::encode_alone(encoding, Layout::tree_r(geometry), work)?, ()))
    })?;
    let hear = |message: &str| {
        if let Some(tree) = logging::begun_tree_r_last(message) {
            steps.begin(tree as u64, &format!("tree R {tree} of {}", geometry.tree_r_last.files.len()));
        }
    };
    let root = logging::while_hearing(hear, || tree_r(request.proof, to, &request.update_cache))?;
    for (name, _) in geometry.tree_r_last.sizes() {
        durable::sync(&request.update_cache.join(name))?;
    }
    Ok((root, replica, kept::digests_of_tree(&request.update_cache, &geometry.tree_r_last)?))
}

/// Has key + rho × data written, node by node; the data must have the update's CommD. Also returns the update's digest.
fn encode_by<T>(
    request: &Request,
    geometry: &Geometry,
    to: &Path,
    steps: &Steps,
    encode: impl FnOnce(&Encoding, Work) -> Result<(Encoded, T)>,
) -> Result<(Hash32, T)> {
    let rhos = factors::rhos(request.comm_d, request.key_comm_r, geometry)?;
    let add = |number: u64, key: &Node, data: &Node| {
        let sum = element(key).zip(element(data)).map(|(key, data)| key + data * rhos.get(number as usize));
        sum.map(|sum| sum.to_bytes_le())
    };
    let encoding = Encoding {
        makes: Makes::Replica,
        from: &request.sealed,
        digested: false,
        with: Some((&request.unsealed, &add)),
        to,
    };
    let sink = |bytes: Progress| steps.within_first(&bytes);
    let progress = Mutex::new(ByteProgress::new(&sink, "encoding the update", 2 * geometry.sector_size));
    let done = |bytes| progress.lock().unwrap_or_else(PoisonError::into_inner).add(bytes);
    let spent = Spent::default();
    let (encoded, value) = encode(&encoding, Work { engine: Engine::best(), spent: &spent, done: &done })?;
    let comm_d = encoded.comm_d.expect("there are data");
    if comm_d != request.comm_d {
        let (data, expected) = (request.unsealed.display(), request.comm_d);
        let message = format!("the data in {data} have CommD {comm_d}, not the update's {expected}");
        return Err(Error::new(Code::ScratchLost, message).about(&request.unsealed));
    }
    Ok((encoded.digest, value))
}

/// Builds tree R of a replica in this directory; returns its root.
fn tree_r(proof: RegisteredSealProof, replica: &Path, directory: &Path) -> Result<Hash32> {
    let root = boundary::catch(|| {
        seal::generate_tree_r_last(proof, replica, directory).map_err(|cause| Error::proofs("building tree R", cause))
    });
    Ok(Hash32(root?))
}

/// Checks the result against the chain's CommR. If that does not confirm it, the key is checked: a damaged key must not
/// look like wrong input.
fn check_comm_r(request: &Request, geometry: &Geometry, key: PersistentAux, update: PersistentAux) -> Result<Hash32> {
    let comm_r = update
        .comm_r()
        .ok_or_else(|| Error::new(Code::Proofs, format!("encoding gave invalid commitments: {update:?}")))?;
    if request.comm_r == Some(comm_r) {
        return Ok(comm_r);
    }
    check_whole_key(request, geometry, key)?;
    match request.comm_r {
        None => Ok(comm_r),
        Some(expected) => Err(Error::new(
            Code::CommRMismatch,
            format!("the update was encoded to CommR {comm_r}, not the expected {expected}"),
        )),
    }
}

/// Checks that the key's sealed file matches the key's p_aux.
fn check_whole_key(request: &Request, geometry: &Geometry, key: PersistentAux) -> Result<()> {
    let work = Work { engine: Engine::best(), spent: &Spent::default(), done: &|_| () };
    let made = trees::of_replica(&request.sealed, false, Layout::tree_r(geometry), &Nowhere, work)?;
    let root = made.root(work.engine);
    if root != key.comm_r_last {
        let (sealed, expected) = (request.sealed.display(), key.comm_r_last);
        let message = format!("the key {sealed} is damaged: the root of its tree R is {root}, not {expected}");
        return Err(Error::new(Code::ScratchLost, message).about(&request.sealed));
    }
    Ok(())
}

/// Has the update prove itself with the challenges that its CommR gives.
fn prove(request: &Request, geometry: &Geometry, update: &Path, comm_c: Hash32, comm_r: Hash32) -> Result<usize> {
    let inputs = PublicInputs {
        // All partitions, one after the other.
        k: 0,
        comm_r_old: factors::replica_element(request.key_comm_r)?,
        comm_d_new: factors::data_element(request.comm_d)?,
        comm_r_new: factors::replica_element(comm_r)?,
        h: h_default(geometry.nodes as usize),
    };
    let files = PrivateInputs {
        comm_c: factors::replica_element(comm_c)?,
        tree_r_old_config: store_configs::tree_r_last(&request.cache, geometry),
        old_replica_path: request.sealed.to_path_buf(),
        tree_d_new_config: store_configs::tree_d(&request.update_cache, geometry),
        tree_r_new_config: store_configs::tree_r_last(&request.update_cache, geometry),
        replica_path: update.to_path_buf(),
    };
    let proven = boundary::catch(|| match geometry.sector_size {
        SECTOR_SIZE_64_GIB => prove_partitions::<SectorShape64GiB>(geometry, &inputs, &files),
        SECTOR_SIZE_32_GIB => prove_partitions::<SectorShape32GiB>(geometry, &inputs, &files),
        _ => prove_partitions::<SectorShapeBase>(geometry, &inputs, &files),
    });
    proven.map_err(|error| error.unless_of_host(Code::SealInvalid, "the update does not prove itself"))
}

fn prove_partitions<Tree: 'static + MerkleTreeTrait<Hasher = PoseidonHasher>>(
    geometry: &Geometry,
    inputs: &PublicInputs,
    files: &PrivateInputs,
) -> Result<usize> {
    let failed = |cause| Error::proofs("the update's vanilla proof", cause);
    let parameters = PublicParams::from_sector_size(geometry.sector_size);
    let partitions = parameters.partition_count;
    let proofs = EmptySectorUpdate::<Tree>::prove_all_partitions(&parameters, inputs, files, partitions);
    let proofs = proofs.map_err(failed)?;
    let valid = EmptySectorUpdate::<Tree>::verify_all_partitions(&parameters, inputs, &proofs).map_err(failed)?;
    if !valid {
        return Err(Error::new(Code::Proofs, "its vanilla proofs do not verify"));
    }
    Ok(partitions)
}

/// Encoding, then the library's work, then proving.
struct Steps<'a> {
    sink: Sink<'a>,
    total: u64,
}

impl<'a> Steps<'a> {
    fn new(code: TreeCode, geometry: &Geometry, sink: Sink<'a>) -> Self {
        let trees = match code {
            TreeCode::Own => 0,
            TreeCode::Library => geometry.tree_r_last.files.len() as u64,
        };
        Steps { sink, total: 1 + trees + 1 }
    }

    fn begin(&self, done: u64, text: &str) {
        (self.sink)(Progress::step(done, self.total, text));
    }

    fn within_first(&self, bytes: &Progress) {
        let within = Some(bytes.done as f64 / bytes.total as f64);
        (self.sink)(Progress { within, ..Progress::step(0, self.total, &bytes.text) });
    }
}
