//! The sectors that this process labels: they join, wait for the end of the current layer, are labelled together, and
//! leave.
//!
//! One thread owns all of this state. Other threads prepare the group, open a sector's files, run a step, or wait until
//! a sector has left, and report to it by messages. So it answers at once, whatever takes long.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Instant;

use filecoin_proofs_api::RegisteredSealProof;

use super::progress::{self, Inside};
use super::{LOOK, LayersInMemory, News, Outcome, Request};
use crate::files::durable::{self, Lock};
use crate::files::geometry::Geometry;
use crate::library::boundary;
use crate::parent_cache::{FarParents, ParentCache};
use crate::request::absolute_path::AbsolutePath;
use crate::sdr::{Group, Member};
use crate::sha256::Engine;
use crate::{Code, Error, Result};

/// What the caller asks for while the group runs.
#[derive(Debug)]
pub enum Command {
    /// A sector joins.
    Join { id: String, request: Box<Request>, lock: Option<AbsolutePath> },
    /// A sector must leave.
    Leave(String),
    /// No more sectors will join.
    Close,
    /// A line that could not be read, with the sector that it is about, if known.
    Refused(String, Error),
}

/// What another thread has done.
enum Message {
    Command(Command),
    /// What the group waits for, as text for people.
    Preparing(String),
    Prepared(Result<Box<(Group, ParentCache)>>),
    /// The sector has finished layers, which are read first.
    Checking(Arc<Member>),
    /// This many layers are finished.
    Opened(Arc<Member>, Result<usize>),
    /// This many layers are on the disk.
    OnDisk(Arc<Member>, Result<usize>),
    Left(Arc<Member>),
    Stepped(Result<Box<(Group, ParentCache)>>),
}

/// A sector of this process.
struct Sector {
    id: String,
    request: Box<Request>,
    member: Arc<Member>,
    _lock: Option<Lock>,
    /// Layers that an earlier attempt had finished.
    resumed: usize,
    on_disk: usize,
    at: At,
    /// The progress that was reported last.
    told: Option<String>,
}

/// What the sector is doing.
#[derive(PartialEq)]
enum At {
    /// Its record is being read.
    Opening,
    /// Its finished layers are being read.
    Checking,
    /// It waits for the group's next step.
    Waiting,
    /// This layer is being made; the number after the last layer when all are made.
    Labelled(usize),
    Leaving,
}

/// Where the group is, as far as this thread knows.
enum Place {
    Unprepared,
    Preparing,
    Here(Box<(Group, ParentCache)>),
    /// It runs a step.
    Stepping,
}

/// Labels sectors until none is left and no more will join.
pub(crate) struct Labelling<'a> {
    proof: RegisteredSealProof,
    geometry: Geometry,
    slots: usize,
    core: Option<usize>,
    in_memory: LayersInMemory,
    tell: &'a dyn Fn(&str, News),
    post: Sender<Message>,
    mail: Receiver<Message>,
    sectors: Vec<Sector>,
    group: Place,
    /// Nodes of the current step that are done.
    done: Arc<AtomicU64>,
    is_closed: bool,
    finished: usize,
}

impl<'a> Labelling<'a> {
    /// For at most this many sectors at a time, labelled by this CPU or any. `tell` is called with a sector's id and
    /// its news.
    pub(crate) fn new(
        proof: RegisteredSealProof,
        slots: usize,
        core: Option<usize>,
        in_memory: LayersInMemory,
        tell: &'a dyn Fn(&str, News),
    ) -> Self {
        let (post, mail) = mpsc::channel();
        Labelling {
            proof,
            geometry: Geometry::of(proof),
            slots,
            core,
            in_memory,
            tell,
            post,
            mail,
            sectors: Vec::new(),
            group: Place::Unprepared,
            done: Arc::default(),
            is_closed: false,
            finished: 0,
        }
    }

