//! The Groth16 parameters that commit 2 proves with: which files, where they are, and whether they are right.
//!
//! The library uses any file under the right name, even an incomplete one. So each file is compared with its published
//! digest or, for the small sectors of tests, with the digest recorded when it was generated.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use filecoin_proofs::constants::{SECTOR_SIZE_2_KIB, SECTOR_SIZE_8_MIB, SECTOR_SIZE_512_MIB};
use filecoin_proofs_api::{ApiFeature, RegisteredSealProof};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use storage_proofs_core::parameter_cache::{
    SRS_KEY_EXT, SRS_SHARED_KEY_NAME, VERSION, get_parameter_data_from_id, get_srs_parameter_data_from_id,
    parameter_id, verifying_key_id,
};
use storage_proofs_core::settings::SETTINGS;

use crate::files::durable;
use crate::files::opening;
use crate::files::remembered;
use crate::request::hash32::Hash32;
use crate::request::progress::{ByteProgress, Sink};
use crate::{Code, Error, Result};

/// The environment variable that names the directory.
pub const DIRECTORY_VARIABLE: &str = "FIL_PROOFS_PARAMETER_CACHE";

const G1_BYTES: u64 = 96;
const G2_BYTES: u64 = 192;

/// The files of one proof type.
#[derive(Debug)]
pub struct Parameters {
    proof: RegisteredSealProof,
    circuit: String,
    directory: PathBuf,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Proving,
    Verifying,
    Aggregating,
}

/// One of the files.
#[derive(Debug)]
struct Needed {
    kind: Kind,
    name: String,
    path: PathBuf,
    expected: Vec<Expected>,
}

/// A digest that the file may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// Where this digest comes from.
    pub origin: Origin,
    /// `blake2b:` and 32 digits, or `sha256:` and 64.
    pub digest: String,
}

/// Where parameters come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The network's own, from its trusted setup.
    Published,
    /// Made by this program, for tests.
    Generated,
}

/// What is known about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It has one of its digests.
    Right,
    /// It exists with the size that its contents give; it has not been read whole since it last changed.
    Unread,
    /// It does not exist.
    Missing,
    /// It is shorter or longer than its contents say.
    Torn,
    /// Its digest is none of the expected ones.
    Wrong,
}

/// One file, as found.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Its name in the directory.
    pub name: String,
    /// What is known about it.
    pub state: State,
    /// Its size.
    pub bytes: Option<u64>,
    /// The size that its own contents give.
    pub expected_bytes: Option<u64>,
    /// The digests that it may have.
    pub expected: Vec<Expected>,
    /// Where it comes from, if it is right.
    pub origin: Option<Origin>,
    /// One sentence, if it is not right.
    pub message: Option<String>,
}

/// What the files are needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Making proofs, which includes verifying them.
    Proving,
    /// Verifying them.
    Verifying,
}

/// How thoroughly to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Sizes, and the digests that are remembered.
    Sizes,
    /// Read the files whose digests are not remembered.
    Unread,
    /// Read everything.
    All,
}

/// The digests of generated files, in a file beside them. Generated files are random, so no digest can be published.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) files: BTreeMap<String, Hash32>,
}

impl Parameters {
    /// The files of this proof type. All versions of a sector size share them.
    pub fn of(proof: RegisteredSealProof) -> Result<Self> {
        let circuit = proof.circuit_identifier().map_err(|cause| Error::proofs("naming the parameters", cause))?;
        Ok(Parameters { proof, circuit, directory: PathBuf::from(&SETTINGS.parameter_cache) })
    }

    /// The directory that contains them.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether they may be generated: only for the sizes that no real network uses.
    pub fn can_be_generated(&self) -> bool {
        matches!(u64::from(self.proof.sector_size()), SECTOR_SIZE_2_KIB | SECTOR_SIZE_8_MIB | SECTOR_SIZE_512_MIB)
    }

    pub(crate) fn proving(&self) -> PathBuf {
        self.directory.join(parameter_id(&self.circuit))
    }

