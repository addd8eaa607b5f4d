//! The digest of a large file, kept beside it so that the file need not be read again each time.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::files::durable;
use crate::files::opening;
use crate::{Error, Result};

/// The state that a file was in when it had this digest.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    size: u64,
    modified_ns: i128,
    /// A replacement file may have the same time.
    #[serde(default)]
    inode: u64,
    #[serde(alias = "sha256")]
    digest: String,
}

/// Remembers that the file has this digest.
pub fn remember(path: &Path, digest: &str) -> Result<()> {
    let text = serde_json::to_vec_pretty(&state(path, digest.to_string())?).expect("plain data");
    durable::write(&beside(path), &text)
}

/// The digest that the file had when it was last read whole; none if it has changed since or was never read.
pub fn recall(path: &Path) -> Result<Option<String>> {
    if !path.exists() {
        return Ok(None);
    }
    let remembered =
        opening::read(&beside(path)).ok().and_then(|text| serde_json::from_slice::<Remembered>(&text).ok());
    let Some(remembered) = remembered else { return Ok(None) };
    let now = state(path, remembered.digest.clone())?;
    Ok((now == remembered).then_some(remembered.digest))
}

/// Whether the file was last read whole longer ago than this, or at an unknown time.
pub(crate) fn is_older_than(path: &Path, age: Duration) -> bool {
    let read = fs::metadata(beside(path)).and_then(|metadata| metadata.modified());
    // A time in the future comes from a clock that was wrong: it says nothing.
    !read.is_ok_and(|read| read.elapsed().is_ok_and(|passed| passed <= age))
}

/// Makes the remembered digest look old, so that the file is read again before it is trusted.
pub(crate) fn doubt(path: &Path) -> Result<()> {
    let record = beside(path);
    if !record.exists() {
        return Ok(());
    }
    let opened = opening::open(&record);
    opened
        .and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH).and_then(|()| file.sync_all()))
        .map_err(|cause| Error::io("dating back", &record, cause))
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".verified");
    path.with_file_name(name)
}

fn state(path: &Path, digest: String) -> Result<Remembered> {
    let metadata = fs::metadata(path).map_err(|cause| Error::io("examining", path, cause))?;
    let modified_ns = i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec());
    Ok(Remembered { size: metadata.len(), modified_ns, inode: metadata.ino(), digest })
}
