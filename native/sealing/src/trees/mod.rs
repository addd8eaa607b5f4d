//! Trees of arity 8 by Reseal's own code: tree C over the columns of labels, tree R over a replica.
//!
//! What lies below a tree is read once, in order, a thread for each file, which also takes its digest (`stream`). Chunks of
//! it go to all cores: a chunk's leaves, and the levels that they give, stay in the cache next to a core and go into the
//! tree's files from there (`building`). Memory is bounded, whatever the sector's size: see [`Layout::memory`].

mod building;
pub(crate) mod code;
mod encode;
mod layout;
mod rows;
mod spent;
pub(crate) mod spot_check;
mod stream;
mod tree_c;

#[cfg(test)]
mod tests;

pub use building::{Work, top};
pub(crate) use encode::sum;
pub use encode::{Add, Encoded, Encoding, encode, encode_alone, of_replica};
pub use layout::Layout;
pub use rows::{Compared, Nowhere, Rows, Written};
pub use spent::{Part, Spent};
pub use tree_c::tree_c;