    pub(crate) fn verifying(&self) -> PathBuf {
        self.directory.join(verifying_key_id(&self.circuit))
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.proving().with_extension("reseal.lock")
    }

    pub(crate) fn record(&self) -> PathBuf {
        self.proving().with_extension("reseal.json")
    }

    pub(crate) fn read_record(&self) -> Record {
        opening::read_named(&self.record()).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    /// The sector size as people write it.
    pub fn size_name(&self) -> String {
        let bytes = u64::from(self.proof.sector_size());
        let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
        let (shift, unit) = units.into_iter().find(|(shift, _)| bytes >> shift > 0).unwrap_or((0, " bytes"));
        format!("{}{unit}", bytes >> shift)
    }

    /// Examines each file.
    pub fn examine(&self, look: Look, sink: Sink) -> Result<Vec<Finding>> {
        self.needed().iter().map(|needed| self.examine_one(needed, look, sink)).collect()
    }

    /// Fails unless every file for this purpose is right. A file that was read whole once is not read again until it
    /// changes.
    pub fn require(&self, purpose: For, sink: Sink) -> Result<()> {
        let needed = self.needed();
        for needed in needed.iter().filter(|needed| purpose == For::Proving || needed.kind != Kind::Proving) {
            if let Some(message) = self.examine_one(needed, Look::Unread, sink)?.message {
                return Err(Error::new(Code::Parameters, message).about(&needed.path));
            }
        }
        Ok(())
    }

    fn needed(&self) -> Vec<Needed> {
        let published = |digest: &str| Expected { origin: Origin::Published, digest: format!("blake2b:{digest}") };
        let record = if self.can_be_generated() { self.read_record() } else { Record::default() };
        let with_digests = |kind, name: String| {
            let data = match kind {
                Kind::Aggregating => get_srs_parameter_data_from_id(&name),
                _ => get_parameter_data_from_id(&name),
            };
            let generated = record
                .files
                .get(&name)
                .map(|digest| Expected { origin: Origin::Generated, digest: format!("sha256:{digest}") });
            let expected = generated.into_iter().chain(data.map(|data| published(&data.digest))).collect();
            Needed { kind, path: self.directory.join(&name), name, expected }
        };
        let mut needed = vec![
            with_digests(Kind::Proving, parameter_id(&self.circuit)),
            with_digests(Kind::Verifying, verifying_key_id(&self.circuit)),
        ];
        if self.proof.feature_enabled(ApiFeature::NonInteractivePoRep) {
            needed.push(with_digests(Kind::Aggregating, format!("v{VERSION}-{SRS_SHARED_KEY_NAME}.{SRS_KEY_EXT}")));
        }
        needed
    }

    fn examine_one(&self, needed: &Needed, look: Look, sink: Sink) -> Result<Finding> {
        let mut finding = Finding {
            name: needed.name.clone(),
            state: State::Missing,
            bytes: None,
            expected_bytes: None,
            expected: needed.expected.clone(),
            origin: None,
            message: None,
        };
        let file = match opening::open_named(&needed.path) {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                finding.message = Some(self.message(needed, "are missing"));
                return Ok(finding);
            }
            Err(cause) => return Err(Error::io("opening", &needed.path, cause)),
        };
        let failed = |cause| Error::io("reading", &needed.path, cause);
        let bytes = file.metadata().map_err(failed)?.len();
        finding.bytes = Some(bytes);
        finding.expected_bytes = own_length(&file, needed.kind, bytes).map_err(failed)?;
        if finding.expected_bytes != Some(bytes) && needed.kind != Kind::Aggregating {
            finding.state = State::Torn;
            let why = match finding.expected_bytes {
                Some(expected) => format!("are torn, with {bytes} bytes instead of {expected}"),
                None => format!("are torn, with only {bytes} bytes"),
            };
            finding.message = Some(self.message(needed, &why));
            return Ok(finding);
        }
        let right = |digests: &[String]| needed.expected.iter().find(|expected| digests.contains(&expected.digest));
        let mut found = right(remembered::recall(&needed.path)?.as_slice());
        if look == Look::All || (look == Look::Unread && found.is_none()) {
            found = right(&read_whole(&needed.path, file, bytes, &needed.expected, sink)?);
            if let Some(expected) = found {
                // The directory may be read-only; then the file is read again next time.
                if let Err(error) = remembered::remember(&needed.path, &expected.digest) {
                    log::warn!("{error}");
                }
            }
        } else if found.is_none() {
            finding.state = State::Unread;
            return Ok(finding);
        }
        match found {
            Some(expected) => {
                finding.state = State::Right;
                finding.origin = Some(expected.origin);
            }
            None => {
                finding.state = State::Wrong;
                finding.message =
                    Some(self.message(needed, "are damaged or not the right ones: their digest is wrong"));
            }
        }
        Ok(finding)
    }

