//! The operations of the stage program: one module each, with a `Request`, an `Outcome` and a `run`.
//!
//! Pre-commit 1 is a folder of its own, [`crate::pc1`].

pub mod add_pieces;
pub mod c1;
mod c1_output;
pub mod c2;
pub mod check_replica;
pub mod check_sealed;
pub mod comm_c;
pub mod copy_layers;
pub mod decode;
pub mod describe;
pub mod diagnose;
pub mod encode;
mod factors;
pub mod gpus;
pub mod label_speed;
mod labelling;
pub mod params_check;
pub mod params_generate;
pub mod pc2;
pub mod piece_commitment;
pub mod post_check;
pub mod snap_encode;
pub mod snap_key;
pub mod synthetic;
pub mod tree_d;
pub mod tree_r;
pub mod tree_r_root;
pub mod unseal_key;
pub mod verify_seal;
