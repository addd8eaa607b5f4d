//! Files that survive a power cut, and enough disk space for them.

use std::ffi::CString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::files::opening;
use crate::request::hash32::Hash32;
use crate::{Code, Error, Result};

/// Forces a file's contents, or a directory's names, to the disk.
pub fn sync(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|cause| Error::io("syncing", path, cause))
}

/// Forces the names in the directory of `path` to the disk.
pub fn sync_parent(path: &Path) -> Result<()> {
    sync(path.parent().unwrap_or(Path::new("/")))
}

/// The name under which `path` is written before it is complete.
pub fn temporary(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".tmp");
    path.with_file_name(name)
}

/// Makes a complete file durable and gives it its final name.
pub fn publish(from: &Path, to: &Path) -> Result<()> {
    sync(from)?;
    fs::rename(from, to).map_err(|cause| Error::io("renaming", from, cause))?;
    sync_parent(to)
}

/// Writes a small file so that it exists either whole or not at all.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = temporary(path);
    opening::create(&temporary)
        .and_then(|mut file| file.write_all(bytes))
        .map_err(|cause| Error::io("writing", &temporary, cause))?;
    publish(&temporary, path)
}

/// Removes a file if it exists, or a directory that has taken its place.
pub fn remove(path: &Path) -> Result<()> {
    let removed = match fs::remove_file(path) {
        Err(cause) if cause.kind() == io::ErrorKind::IsADirectory => fs::remove_dir_all(path),
        removed => removed,
    };
    match removed {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(Error::io("removing", path, cause)),
        _ => Ok(()),
    }
}

/// Fails if a file that will be removed and written is one of those that are read.
pub fn refuse_overwriting(written: &Path, inputs: &[&Path]) -> Result<()> {
    match inputs.iter().find(|input| written == **input || are_same(written, input)) {
        Some(input) => {
            let (written, input) = (written.display(), input.display());
            let why = format!("the result would be written to {written}, which is the input {input}");
            Err(Error::new(Code::InvalidRequest, why))
        }
        None => Ok(()),
    }
}

/// Removes the files in `directory` whose names begin with one of `prefixes`; returns how many.
pub fn remove_prefixed(directory: &Path, prefixes: &[&str]) -> Result<usize> {
    let mut removed = 0;
    for name in names(directory)? {
        if prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            remove(&directory.join(name))?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// The names in a directory, sorted.
pub fn names(directory: &Path) -> Result<Vec<String>> {
    let failed = |cause| Error::io("listing", directory, cause);
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Whether both paths lead to the same existing file or directory.
pub fn are_same(one: &Path, other: &Path) -> bool {
    let identity = |path: &Path| fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
    identity(one).is_some_and(|one| identity(other) == Some(one))
}

/// Checks that a file exists and has exactly this many bytes; otherwise an error of kind `code`.
pub fn check_size(path: &Path, expected: u64, code: Code) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => {
            Err(Error::new(code, format!("{} is not a file", path.display())).about(path))
        }
        Ok(metadata) if metadata.len() != expected => {
            let message = format!("{} has {} bytes, not {expected}", path.display(), metadata.len());
            Err(Error::new(code, message).about(path))
        }
        Ok(_) => Ok(()),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Err(Error::missing(code, path)),
        Err(cause) => Err(Error::io("examining", path, cause)),
    }
}

/// SHA-256 of a file.
pub fn digest(path: &Path) -> Result<Hash32> {
    digest_watched(path, |_| Ok(()))
}

/// Like `digest`, but calls `read` again and again with the number of bytes read so far; an error from it ends the
/// reading.
pub(crate) fn digest_watched(path: &Path, read: impl Fn(u64) -> Result<()>) -> Result<Hash32> {
    let failed = |cause| Error::io("reading", path, cause);
    let mut file = opening::open_named(path).map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut done = 0;
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok(Hash32(hasher.finalize().into())),
            bytes => {
                hasher.update(&buffer[..bytes]);
                done += bytes as u64;
                read(done)?;
            }
        }
    }
}

/// Creates a file of this size with its blocks reserved, so that writing into it, even through a memory map, cannot run
/// out of space.
pub fn create_reserved(path: &Path, size: u64) -> Result<File> {
    let failed = |cause| Error::io("creating", path, cause);
    let file = opening::create(path).map_err(failed)?;
    if unsafe { libc::fallocate(file.as_raw_fd(), 0, 0, size as libc::off_t) } != 0 {
        let cause = io::Error::last_os_error();
        match cause.raw_os_error() {
            // This file system cannot reserve blocks; the caller writes every byte anyway.
            Some(libc::EOPNOTSUPP | libc::ENOSYS) => file.set_len(size).map_err(failed)?,
            _ => return Err(failed(cause)),
        }
    }
    Ok(file)
}

