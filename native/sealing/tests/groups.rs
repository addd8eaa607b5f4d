//! Layers labelled by Reseal's own code are those of the library, however many sectors go together, whenever they come
//! and go, and whichever code hashes.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::AtomicU64;

use filecoin_hashers::Domain;
use filecoin_hashers::poseidon::PoseidonDomain;
use filecoin_proofs_api::{RegisteredSealProof, seal};
use rand::RngCore;
use reseal_sealing::Code;
use reseal_sealing::geometry::{Geometry, layer_file};
use reseal_sealing::hash32::Hash32;
use reseal_sealing::layers::Layers;
use reseal_sealing::parent_cache::ParentCache;
use reseal_sealing::sdr::Group;
use reseal_sealing::sha256::Engine;
use tempfile::TempDir;

use RegisteredSealProof::*;

/// A graph, and sectors of it that the library labelled.
struct Graph {
    proof: RegisteredSealProof,
    geometry: Geometry,
    parents: ParentCache,
}

impl Graph {
    fn of(proof: RegisteredSealProof) -> Self {
        static PARENTS: Once = Once::new();
        PARENTS.call_once(|| {
            let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("parents");
            fs::create_dir_all(&directory).unwrap();
            // Every test comes through here before it does anything else.
            unsafe { env::set_var("FIL_PROOFS_PARENT_CACHE", directory) };
        });
        let geometry = Geometry::of(proof);
        Graph { proof, parents: ParentCache::open(proof, |_| {}).unwrap(), geometry }
    }

    fn group(&self, engine: Engine, slots: usize) -> Group<'_> {
        Group::new(engine, &self.geometry, self.parents.nodes(), slots).unwrap()
    }

    fn sector(&self) -> Sector {
        let mut replica_id = [0; 32];
        rand::thread_rng().fill_bytes(&mut replica_id);
        replica_id[31] &= 0x3f;
        Sector { replica_id: Hash32(replica_id), cache: TempDir::new().unwrap() }
    }

    fn assert_like_the_library(&self, sector: &Sector) {
        let stock = TempDir::new().unwrap();
        let replica_id = PoseidonDomain::try_from_bytes(&sector.replica_id.0).unwrap();
        seal::sdr(self.proof, stock.path(), replica_id).unwrap();
        for layer in 1..=self.geometry.layers {
            let (expected, actual) = (stock.path().join(layer_file(layer)), sector.layer(layer));
            let same = fs::read(&expected).unwrap() == fs::read(&actual).unwrap();
            assert!(same, "layer {layer} of {:?} with replica id {}", self.proof, sector.replica_id);
        }
        let layers = Layers::open(sector.cache.path(), &self.geometry, sector.replica_id).unwrap();
        assert_eq!(layers.finished(), self.geometry.layers, "the recorded digests are those of the files");
    }
}

struct Sector {
    replica_id: Hash32,
    cache: TempDir,
}

impl Sector {
    fn layer(&self, layer: usize) -> PathBuf {
        self.cache.path().join(layer_file(layer))
    }

    fn layers<'a>(&'a self, graph: &'a Graph) -> Layers<'a> {
        Layers::open(self.cache.path(), &graph.geometry, self.replica_id).unwrap()
    }
}

fn step(group: &mut Group) -> Vec<usize> {
    group.step(&AtomicU64::new(0), &|_, _| {}).into_iter().map(|labelled| labelled.written.unwrap()).collect()
}

/// Fails where sectors of a group get at each other's labels, and where a block's padding, a parent's place or the
/// byte order is wrong.
#[test]
fn groups_of_every_size_give_the_librarys_layers() {
    for proof in [StackedDrg2KiBV1, StackedDrg2KiBV1_1, StackedDrg2KiBV1_1_Feat_SyntheticPoRep] {
        let graph = Graph::of(proof);
        for engine in [Engine::best(), Engine::Portable] {
            for size in 1..=8 {
                let sectors: Vec<_> = (0..size).map(|_| graph.sector()).collect();
                let mut group = graph.group(engine, size);
                for sector in &sectors {
                    group.join(sector.replica_id, sector.layers(&graph)).unwrap();
                }
                while !group.is_empty() {
                    step(&mut group);
                }
                sectors.iter().for_each(|sector| graph.assert_like_the_library(sector));
            }
        }
    }
}

