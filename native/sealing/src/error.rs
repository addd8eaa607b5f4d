//! What can go wrong, as a code for programs and a sentence for people.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

/// Result of every operation.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $name:ident = $number:literal,)+) => {
        /// Kind of an error. The numbers are part of the C ABI: never renumber, only append.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(i32)]
        pub enum Code {
            $($(#[doc = $meaning])+ $name = $number,)+
        }

        impl Code {
            /// Every code, in the order of its number.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// The name that requests and the C header use.
            pub fn name(self) -> &'static str {
                match self {
                    $(Code::$name => stringify!($name),)+
                }
            }
        }
    };
}

codes! {
    /// The request is malformed, or its parts contradict each other.
    InvalidRequest = 1,
    /// The CPU lacks instructions that this build needs.
    UnsupportedCpu = 2,
    /// The process's environment or a settings file would change how sectors are sealed.
    Settings = 3,
    /// Another process holds the sector's lock.
    Busy = 4,
    /// A file system has too little room.
    NoSpace = 5,
    /// Reading or writing failed.
    Io = 6,
    /// A piece's file does not exist.
    PieceMissing = 7,
    /// A piece's file does not match the piece's commitment.
    PieceMismatch = 8,
    /// The pieces or the data do not give the expected CommD.
    CommDMismatch = 9,
    /// The sealed sector is not the expected one.
    CommRMismatch = 10,
    /// A file that an earlier stage left is missing or damaged; that stage has to run again.
    ScratchLost = 11,
    /// The sealed sector does not prove itself.
    SealInvalid = 12,
    /// The stored copy cannot be proven.
    NotProvable = 13,
    /// The parent cache is wrong and could not be rebuilt.
    ParentCache = 14,
    /// The proofs library refused or failed.
    Proofs = 15,
    /// The proofs library panicked; the process must be ended.
    Panic = 16,
    /// The Groth16 parameters are missing, incomplete or wrong.
    Parameters = 17,
    /// A proof does not verify.
    ProofInvalid = 18,
    /// There is too little memory.
    NoMemory = 19,
    /// A disk is failing: it returns errors, or has become read-only.
    DiskFailing = 20,
    /// The GPU or its driver is failing.
    Gpu = 21,
}

/// A code and one sentence: what happened, to which file, with the actual and the expected value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Error {
    /// What kind of error it is.
    #[serde(serialize_with = "by_name")]
    pub code: Code,
    /// One sentence for people.
    pub message: String,
    /// The file or directory that the error is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "by_display")]
    pub file: Option<PathBuf>,
    /// Whether the error is that this file does not exist.
    #[serde(skip)]
    pub missing: bool,
}

fn by_name<S: Serializer>(code: &Code, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(code.name())
}

/// Bytes that are not UTF-8 are replaced, as they are in messages.
fn by_display<S: Serializer>(file: &Option<PathBuf>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    file.as_ref().map(|file| file.to_string_lossy()).serialize(serializer)
}

impl Error {
    /// An error with the given code and sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error { code, message: message.into(), file: None, missing: false }
    }

    /// A file that does not exist.
    pub fn missing(code: Code, file: &Path) -> Self {
        let error = Error::new(code, format!("{} is missing", file.display())).about(file);
        Error { missing: true, ..error }
    }

    /// The same error, naming the file or directory that it is about.
    pub fn about(self, file: &Path) -> Self {
        Error { file: Some(file.to_path_buf()), ..self }
    }

    /// An input or output error, `doing` something (a present participle) with `path`.
    pub fn io(doing: &str, path: &Path, cause: io::Error) -> Self {
        let code = of_errno(cause.raw_os_error().unwrap_or(0)).unwrap_or(Code::Io);
        Error::new(code, format!("{doing} {} failed: {cause}", path.display())).about(path)
    }

    /// A failure of the proofs library while `doing` something.
    pub fn proofs(doing: &str, cause: impl fmt::Display) -> Self {
        let cause = format!("{cause:#}");
        Error::of_library(Code::Proofs, format!("{doing} failed: {cause}"), &cause)
    }

    /// An error that the library reports in these words. They may show a kind of their own; otherwise it has kind
    /// `code`.
    pub(crate) fn of_library(code: Code, message: String, words: &str) -> Self {
        let error = Error::new(of_words(words).unwrap_or(code), message);
        let is_of_file = matches!(error.code, Code::NoSpace | Code::DiskFailing);
        Error { file: path_in(words).filter(|_| is_of_file), ..error }
    }

    /// Whether the host is at fault, so that the sector and the stored copy may well be right.
    pub fn is_of_host(&self) -> bool {
        matches!(self.code, Code::NoSpace | Code::Io | Code::NoMemory | Code::DiskFailing | Code::Gpu)
    }

    /// The same error with `why` before its message. It also gets this code, unless the host is at fault.
    pub(crate) fn unless_of_host(self, code: Code, why: &str) -> Self {
        let code = if self.is_of_host() { self.code } else { code };
        Error { code, message: format!("{why}: {}", self.message), ..self }
    }
}

