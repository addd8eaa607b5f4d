//! Labelling: the library's code and Reseal's, side by side with what the CPU's SHA instructions allow.

mod table;

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
use reseal_sealing::RegisteredSealProof;
use reseal_sealing::files::durable;
use reseal_sealing::files::geometry::{Geometry, layer_file};
use reseal_sealing::files::layers::Keep;
use reseal_sealing::library::placement;
use reseal_sealing::parent_cache::{FarParents, ParentCache};
use reseal_sealing::request::hash32::Hash32;
use reseal_sealing::sdr::{Group, Member};
use reseal_sealing::sha256::Engine;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tempfile::TempDir;

use crate::arguments::Repeated;
#[cfg(target_arch = "x86_64")]
use crate::bound;
use crate::failure::Failure;
use crate::took::settle;
use table::{Figures, Rows, Way};

/// Chains that are interleaved, at most.
#[cfg(target_arch = "x86_64")]
const MOST: usize = 4;

/// Measures every way in turn, the given number of times, and prints the tables.
pub(crate) fn run(options: &Repeated) -> Result<(), Failure> {
    let geometry = Geometry::of(options.proof);
    let parents = ParentCache::open(options.proof, |what| eprintln!("{what} …"))?;
    let cpus = placement::allowed()?;
    let mut rows = Rows::default();
    for run in 1..=options.runs {
        #[cfg(target_arch = "x86_64")]
        for (way, words) in [(Way::Rounds, bound::Words::Known), (Way::RoundsAndWords, bound::Words::OfALabel)] {
            for chains in 1..=MOST {
                eprintln!("Run {run}: {way}, {chains} interleaved.");
                rows.add(way, 1, chains, Figures::alone(bound::nanos(words, chains, 1 << 20)));
            }
        }
        if cfg!(feature = "multicore-sdr") {
            eprintln!("Run {run}: {}.", Way::LibraryMulticore);
            rows.add(Way::LibraryMulticore, 2, 1, Stock::label(options, &geometry, true)?.figures);
        }
        eprintln!("Run {run}: {}.", Way::Library);
        let stock = Stock::label(options, &geometry, false)?;
        rows.add(Way::Library, 1, 1, stock.figures);
        for (cores, sectors) in [(1, 1), (1, 2), (1, 3), (1, 4), (1, 8), (1, 16), (2, 1), (2, 2), (2, 4)] {
            if cpus.len() < cores || !(options.sectors.is_empty() || options.sectors.contains(&sectors)) {
                continue;
            }
            if !has_memory(2 * geometry.sector_size * (cores * sectors) as u64)? {
                eprintln!("Run {run}: too little memory for {sectors} on each of {cores}.");
                continue;
            }
            for way in [Way::Reseal, Way::ResealOneLayer] {
                eprintln!("Run {run}: {way}, {sectors} on each of {cores}.");
                let figures = own(options, &geometry, &parents, &cpus[..cores], sectors, way, &stock)?;
                rows.add(way, cores, sectors, figures);
            }
        }
    }
    print!("{}", rows.text(&options.size, geometry.nodes * geometry.layers as u64));
    Ok(())
}

/// What the library must label.
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
    /// The most memory that the process had, in bytes.
    memory: u64,
}

/// Labels the sector in the request on stdin by the library's code, and prints how long that took.
pub(crate) fn label_stdin() -> Result<(), Failure> {
    let request: Request = serde_json::from_reader(io::stdin().lock())?;
    let replica_id = PoseidonDomain::try_from_bytes(&request.replica_id.0)?;
    let began = Instant::now();
    seal::sdr(request.proof, request.cache, replica_id)?;
    let labelled = Labelled { nanos: began.elapsed().as_nanos() as u64, memory: memory_at_most()? };
    println!("{}", serde_json::to_string(&labelled)?);
    Ok(())
}

/// The library's layers.
struct Stock {
    replica_id: Hash32,
    directory: TempDir,
    figures: Figures,
}

