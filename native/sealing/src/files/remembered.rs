//! The digest of a large file, kept beside it so that the file need not be read again each time.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::durable;
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
    let remembered = fs::read(beside(path)).ok().and_then(|text| serde_json::from_slice::<Remembered>(&text).ok());
    let Some(remembered) = remembered else { return Ok(None) };
    let now = state(path, remembered.digest.clone())?;
    Ok((now == remembered).then_some(remembered.digest))
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
