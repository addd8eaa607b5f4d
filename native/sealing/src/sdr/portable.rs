//! A label computed without special CPU instructions: the reference for the other ways.

use sha2::{Digest, Sha256};

use crate::Result;
use crate::files::nodes::Node;
use crate::parent_cache::{BASE, Parents};
use crate::sdr::engine::{HASHED_PARENTS, Task};

/// The label of a node with these parents. `label_of` returns the label of a parent: of the node's own layer if its first
/// argument is true, otherwise of the layer before.
pub(crate) fn label(
    task: &Task,
    node: usize,
    parents: &Parents,
    label_of: impl Fn(bool, usize) -> Result<Node>,
) -> Result<Node> {
    let mut hasher = Sha256::new();
    hasher.update(task.replica_id);
    hasher.update(task.layer.to_be_bytes());
    hasher.update((node as u64).to_be_bytes());
    hasher.update([0; 20]);
    if node > 0 {
        let labels = (0..task.degree()).map(|parent| label_of(parent < BASE, parents[parent] as usize));
        let labels = labels.collect::<Result<Vec<_>>>()?;
        labels.iter().cycle().take(HASHED_PARENTS).for_each(|label| hasher.update(label));
    }
    let mut label: Node = hasher.finalize().into();
    // Makes it a field element.
    label[31] &= 0x3f;
    Ok(label)
}
