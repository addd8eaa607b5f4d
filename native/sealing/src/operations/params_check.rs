//! Whether the Groth16 parameters that a proof needs are complete and right.

use std::path::PathBuf;

use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::library::parameters::{Finding, Look, Parameters, State};
use crate::request::progress::Sink;

/// Whose parameters to check.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type; all versions of a size share their parameters.
    pub proof: RegisteredSealProof,
    /// Whether to read the files whole, even if an earlier reading is remembered.
    #[serde(default)]
    pub digests: bool,
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The directory that was searched.
    pub directory: PathBuf,
    /// Whether proving can begin: no file is missing, incomplete or wrong.
    pub usable: bool,
    /// Whether they can be generated here.
    pub can_be_generated: bool,
    /// Each file.
    pub files: Vec<Finding>,
}

/// Examines the files; changes none of them.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let parameters = Parameters::of(request.proof)?;
    let look = if request.digests { Look::All } else { Look::Sizes };
    let files = parameters.examine(look, sink)?;
    Ok(Outcome {
        directory: parameters.directory().to_path_buf(),
        usable: files.iter().all(|file| matches!(file.state, State::Right | State::Unread)),
        can_be_generated: parameters.can_be_generated(),
        files,
    })
}
