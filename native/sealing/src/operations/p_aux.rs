//! Writes p_aux from its two halves, which must give CommR.

use serde::{Deserialize, Serialize};

use crate::files::commitments::PersistentAux;
use crate::files::{durable, kept};
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::Sink;
use crate::{Code, Error, Result};

/// What to write where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The CommR that must result: the chain's.
    pub comm_r: Hash32,
    /// Root of tree C.
    pub comm_c: Hash32,
    /// Root of tree R.
    pub comm_r_last: Hash32,
    /// The directory that gets p_aux.
    pub output: AbsolutePath,
}

/// What was written.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// SHA-256 of the file.
    pub p_aux: Hash32,
}

/// Writes the file, unless the halves do not give CommR.
pub fn run(request: &Request, _sink: Sink) -> Result<Outcome> {
    let Request { comm_r, comm_c, comm_r_last, output } = request;
    let aux = PersistentAux { comm_c: *comm_c, comm_r_last: *comm_r_last };
    let given = aux.comm_r();
    if given != Some(*comm_r) {
        let given =
            given.map_or("no CommR, because one is not a field element".into(), |given| format!("CommR {given}"));
        return Err(Error::new(
            Code::CommRMismatch,
            format!("comm_c {comm_c} and comm_r_last {comm_r_last} give {given}, not the expected {comm_r}"),
        ));
    }
    durable::write(&output.join("p_aux"), &aux.bytes())?;
    Ok(Outcome { p_aux: kept::digest_of(&aux.bytes()) })
}
