//! PC2 and C2 by each flavour of the core, on the CPU and on this machine's first GPU; and, from a slice, an estimate
//! for 32 GiB.

use std::fs;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::time::Instant;

use filecoin_hashers::poseidon::PoseidonDomain;
use filecoin_proofs::SectorShapeBase;
use reseal_sealing::files::durable;
use reseal_sealing::files::geometry::{Geometry, layer_file};
use reseal_sealing::files::layers::Layer;
use reseal_sealing::gpu::assigned::{self, Device};
use reseal_sealing::library::logging;
use reseal_sealing::poseidon::Engine;
use reseal_sealing::request::hash32::Hash32;
use reseal_sealing::trees::{self, Layout, Spent, Work, Written};
use reseal_sealing::{RegisteredSealProof, parent_cache};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::arguments::{Compare, Gpu};
use crate::compare::{Data, write_nodes};
use crate::failure::Failure;
use crate::meter::{self, Load};
use crate::pc2::{LARGE_NODES, LAYERS, Sector, spread};
use crate::stage::ask;
use crate::table::median;
use crate::took::settle;

const ON_GPU: [&str; 3] = ["opencl", "cuda", "cuda-supraseal"];
const SMALL: (RegisteredSealProof, &str) = (RegisteredSealProof::StackedDrg2KiBV1_1, "2KiB");
const BY_RESEAL: &str = "cpu, Reseal";
const BY_LIBRARY: &str = "cpu, library";
const SEED: &str = "2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b";

