//! Tree D built by the library and by Reseal.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use filecoin_hashers::sha256::Sha256Hasher;
use memmap2::Mmap;
use merkletree::store::StoreConfig;
use rand::RngCore;
use reseal_sealing::files::durable;
use reseal_sealing::files::geometry::{Geometry, tree_d_file};
use reseal_sealing::operations::tree_d;
use reseal_sealing::request::hash32::Hash32;
use serde_json::json;
use storage_proofs_core::merkle::{BinaryMerkleTree, create_base_merkle_tree};
use tempfile::TempDir;

use crate::arguments::Repeated;
use crate::failure::Failure;
use crate::table::{self, seconds};
use crate::took::took;

/// Measures, and prints the table.
pub(crate) fn run(options: &Repeated) -> Result<(), Failure> {
    let directory = TempDir::with_prefix_in("reseal-direct-", &options.directory)?;
    let geometry = Geometry::of(options.proof);
    let (data, cache) = (directory.path().join("data"), directory.path().join("cache"));
    let tree = cache.join(tree_d_file());
    fs::create_dir(&cache)?;
    write_nodes(&data, geometry.sector_size)?;
    // Reads the data into memory for both sides, and returns the root that Reseal must reach.
    let comm_d = by_library(&geometry, &data, &cache)?;
    let mut runs = Vec::new();
    for number in 1..=options.runs {
        let library = took(&tree, || by_library(&geometry, &data, &cache).map(drop))?;
        let digest = durable::digest(&tree)?;
        let request = json!({"proof": options.proof, "unsealed": data, "cache": cache, "comm_d": comm_d});
        let request = serde_json::from_value(request)?;
        let reseal = took(&tree, || Ok(tree_d::run(&request, &|_| ()).map(drop)?))?;
        if durable::digest(&tree)? != digest {
            return Err("the library and Reseal build two trees".into());
        }
        eprintln!("Run {number}: {} by the library, {} by Reseal.", seconds(library.millis), seconds(reseal.millis));
        runs.push((library, reseal));
    }
    print!("{}", table::versus(&format!("tree D {}", options.size), &runs));
    Ok(())
}

fn by_library(geometry: &Geometry, data: &Path, cache: &Path) -> Result<Hash32, Failure> {
    let file = File::open(data)?;
    // No one changes the file.
    let data = unsafe { Mmap::map(&file) }?;
    let config = StoreConfig::new(cache, "tree-d", 0);
    let nodes = geometry.nodes as usize;
    let tree = create_base_merkle_tree::<BinaryMerkleTree<Sha256Hasher>>(Some(config), nodes, &data)?;
    File::open(cache.join(tree_d_file()))?.sync_all()?;
    Ok(Hash32(tree.root().0))
}

/// Random nodes, each a field element.
fn write_nodes(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut random = rand::thread_rng();
    let mut block = vec![0; bytes.min(1 << 20) as usize];
    for _ in 0..bytes / block.len() as u64 {
        random.fill_bytes(&mut block);
        block.iter_mut().skip(31).step_by(32).for_each(|last| *last &= 0b0011_1111);
        file.write_all(&block)?;
    }
    file.flush()
}
