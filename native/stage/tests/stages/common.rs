//! Running stages and making sectors for them.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Parent caches shared by all tests except the tests of parent caches.
pub fn parents() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("parents")
}

pub fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata").join(name)
}

pub fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&read(path)).unwrap()
}

pub fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

pub fn sha256(path: &Path) -> String {
    hex::encode(Sha256::digest(read(path)))
}

/// A stage process that has received its request.
pub struct Running {
    pub child: Child,
    pub stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

/// What a stage process wrote.
#[derive(Debug)]
pub struct Answer {
    pub status: ExitStatus,
    pub progress: Vec<Value>,
    pub end: Option<Value>,
    pub stderr: String,
}

pub fn command() -> Command {
    piped(Command::new(env!("CARGO_BIN_EXE_reseal-stage")))
}

/// A stage that is limited to 8 GiB of address space.
pub fn confined_command() -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 8388608 && exec \"$0\"", env!("CARGO_BIN_EXE_reseal-stage")]);
    piped(command)
}

/// A stage that is limited to 64 MiB of address space, including its own code.
pub fn starved_command() -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 65536 && exec \"$0\"", env!("CARGO_BIN_EXE_reseal-stage")]);
    piped(command)
}

fn piped(mut command: Command) -> Command {
    command.env("FIL_PROOFS_PARENT_CACHE", parents());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub fn start(mut command: Command, request: &str) -> Running {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A process that fails at once does not read its request.
    let _ = stdin.write_all(format!("{request}\n").as_bytes());
    let stdout = BufReader::new(child.stdout.take().unwrap());
    Running { child, stdin: Some(stdin), stdout }
}

impl Running {
    /// The next line; none at the end.
    pub fn line(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        let line = line.strip_suffix('\n')?;
        Some(serde_json::from_str(line).unwrap_or_else(|cause| panic!("{line}: {cause}")))
    }

    pub fn finish(mut self) -> Answer {
        let mut progress = Vec::new();
        let mut end = None;
        while let Some(line) = self.line() {
            assert_eq!(end, None, "a line after the last one: {line}");
            match line.get("progress") {
                Some(report) => progress.push(report.clone()),
                None => end = Some(line),
            }
        }
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        Answer { status: self.child.wait().unwrap(), progress, end, stderr }
    }
}

impl Answer {
    #[track_caller]
    pub fn result(&self) -> &Value {
        assert_eq!(self.status.code(), Some(0), "{:?}\n{}", self.end, self.stderr);
        &self.end.as_ref().unwrap()["result"]
    }

    /// The code and the message of a refusal.
    #[track_caller]
    pub fn refusal(&self) -> (&str, &str) {
        assert_eq!(self.status.code(), Some(1), "{:?}\n{}", self.end, self.stderr);
        let error = &self.end.as_ref().unwrap()["error"];
        (error["code"].as_str().unwrap(), error["message"].as_str().unwrap())
    }

    #[track_caller]
    pub fn assert_refused(&self, code: &str, words: &[&str]) {
        let (actual, message) = self.refusal();
        assert_eq!(actual, code, "{message}");
        for word in words {
            assert!(message.contains(word), "{word:?} is not in {message:?}");
        }
    }

    /// The error names this file.
    #[track_caller]
    pub fn assert_file(&self, file: &Path) {
        assert_eq!(self.end.as_ref().unwrap()["error"]["file"], json!(file));
    }
}

pub fn run(request: &Value) -> Answer {
    start(command(), &request.to_string()).finish()
}

/// This machine's first GPU, if the tests must run on it.
pub fn gpu() -> Option<&'static Value> {
    static GPU: OnceLock<Option<Value>> = OnceLock::new();
    let ask = || {
        let found = run(&json!({"op": "gpus"})).result().clone();
        let gpu = &found["gpus"][0];
        assert!(gpu.is_object(), "RESEAL_TEST_GPU is set, but there is no GPU: {}", found["why"]);
        json!({"uuid": gpu["uuid"], "memory": gpu["memory"]})
    };
    GPU.get_or_init(|| env::var_os("RESEAL_TEST_GPU").map(|_| ask())).as_ref()
}

