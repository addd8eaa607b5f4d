//! Sectors that are labelled together, joining and leaving on the way.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::*;

const LAYER_1: &str = "sc-02-data-layer-1.dat";
const LAYER_2: &str = "sc-02-data-layer-2.dat";
const SMALL: &str = "StackedDrg2KiBV1_1";
const LARGE: &str = "StackedDrg8MiBV1_1";
const COMM_D: &str = "0303030303030303030303030303030303030303030303030303030303030303";

/// A sector that a group labels.
struct Sector {
    id: &'static str,
    directory: TempDir,
    proof: &'static str,
    number: u64,
}

impl Sector {
    fn new(id: &'static str, proof: &'static str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("cache")).unwrap();
        Sector { id, directory, proof, number: rand::random::<u32>().into() }
    }

    fn cache(&self) -> PathBuf {
        self.directory.path().join("cache")
    }

    fn lock(&self) -> PathBuf {
        self.directory.path().join("lock")
    }

    /// The fields of `pc1`.
    fn fields(&self, cache: &Path) -> Value {
        let sector = json!({"proof": self.proof, "miner": 1001, "number": self.number, "ticket": TICKET});
        json!({"sector": sector, "comm_d": COMM_D, "cache": cache})
    }

    fn joining(&self) -> Value {
        let mut line = self.fields(&self.cache());
        line["join"] = json!(self.id);
        line["lock"] = json!(self.lock());
        line
    }

    /// The files in its cache directory, with their times.
    fn files(&self) -> Vec<(String, SystemTime)> {
        let modified = |name: &String| fs::metadata(self.cache().join(name)).unwrap().modified().unwrap();
        names(&self.cache()).into_iter().map(|name| (name.clone(), modified(&name))).collect()
    }

    fn assert_is_locked(&self, is_locked: bool) {
        let lock = File::open(self.lock()).unwrap();
        assert_eq!(lock.try_lock().is_err(), is_locked, "the lock of {}", self.id);
    }

    /// The layers equal the library's and are recorded.
    fn assert_like_the_library(&self) {
        let stock = tempfile::tempdir().unwrap();
        let mut request = self.fields(stock.path());
        request["op"] = json!("pc1");
        let mut by_library = command();
        by_library.env("RESEAL_SDR", "stock");
        start(by_library, &request.to_string()).finish().result();
        for layer in [LAYER_1, LAYER_2] {
            assert!(read(&stock.path().join(layer)) == read(&self.cache().join(layer)), "{layer} of {}", self.id);
        }
        let recorded = |cache: &Path| read_json(&cache.join("reseal-layers.json"));
        assert_eq!(recorded(stock.path()), recorded(&self.cache()));
        assert_eq!(names(stock.path()), names(&self.cache()));
    }
}

/// A stage that labels a group.
struct Group {
    running: Running,
    /// Must exist as long as the stage runs.
    directory: Option<TempDir>,
}

impl Group {
    fn start(command: Command, proof: &str, slots: usize) -> Self {
        Group::with(command, &json!({"op": "pc1_group", "proof": proof, "slots": slots}))
    }

    fn with(command: Command, request: &Value) -> Self {
        Group { running: start(command, &request.to_string()), directory: None }
    }

