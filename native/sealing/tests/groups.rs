//! Layers labelled by Reseal's own code equal the library's, however many sectors are labelled together, whenever they
//! join and leave, and whichever code hashes.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::thread;

use filecoin_hashers::Domain;
use filecoin_hashers::poseidon::PoseidonDomain;
use filecoin_proofs_api::{RegisteredSealProof, seal};
use rand::RngCore;
use reseal_sealing::files::geometry::{Geometry, layer_file};
use reseal_sealing::files::layers::{Keep, Layers, RECORD_FILE};
use reseal_sealing::parent_cache::{FarParents, ParentCache, Parents};
use reseal_sealing::request::hash32::Hash32;
use reseal_sealing::sdr::{Group, Member};
use reseal_sealing::sha256::Engine;
use reseal_sealing::{Code, Error};
use tempfile::TempDir;

use RegisteredSealProof::*;

/// A graph, and sectors that the library labelled with it.
struct Graph {
    proof: RegisteredSealProof,
    geometry: Geometry,
    parents: ParentCache,
    /// Whether groups have one layer in memory instead of two.
    one_layer: bool,
}

impl Graph {
    fn of(proof: RegisteredSealProof) -> Self {
        static PARENTS: Once = Once::new();
        PARENTS.call_once(|| {
            let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("parents");
            fs::create_dir_all(&directory).unwrap();
            // Every test comes through here first.
            unsafe { env::set_var("FIL_PROOFS_PARENT_CACHE", directory) };
        });
        let geometry = Geometry::of(proof);
        Graph { proof, parents: ParentCache::open(proof, |_| {}).unwrap(), geometry, one_layer: false }
    }

    /// For groups with two layers in memory, and for groups with one.
    fn both(proof: RegisteredSealProof) -> [Self; 2] {
        [Self::of(proof), Graph { one_layer: true, ..Self::of(proof) }]
    }

    fn group(&self, engine: Engine, slots: usize) -> Group {
        if self.one_layer {
            let far = FarParents::open(self.proof, &self.parents, |_| {}).unwrap();
            Group::with_one_layer(engine, &self.geometry, slots, None, far).unwrap()
        } else {
            Group::new(engine, &self.geometry, slots, None).unwrap()
        }
    }

    /// Has a sector join a group.
    fn join(&self, group: &mut Group, sector: &Sector) -> Arc<Member> {
        let member = Arc::new(Member::new(sector.replica_id));
        let finished = member.open(sector.cache.path(), &self.geometry, Keep::All, || {}).unwrap();
        group.join(Arc::clone(&member), finished);
        member
    }

    /// One step; returns what it wrote.
    fn step(&self, group: &mut Group) -> Vec<usize> {
        self.step_of_all(group).into_iter().map(|(_, layer)| layer.unwrap()).collect()
    }

    fn step_of_all(&self, group: &mut Group) -> Vec<(Hash32, Result<usize, Error>)> {
        let news = Mutex::new(Vec::new());
        group
            .step(self.parents.nodes(), &AtomicU64::new(0), &|member, layer| {
                news.lock().unwrap().push((member.replica_id(), layer));
            })
            .unwrap();
        news.into_inner().unwrap()
    }

    /// The error of labelling with these parents, which is no one sector's.
    fn refused(&self, parents: &[Parents]) -> Error {
        let sector = self.sector();
        let mut group = self.group(Engine::best(), 1);
        self.join(&mut group, &sector);
        let error = group.step(parents, &AtomicU64::new(0), &|_, news| panic!("{news:?}")).unwrap_err();
        assert_eq!(error.code, Code::ParentCache);
        error
    }

