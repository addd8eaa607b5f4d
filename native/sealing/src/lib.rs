//! Reseal's sealing operations over `filecoin-proofs-api`.
//!
//! Each long operation is a module with a `Request`, an `Outcome` and a `run`, and protects itself against files that a
//! crash may have left behind. Long operations are meant to run alone in a process of their own (see the `reseal-stage`
//! program): the library keeps process-global settings, and a running call can only be stopped by ending its process.
//! The short calls (geometry, commitments, replica id) use none of that and may run in any process.

#[cfg(all(target_arch = "x86_64", not(target_feature = "sha"), not(doc)))]
compile_error!(
    "the target features of native/.cargo/config.toml are not on (sealing would be about nine times slower): \
     build from inside native/ and without RUSTFLAGS in the environment"
);

pub mod cpu;
pub mod error;
pub mod files;
pub mod flavour;
pub mod gpu;
pub mod library;
pub mod operations;
pub mod parent_cache;
pub mod pc1;
pub mod pieces;
pub mod poseidon;
pub mod request;
pub mod sdr;
pub mod sha256;
pub mod trees;

pub use error::{Code, Error, Result};
pub use filecoin_proofs_api::RegisteredSealProof;

/// Version of this workspace.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Version of the proofs library that the operations use.
pub const PROOFS_VERSION: &str = "19.1.0";
