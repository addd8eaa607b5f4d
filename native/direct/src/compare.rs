//! The same sector sealed by the library's calls and by `reseal-stage`, one after the other.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rand::RngCore;
use reseal_sealing::files::geometry::Geometry;
use reseal_sealing::pieces::unpadded;
use reseal_sealing::{RegisteredSealProof, parent_cache};
use serde_json::{Value, json};
use storage_proofs_core::settings::SETTINGS;
use tempfile::TempDir;

use crate::arguments::Compare;
use crate::calls::Times;
use crate::failure::Failure;
use crate::run::Run;
use crate::stage::{Answer, ask};
use crate::table::{self, seconds};
use crate::took::settle;

/// What one side took and made.
struct Side {
    pc1: u64,
    pc2: u64,
    comm_r: String,
}

/// A sector's data, sealed again in each run.
pub(crate) struct Data<'a> {
    pub(crate) options: &'a Compare,
    directory: TempDir,
    /// The request without `op` and the paths that a run writes to.
    request: Value,
}

/// Compares, and prints the table.
pub(crate) fn run(options: &Compare) -> Result<(), Failure> {
    parent_cache::ensure(options.proof, |what| eprintln!("{what} …"))?;
    eprintln!("Making a sector of {}.", options.size);
    let data = Data::make(options)?;
    let mut runs = Vec::new();
    for number in 1..=options.runs {
        read_parent_cache(options.proof)?;
        // Each side goes first equally often.
        let (direct, stage) = if number % 2 == 1 {
            let direct = data.direct()?;
            (direct, data.stage()?)
        } else {
            let stage = data.stage()?;
            (data.direct()?, stage)
        };
        if direct.comm_r != stage.comm_r {
            return Err(format!("CommR differs: {} directly, {} by stages", direct.comm_r, stage.comm_r).into());
        }
        eprintln!(
            "Run {number}: PC1 {} directly, {} by reseal-stage; PC2 {}, {}.",
            seconds(direct.pc1),
            seconds(stage.pc1),
            seconds(direct.pc2),
            seconds(stage.pc2)
        );
        runs.push(Run { pc1: (direct.pc1, stage.pc1), pc2: (direct.pc2, stage.pc2) });
    }
    print!("{}", table::of(&options.size, &runs));
    Ok(())
}

/// So that the first run finds it in memory like the others, as far as there is room.
fn read_parent_cache(proof: RegisteredSealProof) -> Result<(), Failure> {
    let size = Geometry::of(proof).parent_cache();
    for entry in fs::read_dir(&SETTINGS.parent_cache)? {
        let path = entry?.path();
        if path.metadata()?.len() == size {
            io::copy(&mut File::open(path)?, &mut io::sink())?;
        }
    }
    Ok(())
}

impl<'a> Data<'a> {
    pub(crate) fn make(options: &'a Compare) -> Result<Self, Failure> {
        let directory = TempDir::with_prefix_in("reseal-direct-", &options.directory)?;
        let size = Geometry::of(options.proof).sector_size;
        let piece = directory.path().join("piece");
        write_random(&piece, unpadded(size))?;
        let mut data = Data { options, directory, request: Value::Null };

        let commitment =
            data.operation("piece_commitment", json!({"file": piece, "size": size}))?["commitment"].clone();
        let pieces = json!([{"commitment": commitment, "size": size, "file": piece}]);
        let unsealed = data.directory.path().join("unsealed");
        let add = json!({"proof": options.proof, "pieces": pieces, "unsealed": unsealed});
        let comm_d = data.operation("add_pieces", add)?["comm_d"].clone();
        fs::remove_file(&piece)?;

        let mut ticket = [0_u8; 32];
        rand::thread_rng().fill_bytes(&mut ticket);
        ticket[31] &= 0x3f;
        let ticket: String = ticket.iter().map(|byte| format!("{byte:02x}")).collect();
        data.request = json!({
            "sector": {"proof": options.proof, "miner": 1000, "number": 1, "ticket": ticket},
            "pieces": [{"commitment": commitment, "size": size}],
            "comm_d": comm_d,
            "unsealed": unsealed,
        });
        Ok(data)
    }

    fn direct(&self) -> Result<Side, Failure> {
        let (work, request) = self.work("direct")?;
        settle();
        let answer = ask(&std::env::current_exe()?, &["seal"], &[], &request)?;
        let times: Times = serde_json::from_value(answer.last)?;
        fs::remove_dir_all(work)?;
        Ok(Side { pc1: times.pc1_millis, pc2: times.pc2_millis, comm_r: times.comm_r.to_string() })
    }

    fn stage(&self) -> Result<Side, Failure> {
        let (work, request) = self.work("stage")?;
        self.tree_d(&request)?;
        settle();
        let pc1 = self.ask("pc1", request.clone())?;
        let pc2 = self.ask("pc2", request)?;
        let comm_r = pc2.last["result"]["comm_r"].as_str().unwrap_or_default().to_string();
        fs::remove_dir_all(work)?;
        Ok(Side { pc1: pc1.millis, pc2: pc2.millis, comm_r })
    }

    /// Builds tree D for this request.
    pub(crate) fn tree_d(&self, request: &Value) -> Result<(), Failure> {
        let tree_d = json!({
            "proof": self.options.proof, "unsealed": request["unsealed"], "cache": request["cache"],
            "comm_d": request["comm_d"], "pieces": request["pieces"],
        });
        self.operation("tree_d", tree_d).map(drop)
    }

    /// An empty directory, and the request to seal in it.
    pub(crate) fn work(&self, name: &str) -> Result<(PathBuf, Value), Failure> {
        let work = self.directory.path().join(name);
        fs::create_dir_all(work.join("cache"))?;
        let mut request = self.request.clone();
        request["sealed"] = json!(work.join("sealed"));
        request["cache"] = json!(work.join("cache"));
        Ok((work, request))
    }

    fn operation(&self, op: &str, request: Value) -> Result<Value, Failure> {
        Ok(self.ask(op, request)?.last["result"].take())
    }

    pub(crate) fn ask(&self, op: &str, mut request: Value) -> Result<Answer, Failure> {
        request["op"] = json!(op);
        ask(&self.options.stage, &[], &[], &request)
    }
}

pub(crate) fn write_random(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut random = rand::thread_rng();
    let mut block = vec![0; 1 << 20];
    let mut rest = bytes;
    while rest > 0 {
        let part = rest.min(block.len() as u64);
        let part = &mut block[..part as usize];
        random.fill_bytes(part);
        file.write_all(part)?;
        rest -= part.len() as u64;
    }
    file.flush()
}

/// Writes this many random field elements.
pub(crate) fn write_nodes(path: &Path, nodes: u64) -> io::Result<()> {
    let mut labels = vec![[0_u8; 32]; nodes as usize];
    rand::thread_rng().fill_bytes(labels.as_flattened_mut());
    labels.iter_mut().for_each(|label| label[31] &= 0x3f);
    fs::write(path, labels.as_flattened())
}
