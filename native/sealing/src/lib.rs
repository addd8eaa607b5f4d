//! Reseal's sealing operations over `filecoin-proofs-api`.
//!
//! Each long operation is a module with a `Request`, an `Outcome` and a `run`; each guards itself against what a crash
//! may have left behind. They are made to run alone in a process of their own (see the `reseal-stage` program):
//! the library below keeps process-global settings, and a running call can only be stopped by ending its process.
//! The short calls (geometry, commitments, replica id) touch none of that and may run in any process.

#[cfg(all(target_arch = "x86_64", not(target_feature = "sha"), not(doc)))]
compile_error!(
    "the target features of native/.cargo/config.toml are not on (sealing would be about nine times slower): \
     build from inside native/ and without RUSTFLAGS in the environment"
);

pub mod absolute_path;
pub mod add_pieces;
pub mod boundary;
pub mod c1;
mod c1_output;
pub mod c2;
pub mod check_replica;
pub mod check_sealed;
mod choice;
pub mod commitments;
pub mod cpu;
pub mod diagnose;
pub mod durable;
pub mod error;
pub mod flavour;
pub mod geometry;
pub mod gpu;
pub mod hash32;
mod layer_progress;
pub mod layers;
pub mod library_log;
pub mod merkle;
mod nodes;
mod padding;
pub mod parameters;
pub mod params_check;
pub mod params_generate;
pub mod parent_cache;
pub mod pc1;
pub mod pc1_group;
pub mod pc2;
mod pc2_by_library;
pub mod piece_commitment;
mod piece_data;
pub mod pieces;
pub mod placement;
pub mod poseidon;
pub mod post_check;
pub mod progress;
pub mod remembered;
pub mod request;
pub mod sdr;
pub mod sector;
pub mod settings_guard;
pub mod sha256;
pub mod snap_encode;
mod spot_check;
mod stores;
pub mod synthetic;
mod tree_code;
pub mod tree_d;
pub mod trees;
pub mod unseal_key;
pub mod verify_seal;

pub use error::{Code, Error, Result};
pub use filecoin_proofs_api::RegisteredSealProof;

/// Version of this workspace.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Version of the proofs library that the operations stand on.
pub const PROOFS_VERSION: &str = "19.1.0";
