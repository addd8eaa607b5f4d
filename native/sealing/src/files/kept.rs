//! The SHA-256 of each file that stays when a sector is finished, from the pass that made it.
//!
//! A sealed file is checked once and stored later, sometimes days later. Proofs only sample a large file, so a bit that
//! flips in between would be stored. A record beside the files lets every later step compare all bytes.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Result;
use crate::files::commitments::PersistentAux;
use crate::files::durable;
use crate::files::geometry::TreeFiles;
use crate::request::hash32::Hash32;

/// The record's file in the cache directory.
pub const RECORD_FILE: &str = "reseal-kept.json";

/// The digests of a replica's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// CommR of the replica that the files belong to.
    pub comm_r: Hash32,
    /// The digest of the sealed file, or of a snapped sector's update.
    pub replica: Hash32,
    /// The digests of the files in its cache directory, by name.
    pub cache: BTreeMap<String, Hash32>,
}

/// A replica and its tree R as they were made.
pub(crate) struct Made {
    /// The two halves of CommR.
    pub(crate) aux: PersistentAux,
    /// SHA-256 of the replica.
    pub(crate) replica: Hash32,
    /// SHA-256 of each file of tree R.
    pub(crate) tree_r: Vec<Hash32>,
}

impl Kept {
    /// The digests of a replica with this CommR. `t_aux` are the bytes of that file.
    pub(crate) fn of(comm_r: Hash32, made: &Made, tree_r: &TreeFiles, t_aux: &[u8]) -> Self {
        let mut cache: BTreeMap<_, _> = tree_r.files.iter().cloned().zip(made.tree_r.iter().copied()).collect();
        cache.insert("p_aux".into(), digest_of(&made.aux.bytes()));
        cache.insert("t_aux".into(), digest_of(t_aux));
        Kept { comm_r, replica: made.replica, cache }
    }

    /// Records the digests durably in the cache directory.
    pub(crate) fn write(&self, cache: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).expect("a record is plain data");
        durable::write(&cache.join(RECORD_FILE), &text)
    }
}

/// SHA-256 of a small file.
pub(crate) fn digest_of(bytes: &[u8]) -> Hash32 {
    Hash32(Sha256::digest(bytes).into())
}

/// Reads the digests of the files of a tree that the library has just written: it returns none itself.
pub(crate) fn digests_of_tree(cache: &Path, tree: &TreeFiles) -> Result<Vec<Hash32>> {
    tree.files.iter().map(|name| durable::digest(&cache.join(name))).collect()
}