/// The host fault that an error number of the kernel stands for.
fn of_errno(errno: i32) -> Option<Code> {
    match errno {
        libc::ENOSPC | libc::EDQUOT => Some(Code::NoSpace),
        libc::ENOMEM => Some(Code::NoMemory),
        libc::EIO | libc::ENXIO | libc::ENODEV | libc::EROFS | libc::EUCLEAN | libc::EREMOTEIO => {
            Some(Code::DiskFailing)
        }
        _ => None,
    }
}

/// The host fault in an error text of the library, which is often all that it returns.
pub(crate) fn of_words(words: &str) -> Option<Code> {
    let number = |rest: &str| rest.split(')').next().and_then(|number| number.parse().ok());
    if let Some(code) = words.split("(os error ").skip(1).filter_map(number).find_map(of_errno) {
        return Some(code);
    }
    is_of_gpu(words).then_some(Code::Gpu)
}

/// The first absolute path in the library's words.
fn path_in(words: &str) -> Option<PathBuf> {
    let separates = |letter: char| letter.is_whitespace() || "\"'`(),;".contains(letter);
    let parts = words.split(separates).map(|part| part.trim_end_matches([':', '.']));
    parts.filter(|part| part.len() > 1).find(|part| part.starts_with('/')).map(PathBuf::from)
}

