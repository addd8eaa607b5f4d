//! Labelling: the library's code and Reseal's, side by side with what the CPU's SHA instructions allow.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use filecoin_hashers::Domain;
use filecoin_hashers::poseidon::PoseidonDomain;
use filecoin_proofs_api::seal;
use rand::RngCore;
use reseal_sealing::geometry::{Geometry, layer_file};
use reseal_sealing::hash32::Hash32;
use reseal_sealing::parent_cache::{ParentCache, Parents};
use reseal_sealing::sdr::{Group, Member};
use reseal_sealing::sha256::Engine;
use reseal_sealing::{RegisteredSealProof, durable};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tempfile::TempDir;

use crate::Failure;
use crate::arguments::Repeated;
use crate::bound;
use crate::compare::settle;

#[cfg(target_arch = "x86_64")]
/// Chains that are interleaved, at most.
const MOST: usize = 4;

/// One way to label, and nanoseconds of each run.
struct Row {
    way: String,
    cores: usize,
    sectors: usize,
    nanos: Vec<Nanos>,
}

/// Nanoseconds for a node of a sector on a core.
#[derive(Clone, Copy)]
struct Nanos {
    /// From the first label until all layers are on the disk.
    all: f64,
    /// In the first layer, where nothing is written yet, and in the later ones, while those before are written; none of
    /// what cannot be looked into.
    layers: Option<(f64, f64)>,
}

impl Nanos {
    fn all(all: f64) -> Self {
        Nanos { all, layers: None }
    }
}

/// Measures every way in turn, so many times, and prints the table.
pub(crate) fn run(options: &Repeated) -> Result<(), Failure> {
    let geometry = Geometry::of(options.proof);
    let parents = ParentCache::open(options.proof, |what| eprintln!("{what} …"))?;
    let mut rows: Vec<Row> = Vec::new();
    for run in 1..=options.runs {
        #[cfg(target_arch = "x86_64")]
        for chains in 1..=MOST {
            eprintln!("Run {run}: the SHA instructions alone, {chains} interleaved.");
            add(&mut rows, format!("SHA alone, {chains}"), 1, chains, Nanos::all(bound::nanos(chains, 1 << 20)));
        }
        if cfg!(feature = "multicore-sdr") {
            eprintln!("Run {run}: the library, with a thread that fetches parents.");
            add(
                &mut rows,
                "library, multicore".into(),
                2,
                1,
                Nanos::all(Stock::label(options, &geometry, true)?.nanos),
            );
        }
        eprintln!("Run {run}: the library.");
        let stock = Stock::label(options, &geometry, false)?;
        add(&mut rows, "library, single core".into(), 1, 1, Nanos::all(stock.nanos));
        for (cores, sectors) in [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3)] {
            if cores > 1 && thread::available_parallelism()?.get() < cores {
                continue;
            }
            eprintln!("Run {run}: Reseal, {sectors} on each of {cores}.");
            let nanos = own(options, &geometry, parents.nodes(), (cores, sectors), &stock)?;
            add(&mut rows, format!("Reseal, {sectors} on a core"), cores, cores * sectors, nanos);
        }
    }
    print!("{}", table(&rows));
    Ok(())
}

fn add(rows: &mut Vec<Row>, way: String, cores: usize, sectors: usize, nanos: Nanos) {
    match rows.iter_mut().find(|row| row.way == way && row.cores == cores) {
        Some(row) => row.nanos.push(nanos),
        None => rows.push(Row { way, cores, sectors, nanos: vec![nanos] }),
    }
}

/// What the library shall label.
#[derive(Deserialize)]
struct Request {
    proof: RegisteredSealProof,
    cache: PathBuf,
    replica_id: Hash32,
}

/// How long it took.
#[derive(Serialize, Deserialize)]
struct Labelled {
    nanos: u64,
}

/// Labels by the library what the request on stdin says, and prints how long that took.
pub(crate) fn label_stdin() -> Result<(), Failure> {
    let request: Request = serde_json::from_reader(io::stdin().lock())?;
    let replica_id = PoseidonDomain::try_from_bytes(&request.replica_id.0)?;
    let began = Instant::now();
    seal::sdr(request.proof, request.cache, replica_id)?;
    println!("{}", serde_json::to_string(&Labelled { nanos: began.elapsed().as_nanos() as u64 })?);
    Ok(())
}

/// What the library made.
struct Stock {
    replica_id: Hash32,
    directory: TempDir,
    nanos: f64,
}

