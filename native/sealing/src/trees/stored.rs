//! Tree R's files as they are, without the replica below them.

use std::path::Path;

use super::layout::{ARITY, Layout};
use crate::files::nodes::{Node, NodeFile};
use crate::poseidon::Engine;
use crate::{Code, Error, Result};

/// The root of a sub-tree whose file has this many bytes. All of its nodes follow from its lowest row, or it is an error of
/// kind `code`, as if the file is missing or has another size.
pub fn root_of_file(engine: Engine, layout: &Layout, path: &Path, bytes: u64, code: Code) -> Result<Node> {
    let file = NodeFile::open_as(path.to_path_buf(), bytes, code)?;
    let damaged = |node: u64, why: &str| {
        Err(Error::new(code, format!("{} is damaged: its node {node} is not {why}", path.display())).about(path))
    };
    let start = |level| layout.start(level).expect("only kept levels are asked for");
    let mut row = file.nodes(0, layout.width(layout.lowest))?;
    for level in layout.lowest..layout.root_level() {
        let mut above = vec![Node::default(); row.len() / ARITY as usize];
        if let Err(wrong) = engine.hash(ARITY as usize, &row, &mut above) {
            return damaged(start(level) + wrong.index as u64, "a field element");
        }
        let stored = file.nodes(start(level + 1), above.len() as u64)?;
        if let Some(index) = above.iter().zip(&stored).position(|(node, stored)| node != stored) {
            return damaged(start(level + 1) + index as u64, "the hash of the nodes below it");
        }
        row = above;
    }
    Ok(row[0])
}
