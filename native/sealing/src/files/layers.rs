//! Which layers of labels in a cache directory are complete, and which sector they belong to.
//!
//! The library accepts any file of the right size as a finished layer, even another sector's (H1) or one whose blocks a
//! power cut lost (H2). So a record beside the layers names the replica id that they belong to and the SHA-256 of each
//! finished one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::files::durable;
use crate::files::geometry::{Geometry, data_file, layer_file};
use crate::files::opening;
use crate::request::hash32::Hash32;
use crate::{Code, Error, Result};

/// The record's file in the cache directory.
pub const RECORD_FILE: &str = "reseal-layers.json";

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    replica_id: Hash32,
    /// SHA-256 of each finished layer, by its number from 1.
    layers: BTreeMap<usize, Hash32>,
}

/// A finished layer.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its number, from 1.
    pub number: usize,
    /// Its file.
    pub path: PathBuf,
    /// The SHA-256 that it must have.
    pub digest: Hash32,
}

impl Layer {
    /// Fails if `digest`, which the caller computed from the file, is not the layer's.
    pub(crate) fn check(&self, digest: Hash32) -> Result<()> {
        if digest == self.digest {
            return Ok(());
        }
        let (number, path, expected) = (self.number, self.path.display(), self.digest);
        let message = format!("layer {number} is damaged: {path} has SHA-256 {digest}, not {expected}");
        Err(Error::new(Code::ScratchLost, message).about(&self.path))
    }

    /// Reads the whole layer and checks its digest.
    pub(crate) fn read_and_check(&self) -> Result<()> {
        self.read_and_check_while(&|| Ok(()))
    }

    /// The same, until `stay` fails.
    fn read_and_check_while(&self, stay: &(dyn Fn() -> Result<()> + Sync)) -> Result<()> {
        self.check(durable::digest_watched(&self.path, |_| stay())?)
    }
}

/// The layers of one sector in its cache directory.
#[derive(Debug)]
pub struct Layers {
    cache: PathBuf,
    geometry: Geometry,
    record: Record,
}

impl Layers {
    /// Opens the cache directory for the sector with this replica id and keeps only layers that can be trusted: another
    /// sector's are removed, and so is every layer from the first damaged or missing one on.
    pub fn open(cache: &Path, geometry: &Geometry, replica_id: Hash32) -> Result<Self> {
        Self::open_unless(cache, geometry, replica_id, &|| Ok(()))
    }

    /// The same, until `stay` fails, which leaves everything as it was: with large layers the check takes long.
    pub(crate) fn open_unless(
        cache: &Path,
        geometry: &Geometry,
        replica_id: Hash32,
        stay: &(dyn Fn() -> Result<()> + Sync),
    ) -> Result<Self> {
        let with = |record| Layers { cache: cache.to_path_buf(), geometry: geometry.clone(), record };
        stay()?;
        let mut layers = match read_record(cache) {
            Some(record) if record.replica_id == replica_id => with(record),
            _ => {
                let layers = with(Record { replica_id, layers: BTreeMap::new() });
                layers.remove_from(1)?;
                layers.write()?;
                return Ok(layers);
            }
        };
        let good = (1..=geometry.layers)
            .into_par_iter()
            .map(|layer| layers.check(layer, stay).is_ok())
            .collect::<Vec<_>>()
            .into_iter()
            .take_while(|good| *good)
            .count();
        // A layer that was not read to its end must not count as damaged.
        stay()?;
        layers.record.layers.retain(|layer, _| *layer <= good);
        layers.remove_from(good + 1)?;
        layers.write()?;
        Ok(layers)
    }

    /// Whether there is a record of finished layers of the sector with this replica id.
    pub(crate) fn are_recorded(cache: &Path, replica_id: Hash32) -> bool {
        read_record(cache).is_some_and(|record| record.replica_id == replica_id && !record.layers.is_empty())
    }

