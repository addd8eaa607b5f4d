//! A file → its piece commitment.

use serde::{Deserialize, Serialize};

use crate::absolute_path::AbsolutePath;
use crate::hash32::Hash32;
use crate::pieces::{check_size, unpadded};
use crate::progress::{ByteProgress, Sink};
use crate::{Code, Error, Result, add_pieces};

/// What to read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The file with the unpadded bytes.
    pub file: AbsolutePath,
    /// The piece's padded size; without it the smallest that the file fits in.
    #[serde(default)]
    pub size: Option<u64>,
}

/// What it commits to.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The piece's commitment.
    pub commitment: Hash32,
    /// Its padded size.
    pub size: u64,
}

/// Computes the commitment of a file, continued by zeros up to the piece's size.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let file = request.file.as_ref();
    let (source, length) = add_pieces::open(file, "the piece")?;
    let size = request.size.unwrap_or_else(|| smallest_size(length));
    let refused = |why: String| Err(Error::new(Code::InvalidRequest, why));
    if length == 0 {
        return refused(format!("{} is empty", file.display()));
    }
    check_size(size)?;
    if length > unpadded(size) {
        let full = unpadded(size);
        return refused(format!("{} has {length} bytes, a piece of {size} takes {full}", file.display()));
    }
    let progress = ByteProgress::new(sink, "piece", size);
    let commitment = add_pieces::commitment(source, size, |bytes| {
        progress.add(bytes.len() as u64);
        Ok(())
    });
    Ok(Outcome { commitment: commitment.map_err(|cause| Error::io("reading", file, cause))?, size })
}

fn smallest_size(length: u64) -> u64 {
    length.div_ceil(127).next_power_of_two() * 128
}
