//! How many bytes a sector's files have, by proof type.

use filecoin_proofs::constants::{SECTOR_SIZE_32_GIB, SECTOR_SIZE_64_GIB};
use filecoin_proofs_api::RegisteredSealProof;
use merkletree::merkle::{get_merkle_tree_cache_size, get_merkle_tree_len};
use merkletree::store::StoreConfig;
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::merkle::NODE_BYTES;

const BINARY: usize = 2;
const OCTAL: usize = 8;
/// 14 parents of 4 bytes each.
const PARENTS_BYTES: u64 = 56;

/// Bytes of p_aux: comm_c and comm_r_last.
pub const P_AUX_BYTES: u64 = 64;

/// Names and sizes of a sector's files. All sizes are in bytes, those of trees for each of their files.
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
    /// What is kept of tree R.
    pub tree_r_last: TreeFiles,
    /// Rows that tree R leaves out.
    pub rows_to_discard: usize,
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
        // The library's own default asks its process-global settings; this one is the constant behind it.
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

impl Serialize for Geometry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Geometry", 11)?;
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
        fields.serialize_field("kept", &self.kept())?;
        fields.end()
    }
}