/// The request, to run on the GPU if the tests use one.
pub fn on_gpu(mut request: Value) -> Value {
    if let Some(gpu) = gpu() {
        request["gpu"] = gpu.clone();
    }
    request
}

/// A sector and the directories that it is sealed in.
pub struct Scratch {
    pub directory: TempDir,
    pub sector: Value,
    pub pieces: Vec<Value>,
    pub comm_d: String,
    command: fn(&Path) -> Command,
}

impl Scratch {
    /// `pieces`: the size of each and, except for fillers, its content.
    pub fn new(proof: &str, miner: u64, number: u64, ticket: &str, pieces: &[(u64, Option<Vec<u8>>)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("cache")).unwrap();
        let mut listed = Vec::new();
        for (index, (size, content)) in pieces.iter().enumerate() {
            let file = content.as_ref().map(|content| {
                let path = directory.path().join(format!("piece-{}", index + 1));
                fs::write(&path, content).unwrap();
                path
            });
            let commitment = piece_commitment(directory.path(), file.as_deref(), *size);
            listed.push(json!({"cid": null, "commitment": commitment, "size": size, "file": file}));
        }
        let mut scratch = Scratch {
            directory,
            sector: json!({"proof": proof, "miner": miner, "number": number, "ticket": ticket}),
            pieces: listed,
            comm_d: String::new(),
            command: |_| command(),
        };
        let added = scratch.run("add_pieces");
        scratch.comm_d = added.result()["comm_d"].as_str().unwrap().to_string();
        scratch
    }

    /// A 2 KiB sector of two pieces and a filler between them.
    pub fn small(ticket: &str) -> Self {
        let piece = |length: usize| Some((0..length).map(|i| (i * 7 + 3) as u8).collect());
        Scratch::new("StackedDrg2KiBV1_1", 1001, 123, ticket, &[(512, piece(508)), (512, None), (1024, piece(1000))])
    }

    /// From now on runs the stages with this command, made from the scratch directory.
    pub fn with_command(mut self, command: fn(&Path) -> Command) -> Self {
        self.command = command;
        self
    }

    pub fn cache(&self) -> PathBuf {
        self.directory.path().join("cache")
    }

    pub fn cached(&self, name: &str) -> PathBuf {
        self.cache().join(name)
    }

    pub fn sealed(&self) -> PathBuf {
        self.directory.path().join("sealed")
    }

    pub fn unsealed(&self) -> PathBuf {
        self.directory.path().join("unsealed")
    }

    pub fn request(&self, op: &str) -> Value {
        let sector = &self.sector;
        let (unsealed, sealed, cache) = (self.unsealed(), self.sealed(), self.cache());
        match op {
            "add_pieces" => {
                json!({"op": op, "proof": sector["proof"], "pieces": self.pieces, "unsealed": unsealed})
            }
            "tree_d" => json!({
                "op": op, "proof": sector["proof"], "unsealed": unsealed, "cache": cache, "comm_d": self.comm_d,
                "pieces": self.pieces,
            }),
            "pc1" => json!({"op": op, "sector": sector, "comm_d": self.comm_d, "cache": cache}),
            "pc2" => on_gpu(json!({
                "op": op, "sector": sector, "pieces": self.pieces, "comm_d": self.comm_d, "unsealed": unsealed,
                "sealed": sealed, "cache": cache,
            })),
            _ => panic!("no request for {op}"),
        }
    }

    pub fn start(&self, op: &str) -> Running {
        start((self.command)(self.directory.path()), &self.request(op).to_string())
    }

    pub fn run(&self, op: &str) -> Answer {
        self.start(op).finish()
    }

    /// Runs the stages from tree D to `last`.
    #[track_caller]
    pub fn seal(&self, last: &str) -> Value {
        for op in ["tree_d", "pc1", "pc2"] {
            let result = self.run(op).result().clone();
            if op == last {
                return result;
            }
        }
        panic!("no stage {last}");
    }

    pub fn check_sealed(&self, comm_r: &Value, rounds: u32) -> Answer {
        start(
            (self.command)(self.directory.path()),
            &json!({
                "op": "check_sealed", "sector": self.sector, "pieces": self.pieces, "comm_d": self.comm_d,
                "comm_r": comm_r, "sealed": self.sealed(), "cache": self.cache(), "rounds": rounds,
            })
            .to_string(),
        )
        .finish()
    }

