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
    /// Whether some layer, or one that a layer was labelled from, was copied from a store: then nobody knows whether it is
    /// right until CommR shows it.
    #[serde(default)]
    copied: bool,
}

impl Record {
    fn empty(replica_id: Hash32) -> Self {
        Record { replica_id, layers: BTreeMap::new(), copied: false }
    }
}

/// Which of the finished layers stay on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// All of them: tree C is built over all.
    #[default]
    All,
    /// The last two. The sector is encoded from the last one, and labelling continues from it; if it turns out to be
    /// damaged, from the one before.
    LastTwo,
}

impl Keep {
    /// Whether this layer stays once the layers up to `finished` exist.
    fn keeps(self, layer: usize, finished: usize) -> bool {
        layer <= finished && (self == Keep::All || layer + 2 > finished)
    }

    /// How many layers are still to be written when the layers up to `finished` exist, at most at the same time.
    pub(crate) fn missing(self, finished: usize, total: usize) -> usize {
        match self {
            Keep::All => total - finished,
            // A layer goes only when the second one after it is on the disk.
            Keep::LastTwo if finished < total => total.min(3) - finished.min(2),
            Keep::LastTwo => 0,
        }
    }
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
    keep: Keep,
    record: Record,
}

impl Layers {
    /// Opens the cache directory for the sector with this replica id and keeps only layers that can be trusted: another
    /// sector's are removed, and so is every layer from the first damaged or missing one on.
    pub fn open(cache: &Path, geometry: &Geometry, replica_id: Hash32) -> Result<Self> {
        Self::open_unless(cache, geometry, replica_id, Keep::All, &|| Ok(()))
    }

    /// The same, until `stay` fails, which leaves everything as it was: with large layers the check takes long. If only
    /// the last two layers stay, those above the highest undamaged one are removed, and those below the one before it.
    pub fn open_unless(
        cache: &Path,
        geometry: &Geometry,
        replica_id: Hash32,
        keep: Keep,
        stay: &(dyn Fn() -> Result<()> + Sync),
    ) -> Result<Self> {
        let with = |record| Layers { cache: cache.to_path_buf(), geometry: geometry.clone(), keep, record };
        stay()?;
        let mut layers = match read_record(cache) {
            Some(record) if record.replica_id == replica_id => with(record),
            _ => with(Record::empty(replica_id)),
        };
        let finished = layers.undamaged(stay);
        // A layer that was not read to its end must not count as damaged.
        stay()?;
        layers.record.layers.retain(|layer, _| keep.keeps(*layer, finished));
        layers.record.copied &= finished > 0;
        layers.remove_others()?;
        layers.write()?;
        Ok(layers)
    }

    /// The number of the last layer that labelling can continue from.
    fn undamaged(&self, stay: &(dyn Fn() -> Result<()> + Sync)) -> usize {
        let is_good = |layer: &usize| self.check(*layer, stay).is_ok();
        let all = 1..=self.geometry.layers;
        match self.keep {
            Keep::All => {
                let good: Vec<_> = all.into_par_iter().map(|layer| is_good(&layer)).collect();
                good.into_iter().take_while(|good| *good).count()
            }
            // The one before is read when this one turns out to be damaged.
            Keep::LastTwo => all.rev().find(is_good).unwrap_or(0),
        }
    }

    /// Whether there is a record of finished layers of the sector with this replica id.
    pub(crate) fn are_recorded(cache: &Path, replica_id: Hash32) -> bool {
        read_record(cache).is_some_and(|record| record.replica_id == replica_id && !record.layers.is_empty())
    }

    /// The layers of the sector with this replica id, all of them finished and of the right size. The caller, who reads
    /// them, must check their digests.
    pub fn recorded(cache: &Path, geometry: &Geometry, replica_id: Hash32) -> Result<Vec<Layer>> {
        let layers = Self::of(cache, geometry, replica_id)?;
        (1..=geometry.layers).map(|layer| layers.layer(layer)).collect()
    }

    /// The last layer of the sector with this replica id, finished and of the right size, whether or not the others are
    /// there. The caller, who reads it, must check its digest.
    pub fn last(cache: &Path, geometry: &Geometry, replica_id: Hash32) -> Result<Layer> {
        Self::of(cache, geometry, replica_id)?.layer(geometry.layers)
    }