#[test]
fn large_sectors_of_every_proof_type_have_the_librarys_layers() {
    for proof in [
        StackedDrg8MiBV1,
        StackedDrg8MiBV1_1,
        StackedDrg8MiBV1_1_Feat_SyntheticPoRep,
        StackedDrg8MiBV1_2_Feat_NonInteractivePoRep,
    ] {
        let graph = Graph::of(proof);
        let sectors = [graph.sector(), graph.sector(), graph.sector()];
        let mut group = graph.group(Engine::best(), 3);
        for sector in &sectors {
            group.join(sector.replica_id, sector.layers(&graph)).unwrap();
        }
        while !group.is_empty() {
            step(&mut group);
        }
        sectors.iter().for_each(|sector| graph.assert_like_the_library(sector));
    }
}

/// A sector that comes later is in its first layer while the others are in their last; one that leaves keeps what it
/// has, and goes on from there in another group, in another slot.
#[test]
fn sectors_come_and_go_between_layers() {
    let graph = Graph::of(StackedDrg8MiBV1_1);
    let (early, leaver, late) = (graph.sector(), graph.sector(), graph.sector());
    let mut group = graph.group(Engine::best(), 2);
    group.join(early.replica_id, early.layers(&graph)).unwrap();
    let slot = group.join(leaver.replica_id, leaver.layers(&graph)).unwrap();
    assert_eq!(step(&mut group), Vec::<usize>::new(), "layer 1 is in memory");
    assert_eq!(step(&mut group), [1, 1]);
    group.leave(slot);
    assert_eq!(leaver.layers(&graph).finished(), 1);
    group.join(late.replica_id, late.layers(&graph)).unwrap();
    assert_eq!(step(&mut group), [2], "the late one's layer 1 is in memory");
    assert!(!group.is_empty());
    while !group.is_empty() {
        step(&mut group);
    }

    let mut other = graph.group(Engine::best(), 3);
    let company = [graph.sector(), graph.sector()];
    for sector in company.iter().chain([&leaver]) {
        other.join(sector.replica_id, sector.layers(&graph)).unwrap();
    }
    let layer_1 = fs::metadata(leaver.layer(1)).unwrap().modified().unwrap();
    while !other.is_empty() {
        step(&mut other);
    }
    assert_eq!(fs::metadata(leaver.layer(1)).unwrap().modified().unwrap(), layer_1, "it was not made again");
    for sector in [&early, &leaver, &late, &company[0], &company[1]] {
        graph.assert_like_the_library(sector);
    }
}

/// One sector's disk fails: the other goes on.
#[test]
fn a_layer_that_cannot_be_written_stops_its_sector_alone() {
    let graph = Graph::of(StackedDrg2KiBV1_1);
    let (good, bad) = (graph.sector(), graph.sector());
    let mut group = graph.group(Engine::best(), 2);
    let slot = group.join(bad.replica_id, bad.layers(&graph)).unwrap();
    group.join(good.replica_id, good.layers(&graph)).unwrap();
    fs::create_dir(bad.layer(1)).unwrap();
    step(&mut group);
    let labelled = group.step(&AtomicU64::new(0), &|_, _| {});
    let failed: Vec<_> =
        labelled.into_iter().filter_map(|labelled| Some((labelled.slot, labelled.written.err()?))).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].0, slot);
    assert!(failed[0].1.message.contains("layer-1"), "{}", failed[0].1);
    while !group.is_empty() {
        step(&mut group);
    }
    graph.assert_like_the_library(&good);
}

#[test]
fn parents_that_lead_nowhere_are_refused() {
    let geometry = Geometry::of(StackedDrg2KiBV1_1);
    let mut parents = vec![[0; 14]; geometry.nodes as usize];
    parents[9][13] = geometry.nodes as u32;
    let error = Group::new(Engine::best(), &geometry, &parents, 1).err().unwrap();
    assert_eq!(error.code, Code::ParentCache);
}
