//! Groth16 parameters for the small sectors of tests, from randomness that is thrown away.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use bellperson::groth16;
use blstrs::Bls12;
use filecoin_proofs::constants::{DefaultPieceHasher, SectorShapeBase};
use filecoin_proofs::parameters::public_params;
use filecoin_proofs_api::RegisteredSealProof;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use storage_proofs_core::compound_proof::CompoundProof;
use storage_proofs_porep::stacked::StackedCompound;

use crate::files::durable::{self, Lock};
use crate::files::opening;
use crate::library::parameters::{Finding, Look, Parameters, Record, State};
use crate::request::progress::{Progress, Sink};
use crate::{Code, Error, Result};

/// Room for both files of any size that can be generated.
const ROOM_BYTES: u64 = 4 << 30;

/// Which parameters to make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type of 2 KiB, 8 MiB or 512 MiB; all versions of a size share their parameters.
    pub proof: RegisteredSealProof,
}

/// What there is now.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Where the files are.
    pub directory: PathBuf,
    /// Whether they were made now; false if they already existed.
    pub generated: bool,
    /// Each file.
    pub files: Vec<Finding>,
}

/// Makes the files unless right ones exist; waits while another process makes them. Killed at any moment, it leaves no
/// file that a check would accept.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let parameters = Parameters::of(request.proof)?;
    let directory = parameters.directory();
    if !parameters.can_be_generated() {
        return Err(Error::new(
            Code::InvalidRequest,
            format!(
                "parameters for {} sectors come from the network's trusted setup and cannot be generated: fetch them with \
                 the miner's own software and set {} to their directory",
                parameters.size_name(),
                crate::library::parameters::DIRECTORY_VARIABLE
            ),
        ));
    }
    fs::create_dir_all(directory).map_err(|cause| Error::io("creating", directory, cause))?;
    let report = |done: u64, text: &str| sink(Progress::step(done, 4, text));
    report(0, "waiting for the lock on the parameters");
    let _lock = Lock::take(&parameters.lock())?;
    let found = parameters.examine(Look::Unread, sink)?;
    if found.iter().all(|file| file.state == State::Right) {
        return Ok(Outcome { directory: directory.to_path_buf(), generated: false, files: found });
    }
    refuse_to_replace(&parameters, &found)?;
    durable::require_space(&[(directory, ROOM_BYTES)])?;

    report(1, "computing the parameters");
    let public = public_params::<SectorShapeBase>(&request.proof.as_v1_config())
        .map_err(|cause| Error::proofs("making the circuit", cause))?;
    let circuit = StackedCompound::<SectorShapeBase, DefaultPieceHasher>::blank_circuit(&public);
    let made = groth16::generate_random_parameters::<Bls12, _, _>(circuit, &mut OsRng)
        .map_err(|cause| Error::proofs("computing the parameters", cause))?;

    report(2, "writing the parameters");
    let mut record = Record::default();
    let mut files = Vec::new();
    for (path, write) in [
        (parameters.proving(), &(|file: &mut BufWriter<File>| made.write(file)) as &dyn Fn(&mut _) -> _),
        (parameters.verifying(), &|file: &mut BufWriter<File>| made.vk.write(file)),
    ] {
        let temporary = durable::temporary(&path);
        write_whole(&temporary, write)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        record.files.insert(name, durable::digest(&temporary)?);
        files.push((temporary, path));
    }
    // The record comes first: a file that it does not describe counts as wrong, not as right.
    record.write(&parameters.record())?;
    for (temporary, path) in &files {
        durable::publish(temporary, path)?;
    }
    report(3, "reading the parameters again");
    let files = parameters.examine(Look::All, sink)?;
    if let Some(message) = files.iter().find_map(|file| file.message.clone()) {
        return Err(Error::new(Code::Parameters, message));
    }
    report(4, "the parameters are made");
    Ok(Outcome { directory: directory.to_path_buf(), generated: true, files })
}

/// Files that this program did not make must not be replaced by it.
fn refuse_to_replace(parameters: &Parameters, found: &[Finding]) -> Result<()> {
    let ours = parameters.read_record();
    let foreign = found.iter().find(|file| file.state != State::Missing && !ours.files.contains_key(&file.name));
    let Some(foreign) = foreign else { return Ok(()) };
    let file = parameters.directory().join(&foreign.name);
    let message = format!(
        "{} is neither the published file nor one that Reseal made: move it away, then generate again",
        file.display()
    );
    Err(Error::new(Code::Parameters, message).about(&file))
}

fn write_whole(path: &Path, write: &dyn Fn(&mut BufWriter<File>) -> std::io::Result<()>) -> Result<()> {
    let written = opening::create(path).and_then(|file| {
        let mut file = BufWriter::with_capacity(1 << 20, file);
        write(&mut file)?;
        file.flush()?;
        file.get_ref().sync_all()
    });
    written.map_err(|cause| Error::io("writing", path, cause))
}
