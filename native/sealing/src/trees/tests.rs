//! Trees of every layout compared with the library's, at a reduced size: several sub-trees, chunks and windows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use filecoin_hashers::poseidon::{PoseidonDomain, PoseidonHasher};
use filecoin_proofs::constants::{SectorShape32GiB, SectorShape64GiB, SectorShapeBase};
use merkletree::store::StoreConfig;
use rand::{RngCore, SeedableRng, rngs::StdRng};
use rayon::prelude::*;
use storage_proofs_core::merkle::{DiskTree, MerkleTreeTrait, create_disk_tree};
use tempfile::TempDir;

use super::layout::ALL;
use super::*;
use crate::files::durable;
use crate::files::geometry::{Geometry, TreeFiles};
use crate::files::layers::Layer;
use crate::files::nodes::{self, Node, element};
use crate::poseidon::Engine;
use crate::request::hash32::Hash32;
use crate::sha256::merkle;
use crate::{Code, RegisteredSealProof};

type BaseTree = DiskTree<
    PoseidonHasher,
    <SectorShapeBase as MerkleTreeTrait>::Arity,
    <SectorShapeBase as MerkleTreeTrait>::SubTreeArity,
    <SectorShapeBase as MerkleTreeTrait>::TopTreeArity,
>;

/// 512 leaves in each, in chunks of 64; 1,024 nodes are read at a time if there are that many.
fn reduced(trees: u64, lowest: u32) -> Layout {
    let layout = Layout { trees, leaves: 512, lowest, chunk: 64, window: 512, built: ALL };
    Layout { window: layout.window * trees.min(2), ..layout }
}

fn files(layout: Layout, id: &str) -> TreeFiles {
    let kept = (layout.lowest..=3).map(|level| 512 / 8_u64.pow(level)).sum::<u64>();
    TreeFiles { files: (0..layout.trees).map(|tree| format!("{id}-{tree}")).collect(), bytes: 32 * kept }
}

struct Random(StdRng);

impl Random {
    fn new() -> Self {
        let seed: u64 = rand::random();
        println!("seed {seed}");
        Random(StdRng::seed_from_u64(seed))
    }

    /// Field elements.
    fn nodes(&mut self, count: u64) -> Vec<Node> {
        let mut nodes = vec![Node::default(); count as usize];
        for node in &mut nodes {
            self.0.fill_bytes(node);
            node[31] &= 0x3f;
        }
        nodes
    }
}

fn write(path: PathBuf, nodes: &[Node]) -> PathBuf {
    fs::write(&path, nodes.as_flattened()).unwrap();
    path
}

/// Random layers in this directory, with their digests.
fn layers(directory: &Path, count: usize, nodes: u64, random: &mut Random) -> (Vec<Layer>, Vec<Vec<Node>>) {
    let labels: Vec<_> = (0..count).map(|_| random.nodes(nodes)).collect();
    let layer = |(index, labels): (usize, &Vec<Node>)| {
        let path = write(directory.join(format!("layer-{}", index + 1)), labels);
        Layer { number: index + 1, digest: durable::digest(&path).unwrap(), path }
    };
    (labels.iter().enumerate().map(layer).collect(), labels)
}

fn work<'a>(engine: Engine, spent: &'a Spent, done: &'a (dyn Fn(u64) + Sync)) -> Work<'a> {
    Work { engine, spent, done }
}

/// The library's tree over these leaves, with its files in this directory; returns its root.
fn by_library(directory: &Path, trees: u64, leaves: &[Node], rows_to_discard: usize) -> Node {
    let config = |id: String, rows| StoreConfig::new(directory, id, rows);
    let configs: Vec<_> = leaves
        .chunks(leaves.len() / trees as usize)
        .enumerate()
        .map(|(tree, leaves)| {
            let domain = |node: &Node| PoseidonDomain::from(*node);
            let whole = config(format!("whole-{tree}"), 0);
            let base = BaseTree::from_par_iter_with_config(leaves.par_iter().map(domain), whole.clone()).unwrap();
            if rows_to_discard > 0 {
                SectorShapeBase::from_par_iter_with_config(
                    leaves.par_iter().map(domain),
                    config(format!("kept-{tree}"), rows_to_discard),
                )
                .unwrap();
            }
            StoreConfig { size: Some(base.len()), ..whole }
        })
        .collect();
    let size = configs[0].size.unwrap();
    match trees {
        1 => create_disk_tree::<SectorShapeBase>(size, &configs).unwrap().root().into(),
        8 => create_disk_tree::<SectorShape32GiB>(size, &configs).unwrap().root().into(),
        _ => create_disk_tree::<SectorShape64GiB>(size, &configs).unwrap().root().into(),
    }
}

