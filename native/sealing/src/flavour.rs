//! Which build of the operations this is: one library and one stage program each, see the Cargo features.

use serde::{Deserialize, Serialize};

use crate::progress::Sink;
use crate::{PROOFS_VERSION, Result, VERSION};

const OTHERS: [(&str, bool); 4] = [
    ("multicore-sdr", cfg!(feature = "multicore-sdr")),
    ("opencl", cfg!(feature = "opencl")),
    ("cuda", cfg!(feature = "cuda")),
    ("cuda-supraseal", cfg!(feature = "cuda-supraseal")),
];

/// Its name.
pub const FLAVOUR: &str = {
    let mut name = "cpu";
    let mut i = 0;
    while i < OTHERS.len() {
        if OTHERS[i].1 {
            // The library refuses some pairs; the others would only be tried by nobody.
            assert!(name.len() == "cpu".len(), "build one flavour at a time");
            name = OTHERS[i].0;
        }
        i += 1;
    }
    name
};

/// Whether it computes trees and proofs on GPUs.
pub const ON_GPU: bool = cfg!(any(feature = "opencl", feature = "cuda", feature = "cuda-supraseal"));

/// Nothing is to be said.
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
    /// The proofs library's.
    pub proofs: &'static str,
}

/// Says which program this is: that it says anything shows that it can be loaded here.
pub fn run(_: &Request, _: Sink) -> Result<Outcome> {
    Ok(Outcome { flavour: FLAVOUR, version: VERSION, proofs: PROOFS_VERSION })
}