impl Stock {
    /// The library's own call, its layers on the disk. Its settings hold for a whole process: so it has one of its own.
    fn label(options: &Repeated, geometry: &Geometry, multicore: bool) -> Result<Self, Failure> {
        let directory = TempDir::with_prefix_in("reseal-direct-", &options.directory)?;
        let replica_id = random_id();
        settle();
        let mut program = Command::new(std::env::current_exe()?);
        program.arg("label").stdin(Stdio::piped()).stdout(Stdio::piped());
        program.env("FIL_PROOFS_USE_MULTICORE_SDR", if multicore { "1" } else { "0" });
        program.env("FIL_PROOFS_MULTICORE_SDR_PRODUCERS", "1");
        let mut running = program.spawn()?;
        let request = json!({"proof": options.proof, "cache": directory.path(), "replica_id": replica_id.to_string()})
            .to_string();
        running.stdin.take().expect("it is piped").write_all(request.as_bytes())?;
        let output = running.wait_with_output()?;
        if !output.status.success() {
            return Err(format!("the library's labelling failed: {}", output.status).into());
        }
        let Labelled { nanos } = serde_json::from_slice(&output.stdout)?;
        let nanos = nanos as f64 / (geometry.nodes * geometry.layers as u64) as f64;
        Ok(Stock { replica_id, directory, nanos })
    }

    /// Fails where Reseal made other layers in this directory.
    fn compare(&self, geometry: &Geometry, cache: &Path) -> Result<(), Failure> {
        for layer in 1..=geometry.layers {
            let name = layer_file(layer);
            let (stock, own) = (self.directory.path().join(&name), cache.join(name));
            if durable::digest(&stock)? != durable::digest(&own)? {
                return Err(format!("layer {layer} of the replica id {} differs", self.replica_id).into());
            }
        }
        Ok(())
    }
}

/// Reseal's, a group on each core, its layers on the disk and recorded. The first sector has the library's replica id,
/// and has to get its layers.
fn own(
    options: &Repeated,
    geometry: &Geometry,
    parents: &[Parents],
    (cores, sectors): (usize, usize),
    stock: &Stock,
) -> Result<Nanos, Failure> {
    let directory = TempDir::with_prefix_in("reseal-direct-", &options.directory)?;
    settle();
    let ready = Barrier::new(cores);
    let groups: Vec<Result<Nanos, Failure>> = thread::scope(|scope| {
        let group = |core: usize| {
            let (directory, ready) = (directory.path(), &ready);
            move || -> Result<Nanos, Failure> {
                let caches: Vec<_> = (0..sectors).map(|sector| directory.join(format!("{core}-{sector}"))).collect();
                let mut group = Group::new(Engine::best(), geometry, sectors, None)?;
                for (index, cache) in caches.iter().enumerate() {
                    fs::create_dir(cache)?;
                    let member = Member::new(if index == 0 { stock.replica_id } else { random_id() });
                    let finished = member.open(cache, geometry, || {})?;
                    group.join(Arc::new(member), finished);
                }
                let failed = Mutex::new(None);
                ready.wait();
                let began = Instant::now();
                let mut ends = Vec::new();
                while !group.is_empty() {
                    group.step(parents, &AtomicU64::new(0), &|_, layers| {
                        if let Err(error) = layers {
                            *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                        }
                    })?;
                    ends.push(began.elapsed().as_nanos() as f64 / (geometry.nodes * sectors as u64) as f64);
                }
                if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
                    return Err(error.into());
                }
                let (layers, all) = (geometry.layers as f64, ends[ends.len() - 1]);
                let later = (ends[geometry.layers - 1] - ends[0]) / (layers - 1.0);
                Ok(Nanos { all: all / layers, layers: Some((ends[0], later)) })
            }
        };
        let running: Vec<_> = (0..cores).map(|core| scope.spawn(group(core))).collect();
        running.into_iter().map(|group| group.join().expect("a group returns its errors")).collect()
    });
    let groups = groups.into_iter().collect::<Result<Vec<_>, _>>()?;
    stock.compare(geometry, &directory.path().join("0-0"))?;
    // The group that took longest.
    Ok(groups.into_iter().max_by(|one, other| one.all.total_cmp(&other.all)).expect("there is one on each core"))
}

fn random_id() -> Hash32 {
    let mut id = [0; 32];
    rand::thread_rng().fill_bytes(&mut id);
    id[31] &= 0x3f;
    Hash32(id)
}

fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<24}{:>6}{:>9}{:>6}{:>10}{:>10}{:>10}{:>14}{:>14}\n",
        "labelling", "cores", "sectors", "runs", "median", "min", "max", "first layer", "later layers"
    );
    for row in rows {
        let all = sorted(row.nanos.iter().map(|nanos| nanos.all));
        text += &format!(
            "{:<24}{:>6}{:>9}{:>6}{:>7.0} ns{:>7.0} ns{:>7.0} ns",
            row.way,
            row.cores,
            row.sectors,
            all.len(),
            median(&all),
            all[0],
            all[all.len() - 1]
        );
        let layers: Vec<_> = row.nanos.iter().filter_map(|nanos| nanos.layers).collect();
        if !layers.is_empty() {
            let (first, later) = layers.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
            text += &format!("{:>11.0} ns{:>11.0} ns", median(&sorted(first)), median(&sorted(later)));
        }
        text += "\n";
    }
    text
}

fn sorted(nanos: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut nanos: Vec<_> = nanos.into_iter().collect();
    nanos.sort_by(f64::total_cmp);
    nanos
}

fn median(sorted: &[f64]) -> f64 {
    sorted[(sorted.len() - 1) / 2]
}