fn assert_same_files(ours: &Path, files: &TreeFiles, library: &Path, id: &str) {
    for (tree, (name, bytes)) in files.sizes().enumerate() {
        let expected = fs::read(StoreConfig::data_path(library, &format!("{id}-{tree}"))).unwrap();
        assert_eq!(expected.len() as u64, bytes);
        assert!(fs::read(ours.join(name)).unwrap() == expected, "{name} of {}", files.files.len());
    }
}

/// Fails if a chunk's rows go to another chunk's place or another sub-tree's file, or a window's to another window; if
/// the top of sixteen is not two hashes of eight, then one of two.
#[test]
fn tree_c_of_every_layout_is_the_librarys() {
    let mut random = Random::new();
    for (trees, count) in [(1, 2), (8, 11), (16, 11)] {
        let directory = TempDir::new().unwrap();
        let layout = reduced(trees, 0);
        let (layers, labels) = layers(directory.path(), count, layout.nodes(), &mut random);
        let column = |node: usize| {
            let column: Vec<_> = labels.iter().map(|labels| labels[node]).collect();
            nodes::column_hash(node as u64, &column).unwrap()
        };
        let columns: Vec<_> = (0..layout.nodes() as usize).map(column).collect();
        let expected = by_library(directory.path(), trees, &columns, 0);
        for engine in [Engine::best(), Engine::Avx2, Engine::Stock] {
            let (spent, files) = (Spent::default(), files(layout, "c"));
            let own = TempDir::new().unwrap();
            let rows = Written::create(own.path(), &files, &layout).unwrap();
            let roots = tree_c(&layers, layout, &rows, work(engine, &spent, &|_| ())).unwrap();
            assert!(!own.path().join("c-0").exists(), "it is not yet published");
            rows.publish().unwrap();
            assert_eq!(Hash32(top(engine, &roots)), Hash32(expected), "{trees} by {engine:?}");
            assert_same_files(own.path(), &files, directory.path(), "whole");
        }
    }
}

/// Fails if one row too many or too few is left out, if a chunk's nodes are written to another's place, or if CommD
/// takes chunks in the order in which they finish.
#[test]
fn the_replica_and_tree_r_of_every_layout_are_the_librarys() {
    let mut random = Random::new();
    for trees in [1, 8, 16] {
        let directory = TempDir::new().unwrap();
        let layout = reduced(trees, 2);
        let (key, data) = (random.nodes(layout.nodes()), random.nodes(layout.nodes()));
        let replica: Vec<Node> = key
            .iter()
            .zip(&data)
            .map(|(key, data)| (element(key).unwrap() + element(data).unwrap()).to_bytes_le())
            .collect();
        let expected = Hash32(by_library(directory.path(), trees, &replica, 1));
        let key = write(directory.path().join("key"), &key);
        let comm_d = Hash32(merkle::root(data.as_flattened()));
        let data = write(directory.path().join("data"), &data);
        let add = |_: u64, key: &Node, data: &Node| sum(key, data);
        for engine in [Engine::best(), Engine::Avx2, Engine::Stock] {
            let (spent, files) = (Spent::default(), files(layout, "r"));
            let sealed = directory.path().join("sealed");
            let encoding =
                Encoding { makes: Makes::Replica, from: &key, digested: true, with: Some((&data, &add)), to: &sealed };
            let rows = Digested::create(directory.path(), &files, &layout).unwrap();
            let (encoded, root) = encode(&encoding, layout, &rows, work(engine, &spent, &|_| ())).unwrap();
            let digests = rows.publish().unwrap();
            let on_disk = files.files.iter().map(|name| durable::digest(&directory.path().join(name)).unwrap());
            assert_eq!(digests, on_disk.collect::<Vec<_>>());
            assert_eq!(root, expected, "{trees} by {engine:?}");
            assert_eq!(encoded.comm_d, Some(comm_d));
            assert_eq!(encoded.from_digest, Some(durable::digest(&key).unwrap()));
            assert_eq!(encoded.digest, durable::digest(&sealed).unwrap());
            assert!(fs::read(&sealed).unwrap() == replica.as_flattened());
            assert_same_files(directory.path(), &files, directory.path(), "kept");

            let stored = Compared::open(directory.path(), &files, layout, Code::NotProvable).unwrap();
            let made = of_replica(&sealed, false, layout, &stored, work(engine, &spent, &|_| ())).unwrap();
            assert_eq!(made.root(engine), expected);
            assert_eq!(stored.differences(), BTreeMap::new());
        }
    }
}