    fn say(&mut self, line: &str) {
        use std::io::Write;
        self.running.stdin.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    fn join(&mut self, sector: &Sector) {
        self.say(&sector.joining().to_string());
    }

    fn leave(&mut self, sector: &Sector) {
        self.say(&json!({"leave": sector.id}).to_string());
    }

    fn close(&mut self) {
        self.say(r#"{"close":true}"#);
    }

    /// The next line about this sector that has the field `what`.
    #[track_caller]
    fn hear(&mut self, id: impl Into<Value>, what: &str) -> Value {
        let id = id.into();
        loop {
            let line = self.running.line().unwrap_or_else(|| panic!("the group ended, and no {what} of {id}"));
            assert!(line["sector"].is_string() || line.get("error").is_some(), "{line}");
            if line["sector"] == id
                && let Some(said) = line.get(what)
            {
                return said.clone();
            }
            assert!(line["sector"] != id || line.get("progress").is_some(), "no {what}: {line}");
        }
    }

    /// Reads on until this many layers of this sector are on the disk.
    #[track_caller]
    fn hear_done(&mut self, sector: &Sector, layers: u64) {
        while self.hear(sector.id, "progress")["done"] != layers {}
    }

    #[track_caller]
    fn hear_refusal(&mut self, id: impl Into<Value>, code: &str, words: &[&str]) {
        let error = self.hear(id, "error");
        assert_eq!(error["code"], code, "{error}");
        for word in words {
            assert!(error["message"].as_str().unwrap().contains(word), "{word:?} is not in {error}");
        }
    }

    /// Reads to the end; returns the last line of each sector, and how many were finished.
    fn finish(mut self) -> (Vec<(String, Value)>, u64) {
        let mut ends = Vec::new();
        loop {
            let line = self.running.line().expect("a last line");
            if let Some(result) = line.get("result") {
                match line["sector"].as_str() {
                    Some(id) => ends.push((id.to_string(), result.clone())),
                    None => {
                        assert_eq!(self.running.line(), None);
                        return (ends, result["sectors"].as_u64().unwrap());
                    }
                }
            } else {
                assert!(line.get("progress").is_some(), "{line}");
            }
        }
    }
}

/// A group that waits for the parent cache, so that it reads its lines before its first layer.
struct HeldGroup {
    group: Group,
    parents: File,
}

impl HeldGroup {
    fn start(proof: &'static str, slots: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (cache, parents) = (directory.path().join("cache"), directory.path().join("parents"));
        fs::create_dir(&cache).unwrap();
        let command = || with_parents_of_its_own(directory.path());
        let mut request = Sector::new("", proof).fields(&cache);
        request["op"] = json!("pc1");
        start(command(), &request.to_string()).finish().result();
        let lock = names(&parents).into_iter().find(|name| name.ends_with(".lock")).unwrap();
        let lock = File::open(parents.join(lock)).unwrap();
        lock.lock().unwrap();
        let mut group = Group::start(command(), proof, slots);
        group.directory = Some(directory);
        HeldGroup { group, parents: lock }
    }

    fn let_go(self) -> Group {
        self.parents.unlock().unwrap();
        self.group
    }
}

/// Fails if sectors get each other's labels, or if their reports are mixed up.
#[test]
fn three_sectors_together_have_the_librarys_layers() {
    let mut held = HeldGroup::start(SMALL, 3);
    let sectors = [Sector::new("a", SMALL), Sector::new("b", SMALL), Sector::new("c", SMALL)];
    for sector in &sectors {
        held.group.join(sector);
        held.group.hear_done(sector, 0);
        sector.assert_is_locked(true);
    }
    held.group.close();
    let (mut ends, finished) = held.let_go().finish();
    ends.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(finished, 3);
    for (sector, (id, result)) in sectors.iter().zip(ends) {
        assert_eq!(sector.id, id);
        assert_eq!((&result["layers"], &result["resumed"]), (&json!(2), &json!(0)));
        assert_eq!(result["replica_id"], read_json(&sector.cache().join("reseal-layers.json"))["replica_id"]);
        sector.assert_like_the_library();
    }
}

/// An empty group waits. A sector that arrives while another is labelled joins at the end of that layer, and each holds
/// its lock from its join to its end. Fails if the first sector's labels are lost when the other joins.
#[test]
fn sectors_come_while_others_are_labelled() {
    let mut group = Group::start(command(), LARGE, 2);
    let (early, late, last) = (Sector::new("early", LARGE), Sector::new("late", LARGE), Sector::new("last", LARGE));
    group.join(&early);
    group.hear_done(&early, 1);
    group.join(&late);
    assert_eq!(group.hear("early", "result")["layers"], 2);
    early.assert_is_locked(false);
    assert_eq!(group.hear("late", "result")["layers"], 2);
    group.join(&last);
    group.close();
    let (ends, finished) = group.finish();
    assert_eq!((ends.len(), finished), (1, 3));
    [early, late, last].iter().for_each(Sector::assert_like_the_library);
}

/// Fails if a sector's files are touched after it has left, if its lock is kept, or if the others are disturbed.
#[test]
fn a_sector_leaves_in_the_middle_of_a_layer() {
    let mut held = HeldGroup::start(LARGE, 3);
    let (leaver, other, next) = (Sector::new("leaver", LARGE), Sector::new("other", LARGE), Sector::new("next", LARGE));
    for sector in [&leaver, &other] {
        held.group.join(sector);
        held.group.hear_done(sector, 0);
    }
    let mut group = held.let_go();
    // The other sector's first layer is written; so the leaving sector's is too, or is being written, and both are in
    // their second layer.
    group.hear_done(&other, 1);
    group.leave(&leaver);
    assert_eq!(group.hear("leaver", "left"), true);
    leaver.assert_is_locked(false);
    let files = leaver.files();
    assert!(files.iter().all(|(name, _)| !name.ends_with(".tmp")), "{files:?}");
    // Its slot and its id are free again.
    group.join(&next);
    assert_eq!(group.hear("other", "result")["resumed"], 0);
    assert_eq!(group.hear("next", "result")["resumed"], 0);
    assert_eq!(leaver.files(), files);
    group.join(&leaver);
    group.close();
    assert_eq!(group.finish().1, 3);
    [leaver, other, next].iter().for_each(Sector::assert_like_the_library);
}

/// A sector that waits for the group can leave too, and can come back.
#[test]
fn a_sector_leaves_before_it_begins() {
    let mut held = HeldGroup::start(SMALL, 1);
    let (first, second) = (Sector::new("first", SMALL), Sector::new("second", SMALL));
    held.group.join(&first);
    held.group.hear_done(&first, 0);
    held.group.leave(&first);
    assert_eq!(held.group.hear("first", "left"), true);
    first.assert_is_locked(false);
    held.group.join(&second);
    held.group.close();
    assert_eq!(held.let_go().finish().1, 1);
    assert_eq!(names(&first.cache()), ["reseal-layers.json"]);
    second.assert_like_the_library();
}

/// Fails if one sector's disk stops the other sectors.
#[test]
fn a_sector_whose_disk_fails_goes_alone() {
    let mut held = HeldGroup::start(SMALL, 2);
    let (good, bad) = (Sector::new("good", SMALL), Sector::new("bad", SMALL));
    for sector in [&bad, &good] {
        held.group.join(sector);
        held.group.hear_done(sector, 0);
    }
    fs::create_dir(bad.cache().join(LAYER_1)).unwrap();
    held.group.close();
    let mut group = held.let_go();
    group.hear_refusal("bad", "Io", &[LAYER_1]);
    bad.assert_is_locked(false);
    assert_eq!(group.finish().1, 1);
    good.assert_like_the_library();
}

/// Each sector continues after its own last layer, whichever sectors are with it. Fails if a layer that is read back
/// goes into another sector's slot.
#[test]
fn killed_in_one_group_sectors_go_on_in_another() {
    let mut group = Group::start(command(), LARGE, 3);
    let sectors = [Sector::new("a", LARGE), Sector::new("b", LARGE), Sector::new("c", LARGE)];
    let [a, b, c] = &sectors;
    group.join(a);
    group.join(b);
    group.hear_done(a, 1);
    group.running.child.kill().unwrap();
    group.running.finish();
    let modified = |name| fs::metadata(a.cache().join(name)).unwrap().modified().unwrap();
    let layer_1 = modified(LAYER_1);

    let mut group = Group::start(command(), LARGE, 3);
    for sector in [c, b, a] {
        group.join(sector);
    }
    group.close();
    let (ends, finished) = group.finish();
    assert_eq!(finished, 3);
    let resumed = |id: &str| ends.iter().find(|end| end.0 == id).unwrap().1["resumed"].as_u64().unwrap();
    assert!(resumed("a") >= 1 && resumed("c") == 0, "{ends:?}");
    assert_eq!(modified(LAYER_1), layer_1, "it was not made again");
    sectors.iter().for_each(Sector::assert_like_the_library);
}

/// Fails if a malformed line, or one that asks for something impossible, ends the group or gets no answer.
#[test]
fn what_cannot_be_is_refused_and_the_group_goes_on() {
    let mut held = HeldGroup::start(SMALL, 2);
    let group = &mut held.group;
    let (good, second, third) = (Sector::new("good", SMALL), Sector::new("second", SMALL), Sector::new("third", SMALL));
    group.join(&good);
    group.hear_done(&good, 0);

    for line in ["join", "[]", r#"{"joins":"x"}"#, r#"{"close":false}"#, r#"{"join":7}"#, r#"{"leave":null}"#] {
        group.say(line);
        group.hear_refusal(Value::Null, "InvalidRequest", &[]);
    }
    for (line, id) in [(r#"{"leave":"x","join":"y"}"#, "y"), (r#"{"leave":"x","close":true}"#, "x")] {
        group.say(line);
        group.hear_refusal(id, "InvalidRequest", &["more than one thing"]);
    }
    group.say(r#"{"leave":"nobody"}"#);
    group.hear_refusal("nobody", "InvalidRequest", &["is not in the group"]);
    let mut refused = |change: &dyn Fn(&mut Value), code: &str, words: &[&str]| {
        let mut line = second.joining();
        change(&mut line);
        group.say(&line.to_string());
        group.hear_refusal("second", code, words);
        assert!(names(&second.cache()).is_empty());
    };
    refused(&|line| line["sector"]["proof"] = json!(LARGE), "InvalidRequest", &[SMALL, LARGE]);
    refused(&|line| line["sector"]["ticket"] = json!("00"), "InvalidRequest", &["sector.ticket"]);
    refused(&|line| line["cache"] = json!("cache"), "InvalidRequest", &["cache", "not an absolute path"]);
    refused(&|line| line["cash"] = json!("/cache"), "InvalidRequest", &["cash"]);
    refused(&|line| line["pieces"] = json!([]), "CommDMismatch", &[COMM_D]);
    let through_a_link = second.directory.path().join("link");
    std::os::unix::fs::symlink(good.cache(), &through_a_link).unwrap();
    refused(&|line| line["cache"] = json!(through_a_link), "InvalidRequest", &["the sector good has the same cache"]);
    refused(&|line| line["lock"] = json!(good.lock()), "Busy", &["holds the lock"]);
    let other_process = File::create(second.lock()).unwrap();
    other_process.lock().unwrap();
    refused(&|_| {}, "Busy", &["holds the lock"]);
    other_process.unlock().unwrap();

    group.join(&second);
    group.hear_done(&second, 0);
    group.join(&third);
    group.hear_refusal("third", "Busy", &["2 slots"]);
    group.say(&second.joining().to_string());
    group.hear_refusal("second", "InvalidRequest", &["is already in the group"]);
    group.close();
    group.join(&third);
    group.hear_refusal("third", "InvalidRequest", &["closed"]);
    assert_eq!(held.let_go().finish().1, 2);
    [good, second].iter().for_each(Sector::assert_like_the_library);
}

#[test]
fn groups_that_cannot_be_are_refused() {
    for (request, code, word) in [
        (json!({"op": "pc1_group", "proof": SMALL, "slots": 0}), "InvalidRequest", "not 0"),
        (json!({"op": "pc1_group", "proof": SMALL, "slots": 33}), "InvalidRequest", "not 33"),
        (json!({"op": "pc1_group", "proof": "StackedDrg3KiBV1", "slots": 1}), "InvalidRequest", "proof"),
        (json!({"op": "pc1_group", "proof": SMALL, "slots": 1, "core": 1000}), "Settings", "1000"),
    ] {
        run(&request).assert_refused(code, &[word]);
    }
    let mut stock = command();
    stock.env("RESEAL_SDR", "stock");
    let request = json!({"op": "pc1_group", "proof": SMALL, "slots": 1});
    start(stock, &request.to_string()).finish().assert_refused("Settings", &["RESEAL_SDR"]);
}

/// Memory for every slot is allocated before anything else. Fails if it is allocated when a sector joins.
#[test]
fn too_little_memory_is_told_before_work_begins() {
    let request = json!({"op": "pc1_group", "proof": "StackedDrg64GiBV1_1", "slots": 32});
    start(confined_command(), &request.to_string()).finish().assert_refused("NoMemory", &["for labels"]);
}

/// The labelling thread has its CPU, and has it alone if there is another one.
#[test]
fn one_cpu_labels_and_does_nothing_else() {
    let status = |task: &Path, field: &str| {
        let status = fs::read_to_string(task.join("status")).unwrap_or_default();
        status.lines().find_map(|line| Some(line.strip_prefix(field)?.trim().to_string()))
    };
    let here = status(Path::new("/proc/self"), "Cpus_allowed_list:").unwrap();
    let core: usize = here.split([',', '-']).next().unwrap().parse().unwrap();
    let sector = Sector::new("a", LARGE);
    let request = json!({"op": "pc1_group", "proof": LARGE, "slots": 1, "core": core});
    let mut group = Group::with(command(), &request);
    group.join(&sector);
    let tasks = format!("/proc/{}/task", group.running.child.id());
    // Each thread's name and CPUs; none for one that has ended in the meantime.
    let threads = || -> Vec<(String, String)> {
        let tasks = fs::read_dir(&tasks).unwrap().map(|task| task.unwrap().path());
        tasks.filter_map(|task| Some((status(&task, "Name:")?, status(&task, "Cpus_allowed_list:")?))).collect()
    };
    // It gets its name before it is moved.
    while !threads().contains(&("labelling".into(), core.to_string())) {
        assert_eq!(group.running.child.try_wait().unwrap(), None, "nobody was seen labelling");
    }
    let others: Vec<_> = threads().into_iter().filter(|thread| thread.0 != "labelling").collect();
    assert!(!others.is_empty());
    for (name, cpus) in others {
        let is_clear = !cpus.split([',', '-']).any(|cpu| cpu == core.to_string());
        assert!(is_clear || here == core.to_string(), "{name} runs on {cpus}");
    }
    group.close();
    assert_eq!(group.finish().1, 1);
    sector.assert_like_the_library();
}
