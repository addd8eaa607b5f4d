//! Pieces → the sector's fr32-padded data.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use crate::files::durable;
use crate::files::geometry::Geometry;
use crate::files::opening;
use crate::pieces::data::PieceData;
use crate::pieces::{self, Piece};
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{ByteProgress, Sink};
use crate::{Code, Error, Result};

/// Which pieces to write to which file.
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

/// Writes the data file and verifies each piece's commitment. The file exists either whole or not at all.
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
        // A leftover file is better than hiding the real error behind another one.
        let _ = durable::remove(&temporary);
    })?;
    durable::publish(&temporary, unsealed)?;
    Ok(Outcome { comm_d, pieces: request.pieces.len() })
}

fn write_pieces(path: &Path, pieces: &[Piece], geometry: &Geometry, sink: Sink) -> Result<()> {
    let failed = |cause| Error::io("writing", path, cause);
    let mut staged = opening::create(path).map_err(failed)?;
    // The parts that are not written below stay zeros and take no space.
    staged.set_len(geometry.sector_size).map_err(failed)?;
    let progress = ByteProgress::new(sink, "data", geometry.sector_size);
    let mut offset = 0;
    for (index, piece) in pieces.iter().enumerate() {
        let name = pieces::piece_name(index, pieces);
        match &piece.file {
            Some(file) => {
                write_piece(&mut staged, path, offset, file, piece, &name, &progress)?;
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
    mut offset: u64,
    file: &Path,
    piece: &Piece,
    name: &str,
    progress: &ByteProgress,
) -> Result<()> {
    staged.seek(SeekFrom::Start(offset)).map_err(|cause| Error::io("writing", staged_path, cause))?;
    let mut data = PieceData::open(name, file, piece.padded_from(), piece.size)?;
    let commitment = data.commitment(|bytes| {
        durable::write_all(staged, bytes, staged_path)?;
        durable::begin_syncing(staged, offset, bytes.len());
        offset += bytes.len() as u64;
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
    )
    .about(file))
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

#[cfg(test)]
mod tests {
    use std::fs;

    use filecoin_proofs_api::seal::{add_piece, generate_piece_commitment};
    use filecoin_proofs_api::{PieceInfo, UnpaddedBytesAmount};
    use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};
    use serde_json::{Value, json};
    use tempfile::TempDir;

    use super::*;
    use crate::operations::piece_commitment;
    use crate::request;

    const PROOF: RegisteredSealProof = RegisteredSealProof::StackedDrg8MiBV1_1;
    const SECTOR_BYTES: u64 = 8 << 20;

    fn random() -> StdRng {
        let seed = rand::random();
        println!("seed {seed}");
        StdRng::seed_from_u64(seed)
    }

    fn random_bytes(rng: &mut StdRng, length: u64) -> Vec<u8> {
        let mut bytes = vec![0; length as usize];
        rng.fill_bytes(&mut bytes);
        bytes
    }

    /// The library's commitment and padded bytes of a piece of `size`: `raw` followed by zeros.
    fn stock(raw: &[u8], size: u64) -> (Hash32, Vec<u8>) {
        let mut raw = raw.to_vec();
        raw.resize(pieces::unpadded(size) as usize, 0);
        let length = UnpaddedBytesAmount(raw.len() as u64);
        let PieceInfo { commitment, .. } = generate_piece_commitment(PROOF, raw.as_slice(), length).unwrap();
        let mut padded = tempfile::tempfile().unwrap();
        let (added, _) = add_piece(PROOF, raw.as_slice(), &mut padded, length, &[]).unwrap();
        assert_eq!(added.commitment, commitment);
        let mut bytes = Vec::new();
        padded.seek(SeekFrom::Start(0)).unwrap();
        std::io::Read::read_to_end(&mut padded, &mut bytes).unwrap();
        (Hash32(commitment), bytes)
    }

    /// Adds this piece first and fillers after it; returns the piece's bytes in the data file.
    fn add(directory: &TempDir, piece: Value) -> Result<Vec<u8>> {
        let size = piece["size"].as_u64().unwrap();
        let mut pieces = vec![piece];
        let mut filled = size;
        while filled < SECTOR_BYTES {
            pieces.push(json!({"commitment": pieces::zero_commitment(filled), "size": filled}));
            filled *= 2;
        }
        let unsealed = directory.path().join("unsealed");
        let request = json!({"proof": PROOF, "pieces": pieces, "unsealed": unsealed});
        run(&request::parse(request).unwrap(), &|_| ())?;
        let bytes = fs::read(&unsealed).unwrap();
        assert_eq!(bytes.len() as u64, SECTOR_BYTES);
        assert!(bytes[size as usize..].iter().all(|byte| *byte == 0), "fillers are zeros");
        Ok(bytes[..size as usize].to_vec())
    }

    fn commitment_of(request: Value) -> Result<Hash32> {
        piece_commitment::run(&request::parse(request).unwrap(), &|_| ()).map(|outcome| outcome.commitment)
    }

    /// Seen to fail with a wrong shift in the padding, and when a short file is not continued with zeros.
    #[test]
    fn pieces_are_those_of_the_library() {
        let mut rng = random();
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("piece");
        let mut cases = vec![(128, 0), (128, 1), (128, 126), (128, 127), (256, 127), (256, 128), (256, 254)];
        for exponent in 7..=23 {
            let size = 1_u64 << exponent;
            let full = pieces::unpadded(size);
            cases.extend([(size, full), (size, full - 1), (size, rng.gen_range(0..=full))]);
        }
        for (size, length) in cases {
            let raw = random_bytes(&mut rng, length);
            fs::write(&file, &raw).unwrap();
            let (commitment, padded) = stock(&raw, size);
            let piece = |file: &Path| json!({"commitment": commitment, "size": size, "file": file});
            assert!(add(&directory, piece(&file)).unwrap() == padded, "{length} bytes in {size}");
            if length > 0 {
                assert_eq!(commitment_of(json!({"file": file, "size": size})), Ok(commitment));
            }

            // The same with padded data: known by its length, or declared as padded, anywhere in a longer file.
            fs::write(&file, &padded).unwrap();
            assert!(add(&directory, piece(&file)).unwrap() == padded, "{size} padded bytes");
            assert_eq!(commitment_of(json!({"file": file, "size": size})), Ok(commitment));
            let offset = rng.gen_range(0..1000);
            let around = [random_bytes(&mut rng, offset), padded.clone(), random_bytes(&mut rng, 7)].concat();
            fs::write(&file, &around).unwrap();
            let mut inside = piece(&file);
            (inside["padded"], inside["offset"]) = (json!(true), json!(offset));
            assert!(add(&directory, inside).unwrap() == padded, "{size} padded bytes at {offset}");
            let request = json!({"file": file, "size": size, "padded": true, "offset": offset});
            assert_eq!(commitment_of(request), Ok(commitment));
        }
    }

    fn assert_refused(directory: &TempDir, piece: Value, code: Code, words: &[&str]) {
        let error = add(directory, piece).unwrap_err();
        assert_eq!(error.code, code, "{error}");
        for word in words {
            assert!(error.message.contains(word), "{word:?} is not in {error}");
        }
        assert!(!directory.path().join("unsealed").exists());
        assert!(!directory.path().join("unsealed.tmp").exists());
    }

    /// Seen to fail when the spare bits of padded data are not checked.
    #[test]
    fn what_is_no_data_of_the_piece_is_refused() {
        let mut rng = random();
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("piece");
        for size in [128, 2048, SECTOR_BYTES] {
            let full = pieces::unpadded(size);
            let raw = random_bytes(&mut rng, full);
            let (commitment, padded) = stock(&raw, size);
            let piece = json!({"commitment": commitment, "size": size, "file": file});
            let with = |padded: bool, offset: u64| {
                let mut piece = piece.clone();
                (piece["padded"], piece["offset"]) = (json!(padded), json!(offset));
                piece
            };

            let one_too_many = [&raw[..], &[0]].concat();
            if one_too_many.len() as u64 != size {
                fs::write(&file, one_too_many).unwrap();
                let words = [format!("has {} bytes", full + 1), format!("has {full}")];
                assert_refused(&directory, piece.clone(), Code::PieceMismatch, &[&words[0], &words[1]]);
            }
            let mut flipped = raw.clone();
            flipped[rng.gen_range(0..full) as usize] ^= 1 << rng.gen_range(0..8);
            fs::write(&file, flipped).unwrap();
            assert_refused(&directory, piece.clone(), Code::PieceMismatch, &["has commitment", "a full piece"]);

            let mut flipped = padded.clone();
            flipped[rng.gen_range(0..size) as usize & !31] ^= 1;
            fs::write(&file, flipped).unwrap();
            assert_refused(&directory, piece.clone(), Code::PieceMismatch, &["has commitment", "as padded data"]);

            let mut spare = padded.clone();
            let node = rng.gen_range(0..size / 32);
            spare[node as usize * 32 + 31] |= if rng.r#gen() { 0x80 } else { 0x40 };
            fs::write(&file, &spare).unwrap();
            let place = format!("the 32 bytes at {}", node * 32);
            assert_refused(&directory, piece.clone(), Code::PieceMismatch, &["not hold padded data", &place]);

            fs::write(&file, &padded).unwrap();
            assert_refused(&directory, with(true, 1), Code::PieceMismatch, &["would begin at 1"]);
            assert_refused(&directory, with(true, u64::MAX), Code::PieceMismatch, &["would begin at"]);
            assert_refused(&directory, with(false, 1), Code::InvalidRequest, &["has an offset"]);
        }
        let zeros = json!({"commitment": pieces::zero_commitment(2048), "size": 2048, "padded": true});
        assert_refused(&directory, zeros, Code::InvalidRequest, &["has no file"]);
    }

    /// Waiting for empty blocks bounds the memory; ending early must not leave a thread waiting.
    #[test]
    fn a_failure_in_the_middle_ends_every_thread() {
        let size = 64 << 20;
        let end = |at: u64, of_fill: bool| {
            let (mut filled, mut seen) = (0, 0);
            let failure = || Err(Error::new(Code::Io, "the end"));
            crate::sha256::merkle::root_of_stream(
                |block| {
                    filled += block.len() as u64;
                    if of_fill && filled > at { failure() } else { Ok(()) }
                },
                size,
                |block| {
                    seen += block.len() as u64;
                    if !of_fill && seen > at { failure() } else { Ok(()) }
                },
            )
        };
        for at in [0, size / 2, size - 1] {
            assert_eq!(end(at, true).unwrap_err().message, "the end");
            assert_eq!(end(at, false).unwrap_err().message, "the end");
        }
        assert_eq!(end(size, true).map(Hash32), Ok(pieces::zero_commitment(size)));
    }
}
