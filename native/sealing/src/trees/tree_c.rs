//! The layers → tree C.

use super::building::{Building, Work};
use super::layout::Layout;
use super::rows::Rows;
use super::spent::Part;
use super::stream::Source;
use crate::files::layers::Layer;
use crate::files::nodes::Node;
use crate::poseidon::NotAnElement;
use crate::{Code, Error, Result};

/// Builds tree C over these layers, which are read once; returns the roots of its sub-trees. If a layer does not have
/// its digest, there is no tree.
pub fn tree_c(layers: &[Layer], layout: Layout, rows: &dyn Rows, work: Work) -> Result<Vec<Node>> {
    let sources: Vec<_> = layers.iter().map(|layer| Source { path: &layer.path, digested: true }).collect();
    let building = Building::new(layout, rows, work);
    let digests = building.stream(&sources, |first, labels, columns| {
        let hashed = work.spent.on(Part::Columns, || work.engine.hash_columns(labels, columns));
        hashed.map_err(|wrong| not_an_element(layers, first, wrong))
    })?;
    for (layer, digest) in layers.iter().zip(digests.into_iter().flatten()) {
        layer.check(digest)?;
    }
    building.finish()
}

fn not_an_element(layers: &[Layer], first: u64, wrong: NotAnElement) -> Error {
    let Layer { number, path, .. } = &layers[wrong.row];
    let (node, name) = (first + wrong.index as u64, path.display());
    let message = format!("layer {number} is damaged: node {node} of {name} is not a field element");
    Error::new(Code::ScratchLost, message).about(path)
}