impl Stock {
    /// The library's own call, which leaves its layers on the disk. Its settings hold for a whole process, so it gets
    /// one of its own.
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
        let Labelled { nanos, memory } = serde_json::from_slice(&output.stdout)?;
        let all = nanos as f64 / (geometry.nodes * geometry.layers as u64) as f64;
        Ok(Stock { replica_id, directory, figures: Figures { all, layers: None, memory: Some(memory) } })
    }

    /// Fails if Reseal made other layers in this directory.
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

/// Reseal's own code, with a group on each core; its layers are on the disk and recorded. The first sector has the
/// library's replica id and must get the library's layers.
fn own(
    options: &Repeated,
    geometry: &Geometry,
    parents: &ParentCache,
    cpus: &[usize],
    sectors: usize,
    way: Way,
    stock: &Stock,
) -> Result<Figures, Failure> {
    let directory = TempDir::with_prefix_in("reseal-direct-", &options.directory)?;
    settle();
    // Resets the peak memory, so that it counts from here.
    fs::write("/proc/self/clear_refs", "5")?;
    let ready = Barrier::new(cpus.len());
    let groups: Vec<Result<Figures, Failure>> = thread::scope(|scope| {
        let group = |core: usize| {
            let (directory, ready) = (directory.path(), &ready);
            move || -> Result<Figures, Failure> {
                // As in the process of a group: the sectors' threads leave the CPU to the one that labels.
                placement::avoid(core)?;
                let caches: Vec<_> = (0..sectors).map(|sector| directory.join(format!("{core}-{sector}"))).collect();
                let mut group = match way {
                    Way::ResealOneLayer => {
                        let far = FarParents::open(options.proof, parents, |_| ())?;
                        Group::with_one_layer(Engine::best(), geometry, sectors, Some(core), far)?
                    }
                    _ => Group::new(Engine::best(), geometry, sectors, Some(core))?,
                };
                for (index, cache) in caches.iter().enumerate() {
                    fs::create_dir(cache)?;
                    let member = Member::new(if index == 0 { stock.replica_id } else { random_id() });
                    let finished = member.open(cache, geometry, Keep::All, || {})?;
                    group.join(Arc::new(member), finished);
                }
                let failed = Mutex::new(None);
                ready.wait();
                let began = Instant::now();
                let mut ends = Vec::new();
                while !group.is_empty() {
                    group.step(parents.nodes(), &AtomicU64::new(0), &|_, layers| {
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
                Ok(Figures { all: all / layers, layers: Some((ends[0], later)), memory: None })
            }
        };
        let running: Vec<_> = cpus.iter().map(|core| scope.spawn(group(*core))).collect();
        running.into_iter().map(|group| group.join().expect("a group returns its errors")).collect()
    });
    let groups = groups.into_iter().collect::<Result<Vec<_>, _>>()?;
    let memory = Some(memory_at_most()?);
    stock.compare(geometry, &directory.path().join(format!("{}-0", cpus[0])))?;
    // The group that took longest.
    let slowest = groups.into_iter().max_by(|one, other| one.all.total_cmp(&other.all));
    Ok(Figures { memory, ..slowest.expect("there is one on each core") })
}

/// The most memory that this process had, in bytes.
fn memory_at_most() -> Result<u64, Failure> {
    kernel_says("/proc/self/status", "VmHWM:")
}

/// Whether this many bytes can be used, and an eighth of it remains for the files that are written meanwhile.
fn has_memory(bytes: u64) -> Result<bool, Failure> {
    Ok(bytes + bytes / 8 <= kernel_says("/proc/meminfo", "MemAvailable:")?)
}

/// The bytes in this line of a file.
fn kernel_says(file: &str, name: &str) -> Result<u64, Failure> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or(format!("{file} has no {name}"))?;
    Ok(1024 * line.trim().trim_end_matches(" kB").parse::<u64>()?)
}

fn random_id() -> Hash32 {
    let mut id = [0; 32];
    rand::thread_rng().fill_bytes(&mut id);
    id[31] &= 0x3f;
    Hash32(id)
}