    /// Accepts commands from now on; returns the function that sends them.
    pub(crate) fn commands(&self) -> impl Fn(Command) -> bool + Send + 'static {
        let post = self.post.clone();
        move |command| post.send(Message::Command(command)).is_ok()
    }

    /// Allocates the group's memory and opens the parent cache now rather than when the first sector needs them.
    pub(crate) fn prepare(&mut self) {
        self.group = Place::Preparing;
        let (proof, geometry, slots, core) = (self.proof, self.geometry.clone(), self.slots, self.core);
        let in_memory = self.in_memory;
        self.spawn(move |post| {
            let announce = |text: &str| {
                let _ = post.send(Message::Preparing(text.to_string()));
            };
            Message::Prepared(boundary::catch(|| match in_memory {
                LayersInMemory::Two => {
                    let group = Group::new(Engine::best(), &geometry, slots, core)?;
                    Ok(Box::new((group, ParentCache::open(proof, announce)?)))
                }
                LayersInMemory::One => {
                    let parents = ParentCache::open(proof, announce)?;
                    let far = FarParents::open(proof, &parents, announce)?;
                    let group = Group::with_one_layer(Engine::best(), &geometry, slots, core, far)?;
                    Ok(Box::new((group, parents)))
                }
            }))
        });
    }

    /// Adds a sector, or reports why that is not possible.
    pub(crate) fn join(&mut self, id: &str, request: Request, lock: Option<AbsolutePath>) {
        let taken = self.check_join(id, &request).and_then(|()| lock.map(|path| Lock::try_take(&path)).transpose());
        let lock = match taken {
            Ok(lock) => lock,
            Err(error) => return (self.tell)(id, News::Error(error)),
        };
        let member = Arc::new(Member::new(request.sector.replica_id(request.comm_d)));
        let sector = Sector {
            id: id.to_string(),
            request: Box::new(request),
            member,
            _lock: lock,
            resumed: 0,
            on_disk: 0,
            at: At::Opening,
            told: None,
        };
        let (member, request, geometry) = (Arc::clone(&sector.member), sector.request.clone(), self.geometry.clone());
        let in_memory = self.in_memory;
        self.spawn(move |post| {
            let opened = boundary::catch(|| {
                let checking = || {
                    let _ = post.send(Message::Checking(Arc::clone(&member)));
                };
                let finished = member.open(&request.cache, &geometry, request.keep, checking)?;
                if finished < geometry.layers {
                    request.require_space(&geometry, finished, in_memory)?;
                }
                Ok(finished)
            });
            Message::Opened(member, opened)
        });
        self.sectors.push(sector);
    }

    fn check_join(&self, id: &str, request: &Request) -> Result<()> {
        let refused = |why: String| Err(Error::new(Code::InvalidRequest, why));
        if self.is_closed {
            return refused("the group is closed".into());
        }
        if self.sectors.iter().any(|sector| sector.id == id) {
            return refused(format!("the sector {id} is already in the group"));
        }
        if request.sector.proof != self.proof {
            return refused(format!("the group labels {:?}, not {:?}", self.proof, request.sector.proof));
        }
        let same = |sector: &&Sector| durable::are_same(&sector.request.cache, &request.cache);
        if let Some(other) = self.sectors.iter().find(same) {
            return refused(format!("the sector {} has the same cache {}", other.id, request.cache.display()));
        }
        if self.sectors.len() >= self.slots {
            let slots = self.slots;
            return Err(Error::new(
                Code::Busy,
                format!("the group has {slots} slots, and none is free: try again later"),
            ));
        }
        request.check_pieces(&self.geometry)
    }

    /// Has a sector leave; `Left` is reported once none of its files will be touched again.
    pub(crate) fn leave(&mut self, id: &str) {
        let Some(sector) = self.sectors.iter_mut().find(|sector| sector.id == id) else {
            let error = Error::new(Code::InvalidRequest, format!("the sector {id} is not in the group"));
            return (self.tell)(id, News::Error(error));
        };
        if mem::replace(&mut sector.at, At::Leaving) != At::Leaving {
            let member = Arc::clone(&sector.member);
            // Called at once, so that a running step drops the sector too.
            member.stop();
            self.spawn(move |_| {
                member.leave();
                Message::Left(member)
            });
        }
    }

    /// No more sectors will join.
    pub(crate) fn close(&mut self) {
        self.is_closed = true;
    }

    /// Labels until all sectors have left and no more will join; returns how many were finished. An error fails the
    /// whole group.
    pub(crate) fn run(mut self) -> Result<usize> {
        let ended = self.run_to_end();
        self.sectors.iter().for_each(|sector| sector.member.stop());
        ended.map(|()| self.finished)
    }

    fn run_to_end(&mut self) -> Result<()> {
        let mut next_look = Instant::now() + LOOK;
        while !(self.is_closed && self.sectors.is_empty()) {
            if matches!(self.group, Place::Unprepared) && self.sectors.iter().any(|sector| sector.at == At::Waiting) {
                self.prepare();
            }
            self.group = match mem::replace(&mut self.group, Place::Stepping) {
                Place::Here(group) => self.begin_step(group),
                other => other,
            };
            match self.mail.recv_timeout(next_look.saturating_duration_since(Instant::now())) {
                Ok(message) => self.hear(message)?,
                Err(_) => {
                    next_look = Instant::now() + LOOK;
                    self.look();
                }
            }
        }
        Ok(())
    }

    /// Lets waiting sectors join, and starts a step if the group is not empty.
    fn begin_step(&mut self, mut group: Box<(Group, ParentCache)>) -> Place {
        group.0.let_go();
        // Sectors that arrive together begin together.
        let is_gathering = group.0.is_empty() && self.sectors.iter().any(|sector| sector.at == At::Opening);
        if is_gathering {
            return Place::Here(group);
        }
        for sector in self.sectors.iter().filter(|sector| sector.at == At::Waiting) {
            group.0.join(Arc::clone(&sector.member), sector.on_disk);
        }
        if group.0.is_empty() {
            return Place::Here(group);
        }
        self.done.store(0, Ordering::Relaxed);
        for (member, layer) in group.0.layers() {
            if let Some(sector) = find(&mut self.sectors, member)
                && sector.at != At::Leaving
            {
                sector.at = At::Labelled(layer);
            }
        }
        let done = Arc::clone(&self.done);
        self.spawn(move |post| {
            let (mut labels, parents) = *group;
            Message::Stepped(boundary::catch(|| {
                labels.step(parents.nodes(), &done, &|member, layers| {
                    let _ = post.send(Message::OnDisk(Arc::clone(member), layers));
                })?;
                Ok(Box::new((labels, parents)))
            }))
        });
        Place::Stepping
    }

    fn hear(&mut self, message: Message) -> Result<()> {
        match message {
            Message::Command(Command::Join { id, request, lock }) => self.join(&id, *request, lock),
            Message::Command(Command::Leave(id)) => self.leave(&id),
            Message::Command(Command::Close) => self.close(),
            Message::Command(Command::Refused(id, error)) => (self.tell)(&id, News::Error(error)),
            Message::Preparing(text) => {
                for sector in self.sectors.iter_mut().filter(|sector| sector.at == At::Waiting) {
                    let report = progress::layers(sector.on_disk, &self.geometry, Some(&text));
                    (self.tell)(&sector.id, News::Progress(report));
                }
            }
            Message::Prepared(group) | Message::Stepped(group) => self.group = Place::Here(group?),
            Message::Checking(member) => {
                if let Some(sector) = find(&mut self.sectors, &member)
                    && sector.at == At::Opening
                {
                    sector.at = At::Checking;
                }
            }
            Message::Opened(member, opened) => self.opened(&member, opened),
            Message::OnDisk(member, layers) => self.on_disk(&member, layers),
            Message::Left(member) => self.end(&member, News::Left),
        }
        Ok(())
    }

    fn opened(&mut self, member: &Arc<Member>, opened: Result<usize>) {
        let Some(sector) = find(&mut self.sectors, member) else { return };
        if sector.at == At::Leaving {
            return;
        }
        match opened {
            Ok(finished) => {
                (sector.resumed, sector.on_disk, sector.at) = (finished, finished, At::Waiting);
                (self.tell)(&sector.id, News::Progress(progress::layers(finished, &self.geometry, None)));
                if finished == self.geometry.layers {
                    self.finish(member);
                }
            }
            Err(error) => self.end(member, News::Error(error)),
        }
    }

    fn on_disk(&mut self, member: &Arc<Member>, layers: Result<usize>) {
        let Some(sector) = find(&mut self.sectors, member) else { return };
        if sector.at == At::Leaving {
            return;
        }
        match layers {
            Ok(layer) => {
                log::info!("layer {layer} of the sector with replica id {} is on the disk", member.replica_id());
                sector.on_disk = layer;
                (self.tell)(&sector.id, News::Progress(progress::layers(layer, &self.geometry, None)));
                if layer == self.geometry.layers {
                    self.finish(member);
                }
            }
            Err(error) => self.end(member, News::Error(error)),
        }
    }

    fn finish(&mut self, member: &Arc<Member>) {
        let Some(sector) = find(&mut self.sectors, member) else { return };
        let replica_id = member.replica_id();
        let outcome = Outcome { layers: self.geometry.layers, resumed: sector.resumed, replica_id };
        self.finished += 1;
        self.end(member, News::Result(outcome));
    }

    /// Releases a sector's lock, then reports its final news.
    fn end(&mut self, member: &Arc<Member>, news: News) {
        let Some(index) = self.sectors.iter().position(|sector| Arc::ptr_eq(&sector.member, member)) else { return };
        // Nothing uses its files any more: it failed, was finished, or has left.
        member.leave();
        let id = self.sectors.swap_remove(index).id;
        (self.tell)(&id, news);
    }

    /// Reports each sector's progress if it has changed.
    fn look(&mut self) {
        let within = self.done.load(Ordering::Relaxed) as f64 / self.geometry.nodes as f64;
        let mut layers: Vec<_> = self.sectors.iter().filter_map(Sector::layer).collect();
        layers.sort_unstable();
        layers.dedup();
        let layers = layers.iter().map(|layer| layer.min(&self.geometry.layers).to_string()).collect::<Vec<_>>();
        for sector in &mut self.sectors {
            let on_disk = sector.on_disk;
            let plain = |text: &str| progress::layers(on_disk, &self.geometry, Some(text));
            let report = match sector.at {
                At::Labelled(layer) => Inside { layer, within, on_disk }.progress(self.geometry.layers),
                At::Waiting if !layers.is_empty() => plain(&format!(
                    "waiting until the group has finished layer {}: {:.0} %",
                    layers.join(" and "),
                    100.0 * within
                )),
                At::Waiting => plain("waiting for the group's memory"),
                At::Checking => plain("checking the layers that were finished earlier"),
                At::Opening | At::Leaving => continue,
            };
            if sector.told.as_ref() != Some(&report.text) {
                sector.told = Some(report.text.clone());
                (self.tell)(&sector.id, News::Progress(report));
            }
        }
    }

    /// Runs `work` in a thread of its own, which reports by messages.
    fn spawn(&self, work: impl FnOnce(&Sender<Message>) -> Message + Send + 'static) {
        let post = self.post.clone();
        thread::spawn(move || {
            let message = work(&post);
            let _ = post.send(message);
        });
    }
}

impl Sector {
    fn layer(&self) -> Option<usize> {
        if let At::Labelled(layer) = self.at { Some(layer) } else { None }
    }
}

fn find<'s>(sectors: &'s mut [Sector], member: &Arc<Member>) -> Option<&'s mut Sector> {
    sectors.iter_mut().find(|sector| Arc::ptr_eq(&sector.member, member))
}