/// Fails if a sub-tree is built over another's leaves or goes into another's file, if a sub-tree that was not asked for is
/// built, or if anything else of the replica is read.
#[test]
fn some_sub_trees_alone_are_the_librarys() {
    let mut random = Random::new();
    for (trees, some) in [(8, vec![2]), (8, vec![0, 7]), (16, vec![3, 8, 15])] {
        let directory = TempDir::new().unwrap();
        let layout = reduced(trees, 2).only(&some);
        let mut replica = random.nodes(layout.nodes());
        let expected = by_library(directory.path(), trees, &replica, 1);
        for (tree, leaves) in replica.chunks_mut(512).enumerate() {
            if !some.contains(&(tree as u64)) {
                // No field element.
                leaves.fill([0xff; 32]);
            }
        }
        let sealed = write(directory.path().join("sealed"), &replica);
        let (files, own) = (files(layout, "r"), TempDir::new().unwrap());
        let read = std::sync::atomic::AtomicU64::new(0);
        let count = |bytes| {
            read.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed);
        };
        let spent = Spent::default();
        let rows = Digested::create(own.path(), &files, &layout).unwrap();
        let made = of_replica(&sealed, false, layout, &rows, work(Engine::best(), &spent, &count)).unwrap();
        let digests = rows.publish().unwrap();
        assert_eq!(read.into_inner(), layout.bytes());
        assert_eq!(layout.bytes(), some.len() as u64 * 512 * 32);

        let names: Vec<_> = some.iter().map(|tree| files.files[*tree as usize].clone()).collect();
        let mut found = durable::names(own.path()).unwrap();
        found.sort_by_key(|name| (name.len(), name.clone()));
        assert_eq!(found, names);
        let mut roots = Vec::new();
        for tree in 0..trees {
            let kept = StoreConfig::data_path(directory.path(), &format!("kept-{tree}"));
            roots.push(root_of_file(Engine::best(), &layout, &kept, files.bytes, Code::NotProvable).unwrap());
            if let Some(index) = some.iter().position(|some| *some == tree) {
                let path = own.path().join(&names[index]);
                assert!(fs::read(&path).unwrap() == fs::read(&kept).unwrap(), "{} of {trees}", names[index]);
                assert_eq!(digests[index], durable::digest(&path).unwrap());
                assert_eq!(made.roots[index], roots[tree as usize], "{} of {trees}", names[index]);
            }
        }
        assert_eq!(top(Engine::best(), &roots), expected);
    }
}

/// Fails if only the last node of a file is read, or if a node's row is mistaken for another.
#[test]
fn a_file_with_one_wrong_bit_has_no_root() {
    let mut random = Random::new();
    let directory = TempDir::new().unwrap();
    let layout = reduced(8, 1);
    let leaves = random.nodes(layout.nodes());
    let sealed = write(directory.path().join("sealed"), &leaves);
    let files = files(layout, "r");
    let rows = Written::create(directory.path(), &files, &layout).unwrap();
    let spent = Spent::default();
    let made = of_replica(&sealed, false, layout, &rows, work(Engine::best(), &spent, &|_| ())).unwrap();
    rows.publish().unwrap();
    let path = directory.path().join(&files.files[3]);
    let root = || root_of_file(Engine::best(), &layout, &path, files.bytes, Code::NotProvable);
    assert_eq!(root(), Ok(made.roots[3]));
    for (at, node) in [(0, 64), (63, 71), (64, 64), (71, 71), (72, 72)] {
        flip(&path, at * 32);
        let error = root().unwrap_err();
        assert_eq!((error.code, error.file.as_deref()), (Code::NotProvable, Some(&*path)));
        let words = format!("its node {node} is not the hash of the nodes below it");
        assert!(error.message.contains(&words), "{at}: {}", error.message);
        flip(&path, at * 32);
    }
    overwrite(&path, 7 * 32, &[0xff; 32]);
    assert!(root().unwrap_err().message.contains("its node 7 is not a field element"));
    truncate(&path, 32);
    assert!(root().unwrap_err().message.contains("has 32 bytes, not"));
}

