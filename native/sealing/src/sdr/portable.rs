//! A label computed without special CPU instructions: the reference for the other ways.

use sha2::{Digest, Sha256};

use crate::files::nodes::Node;
use crate::parent_cache::BASE;
use crate::sdr::engine::{HASHED_PARENTS, Memory, Task};

/// The label of a node; its parents' labels must exist.
pub(crate) fn label(task: &Task, node: usize, memory: Memory) -> Node {
    let mut hasher = Sha256::new();
    hasher.update(task.replica_id);
    hasher.update(task.layer.to_be_bytes());
    hasher.update((node as u64).to_be_bytes());
    hasher.update([0; 20]);
    if node > 0 {
        for index in (0..task.degree()).cycle().take(HASHED_PARENTS) {
            let layer = if index < BASE { memory.current } else { memory.previous };
            hasher.update(layer.get(task.slot, memory.parents[node][index] as usize));
        }
    }
    let mut label: Node = hasher.finalize().into();
    // Makes it a field element.
    label[31] &= 0x3f;
    label
}