    pub fn check_replica(&self, comm_r: &Value) -> Answer {
        let (proof, sealed, cache) = (&self.sector["proof"], self.sealed(), self.cache());
        let request =
            json!({"op": "check_replica", "proof": proof, "comm_r": comm_r, "sealed": sealed, "cache": cache});
        start((self.command)(self.directory.path()), &request.to_string()).finish()
    }

    pub fn post_check(&self, comm_r: &Value) -> Answer {
        let Value::Object(sector) = &self.sector else { unreachable!() };
        start(
            (self.command)(self.directory.path()),
            &json!({
                "op": "post_check", "proof": sector["proof"], "miner": sector["miner"], "number": sector["number"],
                "comm_r": comm_r, "sealed": self.sealed(), "cache": self.cache(),
            })
            .to_string(),
        )
        .finish()
    }
}

/// The digests in a stage's result and in the record beside the files are those of the files.
#[track_caller]
pub fn assert_kept(result: &Value, replica: &Path, cache: &Path) {
    let kept = &result["kept"];
    assert_eq!(kept["comm_r"], result["comm_r"]);
    assert_eq!(kept["replica"], sha256(replica));
    let digests = kept["cache"].as_object().unwrap();
    let kept_names = ["p_aux", "t_aux"].map(String::from).into_iter();
    let tree_r = names(cache).into_iter().filter(|name| name.starts_with("sc-02-data-tree-r-last"));
    let mut expected: Vec<_> = kept_names.chain(tree_r).collect();
    expected.sort();
    assert_eq!(digests.keys().cloned().collect::<Vec<_>>(), expected);
    for (name, digest) in digests {
        assert_eq!(*digest, sha256(&cache.join(name)), "{name}");
    }
    assert_eq!(&read_json(&cache.join("reseal-kept.json")), kept);
}

/// A directory's file names, sorted.
pub fn names(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// A command with parent caches of its own.
pub fn with_parents_of_its_own(directory: &Path) -> Command {
    let mut command = command();
    command.env("FIL_PROOFS_PARENT_CACHE", directory.join("parents"));
    command
}

fn piece_commitment(directory: &Path, file: Option<&Path>, size: u64) -> Value {
    let zeros = directory.join("zeros");
    let file = file.unwrap_or_else(|| {
        File::create(&zeros).unwrap().set_len(size / 128 * 127).unwrap();
        &zeros
    });
    run(&json!({"op": "piece_commitment", "file": file, "size": size})).result()["commitment"].clone()
}

/// A PC1 that waits for the parent cache, which the test pretends to make: a way to hold a process in the middle of its
/// work.
pub struct Held {
    pub scratch: Scratch,
    pub running: Running,
    pub lock: File,
}

pub fn held(with: Value) -> Held {
    let scratch = Scratch::small(TICKET).with_command(with_parents_of_its_own);
    scratch.seal("pc1");
    fs::remove_file(scratch.cached("reseal-layers.json")).unwrap();
    let parents = scratch.directory.path().join("parents");
    let lock = names(&parents).into_iter().find(|name| name.ends_with(".lock")).unwrap();
    let lock = File::open(parents.join(lock)).unwrap();
    lock.lock().unwrap();
    let mut request = scratch.request("pc1");
    request.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    let mut running = start(with_parents_of_its_own(scratch.directory.path()), &request.to_string());
    assert_eq!(running.line().unwrap()["progress"]["done"], 0);
    Held { scratch, running, lock }
}

/// Changes one bit in the middle of a file.
pub fn flip_bit(path: &Path) {
    let mut bytes = read(path);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// Turns a file into a hole of its size, as a crash does after the file has grown and before it is filled.
pub fn make_hole(path: &Path) {
    let length = fs::metadata(path).unwrap().len();
    File::create(path).unwrap().set_len(length).unwrap();
}

pub const TICKET: &str = "0101010101010101010101010101010101010101010101010101010101010101";
pub const OTHER_TICKET: &str = "0202020202020202020202020202020202020202020202020202020202020202";