/// Fails if a tree is published before the digests are checked, or if an error leaves files behind.
#[test]
fn a_layer_that_is_not_what_it_was_gives_no_tree() {
    let mut random = Random::new();
    let layout = reduced(8, 0);
    let damages: [(Damage, &[&str]); 3] = [
        (|path| flip(path, 700 * 32), &["layer 2 is damaged", "layer-2", "has SHA-256"]),
        (
            |path| overwrite(path, 2049 * 32, &[0xff; 32]),
            &["layer 2 is damaged", "node 2049 of", "layer-2", "not a field element"],
        ),
        (|path| truncate(path, 3000 * 32), &["layer-2", "was cut off after node 2048", "4096 nodes"]),
    ];
    for (damage, words) in damages {
        let directory = TempDir::new().unwrap();
        let (layers, _) = layers(directory.path(), 11, layout.nodes(), &mut random);
        damage(&layers[1].path);
        let rows = Written::create(directory.path(), &files(layout, "c"), &layout).unwrap();
        let error = tree_c(&layers, layout, &rows, work(Engine::best(), &Spent::default(), &|_| ())).unwrap_err();
        assert_eq!(error.code, Code::ScratchLost);
        for word in words {
            assert!(error.message.contains(word), "{word} in {error}");
        }
        drop(rows);
        let left = durable::names(directory.path()).unwrap();
        assert!(left.iter().all(|name| name.starts_with("layer-")), "{left:?}");
    }
}

type Damage = fn(&Path);

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn overwrite(path: &Path, at: usize, with: &[u8]) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at..at + with.len()].copy_from_slice(with);
    fs::write(path, bytes).unwrap();
}

fn truncate(path: &Path, bytes: u64) {
    fs::File::options().write(true).open(path).unwrap().set_len(bytes).unwrap();
}

/// Fails if a difference is put down to another sub-tree, if one hides another, or if a file that is not compared counts.
#[test]
fn all_that_differs_is_noted() {
    let mut random = Random::new();
    let directory = TempDir::new().unwrap();
    let layout = reduced(8, 1);
    let replica = random.nodes(layout.nodes());
    let sealed = write(directory.path().join("sealed"), &replica);
    let files = files(layout, "r");
    let built = |rows: &dyn Rows| {
        of_replica(&sealed, false, layout, rows, work(Engine::best(), &Spent::default(), &|_| ())).unwrap();
    };
    let rows = Written::create(directory.path(), &files, &layout).unwrap();
    built(&rows);
    rows.publish().unwrap();
    let path = |tree: usize| directory.path().join(&files.files[tree]);
    // In the lowest row, above it, and in a file that is not compared.
    for (tree, node) in [(2, 5), (2, 40), (2, 66), (4, 72), (4, 70), (6, 1)] {
        flip(&path(tree), 32 * node);
    }
    let compared = layout.only(&[0, 2, 4, 5]);
    let rows = Compared::open(directory.path(), &files, compared, Code::NotProvable).unwrap();
    built(&rows);
    let below = |tree: u64, first: u64, end: u64| 512 * tree + first..512 * tree + end;
    let expected = BTreeMap::from([
        (2, Difference { node: 5, leaves: below(2, 5 * 8, 41 * 8), blocks: 2 }),
        (4, Difference { node: 70, leaves: below(4, 6 * 64, 7 * 64), blocks: 0 }),
    ]);
    assert_eq!(rows.differences(), expected);
}

/// Fails if a node's level or its sub-tree is mistaken for another.
#[test]
fn a_node_that_differs_names_the_leaves_below_it() {
    let layout = reduced(8, 1);
    for (tree, at, first, count) in
        [(0, 0, 0, 8), (0, 63, 504, 8), (3, 64, 1536, 64), (7, 71, 4032, 64), (7, 72, 3584, 512)]
    {
        assert_eq!(layout.leaves_below(tree, at), first..first + count, "node {at} of sub-tree {tree}");
    }
}

/// The memory figures of native/README.md. Fails if memory grows with the sector.
#[test]
fn memory_is_bounded() {
    use RegisteredSealProof::*;
    for (proof, threads, mebibytes) in [
        (StackedDrg2KiBV1_1, 2, 1),
        (StackedDrg8MiBV1_1, 2, 49),
        (StackedDrg512MiBV1_1, 2, 49),
        (StackedDrg32GiBV1_1, 64, 298),
        (StackedDrg64GiBV1_1, 64, 322),
    ] {
        let geometry = Geometry::of(proof);
        let bytes = Layout::tree_c(&geometry).memory(geometry.layers, threads);
        assert_eq!(bytes.div_ceil(1 << 20), mebibytes, "{proof:?}");
    }
}
