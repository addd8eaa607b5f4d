//! Which program this is.

use serde::{Deserialize, Serialize};

use crate::flavour::FLAVOUR;
use crate::request::progress::Sink;
use crate::{PROOFS_VERSION, Result, VERSION};

/// This request has no fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {}

/// What this program is.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Its flavour.
    pub flavour: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The version of the proofs library.
    pub proofs: &'static str,
}

/// Describes this program. Any answer at all shows that it can be loaded on this host.
pub fn run(_: &Request, _: Sink) -> Result<Outcome> {
    Ok(Outcome { flavour: FLAVOUR, version: VERSION, proofs: PROOFS_VERSION })
}
