//! The output of commit 1, which commit 2 reads: a line of JSON that names the sector, then the vanilla proofs.

use std::path::Path;

use filecoin_proofs_api::RegisteredSealProof;
use filecoin_proofs_api::seal::SealCommitPhase1Output;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::files::durable;
use crate::files::opening;
use crate::request::hash32::Hash32;
use crate::request::sector::Sector;
use crate::{Code, Error, Result};

/// The sector and seed that a file belongs to. Commit 2 rejects another sector's file and one of another seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Binding {
    proof: RegisteredSealProof,
    replica_id: Hash32,
    comm_d: Hash32,
    comm_r: Hash32,
    seed: Hash32,
}

#[derive(Serialize, Deserialize)]
struct Header {
    #[serde(flatten)]
    binding: Binding,
    bytes: usize,
    sha256: Hash32,
}

impl Binding {
    pub(crate) fn new(sector: &Sector, comm_d: Hash32, comm_r: Hash32, seed: Hash32) -> Self {
        Binding { proof: sector.proof, replica_id: sector.replica_id(comm_d), comm_d, comm_r, seed }
    }
}

/// Writes the file, either whole or not at all; returns its size.
pub(crate) fn write(path: &Path, binding: Binding, output: &SealCommitPhase1Output) -> Result<u64> {
    let body = bincode::serialize(output).map_err(|cause| Error::proofs("writing the vanilla proofs", cause))?;
    let header = Header { binding, bytes: body.len(), sha256: Hash32(Sha256::digest(&body).into()) };
    let mut bytes = serde_json::to_vec(&header).expect("plain data");
    bytes.push(b'\n');
    bytes.extend(body);
    let directory = path.parent().unwrap_or(Path::new("/"));
    durable::require_space(&[(directory, bytes.len() as u64)])?;
    durable::write(path, &bytes)?;
    Ok(bytes.len() as u64)
}

/// Reads a file that must be complete and belong to this sector and seed.
pub(crate) fn read(path: &Path, binding: &Binding) -> Result<SealCommitPhase1Output> {
    let lost = |why: &str| {
        Error::new(Code::ScratchLost, format!("the output of commit 1, {}, {why}", path.display())).about(path)
    };
    let bytes = match opening::read(path) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Err(lost("is missing")),
        Err(cause) if cause.kind() == std::io::ErrorKind::InvalidData => return Err(lost("is not a file")),
        read => read.map_err(|cause| Error::io("reading", path, cause))?,
    };
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(|| lost("has no first line"))?;
    let (header, body) = (&bytes[..end], &bytes[end + 1..]);
    let header: Header = serde_json::from_slice(header).map_err(|_| lost("has an unreadable first line"))?;
    if header.binding != *binding {
        return Err(lost(&format!("belongs to another proof: {:?}, not {binding:?}", header.binding)));
    }
    if body.len() != header.bytes {
        return Err(lost(&format!("is torn: it has {} of {} bytes", body.len(), header.bytes)));
    }
    let digest = Hash32(Sha256::digest(body).into());
    if digest != header.sha256 {
        return Err(lost(&format!("is damaged: it has SHA-256 {digest}, not {}", header.sha256)));
    }
    bincode::deserialize(body).map_err(|cause| lost(&format!("cannot be read: {cause}")))
}
