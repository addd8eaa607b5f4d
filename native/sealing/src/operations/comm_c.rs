//! What a cache directory that was not cleared says of comm_c: the root of tree C's files, and the column proofs in the
//! output of commit 1.
//!
//! Nothing here shows that it is this sector's, or right. Only a CommR that it gives does.

use std::io::{BufReader, Read};
use std::path::Path;

use filecoin_hashers::Domain;
use filecoin_proofs::constants::{
    SectorShape2KiB, SectorShape8MiB, SectorShape32GiB, SectorShape64GiB, SectorShape512MiB,
};
use filecoin_proofs::{MerkleTreeTrait, VanillaSealProof};
use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use crate::files::geometry::Geometry;
use crate::files::nodes::OctalTree;
use crate::files::opening;
use crate::library::boundary;
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::Sink;
use crate::{Error, Result};

/// The output of commit 1 under the name that SupraSeal gives it, in the library's own format.
const C1_OUTPUT: &str = "commit-phase1-output";
const NOTHING: [u8; 32] = [0; 32];
/// More than its first proof needs.
const MOST_BYTES_OF_PROOF: u64 = 1 << 24;

/// Which directory.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type.
    pub proof: RegisteredSealProof,
    /// The directory; it may be read-only.
    pub cache: AbsolutePath,
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Each source with its value, right or wrong.
    pub found: Vec<Found>,
}

/// One value.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The name of the file, of several the first.
    pub file: String,
    /// The value.
    pub comm_c: Hash32,
}

/// Reads what there is. A file that is missing, or that is not what its name says, gives nothing.
pub fn run(request: &Request, _sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.proof);
    let sources = [
        (geometry.tree_c.files[0].clone(), of_tree_c(&request.cache, &geometry)),
        (C1_OUTPUT.to_string(), of_commit1(&request.cache.join(C1_OUTPUT), &geometry)),
    ];
    let mut found = Vec::new();
    for (file, comm_c) in sources {
        match comm_c {
            // Of a file that was reserved and never written.
            Ok(Hash32(NOTHING)) => {}
            Ok(comm_c) => found.push(Found { file, comm_c }),
            Err(error) => log::debug!("no comm_c from {file}: {error}"),
        }
    }
    Ok(Outcome { found })
}

fn of_tree_c(cache: &Path, geometry: &Geometry) -> Result<Hash32> {
    let root = OctalTree::open(cache, &geometry.tree_c)?.root()?;
    root.map(Hash32).ok_or_else(|| Error::proofs("reading tree C", "its root is not a hash"))
}

fn of_commit1(path: &Path, geometry: &Geometry) -> Result<Hash32> {
    boundary::catch(|| match geometry.sector_size >> 20 {
        0 => of_output::<SectorShape2KiB>(path),
        8 => of_output::<SectorShape8MiB>(path),
        512 => of_output::<SectorShape512MiB>(path),
        0x8000 => of_output::<SectorShape32GiB>(path),
        _ => of_output::<SectorShape64GiB>(path),
    })
}

/// The output begins with the list of the partitions' lists of proofs; only the first proof is read.
fn of_output<Tree: 'static + MerkleTreeTrait>(path: &Path) -> Result<Hash32> {
    let file = opening::open(path).map_err(|cause| Error::io("opening", path, cause))?;
    let (_, _, proof): (u64, u64, VanillaSealProof<Tree>) =
        bincode::deserialize_from(BufReader::new(file.take(MOST_BYTES_OF_PROOF)))
            .map_err(|cause| Error::proofs("reading the output of commit 1", cause))?;
    let root: &[u8] = &proof.replica_column_proofs.c_x.root().into_bytes();
    Ok(Hash32(root.try_into().expect("a node has 32 bytes")))
}