    fn names_of_a_finished_one(&self) -> Vec<String> {
        let mut names: Vec<_> = (1..=self.geometry.layers).map(layer_file).collect();
        names.push(RECORD_FILE.to_string());
        names.sort_unstable();
        names
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

    /// The files in its cache directory.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.cache.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    }

    fn finished(&self, graph: &Graph) -> usize {
        Layers::open(self.cache.path(), &graph.geometry, self.replica_id).unwrap().finished()
    }
}

/// Fails if sectors of a group read each other's labels, or if a block's padding, a parent's position or the byte order
/// is wrong.
#[test]
fn groups_of_every_size_give_the_librarys_layers() {
    let proofs = [StackedDrg2KiBV1, StackedDrg2KiBV1_1, StackedDrg2KiBV1_1_Feat_SyntheticPoRep];
    for graph in proofs.into_iter().flat_map(Graph::both) {
        for engine in [Engine::best(), Engine::Portable] {
            // By the SHA instructions, by vectors of 8 and of 16 lanes, full or not, and by several of these.
            for size in [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 15, 16, 17, 25] {
                let sectors: Vec<_> = (0..size).map(|_| graph.sector()).collect();
                let mut group = graph.group(engine, size);
                for sector in &sectors {
                    graph.join(&mut group, sector);
                }
                while !group.is_empty() {
                    graph.step(&mut group);
                }
                sectors.iter().for_each(|sector| graph.assert_like_the_library(sector));
            }
        }
    }
}

/// The same in a process whose CPU counts as one without SHA instructions: the group is made as usual, but labelled by
/// the portable engine.
#[test]
fn a_cpu_without_sha_instructions_gives_the_librarys_layers() {
    const WITHOUT: &str = "RESEAL_CPU_WITHOUT";
    if env::var_os(WITHOUT).is_none() {
        let mut again = Command::new(env::current_exe().unwrap());
        again.args(["--exact", "a_cpu_without_sha_instructions_gives_the_librarys_layers"]).env(WITHOUT, "sha_ni");
        assert!(again.status().unwrap().success());
        return;
    }
    assert_eq!(Engine::best(), Engine::Portable);
    for graph in Graph::both(StackedDrg8MiBV1_1) {
        let sectors = [graph.sector(), graph.sector()];
        let mut group = graph.group(Engine::best(), 2);
        sectors.iter().for_each(|sector| drop(graph.join(&mut group, sector)));
        while !group.is_empty() {
            graph.step(&mut group);
        }
        sectors.iter().for_each(|sector| graph.assert_like_the_library(sector));
    }
}

#[test]
fn large_sectors_of_every_proof_type_have_the_librarys_layers() {
    let proofs = [
        StackedDrg8MiBV1,
        StackedDrg8MiBV1_1,
        StackedDrg8MiBV1_1_Feat_SyntheticPoRep,
        StackedDrg8MiBV1_2_Feat_NonInteractivePoRep,
    ];
    for graph in proofs.into_iter().flat_map(Graph::both) {
        let sectors = [graph.sector(), graph.sector(), graph.sector()];
        let mut group = graph.group(Engine::best(), 3);
        for sector in &sectors {
            graph.join(&mut group, sector);
        }
        while !group.is_empty() {
            graph.step(&mut group);
        }
        sectors.iter().for_each(|sector| graph.assert_like_the_library(sector));
    }
}

/// A sector that joins later is in its first layer while the others are in their last; one that leaves keeps its layers
/// and continues from there in another group, in another slot.
#[test]
fn sectors_come_and_go_between_layers() {
    let graph = Graph::of(StackedDrg8MiBV1_1);
    let (early, leaver, late) = (graph.sector(), graph.sector(), graph.sector());
    let mut group = graph.group(Engine::best(), 2);
    graph.join(&mut group, &early);
    let member = graph.join(&mut group, &leaver);
    assert_eq!(graph.step(&mut group), Vec::<usize>::new(), "layer 1 is in memory");
    assert_eq!(graph.step(&mut group), [1, 1]);
    member.leave();
    assert_eq!(leaver.finished(&graph), 1);
    group.let_go();
    graph.join(&mut group, &late);
    assert_eq!(graph.step(&mut group), [2], "the late one's layer 1 is in memory");
    assert!(!group.is_empty());
    while !group.is_empty() {
        graph.step(&mut group);
    }

    let mut other = graph.group(Engine::best(), 3);
    let company = [graph.sector(), graph.sector()];
    for sector in company.iter().chain([&leaver]) {
        graph.join(&mut other, sector);
    }
    let layer_1 = fs::metadata(leaver.layer(1)).unwrap().modified().unwrap();
    while !other.is_empty() {
        graph.step(&mut other);
    }
    assert_eq!(fs::metadata(leaver.layer(1)).unwrap().modified().unwrap(), layer_1, "it was not made again");
    for sector in [&early, &leaver, &late, &company[0], &company[1]] {
        graph.assert_like_the_library(sector);
    }
}

/// With one layer in memory, each step ends with the layer on the disk.
#[test]
fn sectors_come_and_go_with_one_layer_in_memory() {
    let [_, graph] = Graph::both(StackedDrg8MiBV1_1);
    let (early, leaver, late) = (graph.sector(), graph.sector(), graph.sector());
    let mut group = graph.group(Engine::best(), 2);
    graph.join(&mut group, &early);
    let member = graph.join(&mut group, &leaver);
    assert_eq!(graph.step(&mut group), [1, 1]);
    member.leave();
    assert_eq!(leaver.finished(&graph), 1);
    group.let_go();
    graph.join(&mut group, &late);
    let mut written = graph.step(&mut group);
    written.sort_unstable();
    assert_eq!(written, [1, 2]);
    while !group.is_empty() {
        graph.step(&mut group);
    }

    // What a group of one kind began, one of the other kind continues. 8 MiB have two layers.
    let [two_layers, _] = Graph::both(StackedDrg8MiBV1_1);
    let mut other = two_layers.group(Engine::best(), 1);
    two_layers.join(&mut other, &leaver);
    while !other.is_empty() {
        two_layers.step(&mut other);
    }
    for sector in [&early, &leaver, &late] {
        graph.assert_like_the_library(sector);
        assert_eq!(sector.names(), graph.names_of_a_finished_one());
    }
}

/// A sector leaves in the middle of a layer, from another thread; the other one continues.
#[test]
fn a_sector_leaves_in_the_middle_of_a_layer() {
    for graph in Graph::both(StackedDrg8MiBV1_1) {
        let (stays, leaver) = (graph.sector(), graph.sector());
        let mut group = graph.group(Engine::best(), 2);
        graph.join(&mut group, &stays);
        let member = graph.join(&mut group, &leaver);
        let done = AtomicU64::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                while done.load(Ordering::Relaxed) < graph.geometry.nodes / 4 {
                    thread::yield_now();
                }
                member.leave();
            });
            group.step(graph.parents.nodes(), &done, &|_, layer| assert!(layer.is_ok(), "{layer:?}")).unwrap();
        });
        while !group.is_empty() {
            graph.step(&mut group);
        }
        graph.assert_like_the_library(&stays);
        assert_eq!(leaver.finished(&graph), 0);
        assert_eq!(leaver.names(), [RECORD_FILE]);
    }
}

