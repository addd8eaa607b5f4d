//! A sector of a group, as seen by everything that works on its files.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::files::geometry::Geometry;
use crate::files::layers::{Keep, Layers};
use crate::request::hash32::Hash32;
use crate::{Code, Error, Result};

/// A sector and its layers on the disk, shared by its group and by those who may remove it from the group at any
/// moment.
#[derive(Debug)]
pub struct Member {
    replica_id: Hash32,
    leaving: AtomicBool,
    /// Locked while its files are in use; none before they are opened and after it has left.
    layers: Mutex<Option<Layers>>,
}

impl Member {
    /// A sector whose files have not been touched yet.
    pub fn new(replica_id: Hash32) -> Self {
        Member { replica_id, leaving: AtomicBool::new(false), layers: Mutex::new(None) }
    }

    /// The replica id that its labels belong to.
    pub fn replica_id(&self) -> Hash32 {
        self.replica_id
    }

    /// Opens its cache directory like [`Layers::open`]; returns how many layers are finished. If some must be read for
    /// that, which can take long, `checking` is called first.
    pub fn open(&self, cache: &Path, geometry: &Geometry, keep: Keep, checking: impl FnOnce()) -> Result<usize> {
        let mut layers = self.layers.lock().unwrap_or_else(PoisonError::into_inner);
        self.stay()?;
        if Layers::are_recorded(cache, self.replica_id) {
            checking();
        }
        let opened = Layers::open_unless(cache, geometry, self.replica_id, keep, &|| self.stay())?;
        Ok(layers.insert(opened).finished())
    }

    /// Asks work on its files to end soon.
    pub fn stop(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }

    /// The same, and waits: after it returns, none of its files will be touched. Its finished layers stay.
    pub fn leave(&self) {
        self.stop();
        self.layers.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Whether it is leaving or has left.
    pub fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }

    /// An error if it is leaving.
    pub(crate) fn stay(&self) -> Result<()> {
        if self.is_leaving() {
            return Err(Error::new(Code::Busy, format!("the sector with replica id {} is leaving", self.replica_id)));
        }
        Ok(())
    }

    /// Works on its layers, unless it is leaving.
    pub(crate) fn with_layers<T>(&self, work: impl FnOnce(&mut Layers) -> Result<T>) -> Result<T> {
        let mut layers = self.layers.lock().unwrap_or_else(PoisonError::into_inner);
        self.stay()?;
        work(layers.as_mut().expect("a sector is in a group when its layers were opened"))
    }
}
