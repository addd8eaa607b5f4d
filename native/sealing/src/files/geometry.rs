//! How many bytes a sector's files have, by proof type.

use filecoin_proofs::constants::{SECTOR_SIZE_32_GIB, SECTOR_SIZE_64_GIB};
use filecoin_proofs_api::{ApiFeature, RegisteredSealProof};
use merkletree::merkle::{get_merkle_tree_cache_size, get_merkle_tree_len};
use merkletree::store::StoreConfig;
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::sha256::merkle::NODE_BYTES;

const BINARY: usize = 2;
const OCTAL: usize = 8;
/// Parents of a node.
const PARENTS: u64 = 14;
/// 4 bytes of each parent.
const PARENTS_BYTES: u64 = 4 * PARENTS;
/// Challenges of a synthetic proof type, from which the chain draws its own; small sectors have one for each node.
const SYNTHETIC_CHALLENGES: u64 = 1 << 18;

/// The file with a synthetic proof type's vanilla proofs, in the cache directory.
pub const SYNTHETIC_FILE: &str = "syn-porep-vanilla-proofs.dat";

/// Bytes of p_aux: comm_c and comm_r_last.
pub const P_AUX_BYTES: u64 = 64;

/// Names and sizes of a sector's files. All sizes are in bytes; a tree's size is that of each of its files.
#[derive(Clone, Debug)]
pub struct Geometry {
    /// Size of the sealed file, of the fr32-padded data and of each layer.
    pub sector_size: u64,
    /// 32-byte nodes in the sector.
    pub nodes: u64,
    /// Layers of labels.
    pub layers: usize,
    /// Size of tree D.
    pub tree_d: u64,
    /// Tree C.
    pub tree_c: TreeFiles,
    /// The part of tree R that is kept.
    pub tree_r_last: TreeFiles,
    /// Rows that are left out of tree R.
    pub rows_to_discard: usize,
    /// Size of the file with a synthetic proof type's vanilla proofs; none for other types.
    pub synthetic: Option<u64>,
}

/// A tree in one or more files of the same size.
#[derive(Clone, Debug, Serialize)]
pub struct TreeFiles {
    /// File names in the cache directory.
    pub files: Vec<String>,
    /// Size of each file.
    pub bytes: u64,
}

impl TreeFiles {
    fn new(id: &str, count: u64, bytes: u64) -> Self {
        let files = match count {
            1 => vec![data_file(id)],
            _ => (0..count).map(|i| data_file(&format!("{id}-{i}"))).collect(),
        };
        TreeFiles { files, bytes }
    }

    /// Size of all files together.
    pub fn total_bytes(&self) -> u64 {
        self.files.len() as u64 * self.bytes
    }

    /// Each file's name and size.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, u64)> {
        self.files.iter().map(|name| (name.as_str(), self.bytes))
    }
}

/// A kept file and its size, which is unknown for `t_aux`.
#[derive(Serialize)]
struct Kept {
    name: String,
    bytes: Option<u64>,
}

/// The name of a store's file in the cache directory.
pub fn data_file(id: &str) -> String {
    format!("sc-02-data-{id}.dat")
}

/// Tree D's file in the cache directory.
pub fn tree_d_file() -> String {
    data_file("tree-d")
}

/// The file of a layer (from 1) in the cache directory.
pub fn layer_file(layer: usize) -> String {
    data_file(&format!("layer-{layer}"))
}

impl Geometry {
    /// The geometry of sectors of this proof type.
    pub fn of(proof: RegisteredSealProof) -> Self {
        let sector_size = u64::from(proof.sector_size());
        let nodes = sector_size / NODE_BYTES as u64;
        let (layers, trees) = match sector_size {
            SECTOR_SIZE_64_GIB => (11, 16),
            SECTOR_SIZE_32_GIB => (11, 8),
            _ => (2, 1),
        };
        let leafs = (nodes / trees) as usize;
        let bytes = |nodes: usize| (nodes * NODE_BYTES) as u64;
        // The library's own default reads its process-global settings; this is the constant behind it.
        let rows_to_discard = StoreConfig::default_rows_to_discard(leafs, OCTAL);
        let tree_d = get_merkle_tree_len(nodes as usize, BINARY).expect("sector sizes are powers of two");
        let tree_c = get_merkle_tree_len(leafs, OCTAL).expect("sub-trees are octal");
        let tree_r_last = get_merkle_tree_cache_size(leafs, OCTAL, rows_to_discard).expect("sub-trees are octal");
        Geometry {
            sector_size,
            nodes,
            layers,
            tree_d: bytes(tree_d),
            tree_c: TreeFiles::new("tree-c", trees, bytes(tree_c)),
            tree_r_last: TreeFiles::new("tree-r-last", trees, bytes(tree_r_last)),
            rows_to_discard,
            synthetic: proof
                .feature_enabled(ApiFeature::SyntheticPoRep)
                .then(|| synthetic_bytes(nodes, layers as u64, trees)),
        }
    }

    /// Size of the file with every node's parents, shared by all sectors of a proof type.
    pub fn parent_cache(&self) -> u64 {
        self.nodes * PARENTS_BYTES
    }

    /// The layers' file names, from layer 1.
    pub fn layer_files(&self) -> Vec<String> {
        (1..=self.layers).map(layer_file).collect()
    }

    fn kept(&self) -> Vec<Kept> {
        let mut kept = vec![Kept { name: "p_aux".into(), bytes: Some(P_AUX_BYTES) }];
        kept.extend(self.tree_r_last.sizes().map(|(name, bytes)| Kept { name: name.into(), bytes: Some(bytes) }));
        kept.push(Kept { name: "t_aux".into(), bytes: None });
        kept
    }
}

/// Three roots; then for each challenge the numbers and columns of the node and its parents, its path in tree D, all
/// their paths in tree C, and its path in tree R. In trees C and R a node has 8 children up to the roots of the
/// sub-trees; in a 64 GiB sector these roots are paired once more.
fn synthetic_bytes(nodes: u64, layers: u64, trees: u64) -> u64 {
    const NODE: u64 = NODE_BYTES as u64;
    let octal_levels = u64::from((nodes / trees).ilog2() / 3) + u64::from(trees >= 8);
    let octal_path = 1 + 7 * octal_levels + u64::from(trees == 16);
    let binary_path = 1 + u64::from(nodes.ilog2());
    let columns = (1 + PARENTS) * (layers + octal_path);
    let challenge = 8 * (1 + PARENTS) + NODE * (binary_path + columns + octal_path);
    3 * NODE + nodes.min(SYNTHETIC_CHALLENGES) * challenge
}

impl Serialize for Geometry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Geometry", 14)?;
        fields.serialize_field("sector_size", &self.sector_size)?;
        fields.serialize_field("nodes", &self.nodes)?;
        fields.serialize_field("layers", &self.layers)?;
        fields.serialize_field("sealed", &self.sector_size)?;
        fields.serialize_field("tree_d", &self.tree_d)?;
        fields.serialize_field("tree_c", &self.tree_c)?;
        fields.serialize_field("tree_r_last", &self.tree_r_last)?;
        fields.serialize_field("layer_files", &self.layer_files())?;
        fields.serialize_field("p_aux", &P_AUX_BYTES)?;
        fields.serialize_field("parent_cache", &self.parent_cache())?;
        fields.serialize_field("synthetic", &self.synthetic)?;
        fields.serialize_field("kept", &self.kept())?;
        fields.serialize_field("update", &self.sector_size)?;
        fields.serialize_field("update_kept", &self.kept())?;
        fields.end()
    }
}