/// One sector's disk fails; the other sector continues.
#[test]
fn a_layer_that_cannot_be_written_stops_its_sector_alone() {
    for graph in Graph::both(StackedDrg2KiBV1_1) {
        a_layer_stops_its_sector_alone(&graph);
    }
}

fn a_layer_stops_its_sector_alone(graph: &Graph) {
    let (good, bad) = (graph.sector(), graph.sector());
    let mut group = graph.group(Engine::best(), 2);
    graph.join(&mut group, &bad);
    graph.join(&mut group, &good);
    fs::create_dir(bad.layer(1)).unwrap();
    let mut news = graph.step_of_all(&mut group);
    news.extend(graph.step_of_all(&mut group));
    let failed: Vec<_> = news.into_iter().filter_map(|(replica_id, layer)| Some((replica_id, layer.err()?))).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].0, bad.replica_id);
    assert!(failed[0].1.message.contains("layer-1"), "{}", failed[0].1);
    while !group.is_empty() {
        graph.step(&mut group);
    }
    graph.assert_like_the_library(&good);
}

/// Fails if the parents of some nodes are not checked before they are used.
#[test]
fn parents_that_lead_nowhere_are_refused() {
    for graph in Graph::both(StackedDrg8MiBV1_1) {
        for node in [0, 9, 100_000, graph.geometry.nodes as usize - 1] {
            let mut parents = graph.parents.nodes().to_vec();
            parents[node][13] = graph.geometry.nodes as u32;
            let error = graph.refused(&parents);
            assert!(error.message.contains(&format!("node 262144 as a parent of node {node}")), "{error}");
        }
    }
}

/// Fails if far labels are taken for those of other nodes when the list of far parents is another graph's.
#[test]
fn far_parents_that_are_not_listed_are_refused() {
    let [_, graph] = Graph::both(StackedDrg8MiBV1_1);
    for (node, parent) in [(9, 10), (100_000, 100_001), (100_000, 5)] {
        let mut parents = graph.parents.nodes().to_vec();
        // As if it had been read more often than it is listed.
        parents[node..node + 1000].iter_mut().for_each(|parents| parents[..6].fill(parent));
        let error = graph.refused(&parents);
        assert!(error.message.contains(&format!("node {parent} is a parent of node")), "{error}");
    }
}
