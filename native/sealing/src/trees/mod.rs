//! Trees of arity 8 by Reseal's own code: tree C over the columns of labels, tree R over a replica.
//!
//! The input of a tree is read once, in order, by one thread for each file, which also computes its digest (`stream`).
//! All cores process it in chunks: a chunk's leaves and the levels above them stay in a core's own cache and are
//! written to the tree's files from there (`building`). Memory is bounded, whatever the sector's size: see
//! [`Layout::memory`].

mod building;
pub(crate) mod code;
mod encode;
mod in_order;
mod layout;
mod rows;
mod spent;
pub(crate) mod spot_check;
mod stored;
mod stream;
mod tree_c;

#[cfg(test)]
mod tests;

pub use building::{Work, top};
pub(crate) use encode::sum;
pub use encode::{Combine, Encoded, Encoding, Makes, OfReplica, encode, encode_alone, of_replica};
pub use layout::Layout;
pub use rows::{Compared, Difference, Digested, Nowhere, Rows, Written};
pub use spent::{Part, Spent};
pub use stored::root_of_file;
pub use tree_c::tree_c;
