//! PC2 by the library's code and by Reseal's: tree C, the sealed file with tree R, all of it; and columns of 11 layers on
//! a slice of a large sector.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::time::Instant;

use reseal_sealing::files::durable;
use reseal_sealing::files::geometry::Geometry;
use reseal_sealing::files::layers::Layer;
use reseal_sealing::library::placement::Placement;
use reseal_sealing::poseidon::Engine;
use reseal_sealing::trees::{self, Layout, Nowhere, Part, Spent, Work};
use reseal_sealing::{RegisteredSealProof, parent_cache};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::arguments::{Compare, Pc2};
use crate::compare::{Data, write_nodes};
use crate::failure::Failure;
use crate::stage::{Answer, ask};
use crate::took::settle;

/// Layers of a large sector.
pub(crate) const LAYERS: usize = 11;
/// The slice's nodes are those of a small sector.
const SLICE: RegisteredSealProof = RegisteredSealProof::StackedDrg8MiBV1_1;
/// Nodes of a sector of 32 GiB.
pub(crate) const LARGE_NODES: f64 = (1_u64 << 30) as f64;
/// Cores of the host that the estimate for a large sector assumes.
const HOST_CORES: f64 = 64.0;

/// One way to seal, and the times of its runs.
struct Row {
    size: String,
    cores: usize,
    way: &'static str,
    runs: Vec<Took>,
}

/// Seconds of one run.
#[derive(Clone, Default)]
struct Took {
    tree_c: f64,
    /// Encoding and tree R.
    tree_r: f64,
    /// The stage from its start to its end.
    all: f64,
    /// Processor time by part; none for the library, which does not report it.
    parts: Vec<(String, f64)>,
}

/// Measures every way in turn, the given number of times, and prints the tables.
pub(crate) fn run(options: &Pc2) -> Result<(), Failure> {
    let small = Compare { proof: SLICE, size: "8MiB".into(), ..options.compare.clone() };
    let mut rows: Vec<Row> = Vec::new();
    let mut slices: Vec<(Slice, Vec<Sliced>)> = Vec::new();
    let cores = std::thread::available_parallelism()?.get().min(2);
    let sizes = if options.compare.size == small.size { vec![&small] } else { vec![&small, &options.compare] };
    for options_of_size in sizes {
        parent_cache::ensure(options_of_size.proof, |what| eprintln!("{what} …"))?;
        eprintln!("Making a sector of {} and its layers.", options_of_size.size);
        let data = Data::make(options_of_size)?;
        let sector = Sector::make(&data)?;
        for run in 1..=options_of_size.runs {
            for cores in (1..=cores).rev() {
                // The library on one core takes ten minutes for 512 MiB.
                let by_library = cores > 1 || options.all || options_of_size.size == small.size;
                let mut files = None;
                for way in ["stock", "cpu"].into_iter().filter(|way| *way == "cpu" || by_library) {
                    let (size, name) = (options_of_size.size.clone(), if way == "cpu" { "Reseal" } else { "library" });
                    eprintln!("Run {run}: PC2 of {size} by {name} on {cores}.");
                    let took = sector.seal(&data, way, cores)?;
                    let made = sector.digests()?;
                    if files.get_or_insert_with(|| made.clone()) != &made {
                        return Err("the library and Reseal seal two sectors".into());
                    }
                    match rows.iter_mut().find(|row| row.size == size && row.cores == cores && row.way == name) {
                        Some(row) => row.runs.push(took),
                        None => rows.push(Row { size, cores, way: name, runs: vec![took] }),
                    }
                }
            }
        }
    }
    let directory = TempDir::with_prefix_in("reseal-direct-", &options.compare.directory)?;
    write_layers(directory.path())?;
    for run in 1..=options.compare.runs {
        for cores in 1..=cores {
            for stock in [true, false] {
                eprintln!("Run {run}: columns of {LAYERS} layers on {cores}, by the library's hashing: {stock}.");
                let slice = Slice { directory: directory.path().to_path_buf(), cpus: cpus(cores), stock };
                let answer = ask(&std::env::current_exe()?, &["columns"], &[], &json!(slice))?;
                let sliced: Sliced = serde_json::from_value(answer.last)?;
                match slices.iter_mut().find(|(other, _)| other.cpus == slice.cpus && other.stock == stock) {
                    Some((_, all)) => all.push(sliced),
                    None => slices.push((slice, vec![sliced])),
                }
            }
        }
    }
    if slices.iter().flat_map(|(_, all)| all).any(|sliced| sliced.comm_c != slices[0].1[0].comm_c) {
        return Err("the columns of 11 layers give two roots".into());
    }
    print!("{}{}{}", table(&rows), slice_table(&slices), estimated(options, &rows, &slices));
    Ok(())
}

fn cpus(cores: usize) -> String {
    format!("0-{}", cores - 1)
}

/// A sector with its layers and tree D.
pub(crate) struct Sector(Value);

