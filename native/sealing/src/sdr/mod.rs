//! Stacked depth-robust labelling (SDR) by Reseal's own code: the layers of one or more sectors that share a graph.
//!
//! A label is the SHA-256 of the sector's replica id, the layer, the node and the labels of its parents: six earlier
//! nodes of its own layer, one of them the previous node, and eight nodes anywhere in the previous layer. So the nodes
//! of a layer are one chain of hashes, and a second core cannot help. But while a core waits for one sector's chain it
//! can work on another's, and the parents need to be read only once for all.

#[cfg(target_arch = "x86_64")]
mod eight;
mod engine;
mod group;
mod labels;
#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(all(test, target_arch = "x86_64"))]
mod large;
mod layer_file;
mod member;
mod portable;
#[cfg(target_arch = "x86_64")]
mod sha_ni;
#[cfg(target_arch = "x86_64")]
mod sixteen;
pub mod speed;
#[cfg(target_arch = "x86_64")]
mod way;
mod whole;
mod windows;

pub use group::Group;
pub use member::Member;
