//! A file → its piece commitment.

use serde::{Deserialize, Serialize};

use crate::pieces::data::{self, PieceData};
use crate::pieces::{check_size, unpadded};
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{ByteProgress, Sink};
use crate::{Code, Error, Result};

const NAME: &str = "the piece";

/// What to read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The file with the data, raw or padded.
    pub file: AbsolutePath,
    /// The piece's padded size; without it, the smallest size that this raw file fits in.
    #[serde(default)]
    pub size: Option<u64>,
    /// The file is known to hold padded data; then `size` is required.
    #[serde(default)]
    pub padded: bool,
    /// Where in a file of padded data the piece begins.
    #[serde(default)]
    pub offset: u64,
}

/// The commitment.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The piece's commitment.
    pub commitment: Hash32,
    /// Its padded size.
    pub size: u64,
}

/// Computes the commitment of a file, followed by zeros up to the piece's size.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let file = request.file.as_ref();
    let (_, length) = data::open(file, NAME)?;
    let refused = |why: String| Err(Error::new(Code::InvalidRequest, why));
    if request.padded && request.size.is_none() {
        return refused("padded data need the piece's size, which shows where they end".into());
    }
    if request.offset > 0 && !request.padded {
        return refused("only a file of padded data can have an offset".into());
    }
    if length == 0 {
        return refused(format!("{} is empty", file.display())).map_err(|error| error.about(file));
    }
    let size = request.size.unwrap_or_else(|| smallest_size(length));
    check_size(size)?;
    if !request.padded && length > unpadded(size) && length != size {
        let full = unpadded(size);
        let why = format!("{} has {length} bytes, a piece of {size} takes {full}", file.display());
        return refused(why).map_err(|error| error.about(file));
    }
    let progress = ByteProgress::new(sink, "piece", size);
    let mut data = PieceData::open(NAME, file, request.padded.then_some(request.offset), size)?;
    let commitment = data.commitment(|bytes| {
        progress.add(bytes.len() as u64);
        Ok(())
    })?;
    Ok(Outcome { commitment, size })
}

fn smallest_size(length: u64) -> u64 {
    length.div_ceil(127).next_power_of_two() * 128
}