/// Checks that the file systems have room for the bytes that will be written to these directories.
///
/// The library writes through memory maps of sparse files: there a full disk does not return an error, it kills the
/// process.
pub fn require_space(needs: &[(&Path, u64)]) -> Result<()> {
    let mut by_device: Vec<(u64, &Path, u64)> = Vec::new();
    for &(directory, bytes) in needs {
        let device = fs::metadata(directory).map_err(|cause| Error::io("examining", directory, cause))?.dev();
        match by_device.iter_mut().find(|need| need.0 == device) {
            Some(need) => need.2 += bytes,
            None => by_device.push((device, directory, bytes)),
        }
    }
    for (_, directory, bytes) in by_device {
        let free = free_bytes(directory)?;
        if free < bytes {
            let message =
                format!("the file system of {} has {free} bytes free, {bytes} are needed", directory.display());
            return Err(Error::new(Code::NoSpace, message).about(directory));
        }
    }
    Ok(())
}

fn free_bytes(directory: &Path) -> Result<u64> {
    let path = CString::new(directory.as_os_str().as_bytes())
        .map_err(|cause| Error::new(Code::InvalidRequest, format!("{} is not a path: {cause}", directory.display())))?;
    let mut stat = unsafe { std::mem::zeroed::<libc::statvfs>() };
    if unsafe { libc::statvfs(path.as_ptr(), &mut stat) } != 0 {
        return Err(Error::io("examining the file system of", directory, io::Error::last_os_error()));
    }
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// An exclusive lock on a file, held until it is dropped or the process ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the open file is the lock")] File);

impl Lock {
    /// Takes the lock without waiting; if another process holds it, an error of kind `Busy`.
    pub fn try_take(path: &Path) -> Result<Lock> {
        let file = Self::open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(fs::TryLockError::WouldBlock) => {
                Err(Error::new(Code::Busy, format!("another process holds the lock {}", path.display())).about(path))
            }
            Err(fs::TryLockError::Error(cause)) => Err(Error::io("locking", path, cause)),
        }
    }

    /// Waits for the lock.
    pub fn take(path: &Path) -> Result<Lock> {
        let file = Self::open(path)?;
        file.lock().map_err(|cause| Error::io("locking", path, cause))?;
        Ok(Lock(file))
    }

    fn open(path: &Path) -> Result<File> {
        // Opened for reading too, a pipe is not waited for.
        File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .custom_flags(libc::O_NOFOLLOW)
            .open(path)
            .map_err(|cause| Error::io("opening the lock", path, cause))
    }
}

/// Writes all of `bytes`; an error names the file.
pub(crate) fn write_all(file: &mut File, bytes: &[u8], path: &Path) -> Result<()> {
    file.write_all(bytes).map_err(|cause| Error::io("writing", path, cause))
}

/// Writes all of `bytes` at an offset; an error names the file.
pub(crate) fn write_at(file: &File, bytes: &[u8], offset: u64, path: &Path) -> Result<()> {
    file.write_all_at(bytes, offset).map_err(|cause| Error::io("writing", path, cause))
}

/// Asks the system to start writing these bytes to the disk, so that the sync at the end is short.
pub(crate) fn begin_syncing(file: &File, offset: u64, bytes: usize) {
    // Only a hint: if it fails, the sync at the end fails too and reports the error.
    let (offset, bytes) = (offset as libc::off64_t, bytes as libc::off64_t);
    unsafe { libc::sync_file_range(file.as_raw_fd(), offset, bytes, libc::SYNC_FILE_RANGE_WRITE) };
}

/// Waits until these bytes are on the disk, so that little unwritten data piles up.
pub(crate) fn finish_syncing(file: &File, offset: u64, bytes: usize) {
    // As above.
    let (offset, bytes) = (offset as libc::off64_t, bytes as libc::off64_t);
    let whole = libc::SYNC_FILE_RANGE_WAIT_BEFORE | libc::SYNC_FILE_RANGE_WRITE | libc::SYNC_FILE_RANGE_WAIT_AFTER;
    unsafe { libc::sync_file_range(file.as_raw_fd(), offset, bytes, whole) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_there_is_room_for_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let error = require_space(&[(directory.path(), u64::MAX / 4), (directory.path(), u64::MAX / 4)]).unwrap_err();
        assert_eq!(error.code, Code::NoSpace);
        assert!(error.message.contains(&format!("{} are needed", u64::MAX / 4 * 2)), "{error}");
        require_space(&[(directory.path(), 1)]).unwrap();
    }

    /// Otherwise the stage that makes the file fails for ever.
    #[test]
    fn a_directory_in_a_files_place_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("layer");
        fs::create_dir_all(path.join("in it")).unwrap();
        remove(&path).unwrap();
        assert!(!path.exists());
        remove(&path).unwrap();
    }

    /// With `set_len` alone the file has holes, and writing to them through a memory map kills the process when the
    /// disk is full.
    #[test]
    fn reserved_files_have_their_blocks() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("reserved");
        let file = create_reserved(&path, 1 << 20).unwrap();
        let metadata = file.metadata().unwrap();
        assert_eq!(metadata.len(), 1 << 20);
        assert!(metadata.blocks() * 512 >= 1 << 20, "{} blocks", metadata.blocks());
    }
}