    /// What is wrong with which file, and what to do.
    fn message(&self, needed: &Needed, what: &str) -> String {
        let kind = match needed.kind {
            Kind::Proving => "parameters",
            Kind::Verifying => "verifying key's parameters",
            Kind::Aggregating => "aggregation parameters",
        };
        let (size, path) = (self.size_name(), needed.path.display());
        let todo = if self.can_be_generated() && needed.kind != Kind::Aggregating {
            format!("run `reseal params generate --size {size}`, or set {DIRECTORY_VARIABLE} to where they are")
        } else {
            format!(
                "set {DIRECTORY_VARIABLE} to the directory where the miner's own software keeps them, or fetch them with it"
            )
        };
        format!("the {kind} for proving {size} sectors {what} ({path}): {todo}")
    }
}

/// A file's length by the counts in it; none if it ends before its last count or has no counts.
fn own_length(file: &File, kind: Kind, bytes: u64) -> io::Result<Option<u64>> {
    // First the verifying key: three elements of each group, then the inputs. For proving, h, l, a and b in both groups
    // follow.
    let inputs = (3 * G1_BYTES + 3 * G2_BYTES, G1_BYTES);
    let sequences: &[(u64, u64)] = match kind {
        Kind::Aggregating => return Ok(None),
        Kind::Verifying => &[inputs],
        Kind::Proving => &[inputs, (0, G1_BYTES), (0, G1_BYTES), (0, G1_BYTES), (0, G1_BYTES), (0, G2_BYTES)],
    };
    let mut at = 0;
    for (before, each) in sequences {
        at += before;
        let mut count = [0; 4];
        if at + 4 > bytes {
            return Ok(None);
        }
        file.read_exact_at(&mut count, at)?;
        at += 4 + u64::from(u32::from_be_bytes(count)) * each;
    }
    Ok(Some(at))
}

/// The file's digests, of the kinds that are expected.
fn read_whole(path: &Path, mut file: File, bytes: u64, expected: &[Expected], sink: Sink) -> Result<Vec<String>> {
    let wanted = |prefix: &str| expected.iter().any(|expected| expected.digest.starts_with(prefix));
    let mut sha256 = wanted("sha256:").then(Sha256::new);
    let mut blake2b = wanted("blake2b:").then(|| blake2b_simd::Params::new().to_state());
    let progress = ByteProgress::new(sink, "reading the parameters", bytes);
    let mut buffer = vec![0; 4 << 20];
    loop {
        let read = file.read(&mut buffer).map_err(|cause| Error::io("reading", path, cause))?;
        if read == 0 {
            break;
        }
        if let Some(sha256) = &mut sha256 {
            sha256.update(&buffer[..read]);
        }
        if let Some(blake2b) = &mut blake2b {
            blake2b.update(&buffer[..read]);
        }
        progress.add(read as u64);
    }
    let sha256 = sha256.map(|state| format!("sha256:{}", hex::encode(state.finalize())));
    // Digests are published as their first 16 bytes.
    let blake2b = blake2b.map(|state| format!("blake2b:{}", &state.finalize().to_hex()[..32]));
    Ok(sha256.into_iter().chain(blake2b).collect())
}

impl Record {
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        durable::write(path, &serde_json::to_vec_pretty(self).expect("plain data"))
    }
}
