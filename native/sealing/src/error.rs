//! What can go wrong, as a code for programs and a sentence for people.

use std::fmt;
use std::io;
use std::path::Path;

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
    /// The process' environment or a settings file would change how sectors are sealed.
    Settings = 3,
    /// Another process holds the sector's lock.
    Busy = 4,
    /// A file system has too little room.
    NoSpace = 5,
    /// Reading or writing failed.
    Io = 6,
    /// A piece's file is not there.
    PieceMissing = 7,
    /// A piece's file has other bytes than its commitment says.
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
    /// The parent cache is wrong and could not be made anew.
    ParentCache = 14,
    /// The proofs library refused or failed.
    Proofs = 15,
    /// The proofs library panicked; the process that it happened in is to be ended.
    Panic = 16,
    /// The Groth16 parameters are missing, torn or not the right ones.
    Parameters = 17,
    /// A proof does not verify.
    ProofInvalid = 18,
    /// There is too little memory.
    NoMemory = 19,
    /// A disk fails: it gives errors, or has become read-only.
    DiskFailing = 20,
    /// The GPU or its driver fails.
    Gpu = 21,
}

/// A code and one sentence: what happened, to which file, with both values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What kind of error it is.
    pub code: Code,
    /// One sentence for people.
    pub message: String,
}

impl Error {
    /// An error with the given code and sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error { code, message: message.into() }
    }

    /// An input or output error, `doing` something (a present participle) with `path`.
    pub fn io(doing: &str, path: &Path, cause: io::Error) -> Self {
        let code = match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::NoSpace,
            _ => Code::Io,
        };
        Error::new(code, format!("{doing} {} failed: {cause}", path.display()))
    }

    /// The proofs library failed while `doing` something.
    pub fn proofs(doing: &str, cause: impl fmt::Display) -> Self {
        Error::new(Code::Proofs, format!("{doing} failed: {cause:#}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

impl std::error::Error for Error {}