impl Sector {
    pub(crate) fn make(data: &Data) -> Result<Self, Failure> {
        let (_, request) = data.work("pc2")?;
        data.tree_d(&request)?;
        data.ask("pc1", request.clone())?;
        Ok(Sector(request))
    }

    /// The request for this operation.
    pub(crate) fn request(&self, op: &str) -> Value {
        let mut request = self.0.clone();
        request["op"] = json!(op);
        request
    }

    /// Seals it on this many cores.
    fn seal(&self, data: &Data, way: &str, cores: usize) -> Result<Took, Failure> {
        let mut request = self.request("pc2");
        request["cpus"] = json!(cpus(cores));
        settle();
        let answer = ask(&data.options.stage, &[], &[("RESEAL_PC2", way)], &request)?;
        Took::of(&answer)
    }

    /// The digest of every file that PC2 makes.
    pub(crate) fn digests(&self) -> Result<Vec<(String, String)>, Failure> {
        let path = |name: &str| self.0[name].as_str().map(Path::new).ok_or("no path");
        let cache = path("cache")?;
        let made =
            durable::names(cache)?.into_iter().filter(|name| !name.contains("layer") && !name.contains("tree-d"));
        let paths = made.map(|name| cache.join(name)).chain([path("sealed")?.to_path_buf()]);
        paths.map(|path| Ok((path.display().to_string(), durable::digest(&path)?.to_string()))).collect()
    }
}

impl Took {
    /// Tree C ends when the library's log says so; in Reseal, when its last byte is reported.
    fn of(answer: &Answer) -> Result<Self, Failure> {
        let at = |lines: &[(u64, String)], with: &str| {
            lines.iter().rfind(|(_, line)| line.contains(with)).map(|(millis, _)| *millis as f64 / 1000.0)
        };
        let tree_c = at(&answer.log, "tree_c done").or(at(&answer.said, "\"tree C: "));
        let tree_c = tree_c.ok_or("the end of tree C was not reported")?;
        let begun = at(&answer.log, "generating tree c using the CPU").unwrap_or(0.0);
        let all = answer.millis as f64 / 1000.0;
        let parts = answer.log.iter().find_map(|(_, line)| line.split_once("of all threads: "));
        let part = |text: &str| {
            let (name, rest) = text.trim().split_once(' ')?;
            Some((name.to_string(), rest.trim_end_matches(" s").parse().ok()?))
        };
        let parts = parts.map(|(_, parts)| parts.split(',').filter_map(part).collect()).unwrap_or_default();
        Ok(Took { tree_c: tree_c - begun, tree_r: all - tree_c, all, parts })
    }
}

/// Columns to hash.
#[derive(Clone, Serialize, Deserialize)]
struct Slice {
    directory: PathBuf,
    cpus: String,
    /// By the library's hashing.
    stock: bool,
}

/// What hashing took.
#[derive(Clone, Serialize, Deserialize)]
struct Sliced {
    /// Nanoseconds for a column and the levels above it, of all cores together.
    nanos: f64,
    /// Seconds of processor time by part.
    parts: Vec<(String, f64)>,
    comm_c: String,
}

/// Builds tree C over the slice of the request on stdin, and prints the times.
pub(crate) fn columns_stdin() -> Result<(), Failure> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let slice: Slice = serde_json::from_str(&line)?;
    let cpus: u64 = slice.cpus.split('-').next_back().unwrap_or("0").parse::<u64>()? + 1;
    Placement { cpus: Some(slice.cpus), ..Placement::default() }.apply()?;
    let layer = |number: usize| -> Result<Layer, Failure> {
        let path = slice.directory.join(format!("layer-{number}"));
        Ok(Layer { number, digest: durable::digest(&path)?, path })
    };
    let layers = (1..=LAYERS).map(layer).collect::<Result<Vec<_>, _>>()?;
    let layout = Layout::tree_c(&Geometry::of(SLICE));
    let (engine, spent) = (if slice.stock { Engine::Stock } else { Engine::best() }, Spent::default());
    let began = Instant::now();
    let roots = trees::tree_c(&layers, layout, &Nowhere, Work { engine, spent: &spent, done: &|_| () })?;
    let nanos = (began.elapsed().as_nanos() as u64 * cpus) as f64 / layout.nodes() as f64;
    let comm_c = format!("{:?}", trees::top(engine, &roots));
    let parts = Part::ALL.map(|part| (format!("{part:?}"), spent.of(part).as_secs_f64())).to_vec();
    println!("{}", serde_json::to_string(&Sliced { nanos, parts, comm_c })?);
    Ok(())
}

fn write_layers(directory: &Path) -> Result<(), Failure> {
    for number in 1..=LAYERS {
        write_nodes(&directory.join(format!("layer-{number}")), Geometry::of(SLICE).nodes)?;
    }
    Ok(())
}

fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<10}{:>6}{:>9}{:>6}{:>32}{:>32}{:>32}{:>7}\n",
        "PC2", "cores", "by", "runs", "tree C (spread)", "sealed file, tree R (spread)", "all (spread)", "times"
    );
    for row in rows {
        let library =
            rows.iter().find(|other| (&other.size, other.cores, other.way) == (&row.size, row.cores, "library"));
        let all = |row: &Row| middle(row.runs.iter().map(|took| took.all)).0;
        let times = library.map_or("-".into(), |library| format!("{:.1}", all(library) / all(row)));
        text += &format!(
            "{:<10}{:>6}{:>9}{:>6}{:>32}{:>32}{:>32}{times:>7}\n",
            row.size,
            row.cores,
            row.way,
            row.runs.len(),
            spread(row.runs.iter().map(|took| took.tree_c)),
            spread(row.runs.iter().map(|took| took.tree_r)),
            spread(row.runs.iter().map(|took| took.all)),
        );
    }
    for row in rows.iter().filter(|row| row.way == "Reseal") {
        // Of the last run.
        let took = &row.runs[row.runs.len() - 1];
        text += &format!(
            "Processor time, {} on {}: {}\n",
            row.size,
            row.cores,
            shares(&took.parts, took.all * row.cores as f64)
        );
    }
    text
}

fn slice_table(slices: &[(Slice, Vec<Sliced>)]) -> String {
    let mut text = String::new();
    for (slice, all) in slices {
        let (median, low, high) = middle(all.iter().map(|sliced| sliced.nanos));
        let (by, nodes) = (if slice.stock { "the library's hashing" } else { "Reseal" }, Geometry::of(SLICE).nodes);
        let last = &all[all.len() - 1];
        text += &format!(
            "Columns of {LAYERS} layers and tree C over {nodes} of them, CPUs {}, by {by}: {median:.0} ns of a core each \
             ({low:.0} to {high:.0}); {}\n",
            slice.cpus,
            shares(&last.parts, last.nanos * nodes as f64 / 1e9)
        );
    }
    text
}

/// An estimate for a sector of 32 GiB, with the arithmetic.
fn estimated(options: &Pc2, rows: &[Row], slices: &[(Slice, Vec<Sliced>)]) -> String {
    let Some((_, columns)) = slices.iter().find(|(slice, _)| !slice.stock && slice.cpus == cpus(1)) else {
        return String::new();
    };
    let size = &options.compare.size;
    let Some(row) = rows.iter().find(|row| row.way == "Reseal" && row.cores == 1 && row.size == *size) else {
        return String::new();
    };
    let nodes = Geometry::of(options.compare.proof).nodes as f64;
    let column = middle(columns.iter().map(|sliced| sliced.nanos)).0;
    let node = middle(row.runs.iter().map(|took| took.tree_r)).0 * 1e9 / nodes;
    let seconds = |nanos: f64| LARGE_NODES * nanos / 1e9 / HOST_CORES;
    let (tree_c, tree_r) = (seconds(column), seconds(node));
    format!(
        "Estimated, not measured, for 32 GiB on {HOST_CORES} such cores: tree C 2^30 columns x {column:.0} ns / {HOST_CORES} = \
         {tree_c:.0} s; sealed file and tree R 2^30 nodes x {node:.0} ns / {HOST_CORES} = {tree_r:.0} s; together {:.1} \
         minutes, if the disk gives 11 layers at {:.1} GB/s and the last layer's SHA-256, one after the other, is done in \
         that time. Published for GPUs: 11 to 24 minutes by the library, about 2.5 by the best.\n",
        (tree_c + tree_r) / 60.0,
        LARGE_NODES * 32.0 * LAYERS as f64 / tree_c / 1e9
    )
}

/// Arithmetic, copying in memory, and the rest of the cores' time: waiting for a disk or for each other.
fn shares(parts: &[(String, f64)], all: f64) -> String {
    let of = |names: &[Part]| -> f64 {
        let is_one = |name: &str| names.iter().any(|part| format!("{part:?}") == name);
        100.0 * parts.iter().filter(|(name, _)| is_one(name)).map(|(_, seconds)| seconds).sum::<f64>() / all
    };
    let poseidon = of(&[Part::Columns, Part::Levels]);
    let other = of(&[Part::Digesting, Part::Encoding]);
    let copying = of(&[Part::Reading, Part::Writing]);
    format!(
        "Poseidon {poseidon:.0} %, SHA-256 and adding {other:.0} %, copying from and to files {copying:.0} %, else {:.0} %",
        100.0 - poseidon - other - copying
    )
}

/// The median (of an even number of values, the lower middle one) with the smallest and the largest value.
fn middle(values: impl Iterator<Item = f64>) -> (f64, f64, f64) {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    (values[(values.len() - 1) / 2], values[0], values[values.len() - 1])
}

pub(crate) fn spread(values: impl Iterator<Item = f64>) -> String {
    let (median, low, high) = middle(values);
    format!("{median:.1} s ({low:.1} to {high:.1})")
}
