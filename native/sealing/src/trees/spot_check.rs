//! Computes trees C and R again on the CPU at random places: cheap, and enough to notice a device that computes
//! wrongly.

use std::collections::BTreeSet;
use std::path::Path;

use rand::Rng;
use storage_proofs_core::settings::SETTINGS;

use crate::files::commitments::PersistentAux;
use crate::files::geometry::Geometry;
use crate::files::nodes::{NodeFile, OctalTree, column_hash, octal_root};
use crate::flavour::ON_GPU;
use crate::request::hash32::Hash32;
use crate::{Code, Error, Result};

/// How many places are checked in each layer and each file; all nodes in a sector that has fewer.
const PLACES: u64 = 64;

/// Random numbers below `count`; all of them if there are few.
pub(crate) fn places(count: u64) -> BTreeSet<u64> {
    if count <= PLACES {
        return (0..count).collect();
    }
    let mut random = rand::thread_rng();
    (0..PLACES).map(|_| random.gen_range(0..count)).collect()
}

/// Fails if the trees that were just built over the layers in `cache` and over `sealed` are wrong.
pub(crate) fn trees(cache: &Path, geometry: &Geometry, sealed: &Path, aux: PersistentAux) -> Result<()> {
    judge("tree C", tree_c(cache, geometry)?, aux.comm_c)?;
    judge("tree R", tree_r(cache, geometry, sealed)?, aux.comm_r_last)
}

/// Fails if tree R that was just built over `replica` is wrong.
pub(crate) fn tree_r_alone(cache: &Path, geometry: &Geometry, replica: &Path, root: Hash32) -> Result<()> {
    judge("tree R", tree_r(cache, geometry, replica)?, root)
}

/// If a GPU was used, it is the GPU that computed wrongly.
fn judge(name: &str, seen: Seen, told: Hash32) -> Result<()> {
    let fault = match seen {
        Ok(root) if root == told => return Ok(()),
        Ok(root) => format!("the root of {name} is {root}, not {told}"),
        Err(fault) => fault,
    };
    let (code, who) =
        if ON_GPU && SETTINGS.use_gpu_tree_builder { (Code::Gpu, "the GPU") } else { (Code::Proofs, "this host") };
    Err(Error::new(code, format!("{who} computes wrongly: {fault}")))
}

/// The result of a check: the tree's root, or what is wrong.
pub(crate) type Seen = std::result::Result<Hash32, String>;

/// Checks tree C over the layers in `cache`.
pub(crate) fn tree_c(cache: &Path, geometry: &Geometry) -> Result<Seen> {
    let tree = OctalTree::open(cache, &geometry.tree_c)?;
    let open = |name| NodeFile::open(cache.join(name), geometry.sector_size);
    let layers = geometry.layer_files().into_iter().map(open).collect::<Result<Vec<_>>>()?;
    for node in places(geometry.nodes) {
        let column = layers.iter().map(|layer| layer.node(node)).collect::<Result<Vec<_>>>()?;
        if let Some(place) = tree.fault(node, column_hash(node, &column))? {
            return Ok(Err(format!("{place} is not the hash of the labels below it")));
        }
    }
    root("tree C", &tree)
}

/// Checks tree R over a replica.
pub(crate) fn tree_r(cache: &Path, geometry: &Geometry, replica: &Path) -> Result<Seen> {
    let tree = OctalTree::open(cache, &geometry.tree_r_last)?;
    let replica = NodeFile::open(replica.to_path_buf(), geometry.sector_size)?;
    let below = geometry.nodes / tree.first_level();
    for index in places(tree.first_level()) {
        let leaf = octal_root(replica.nodes(index * below, below)?);
        if let Some(place) = tree.fault(index, leaf)? {
            return Ok(Err(format!("{place} is not the hash of what is below it")));
        }
    }
    root("tree R", &tree)
}

fn root(name: &str, tree: &OctalTree) -> Result<Seen> {
    Ok(tree.root()?.map(Hash32).ok_or_else(|| format!("the root of {name} is not a hash")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::nodes::{Node, poseidon};
    use filecoin_proofs_api::RegisteredSealProof;
    use std::fs;
    use std::path::PathBuf;
    use tempfile::TempDir;

    /// Layers and a replica of random nodes, with the trees over them.
    struct Sealed {
        cache: TempDir,
        geometry: Geometry,
        aux: PersistentAux,
    }

    fn random_nodes(count: u64) -> Vec<Node> {
        let mut nodes = vec![[0; 32]; count as usize];
        for node in &mut nodes {
            rand::thread_rng().fill(node);
            node[31] &= 0x3f;
        }
        nodes
    }

    impl Sealed {
        fn new() -> Self {
            let geometry = Geometry::of(RegisteredSealProof::StackedDrg2KiBV1_1);
            let cache = tempfile::tempdir().unwrap();
            let write = |name: &str, nodes: &[Node]| fs::write(cache.path().join(name), nodes.as_flattened()).unwrap();
            let layers: Vec<_> = (0..geometry.layers).map(|_| random_nodes(geometry.nodes)).collect();
            geometry.layer_files().iter().zip(&layers).for_each(|(name, layer)| write(name, layer));
            let column = |node: usize| layers.iter().map(|layer| layer[node]).collect::<Vec<_>>();
            let mut level: Vec<_> =
                (0..geometry.nodes).map(|node| column_hash(node, &column(node as usize)).unwrap()).collect();
            let mut tree_c = level.clone();
            while level.len() > 1 {
                level = level.chunks(8).map(|nodes| poseidon(nodes).unwrap()).collect();
                tree_c.extend(&level);
            }
            write(&geometry.tree_c.files[0], &tree_c);
            let replica = random_nodes(geometry.nodes);
            write("sealed", &replica);
            let comm_r_last = octal_root(replica).unwrap();
            write(&geometry.tree_r_last.files[0], &[comm_r_last]);
            Sealed {
                cache,
                geometry,
                aux: PersistentAux { comm_c: Hash32(level[0]), comm_r_last: Hash32(comm_r_last) },
            }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.cache.path().join(name)
        }

        fn check(&self) -> Result<()> {
            trees(self.cache.path(), &self.geometry, &self.path("sealed"), self.aux)
        }

        /// Like a device that computes one bit wrongly.
        fn spoil(&self, name: &str, byte: usize) {
            let mut bytes = fs::read(self.path(name)).unwrap();
            bytes[byte] ^= 1;
            fs::write(self.path(name), bytes).unwrap();
        }
    }

    /// Fails if the leaves, the nodes above them, tree R or the roots are not checked.
    #[test]
    fn one_wrong_bit_is_seen() {
        assert_eq!(Sealed::new().check(), Ok(()));
        let geometry = Geometry::of(RegisteredSealProof::StackedDrg2KiBV1_1);
        let (tree_c, tree_r) = (&geometry.tree_c.files[0], &geometry.tree_r_last.files[0]);
        for (name, byte) in [(tree_c, 5 * 32), (tree_c, 66 * 32 + 7), (tree_c, 72 * 32), (tree_r, 3)] {
            let sealed = Sealed::new();
            sealed.spoil(name, byte);
            let error = sealed.check().unwrap_err();
            assert_eq!(error.code, Code::Proofs);
            assert!(error.message.contains("computes wrongly: node "), "{name} {byte}: {error}");
        }
        let mut sealed = Sealed::new();
        sealed.aux.comm_c.0[0] ^= 1;
        assert!(sealed.check().unwrap_err().message.contains("the root of tree C"));
    }
}