    /// The layers of the sector with this replica id, all of them finished and of the right size. The caller, who reads
    /// them, must check their digests.
    pub fn recorded(cache: &Path, geometry: &Geometry, replica_id: Hash32) -> Result<Vec<Layer>> {
        let record_file = cache.join(RECORD_FILE);
        let lost = |why: String| Err(Error::new(Code::ScratchLost, why).about(&record_file));
        let Some(record) = read_record(cache) else {
            return lost(format!(
                "{} is missing or unreadable, so it is not known which sector the layers belong to",
                record_file.display()
            ));
        };
        if record.replica_id != replica_id {
            return lost(format!(
                "the layers in {} belong to the replica id {}, not {replica_id}",
                cache.display(),
                record.replica_id
            ));
        }
        let layers = Layers { cache: cache.to_path_buf(), geometry: geometry.clone(), record };
        (1..=geometry.layers).map(|layer| layers.layer(layer)).collect()
    }

    /// Checks that all layers of the sector with this replica id are complete and undamaged.
    pub fn check_all(cache: &Path, geometry: &Geometry, replica_id: Hash32) -> Result<()> {
        Self::recorded(cache, geometry, replica_id)?.par_iter().try_for_each(Layer::read_and_check)
    }

    /// How many layers are finished.
    pub fn finished(&self) -> usize {
        self.record.layers.len()
    }

    /// Whether this layer is finished.
    pub fn is_finished(&self, layer: usize) -> bool {
        self.record.layers.contains_key(&layer)
    }

    /// Makes a layer that was just written durable, and records its digest.
    pub fn finish(&mut self, layer: usize) -> Result<()> {
        let path = self.path(layer);
        durable::check_size(&path, self.geometry.sector_size, Code::ScratchLost)?;
        durable::sync(&path)?;
        durable::sync(&self.cache)?;
        let digest = durable::digest(&path)?;
        self.record(layer, digest)
    }

    /// Records the digest of a layer that is durable and has its final name.
    pub fn record(&mut self, layer: usize, digest: Hash32) -> Result<()> {
        self.record.layers.insert(layer, digest);
        self.write()
    }

    /// How many layers there are when all are finished.
    pub fn total(&self) -> usize {
        self.geometry.layers
    }

    /// The file of a layer.
    pub fn path(&self, layer: usize) -> PathBuf {
        self.cache.join(layer_file(layer))
    }

    fn check(&self, layer: usize, stay: &(dyn Fn() -> Result<()> + Sync)) -> Result<()> {
        self.layer(layer)?.read_and_check_while(stay)
    }

    /// A finished layer that has its size.
    fn layer(&self, number: usize) -> Result<Layer> {
        let path = self.path(number);
        let Some(digest) = self.record.layers.get(&number).copied() else {
            let message = format!("layer {number} was not finished: {}", path.display());
            return Err(Error::new(Code::ScratchLost, message).about(&path));
        };
        durable::check_size(&path, self.geometry.sector_size, Code::ScratchLost)?;
        Ok(Layer { number, path, digest })
    }

    fn remove_from(&self, first: usize) -> Result<()> {
        let kept: Vec<_> = (1..first).map(layer_file).collect();
        let prefix = data_file("layer-").trim_end_matches(".dat").to_string();
        for name in durable::names(&self.cache)? {
            if name.starts_with(&prefix) && !kept.contains(&name) {
                log::warn!(
                    "removing {}: it is not known to be a whole layer of this sector",
                    self.cache.join(&name).display()
                );
                durable::remove(&self.cache.join(name))?;
            }
        }
        Ok(())
    }

    fn write(&self) -> Result<()> {
        let text = serde_json::to_vec_pretty(&self.record).expect("a record is plain data");
        durable::write(&self.cache.join(RECORD_FILE), &text)
    }
}

fn read_record(cache: &Path) -> Option<Record> {
    serde_json::from_slice(&opening::read(&cache.join(RECORD_FILE)).ok()?).ok()
}