/// Whether this is an error text of the library's GPU crates: as they format their errors for people (`Display`) and,
/// in a panic, for programmers (`Debug`). A word like GPU alone is not enough: it may be part of a path.
fn is_of_gpu(words: &str) -> bool {
    const WORDS: [&str; 15] = [
        "GPUError",
        "GpuError",
        "GPU Error",
        "GPU error",
        "GPU tools error",
        "GPU call was aborted",
        "EcError",
        "ClError(",
        "CUDA_ERROR",
        "Cuda Error",
        "OpenCL Error",
        "Opencl3 Error",
        "No kernel is initialized",
        "Cannot remove newest context",
        "No CUDA devices available",
    ];
    // SupraSeal gives the call and the source line: `cudaMalloc(…)@sppark/util/gpu_t.cuh:47 failed: "out of memory"`.
    let of_supraseal = |end: &str| words.split_once('@').is_some_and(|(_, place)| place.contains(end));
    WORDS.iter().any(|part| words.contains(part))
        || ([".cuh:", ".cu:"].iter().any(|end| of_supraseal(end)) && words.contains(" failed: \""))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A failing disk is not a damaged file: the sector must move to another host, not be made again on this one.
    #[test]
    fn the_hosts_faults_are_told_from_others() {
        for (errno, code) in [
            (libc::EIO, Code::DiskFailing),
            (libc::EROFS, Code::DiskFailing),
            (libc::ENXIO, Code::DiskFailing),
            (libc::ENOSPC, Code::NoSpace),
            (libc::EDQUOT, Code::NoSpace),
            (libc::ENOMEM, Code::NoMemory),
            (libc::EACCES, Code::Io),
        ] {
            let cause = io::Error::from_raw_os_error(errno);
            assert_eq!(Error::io("reading", Path::new("/layer"), cause).code, code, "{errno}");
            let words = format!("failed to store labels: {}", io::Error::from_raw_os_error(errno));
            let of_library = if code == Code::Io { Code::Proofs } else { code };
            assert_eq!(Error::proofs("labelling", words).code, of_library, "{errno}");
        }
    }

    /// As bellperson, ec-gpu-gen, neptune, rust-gpu-tools and sppark write them. If they counted as a fault of the
    /// sector or the library, the same device would be used again.
    #[test]
    fn a_gpu_is_blamed_by_its_librarys_words() {
        for words in [
            "malformed proofs: Encountered a GPU Error: EC GPU error: GPU tools error: Cuda Error: \"out of memory\"",
            "Encountered a GPU Error: GPUError: no working GPUs found!",
            "Encountered a GPU Error: No kernel is initialized!",
            "EC GPU error: GPU call was aborted!",
            "EcError: the number of exponents is wrong",
            "GPU tools error: Opencl3 Error: -4 CL_MEM_OBJECT_ALLOCATION_FAILURE",
            "failed to add columns: GpuError(\"GPU tools error: Cuda Error: \\\"unspecified launch failure\\\"\")",
            "failed to create ColumnTreeBuilder: ClError(DeviceNotFound)",
            "Opencl3 Error: -5 CL_OUT_OF_RESOURCES",
            "GPU Error: GPU tools error: Cuda Error: \"uncorrectable ECC error encountered\"",
            "Cannot remove newest context: IllegalAddress",
            "No CUDA devices available",
            "cudaMallocAsync(&d_ptr, sz, stream)@sppark/util/gpu_t.cuh:71 failed: \"out of memory\"",
            "cudaGetLastError()@cuda/groth16_cuda.cu:311 failed: \"an illegal memory access was encountered\"",
        ] {
            assert_eq!(Error::proofs("commit 2", words).code, Code::Gpu, "{words}");
        }
        for words in [
            "/mnt/gpu-scratch/cache is no directory",
            "Cannot create GPU lock file at \"/tmp/bellman.gpu.lock\"",
            "mail@example.org: the kernel kernel.cu: is long",
        ] {
            assert_eq!(Error::proofs("commit 2", words).code, Code::Proofs, "{words}");
        }
        let full = "EC GPU error: Encountered an I/O error: No space left on device (os error 28)";
        assert_eq!(Error::proofs("commit 2", full).code, Code::NoSpace);
    }

    /// The host is taken out of service for a disk that fails, so the path must survive every conversion of the error.
    #[test]
    fn the_file_that_an_error_is_about_is_kept() {
        let file = Path::new("/mnt/nvme1/cache/layer-1");
        let io = Error::io("reading", file, io::Error::from_raw_os_error(libc::EIO));
        let kept = io.unless_of_host(Code::SealInvalid, "no proof");
        assert_eq!(kept.file.as_deref(), Some(file));
        assert_eq!(serde_json::to_value(&kept).unwrap()["file"], "/mnt/nvme1/cache/layer-1");
        for words in [
            "could not open path=\"/mnt/nvme1/cache/layer-1\": Input/output error (os error 5)",
            "failed to read /mnt/nvme1/cache/layer-1: Input/output error (os error 5)",
        ] {
            assert_eq!(Error::proofs("commit 1", words).file.as_deref(), Some(file), "{words}");
        }
        assert_eq!(Error::proofs("commit 1", "Input/output error (os error 5)").file, None);
        assert_eq!(Error::proofs("commit 1", "/mnt/nvme1 is no directory").file, None);
        let plain = serde_json::to_value(Error::new(Code::Busy, "held")).unwrap();
        assert_eq!(plain, serde_json::json!({"code": "Busy", "message": "held"}));
    }

    #[test]
    fn the_hosts_faults_keep_their_code() {
        let with = |code| Error::new(code, "layer 2 cannot be read").unless_of_host(Code::SealInvalid, "no proof");
        assert_eq!(with(Code::DiskFailing), Error::new(Code::DiskFailing, "no proof: layer 2 cannot be read"));
        assert_eq!(with(Code::Proofs), Error::new(Code::SealInvalid, "no proof: layer 2 cannot be read"));
    }
}