/// A build of the core, the device it computes on, and the library's settings for it.
struct Way {
    name: String,
    directory: PathBuf,
    env: Vec<(&'static str, String)>,
    gpu: Option<Value>,
}

/// The times of each way to do one kind of work.
struct Row {
    work: String,
    way: String,
    millis: Vec<u64>,
    /// How many things are done in it, and their name.
    count: Option<(f64, &'static str)>,
    load: Option<Load>,
}

/// The results.
#[derive(Default)]
struct Found {
    rows: Vec<Row>,
    /// What could not be measured, and why.
    unmeasured: Vec<String>,
}

/// Measures every way in turn, the given number of times, and prints the table.
pub(crate) fn run(options: &Gpu) -> Result<(), Failure> {
    let temporary = TempDir::with_prefix_in("reseal-direct-", &options.compare.directory)?;
    let mut found = Found::default();
    let ways = ways(&options.flavours, temporary.path(), &mut found)?;
    pc2(options, &ways, &mut found)?;
    slice(options, &ways, temporary.path(), &mut found)?;
    c2(options, &ways, &mut found)?;
    let Found { rows, unmeasured } = found;
    print!("{}", table(&rows));
    ways.iter().for_each(|way| print!("{}", estimated(&rows, way)));
    unmeasured.iter().for_each(|why| println!("Unmeasured: {why}"));
    Ok(())
}

/// The ways that can be measured here.
fn ways(flavours: &Path, temporary: &Path, found: &mut Found) -> Result<Vec<Way>, Failure> {
    let cpu = |name: &str, pc2: &str| Way {
        name: name.into(),
        directory: flavours.join("cpu"),
        env: vec![("RESEAL_PC2", pc2.into()), ("BELLMAN_NO_GPU", "1".into())],
        gpu: None,
    };
    let mut ways = vec![cpu(BY_RESEAL, "cpu"), cpu(BY_LIBRARY, "stock")];
    for flavour in ON_GPU {
        let directory = flavours.join(flavour);
        if !directory.join("reseal-direct").exists() {
            found.unmeasured.push(format!("{flavour}, which is not built with this program: make bench-gpu"));
            continue;
        }
        let driver = match ask(&directory.join("reseal-stage"), &[], &[], &json!({"op": "gpus"})) {
            Ok(answer) => answer.last["result"].clone(),
            Err(failure) => {
                found.unmeasured.push(format!("{flavour}, which does not start: {failure}"));
                continue;
            }
        };
        let gpu = &driver["gpus"][0];
        if !gpu.is_object() {
            found.unmeasured.push(format!("{flavour}: {}", driver["why"].as_str().unwrap_or("there is no GPU")));
            continue;
        }
        if ways.iter().all(|way| way.gpu.is_none()) {
            println!("GPU: {}, driver {}", gpu["name"], driver["driver"]);
        }
        let home = temporary.join(flavour);
        fs::create_dir(&home)?;
        let home = home.display().to_string();
        ways.push(Way {
            name: flavour.into(),
            directory,
            env: vec![("RESEAL_PC2", "gpu".into()), ("HOME", home.clone()), ("TMPDIR", home)],
            gpu: Some(json!({"uuid": gpu["uuid"], "memory": gpu["memory"]})),
        });
    }
    Ok(ways)
}

impl Way {
    /// The milliseconds of a process, its last line, and how busy the GPU was. None if its GPU fails, which is noted.
    fn ask(
        &self,
        program: &str,
        arguments: &[&str],
        mut request: Value,
        found: &mut Found,
    ) -> Result<Option<(u64, Value, Option<Load>)>, Failure> {
        if let Some(gpu) = &self.gpu {
            request["gpu"] = gpu.clone();
        }
        let env: Vec<_> = self.env.iter().map(|(name, value)| (*name, value.as_str())).collect();
        settle();
        let work = || ask(&self.directory.join(program), arguments, &env, &request);
        let (answer, load) = match self.gpu.as_ref().and_then(|gpu| gpu["uuid"].as_str()) {
            Some(uuid) => meter::while_reading(uuid, work),
            None => (work(), None),
        };
        match answer {
            Ok(answer) => Ok(Some((answer.millis, answer.last, load))),
            Err(failure) if self.gpu.is_some() => {
                let what = arguments.first().copied().or(request["op"].as_str()).unwrap_or_default();
                found.unmeasured.push(format!("{what} by {}: {failure}", self.name));
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }
}

impl Found {
    fn add(&mut self, work: &str, way: &Way, millis: u64, count: Option<(f64, &'static str)>, load: Option<Load>) {
        match self.rows.iter_mut().find(|row| row.work == work && row.way == way.name) {
            Some(row) => row.millis.push(millis),
            None => self.rows.push(Row { work: work.into(), way: way.name.clone(), millis: vec![millis], count, load }),
        }
    }
}

fn pc2(options: &Gpu, ways: &[Way], found: &mut Found) -> Result<(), Failure> {
    parent_cache::ensure(options.compare.proof, |what| eprintln!("{what} …"))?;
    eprintln!("Making a sector of {} and its layers.", options.compare.size);
    let data = Data::make(&options.compare)?;
    let sector = Sector::make(&data)?;
    let mut files = None;
    for run in 1..=options.compare.runs {
        for way in ways {
            eprintln!("Run {run}: PC2 of {} by {}.", options.compare.size, way.name);
            let asked = way.ask("reseal-stage", &[], sector.request("pc2"), found)?;
            let Some((millis, _, load)) = asked else { continue };
            let made = sector.digests()?;
            if files.get_or_insert_with(|| made.clone()) != &made {
                return Err(format!("{} seals another sector", way.name).into());
            }
            found.add(&format!("PC2 {}", options.compare.size), way, millis, None, load);
        }
    }
    Ok(())
}

/// Trees to build over a slice of a large sector.
#[derive(Deserialize)]
struct Slice {
    /// Contains the layers.
    directory: PathBuf,
    /// Receives the trees.
    output: PathBuf,
    proof: RegisteredSealProof,
    /// SHA-256 of each layer.
    digests: Vec<Hash32>,
    /// By Reseal's code.
    own: bool,
    gpu: Option<Device>,
}

/// The times.
#[derive(Serialize, Deserialize)]
struct Sliced {
    tree_c_millis: u64,
    tree_r_millis: u64,
    comm_c: String,
    comm_r_last: String,
}

fn slice(options: &Gpu, ways: &[Way], temporary: &Path, found: &mut Found) -> Result<(), Failure> {
    let directory = temporary.join("slice");
    fs::create_dir(&directory)?;
    let nodes = Geometry::of(options.compare.proof).nodes;
    eprintln!("Making {LAYERS} layers of {}.", options.compare.size);
    let mut digests = Vec::new();
    for layer in 1..=LAYERS {
        let path = directory.join(layer_file(layer));
        write_nodes(&path, nodes)?;
        digests.push(durable::digest(&path)?);
    }
    let output = temporary.join("trees");
    let mut roots = None;
    for run in 1..=options.compare.runs {
        for way in ways {
            eprintln!("Run {run}: columns of {LAYERS} layers by {}.", way.name);
            let own = way.name == BY_RESEAL;
            fs::create_dir(&output)?;
            let slice = json!({
                "directory": directory, "output": output, "proof": options.compare.proof, "digests": digests, "own": own,
            });
            let asked = way.ask("reseal-direct", &["trees"], slice, found)?;
            fs::remove_dir_all(&output)?;
            let Some((_, answer, load)) = asked else { continue };
            let sliced: Sliced = serde_json::from_value(answer)?;
            let made = (sliced.comm_c, sliced.comm_r_last);
            if roots.get_or_insert_with(|| made.clone()) != &made {
                return Err(format!("{} builds other trees", way.name).into());
            }
            let columns = format!("tree C of {LAYERS} layers, {}", options.compare.size);
            found.add(&columns, way, sliced.tree_c_millis, Some((nodes as f64, "columns")), load);
            // Each hash replaces eight nodes with one.
            let hashes = Some(((nodes / 7) as f64, "hashes"));
            found.add(&format!("tree R, {}", options.compare.size), way, sliced.tree_r_millis, hashes, None);
        }
    }
    Ok(())
}

/// Builds the trees of the request on stdin over its layers, tree R over the last one, and prints the times.
pub(crate) fn trees_stdin() -> Result<(), Failure> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let slice: Slice = serde_json::from_str(&line)?;
    // No other thread runs yet.
    unsafe { assigned::prepare(slice.gpu.as_ref()) }?;
    logging::install();
    logging::when_the_gpu_is_lost(|_| std::process::exit(1));
    let sliced = if slice.own { slice.by_reseal()? } else { slice.by_library()? };
    println!("{}", serde_json::to_string(&sliced)?);
    Ok(())
}

impl Slice {
    fn by_reseal(&self) -> Result<Sliced, Failure> {
        let geometry = Geometry::of(self.proof);
        let (engine, spent) = (Engine::best(), Spent::default());
        let work = || Work { engine, spent: &spent, done: &|_| () };
        let layer = |number| {
            let path = self.directory.join(layer_file(number));
            Layer { number, path, digest: self.digests[number - 1] }
        };
        let layers: Vec<_> = (1..=LAYERS).map(layer).collect();
        let began = Instant::now();
        let tree_c = Written::create(&self.output, &geometry.tree_c, &Layout::tree_c(&geometry))?;
        let comm_c = trees::top(engine, &trees::tree_c(&layers, Layout::tree_c(&geometry), &tree_c, work())?);
        tree_c.publish()?;
        let tree_c_millis = began.elapsed().as_millis() as u64;
        let layout = Layout::tree_r(&geometry);
        let tree_r = Written::create(&self.output, &geometry.tree_r_last, &layout)?;
        let made = trees::of_replica(&layers[LAYERS - 1].path, false, layout, &tree_r, work())?;
        let comm_r_last = made.root(engine).to_string();
        tree_r.publish()?;
        let tree_r_millis = began.elapsed().as_millis() as u64 - tree_c_millis;
        Ok(Sliced { tree_c_millis, tree_r_millis, comm_c: Hash32(comm_c).to_string(), comm_r_last })
    }

    fn by_library(&self) -> Result<Sliced, Failure> {
        let (size, last) = (Geometry::of(self.proof).sector_size, self.directory.join(layer_file(LAYERS)));
        let began = Instant::now();
        let comm_c =
            filecoin_proofs::generate_tree_c::<_, _, SectorShapeBase>(size, &self.directory, &self.output, LAYERS)?;
        let tree_c_millis = began.elapsed().as_millis() as u64;
        let comm_r_last = filecoin_proofs::generate_tree_r_last::<_, _, SectorShapeBase>(size, last, &self.output)?;
        let tree_r_millis = began.elapsed().as_millis() as u64 - tree_c_millis;
        let text = |root: PoseidonDomain| Hash32(root.into()).to_string();
        Ok(Sliced { tree_c_millis, tree_r_millis, comm_c: text(comm_c), comm_r_last: text(comm_r_last) })
    }
}

fn c2(options: &Gpu, ways: &[Way], found: &mut Found) -> Result<(), Failure> {
    let (proof, size) = SMALL;
    let small = Compare { proof, size: size.into(), ..options.compare.clone() };
    let data = Data::make(&small)?;
    let sector = Sector::make(&data)?;
    let mut request = sector.request("pc2");
    let sealed = data.ask("pc2", request.clone())?;
    request["comm_r"] = sealed.last["result"]["comm_r"].clone();
    request["seed"] = json!(SEED);
    let vanilla = Path::new(request["cache"].as_str().ok_or("no path")?).with_file_name("vanilla");
    let mut c1 = request.clone();
    c1.as_object_mut().ok_or("no object")?.remove("unsealed");
    c1["output"] = json!(vanilla);
    data.ask("c1", c1)?;
    let fields = ["sector", "comm_d", "comm_r", "seed"];
    let mut c2: Value = fields.iter().map(|field| (field.to_string(), request[*field].clone())).collect();
    c2["op"] = json!("c2");
    c2["input"] = json!(vanilla);
    for run in 1..=options.compare.runs {
        // On the CPU, the library's way and Reseal's share their code.
        for way in ways.iter().filter(|way| way.name != BY_LIBRARY) {
            eprintln!("Run {run}: C2 of {size} by {}.", way.name);
            let asked = way.ask("reseal-stage", &[], c2.clone(), found)?;
            let Some((millis, _, load)) = asked else { continue };
            found.add(&format!("C2 {size}"), way, millis, None, load);
        }
    }
    Ok(())
}

fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<32}{:<16}{:>5}{:>34}{:>24}{:>7}{:>14}{:>11}{:>10}{:>10}\n",
        "work", "by", "runs", "time (spread)", "a second", "times", "GPU (most)", "memory", "bus from", "bus to"
    );
    for row in rows {
        let first = rows.iter().find(|first| first.work == row.work).expect("it is one itself");
        let middle = |row: &Row| median(row.millis.clone()).max(1) as f64;
        let rate = row.rate().map_or("-".into(), |(rate, what)| format!("{rate:.0} {what}"));
        let [busy, memory, from, to] = row.load.as_ref().map_or(["-"; 4].map(String::from), Load::columns);
        text += &format!(
            "{:<32}{:<16}{:>5}{:>34}{rate:>24}{:>7.2}{busy:>14}{memory:>11}{from:>10}{to:>10}\n",
            row.work,
            row.way,
            row.millis.len(),
            spread(row.millis.iter().map(|millis| *millis as f64 / 1000.0)),
            middle(first) / middle(row),
        );
    }
    text
}

impl Row {
    /// How many things are done in a second.
    fn rate(&self) -> Option<(f64, &'static str)> {
        let seconds = median(self.millis.clone()).max(1) as f64 / 1000.0;
        self.count.map(|(count, what)| (count / seconds, what))
    }
}

/// An estimate for PC2 of 32 GiB by this way, with the arithmetic.
fn estimated(rows: &[Row], way: &Way) -> String {
    let rate = |work: &str| {
        let row = rows.iter().find(|row| row.way == way.name && row.work.starts_with(work))?;
        Some(row.rate()?.0)
    };
    let (Some(columns), Some(hashes)) = (rate("tree C"), rate("tree R")) else { return String::new() };
    let (tree_c, tree_r) = (LARGE_NODES / columns, LARGE_NODES / 7.0 / hashes);
    format!(
        "Estimated, not measured, for 32 GiB by {} on this machine: tree C 2^30 columns / {columns:.0} = {tree_c:.0} s, tree R \
         2^30 / 7 hashes / {hashes:.0} = {tree_r:.0} s, together {:.1} minutes, if the disk gives 11 layers at {:.1} GB/s; \
         published for SupraSeal: 2.5 minutes.\n",
        way.name,
        (tree_c + tree_r) / 60.0,
        LARGE_NODES * 32.0 * LAYERS as f64 / tree_c / 1e9
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(way: &str, millis: &[u64], load: Option<Load>) -> Row {
        let count = Some((8_000_000.0, "columns"));
        Row { work: "tree C".into(), way: way.into(), millis: millis.to_vec(), count, load }
    }

    /// Fails if a row is compared with another than the first of its work, or if a rate is another run's.
    #[test]
    fn shows_rates_and_times() {
        let rows = [row("cpu, Reseal", &[8000, 9000, 4000], None), row("cuda", &[2000], Some(Load::default()))];
        let text = table(&rows);
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        let of_cpu =
            ["tree", "C", "cpu,", "Reseal", "3", "8.0", "s", "(4.0", "to", "9.0)", "1000000", "columns", "1.00"];
        assert_eq!(lines[1], [&of_cpu[..], &["-"; 4]].concat());
        assert!(lines[2].contains(&"4.00") && lines[2].contains(&"4000000"), "{text}");
    }
}
