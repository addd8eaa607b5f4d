//! Labelling: the library's code and Reseal's, side by side with what the CPU's SHA instructions allow.

use std::fs;
use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::Instant;

use filecoin_hashers::Domain;
use filecoin_hashers::poseidon::PoseidonDomain;
use filecoin_proofs_api::seal;
use rand::RngCore;
use reseal_sealing::geometry::Geometry;
use reseal_sealing::hash32::Hash32;
use reseal_sealing::layers::Layers;
use reseal_sealing::parent_cache::{ParentCache, Parents};
use reseal_sealing::sdr::{Engine, Group};
use tempfile::TempDir;

use crate::Failure;
use crate::arguments::Repeated;
use crate::bound;
use crate::compare::settle;

/// Sectors on one core, at most.
const MOST: usize = 4;

/// One way to label, and nanoseconds per node and sector of each run.
struct Row {
    way: String,
    cores: usize,
    sectors: usize,
    nanos: Vec<f64>,
}

/// Measures every way in turn, so many times, and prints the table.
pub(crate) fn run(options: &Repeated) -> Result<(), Failure> {
    let geometry = Geometry::of(options.proof);
    let parents = ParentCache::open(options.proof, |what| eprintln!("{what} …"))?;
    let mut rows: Vec<Row> = Vec::new();
    for run in 1..=options.runs {
        for chains in 1..=MOST {
            eprintln!("Run {run}: the SHA instructions alone, {chains} interleaved.");
            add(&mut rows, format!("SHA alone, {chains}"), 1, chains, bound::nanos(chains, 1 << 20));
        }
        eprintln!("Run {run}: the library.");
        add(&mut rows, stock_name(), stock_cores(), 1, stock(options, &geometry)?);
        for (cores, sectors) in [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3)] {
            if cores > 1 && thread::available_parallelism()?.get() < cores {
                continue;
            }
            eprintln!("Run {run}: Reseal, {sectors} on each of {cores}.");
            let nanos = own(options, &geometry, parents.nodes(), cores, sectors)?;
            add(&mut rows, format!("Reseal, {sectors} on a core"), cores, cores * sectors, nanos);
        }
    }
    print!("{}", table(&rows));
    Ok(())
}

fn stock_name() -> String {
    let multicore = storage_proofs_core::settings::SETTINGS.use_multicore_sdr;
    if multicore { "library, multicore".into() } else { "library, single core".into() }
}

/// What it keeps busy: the thread that hashes, and those that fetch parents.
fn stock_cores() -> usize {
    let settings = &storage_proofs_core::settings::SETTINGS;
    if settings.use_multicore_sdr { 1 + settings.multicore_sdr_producers } else { 1 }
}

fn add(rows: &mut Vec<Row>, way: String, cores: usize, sectors: usize, nanos: f64) {
    match rows.iter_mut().find(|row| row.way == way && row.cores == cores) {
        Some(row) => row.nanos.push(nanos),
        None => rows.push(Row { way, cores, sectors, nanos: vec![nanos] }),
    }
}

/// The library's own call, its layers on the disk.
fn stock(options: &Repeated, geometry: &Geometry) -> Result<f64, Failure> {
    let directory = TempDir::with_prefix_in("reseal-direct-", &options.directory)?;
    let replica_id = PoseidonDomain::try_from_bytes(&random_id().0)?;
    settle();
    let began = Instant::now();
    seal::sdr(options.proof, directory.path(), replica_id)?;
    Ok(began.elapsed().as_nanos() as f64 / (geometry.nodes * geometry.layers as u64) as f64)
}

/// Reseal's, a group on each core, its layers on the disk and recorded. It has to give what the library gives.
fn own(
    options: &Repeated,
    geometry: &Geometry,
    parents: &[Parents],
    cores: usize,
    sectors: usize,
) -> Result<f64, Failure> {
    let directory = TempDir::with_prefix_in("reseal-direct-", &options.directory)?;
    settle();
    let began = Instant::now();
    let groups: Vec<Result<(), Failure>> = thread::scope(|scope| {
        let group = |core: usize| {
            let directory = directory.path();
            move || -> Result<(), Failure> {
                let caches: Vec<_> = (0..sectors).map(|sector| directory.join(format!("{core}-{sector}"))).collect();
                let mut group = Group::new(Engine::best(), geometry, parents, sectors)?;
                for cache in &caches {
                    fs::create_dir(cache)?;
                    let replica_id = random_id();
                    group.join(replica_id, Layers::open(cache, geometry, replica_id)?)?;
                }
                while !group.is_empty() {
                    for labelled in group.step(&AtomicU64::new(0), &|_, _| {}) {
                        labelled.written?;
                    }
                }
                Ok(())
            }
        };
        let running: Vec<_> = (0..cores).map(|core| scope.spawn(group(core))).collect();
        running.into_iter().map(|group| group.join().expect("a group returns its errors")).collect()
    });
    let elapsed = began.elapsed();
    groups.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(elapsed.as_nanos() as f64 / (geometry.nodes * (geometry.layers * sectors) as u64) as f64)
}

fn random_id() -> Hash32 {
    let mut id = [0; 32];
    rand::thread_rng().fill_bytes(&mut id);
    id[31] &= 0x3f;
    Hash32(id)
}

fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<24}{:>6}{:>9}{:>6}{:>10}{:>10}{:>10}\n",
        "labelling", "cores", "sectors", "runs", "median", "min", "max"
    );
    for row in rows {
        let mut nanos = row.nanos.clone();
        nanos.sort_by(f64::total_cmp);
        text += &format!(
            "{:<24}{:>6}{:>9}{:>6}{:>7.0} ns{:>7.0} ns{:>7.0} ns\n",
            row.way,
            row.cores,
            row.sectors,
            nanos.len(),
            nanos[(nanos.len() - 1) / 2],
            nanos[0],
            nanos[nanos.len() - 1]
        );
    }
    text
}
