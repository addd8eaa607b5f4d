//! The library's names for the files in a cache directory: its store configurations, and t_aux, which lists them.

use std::marker::PhantomData;
use std::path::Path;

use filecoin_hashers::sha256::Sha256Hasher;
use filecoin_proofs::constants::SectorShapeBase;
use merkletree::store::StoreConfig;
use storage_proofs_porep::stacked::{Labels, TemporaryAux};

use crate::files::durable;
use crate::files::geometry::Geometry;
use crate::sha256::merkle::NODE_BYTES;
use crate::{Error, Result};

fn store(directory: &Path, id: &str, bytes: u64, rows_to_discard: usize) -> StoreConfig {
    let size = Some(bytes as usize / NODE_BYTES);
    StoreConfig { path: directory.to_path_buf(), id: id.to_string(), size, rows_to_discard }
}

/// Tree D in this directory.
pub(crate) fn tree_d(directory: &Path, geometry: &Geometry) -> StoreConfig {
    store(directory, "tree-d", geometry.tree_d, 0)
}

/// Tree C in this directory.
pub(crate) fn tree_c(directory: &Path, geometry: &Geometry) -> StoreConfig {
    store(directory, "tree-c", geometry.tree_c.bytes, 0)
}

/// Tree R in this directory; its size is tree C's, before its lowest rows are left out.
pub(crate) fn tree_r_last(directory: &Path, geometry: &Geometry) -> StoreConfig {
    store(directory, "tree-r-last", geometry.tree_c.bytes, geometry.rows_to_discard)
}

/// Writes `t_aux` without the path that the library would write, so that the file does not depend on where the sector
/// was sealed. Every reader sets the path itself. Returns the bytes of the file.
pub(crate) fn write_t_aux(cache: &Path, geometry: &Geometry) -> Result<Vec<u8>> {
    let nowhere = Path::new(".");
    let layer = |number| store(nowhere, &format!("layer-{number}"), geometry.sector_size, 0);
    // The shape is in the type only, not in the bytes.
    let t_aux = TemporaryAux::<SectorShapeBase, Sha256Hasher> {
        labels: Labels::new((1..=geometry.layers).map(layer).collect()),
        tree_d_config: tree_d(nowhere, geometry),
        tree_r_last_config: tree_r_last(nowhere, geometry),
        tree_c_config: tree_c(nowhere, geometry),
        _g: PhantomData,
    };
    let bytes = bincode::serialize(&t_aux).map_err(|cause| Error::proofs("writing t_aux", cause))?;
    durable::write(&cache.join("t_aux"), &bytes)?;
    Ok(bytes)
}