    /// What is recorded of the sector with this replica id.
    fn of(cache: &Path, geometry: &Geometry, replica_id: Hash32) -> Result<Self> {
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
        Ok(Layers { cache: cache.to_path_buf(), geometry: geometry.clone(), keep: Keep::All, record })
    }

    /// Checks that all layers of the sector with this replica id are complete and undamaged.
    pub fn check_all(cache: &Path, geometry: &Geometry, replica_id: Hash32) -> Result<()> {
        Self::recorded(cache, geometry, replica_id)?.par_iter().try_for_each(Layer::read_and_check)
    }

    /// How many layers are finished, those that did not have to stay included.
    pub fn finished(&self) -> usize {
        self.record.layers.last_key_value().map_or(0, |(layer, _)| *layer)
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

    /// Records the digest of a layer that is durable and has its final name, and removes the layers that need not stay.
    pub fn record(&mut self, layer: usize, digest: Hash32) -> Result<()> {
        self.record.layers.insert(layer, digest);
        let keep = self.keep;
        let spent: Vec<_> = self.record.layers.keys().copied().filter(|other| !keep.keeps(*other, layer)).collect();
        self.record.layers.retain(|other, _| !spent.contains(other));
        self.write()?;
        // Only now: a file that is not in the record is removed when the directory is opened again.
        spent.into_iter().try_for_each(|other| durable::remove(&self.path(other)))
    }

    /// The same of a layer that was copied from a store.
    pub(crate) fn record_copied(&mut self, layer: usize, digest: Hash32) -> Result<()> {
        self.record.copied = true;
        self.record(layer, digest)
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
    pub(crate) fn layer(&self, number: usize) -> Result<Layer> {
        let path = self.path(number);
        let Some(digest) = self.record.layers.get(&number).copied() else {
            let message = format!("layer {number} was not finished: {}", path.display());
            return Err(Error::new(Code::ScratchLost, message).about(&path));
        };
        durable::check_size(&path, self.geometry.sector_size, Code::ScratchLost)?;
        Ok(Layer { number, path, digest })
    }

    /// Removes what is not a layer in the record.
    fn remove_others(&self) -> Result<()> {
        let kept: Vec<_> = self.record.layers.keys().copied().map(layer_file).collect();
        let prefix = data_file("layer-").trim_end_matches(".dat").to_string();
        for name in durable::names(&self.cache)? {
            if name.starts_with(&prefix) && !kept.contains(&name) {
                log::warn!(
                    "removing {}: it is not known to be a whole layer of this sector, or not needed any more",
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

#[cfg(test)]
mod tests {
    use std::fs;

    use filecoin_proofs_api::RegisteredSealProof;
    use tempfile::TempDir;

    use super::*;

    /// A cache directory for layers of a few bytes.
    struct Cache {
        directory: TempDir,
        geometry: Geometry,
    }

    const SECTOR: Hash32 = Hash32([7; 32]);

    impl Cache {
        fn new(layers: usize) -> Self {
            let geometry = Geometry { layers, sector_size: 8, ..Geometry::of(RegisteredSealProof::StackedDrg2KiBV1_1) };
            Cache { directory: tempfile::tempdir().unwrap(), geometry }
        }

        fn path(&self, layer: usize) -> PathBuf {
            self.directory.path().join(layer_file(layer))
        }

        fn open(&self, keep: Keep) -> Layers {
            Layers::open_unless(self.directory.path(), &self.geometry, SECTOR, keep, &|| Ok(())).unwrap()
        }

        /// Writes further layers as labelling does.
        fn label(&self, layers: &mut Layers, numbers: std::ops::RangeInclusive<usize>) {
            for layer in numbers {
                fs::write(self.path(layer), [layer as u8; 8]).unwrap();
                layers.finish(layer).unwrap();
            }
        }

        fn damage(&self, layer: usize) {
            fs::write(self.path(layer), [0; 8]).unwrap();
        }

        /// The numbers of the layers that are on the disk, and those in the record.
        fn there(&self) -> (Vec<usize>, Vec<usize>) {
            let files = (1..=self.geometry.layers).filter(|layer| self.path(*layer).exists()).collect();
            (files, read_record(self.directory.path()).unwrap().layers.into_keys().collect())
        }
    }

    fn both(layers: &[usize]) -> (Vec<usize>, Vec<usize>) {
        (layers.to_vec(), layers.to_vec())
    }

    /// Fails if a layer goes too early or too late, or if its digest stays.
    #[test]
    fn only_the_last_two_layers_stay_if_no_more_are_needed() {
        let cache = Cache::new(5);
        let mut layers = cache.open(Keep::LastTwo);
        for (layer, there) in [(1, vec![1]), (2, vec![1, 2]), (3, vec![2, 3]), (4, vec![3, 4]), (5, vec![4, 5])] {
            cache.label(&mut layers, layer..=layer);
            assert_eq!(cache.there(), both(&there));
            assert_eq!(layers.finished(), layer);
        }
        assert_eq!(cache.open(Keep::LastTwo).finished(), 5);
        let last = Layers::last(cache.directory.path(), &cache.geometry, SECTOR).unwrap();
        assert_eq!((last.number, last.read_and_check()), (5, Ok(())));
    }

    /// Fails if a damaged layer is trusted, or if labelling begins at zero although the layer before is undamaged.
    #[test]
    fn a_damaged_last_layer_costs_one_layer() {
        let cache = Cache::new(5);
        cache.label(&mut cache.open(Keep::LastTwo), 1..=4);
        cache.damage(4);
        assert_eq!(cache.open(Keep::LastTwo).finished(), 3);
        assert_eq!(cache.there(), both(&[3]));
        cache.damage(3);
        assert_eq!(cache.open(Keep::LastTwo).finished(), 0);
        assert_eq!(cache.there(), both(&[]));
    }

    /// Fails if layers that a crash left without a record, before their files were removed, stay for ever.
    #[test]
    fn a_crash_before_files_are_removed_leaves_nothing() {
        let cache = Cache::new(5);
        cache.label(&mut cache.open(Keep::LastTwo), 1..=4);
        fs::write(cache.path(2), [2; 8]).unwrap();
        fs::write(cache.directory.path().join("sc-02-data-layer-5.dat.tmp"), [5; 3]).unwrap();
        assert_eq!(cache.open(Keep::LastTwo).finished(), 4);
        assert_eq!(cache.there(), both(&[3, 4]));
        assert_eq!(durable::names(cache.directory.path()).unwrap().len(), 3);
    }

    /// Fails if layers of which the lower ones are gone count as all that tree C needs.
    #[test]
    fn where_all_layers_are_needed_labelling_begins_again() {
        let cache = Cache::new(5);
        cache.label(&mut cache.open(Keep::LastTwo), 1..=5);
        let lacking = Layers::recorded(cache.directory.path(), &cache.geometry, SECTOR).unwrap_err();
        assert_eq!((lacking.code, lacking.file), (Code::ScratchLost, Some(cache.path(1))));
        assert_eq!(cache.open(Keep::All).finished(), 0);
        assert_eq!(cache.there(), both(&[]));
    }

    /// Fails if all layers are thrown away, or stay, when only two of them are needed from now on.
    #[test]
    fn where_two_layers_are_enough_the_others_go() {
        let cache = Cache::new(5);
        cache.label(&mut cache.open(Keep::All), 1..=4);
        assert_eq!(cache.there(), both(&[1, 2, 3, 4]));
        assert_eq!(cache.open(Keep::LastTwo).finished(), 4);
        assert_eq!(cache.there(), both(&[3, 4]));
    }

    #[test]
    fn room_is_for_three_layers_at_most_if_two_stay() {
        let missing = |keep: Keep, total| (0..=total).map(|finished| keep.missing(finished, total)).collect::<Vec<_>>();
        assert_eq!(missing(Keep::All, 4), [4, 3, 2, 1, 0]);
        assert_eq!(missing(Keep::LastTwo, 4), [3, 2, 1, 1, 0]);
        assert_eq!(missing(Keep::LastTwo, 2), [2, 1, 0]);
    }
}
