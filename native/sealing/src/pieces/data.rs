//! A piece's data in its file, raw or already fr32-padded.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::files::opening;
use crate::pieces::padding::{self, PADDED_BLOCK, RAW_BLOCK};
use crate::pieces::unpadded;
use crate::request::hash32::Hash32;
use crate::sha256::merkle::{NODE_BYTES, root_of_stream};
use crate::{Code, Error, Result};

/// An open piece: returns its padded bytes in order.
pub(crate) struct PieceData<'a> {
    name: &'a str,
    path: &'a Path,
    file: File,
    length: u64,
    size: u64,
    /// Where the padded data begin; none if the file has raw data.
    padded_from: Option<u64>,
    /// Padded bytes returned so far.
    done: u64,
    raw: Vec<u8>,
}

impl<'a> PieceData<'a> {
    /// Opens the data of a piece of `size` padded bytes. If `padded_from` is given, they are padded and begin there.
    /// Otherwise a file of exactly that size must be padded, because raw data are shorter, and any other file is raw.
    pub(crate) fn open(name: &'a str, path: &'a Path, padded_from: Option<u64>, size: u64) -> Result<Self> {
        let (mut file, length) = open(path, name)?;
        let mismatch = |why: String| {
            Error::new(Code::PieceMismatch, format!("{name}: the file {} {why}", path.display())).about(path)
        };
        let padded_from = padded_from.or((length == size).then_some(0));
        match padded_from {
            Some(from) => {
                let end = from.checked_add(size).filter(|end| *end <= length);
                end.ok_or_else(|| {
                    mismatch(format!("has {length} bytes, the piece's {size} padded ones would begin at {from}"))
                })?;
                file.seek(SeekFrom::Start(from)).map_err(|cause| Error::io("reading", path, cause))?;
            }
            None if length > unpadded(size) => {
                return Err(mismatch(format!("has {length} bytes, a full piece of this size has {}", unpadded(size))));
            }
            None => {}
        }
        Ok(PieceData { name, path, file, length, size, padded_from, done: 0, raw: Vec::new() })
    }

    /// The commitment of the data; `each` is called with the padded bytes in order.
    pub(crate) fn commitment(&mut self, each: impl FnMut(&[u8]) -> Result<()>) -> Result<Hash32> {
        let size = self.size;
        root_of_stream(|block| self.fill(block), size, each).map(Hash32)
    }

    /// How the file was read, for the message that its commitment differs.
    pub(crate) fn reading(&self) -> String {
        match self.padded_from {
            Some(from) => format!("its {} bytes from {from} were read as padded data", self.size),
            None => {
                format!("the file is {} bytes, a full piece of this size has {}", self.length, unpadded(self.size))
            }
        }
    }

    /// Fills `block`, whole padded blocks, with the next bytes; after the end of a raw file, zeros follow.
    fn fill(&mut self, block: &mut [u8]) -> Result<()> {
        match self.padded_from {
            Some(from) => {
                self.file.read_exact(block).map_err(|cause| Error::io("reading", self.path, cause))?;
                if let Some(node) = padding::first_unpadded_node(block) {
                    return Err(Error::new(
                        Code::PieceMismatch,
                        format!(
                            "{}: the file {} does not hold padded data: the 32 bytes at {} have a bit set that is zero in all \
                             padded data",
                            self.name,
                            self.path.display(),
                            from + self.done + (node * NODE_BYTES) as u64
                        ),
                    )
                    .about(self.path));
                }
            }
            None => {
                self.raw.resize(block.len() / PADDED_BLOCK * RAW_BLOCK, 0);
                let read = read_up_to(&mut self.file, &mut self.raw);
                let read = read.map_err(|cause| Error::io("reading", self.path, cause))?;
                self.raw[read..].fill(0);
                padding::pad(&self.raw, block);
            }
        }
        self.done += block.len() as u64;
        Ok(())
    }
}

/// Fills `bytes` until the source ends; returns how many bytes were read.
fn read_up_to(source: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < bytes.len() {
        match source.read(&mut bytes[done..]) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(done)
}

/// Opens a piece's file and returns its length.
pub(crate) fn open(file: &Path, name: &str) -> Result<(File, u64)> {
    let opened = opening::open_named(file).and_then(|source| Ok((source.metadata()?.len(), source)));
    match opened {
        Ok((bytes, source)) => Ok((source, bytes)),
        Err(cause) if cause.kind() == io::ErrorKind::InvalidData => {
            Err(Error::new(Code::PieceMissing, format!("{name}: {} is not a file", file.display())).about(file))
        }
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            let message = format!("{name}: the file {} does not exist", file.display());
            Err(Error { missing: true, ..Error::new(Code::PieceMissing, message).about(file) })
        }
        Err(cause) => Err(Error::io("opening", file, cause)),
    }
}
