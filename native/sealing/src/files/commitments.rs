//! CommR and the file that holds its two halves.

use std::io;
use std::path::Path;

use blstrs::Scalar;
use filecoin_hashers::{HashFunction, Hasher, poseidon::PoseidonHasher};
use serde::Deserialize;

use crate::files::opening;
use crate::request::hash32::Hash32;
use crate::{Code, Error, Result};

/// The two commitments in p_aux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersistentAux {
    /// Root of tree C.
    pub comm_c: Hash32,
    /// Root of tree R.
    pub comm_r_last: Hash32,
}

impl PersistentAux {
    /// Reads `p_aux` in `cache`; a missing or damaged one is an error of kind `code`.
    pub fn read(cache: &Path, code: Code) -> Result<Self> {
        Self::read_file(&cache.join("p_aux"), code)
    }

    /// Reads a p_aux file under any name.
    pub(crate) fn read_file(path: &Path, code: Code) -> Result<Self> {
        let bytes = opening::read(path).map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => Error::missing(code, path),
            io::ErrorKind::InvalidData => {
                Error::new(code, format!("{} cannot be used: {cause}", path.display())).about(path)
            }
            _ => Error::io("reading", path, cause),
        })?;
        let bytes: [u8; 64] = bytes.try_into().map_err(|bytes: Vec<u8>| {
            Error::new(code, format!("{} has {} bytes, not 64", path.display(), bytes.len())).about(path)
        })?;
        let half = |at: usize| Hash32(bytes[at..at + 32].try_into().expect("32 of 64 bytes"));
        Ok(PersistentAux { comm_c: half(0), comm_r_last: half(32) })
    }

    /// The contents of a p_aux file.
    pub(crate) fn bytes(&self) -> [u8; 64] {
        [self.comm_c.0, self.comm_r_last.0].as_flattened().try_into().expect("twice 32 bytes")
    }

    /// The CommR of these two roots; none if one of them is not a field element.
    pub fn comm_r(&self) -> Option<Hash32> {
        comm_r(self.comm_c, self.comm_r_last)
    }
}

/// CommR = Poseidon(comm_c, comm_r_last); none if one of them is not a field element.
pub fn comm_r(comm_c: Hash32, comm_r_last: Hash32) -> Option<Hash32> {
    let element = |hash: Hash32| Option::<Scalar>::from(Scalar::from_bytes_le(&hash.0));
    type Function = <PoseidonHasher as Hasher>::Function;
    let comm_r = Function::hash2(&element(comm_c)?.into(), &element(comm_r_last)?.into());
    Some(Hash32(comm_r.into()))
}
