//! Pieces → the sector's fr32-padded data.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use crate::absolute_path::AbsolutePath;
use crate::geometry::Geometry;
use crate::hash32::Hash32;
use crate::piece_data::PieceData;
use crate::pieces::{self, Piece};
use crate::progress::{ByteProgress, Sink};
use crate::{Code, Error, Result, durable};

/// What to write where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type.
    pub proof: RegisteredSealProof,
    /// All pieces in order, fillers included; none for a sector of zeros.
    pub pieces: Vec<Piece>,
    /// The file to write.
    pub unsealed: AbsolutePath,
}

/// What was written.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The data's commitment.
    pub comm_d: Hash32,
    /// How many pieces it has.
    pub pieces: usize,
}

/// Writes the data file, each piece's commitment verified. The file is there whole or not at all.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.proof);
    let comm_d = pieces::comm_d(&request.pieces, &geometry)?;
    let unsealed = request.unsealed.as_ref();
    let directory = unsealed.parent().unwrap_or(Path::new("/"));
    let temporary = durable::temporary(unsealed);
    durable::remove(&temporary)?;
    let from_files = request.pieces.iter().filter(|piece| piece.file.is_some());
    durable::require_space(&[(directory, from_files.map(|piece| piece.size).sum())])?;

    write_pieces(&temporary, &request.pieces, &geometry, sink).inspect_err(|_| {
        // Better a left-over than another error in its place.
        let _ = durable::remove(&temporary);
    })?;
    durable::publish(&temporary, unsealed)?;
    Ok(Outcome { comm_d, pieces: request.pieces.len() })
}

fn write_pieces(path: &Path, pieces: &[Piece], geometry: &Geometry, sink: Sink) -> Result<()> {
    let failed = |cause| Error::io("writing", path, cause);
    let mut staged = File::create(path).map_err(failed)?;
    // What is not written below is zeros, and takes no space.
    staged.set_len(geometry.sector_size).map_err(failed)?;
    let progress = ByteProgress::new(sink, "data", geometry.sector_size);
    let mut offset = 0;
    for (index, piece) in pieces.iter().enumerate() {
        let name = pieces::piece_name(index, pieces);
        match &piece.file {
            Some(file) => {
                staged.seek(SeekFrom::Start(offset)).map_err(failed)?;
                write_piece(&mut staged, path, file, piece, &name, &progress)?;
            }
            None => {
                check_filler(piece, &name)?;
                progress.add(piece.size);
            }
        }
        offset += piece.size;
    }
    if pieces.is_empty() {
        progress.add(geometry.sector_size);
    }
    Ok(())
}

fn write_piece(
    staged: &mut File,
    staged_path: &Path,
    file: &Path,
    piece: &Piece,
    name: &str,
    progress: &ByteProgress,
) -> Result<()> {
    let mut data = PieceData::open(name, file, piece.padded_from(), piece.size)?;
    let commitment = data.commitment(|bytes| {
        durable::write_all(staged, bytes, staged_path)?;
        progress.add(bytes.len() as u64);
        Ok(())
    })?;
    if commitment == piece.commitment {
        return Ok(());
    }
    Err(Error::new(
        Code::PieceMismatch,
        format!(
            "{name}: the file {} has commitment {commitment}, not {}; {}",
            file.display(),
            piece.commitment,
            data.reading()
        ),
    ))
}

fn check_filler(piece: &Piece, name: &str) -> Result<()> {
    let zeros = pieces::zero_commitment(piece.size);
    if piece.commitment == zeros {
        return Ok(());
    }
    Err(Error::new(
        Code::PieceMismatch,
        format!("{name} has no file, so it is zeros, whose commitment is {zeros}, not {}", piece.commitment),
    ))
}
