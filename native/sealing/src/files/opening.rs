//! Opening files that others may have replaced: a pipe would block its reader, a link may lead anywhere.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// More than any record or proof of a sector needs.
const MOST_BYTES: u64 = 1 << 31;

/// Opens a file in scratch or in a store for reading; nothing but a regular file, and no link to one.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    regular(path, libc::O_NOFOLLOW)
}

/// Opens a file in a place that an operator chose, where it may be a link.
pub(crate) fn open_named(path: &Path) -> io::Result<File> {
    regular(path, 0)
}

/// A small file in scratch or in a store.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    bytes(open(path)?)
}

/// A small file in a place that an operator chose.
pub(crate) fn read_named(path: &Path) -> io::Result<Vec<u8>> {
    bytes(open_named(path)?)
}

/// Creates a file in the place of whatever has its name; nothing is written into what that leads to.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    match std::fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

fn regular(path: &Path, flags: i32) -> io::Result<File> {
    // Without O_NONBLOCK, opening a pipe waits for its other end; for a regular file it has no effect.
    let file = OpenOptions::new().read(true).custom_flags(flags | libc::O_NONBLOCK).open(path);
    let file = file.map_err(|cause| if cause.raw_os_error() == Some(libc::ELOOP) { unfit() } else { cause })?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(unfit()) }
}

fn unfit() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is a link, directory, pipe or device instead of a file")
}

fn bytes(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too large"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::ffi::CString;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::files::durable;
    use crate::{Code, pieces};

    fn pipe(path: &Path) {
        let name = CString::new(path.as_os_str().as_bytes()).unwrap();
        assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    }

    // Catches: an open that waits for a pipe's other end, or that follows a link out of scratch.
    #[test]
    fn only_regular_files_are_opened() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::write(at("file"), b"content").unwrap();
        pipe(&at("pipe"));
        symlink(at("file"), at("link")).unwrap();
        assert_eq!(read(&at("file")).unwrap(), b"content");
        assert_eq!(read_named(&at("link")).unwrap(), b"content");
        for name in ["pipe", "link", "."] {
            assert_eq!(open(&at(name)).unwrap_err().kind(), io::ErrorKind::InvalidData, "{name}");
            let size = durable::check_size(&at(name), 7, Code::ScratchLost).unwrap_err();
            assert_eq!(size.code, Code::ScratchLost, "{name}");
        }
        assert!(open_named(&at("pipe")).is_err());
        assert_eq!(pieces::data::open(&at("pipe"), "piece 1").unwrap_err().code, Code::PieceMissing);
    }

    // Catches: a write through a link that someone put where a file is begun, or that waits for a pipe's reader.
    #[test]
    fn nothing_is_written_into_what_is_in_the_way() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::write(at("elsewhere"), b"someone's").unwrap();
        symlink(at("elsewhere"), at("note.tmp")).unwrap();
        symlink(at("elsewhere"), at("layer")).unwrap();
        durable::write(&at("note"), b"n").unwrap();
        durable::create_reserved(&at("layer"), 4096).unwrap();
        pipe(&at("other.tmp"));
        durable::write(&at("other"), b"o").unwrap();
        assert_eq!(fs::read(at("elsewhere")).unwrap(), b"someone's");
        assert_eq!(fs::read(at("note")).unwrap(), b"n");
        assert_eq!(fs::metadata(at("layer")).unwrap().len(), 4096);
    }
}
