//! Stacked depth-robust labelling (SDR) by Reseal's own code: the layers of one or more sectors that share a graph.
//!
//! A label is the SHA-256 of the sector's replica id, the layer, the node and the labels of its parents: six earlier nodes
//! of its own layer, one of them the node before, and eight nodes anywhere in the layer before. So the nodes of a layer
//! are one chain of hashes that no second core can help with; but a core that waits for one sector's chain has time for
//! another's, and the parents read for one serve all.

mod engine;
mod group;
mod labels;
mod member;
mod portable;
#[cfg(target_arch = "x86_64")]
mod sha_ni;
mod write_behind;

pub use group::Group;
pub use member::Member;
