//! Commit 2: the vanilla proofs → the Groth16 proof that goes on chain.

use filecoin_proofs_api::SectorId;
use filecoin_proofs_api::seal;
use serde::{Deserialize, Serialize};

use crate::flavour::FLAVOUR;
use crate::library::boundary;
use crate::library::logging;
use crate::library::parameters::{For, Parameters};
use crate::operations::c1::check_seed;
use crate::operations::c1_output::{self, Binding};
use crate::operations::verify_seal::{self, Proof};
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{Progress, Sink};
use crate::request::sector::{Sector, prover_id};
use crate::{Code, Error, Result};

/// What to prove.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The sector.
    pub sector: Sector,
    /// Its CommD.
    pub comm_d: Hash32,
    /// Its CommR: the chain's.
    pub comm_r: Hash32,
    /// The chain's interactive randomness.
    pub seed: Hash32,
    /// The file that commit 1 wrote.
    pub input: AbsolutePath,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The proof, which was verified.
    pub proof: Proof,
}

/// Makes the proof and verifies it. A proof that does not verify is never returned.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let report = |done: u64, text: &str| sink(Progress::step(done, STEPS, text));
    let Request { sector, comm_d, comm_r, seed, input } = request;
    check_seed(*seed)?;
    report(0, "reading the vanilla proofs");
    let vanilla = c1_output::read(input, &Binding::new(sector, *comm_d, *comm_r, *seed))?;
    // The library would accept incomplete parameters.
    Parameters::of(sector.proof)?.require(For::Proving, &|reading| report(1, &reading.text))?;
    report(2, "synthesising the circuits");
    let hear = |message: &str| {
        if let Some(step) = step(message) {
            report(step, TEXTS[step as usize - 3]);
        }
    };
    let proof = logging::while_hearing(hear, || {
        boundary::catch(|| {
            seal::seal_commit_phase2(vanilla, prover_id(sector.miner), SectorId::from(sector.number))
                .map_err(|cause| failed(&format!("{cause:#}")))
        })
    })?;
    let proof = Proof(proof.proof);
    verify_seal::verify(sector, *comm_d, *comm_r, *seed, &proof)?;
    report(STEPS, "the proof is made and verified");
    Ok(Outcome { proof })
}

const STEPS: u64 = 5;
const TEXTS: [&str; 2] = ["proving", "verifying the proof"];

/// The step that has begun according to this message in the library's log.
fn step(message: &str) -> Option<u64> {
    if message.starts_with("starting proof timer") {
        Some(3)
    } else if message.starts_with("prover time") {
        Some(4)
    } else {
        None
    }
}

fn failed(cause: &str) -> Error {
    // The library's own check of the proof that it made; it verifies nothing else here.
    let refused =
        ["post seal aggregation verifies", "post-seal verification"].iter().any(|words| cause.contains(words));
    if refused {
        return Error::new(Code::ProofInvalid, format!("the proof that was made does not verify: {cause}"));
    }
    let mut error = Error::proofs("commit 2", cause);
    if error.code == Code::Gpu && FLAVOUR == "cuda-supraseal" {
        error.message += "; cuda-supraseal proves only on GPUs: without one, use another flavour";
    }
    error
}
