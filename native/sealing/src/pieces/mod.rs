//! A sector's pieces and their commitments.

pub(crate) mod data;
mod padding;

use filecoin_proofs_api::{PaddedBytesAmount, PieceInfo};
use serde::Deserialize;

use crate::files::geometry::Geometry;
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::sha256::merkle::{NODE_BYTES, hash_level};
use crate::{Code, Error, Result};

/// Smallest piece, in padded bytes.
pub const MIN_PIECE_BYTES: u64 = 128;

/// One piece of a sector, or a filler.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// Its CID, for messages only.
    #[serde(default)]
    pub cid: Option<String>,
    /// Its commitment.
    pub commitment: Hash32,
    /// Its size in padded bytes.
    pub size: u64,
    /// The file with its data, raw or padded; none for a filler of zeros.
    #[serde(default)]
    pub file: Option<AbsolutePath>,
    /// The file is known to hold padded data, like an unsealed sector.
    #[serde(default)]
    pub padded: bool,
    /// Where in a file of padded data the piece begins.
    #[serde(default)]
    pub offset: u64,
}

impl Piece {
    /// Where its padded data begin, if the file is known to hold padded data.
    pub(crate) fn padded_from(&self) -> Option<u64> {
        self.padded.then_some(self.offset)
    }
}

/// Unpadded bytes in this many padded ones.
pub fn unpadded(padded: u64) -> u64 {
    padded / 128 * 127
}

/// Checks that a piece may have this many padded bytes.
pub fn check_size(size: u64) -> Result<()> {
    if size >= MIN_PIECE_BYTES && size.is_power_of_two() {
        return Ok(());
    }
    let message = format!("{size} is not a valid piece size (a power of two, at least {MIN_PIECE_BYTES})");
    Err(Error::new(Code::InvalidRequest, message))
}

/// Checks that `pieces` fill the sector, each at a multiple of its size. No pieces mean a sector of zeros.
pub fn check_layout(pieces: &[Piece], geometry: &Geometry) -> Result<()> {
    let mut offset = 0_u64;
    for (index, piece) in pieces.iter().enumerate() {
        let refused = |why: String| {
            let name = piece_name(index, pieces);
            Err(Error::new(Code::InvalidRequest, format!("{name} of {} bytes {why}", piece.size)))
        };
        check_size(piece.size)?;
        if piece.size > geometry.sector_size {
            return refused(format!("is larger than a sector of {} bytes", geometry.sector_size));
        }
        if !offset.is_multiple_of(piece.size) {
            return refused(format!(
                "begins at {offset}, which is not a multiple of its size: a filler is missing before it"
            ));
        }
        if piece.padded && piece.file.is_none() {
            return refused("is declared as padded, but has no file".into());
        }
        if piece.offset > 0 && !piece.padded {
            return refused("has an offset, which only a file of padded data can have".into());
        }
        offset += piece.size;
    }
    if !pieces.is_empty() && offset != geometry.sector_size {
        return Err(Error::new(
            Code::InvalidRequest,
            format!(
                "the pieces have {offset} bytes together, but a sector of this proof type has {}",
                geometry.sector_size
            ),
        ));
    }
    Ok(())
}

/// How messages name a piece: `piece 2 of 3 (CID)`.
pub(crate) fn piece_name(index: usize, pieces: &[Piece]) -> String {
    let place = format!("piece {} of {}", index + 1, pieces.len());
    match &pieces[index].cid {
        Some(cid) => format!("{place} ({cid})"),
        None => place,
    }
}

/// CommD of a sector with these pieces, fillers included.
pub fn comm_d(pieces: &[Piece], geometry: &Geometry) -> Result<Hash32> {
    check_layout(pieces, geometry)?;
    let mut stack: Vec<(u64, Hash32)> = Vec::new();
    for piece in pieces {
        let mut top = (piece.size, piece.commitment);
        while let Some(left) = stack.pop_if(|left| left.0 == top.0) {
            top = (2 * top.0, join(left.1, top.1));
        }
        stack.push(top);
    }
    match stack.as_slice() {
        [] => Ok(zero_commitment(geometry.sector_size)),
        [(_, comm_d)] => Ok(*comm_d),
        _ => unreachable!("aligned pieces that fill a power of two fold into one"),
    }
}

/// Checks that these pieces give this CommD.
pub fn check_comm_d(pieces: &[Piece], geometry: &Geometry, expected: Hash32) -> Result<()> {
    let comm_d = comm_d(pieces, geometry)?;
    if comm_d == expected {
        return Ok(());
    }
    Err(Error::new(
        Code::CommDMismatch,
        format!("the {} pieces give CommD {comm_d}, the sector has {expected}", pieces.len()),
    ))
}

/// The commitment of `padded_size` zero bytes, a power of two of at least 64.
pub fn zero_commitment(padded_size: u64) -> Hash32 {
    let mut zero = Hash32([0; NODE_BYTES]);
    let mut size = NODE_BYTES as u64;
    while size < padded_size {
        zero = join(zero, zero);
        size *= 2;
    }
    zero
}

fn join(left: Hash32, right: Hash32) -> Hash32 {
    let mut parent = [0; NODE_BYTES];
    hash_level(&[left.0, right.0].concat(), &mut parent);
    Hash32(parent)
}

/// The pieces in the proofs library's form. For an empty list the library would hash a whole sector of zeros, so it
/// gets a single filler instead.
pub(crate) fn piece_infos(pieces: &[Piece], geometry: &Geometry) -> Result<Vec<PieceInfo>> {
    let info = |commitment: Hash32, padded: u64| {
        PieceInfo::new(commitment.0, PaddedBytesAmount(padded).into())
            .map_err(|cause| Error::new(Code::InvalidRequest, format!("a piece's commitment is invalid: {cause}")))
    };
    match pieces {
        [] => Ok(vec![info(zero_commitment(geometry.sector_size), geometry.sector_size)?]),
        _ => pieces.iter().map(|piece| info(piece.commitment, piece.size)).collect(),
    }
}
