//! Whether a Groth16 proof proves that a sector was sealed.

use std::fmt;

use filecoin_proofs_api::{ApiFeature, SectorId, seal};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::library::boundary;
use crate::library::parameters::{For, Parameters};
use crate::operations::c1::check_seed;
use crate::request::hash32::Hash32;
use crate::request::progress::Sink;
use crate::request::sector::{Sector, prover_id};
use crate::{Code, Error, Result};

/// A proof as it goes on chain; as text, hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof(pub Vec<u8>);

/// What to verify.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The sector.
    pub sector: Sector,
    /// Its CommD.
    pub comm_d: Hash32,
    /// Its CommR.
    pub comm_r: Hash32,
    /// The seed that the proof was made with.
    pub seed: Hash32,
    /// The proof.
    pub proof: Proof,
}

/// The proof verifies; anything else is an error.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Bytes of the proof.
    pub bytes: usize,
}

/// Verifies the proof.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let Request { sector, comm_d, comm_r, seed, proof } = request;
    check_seed(*seed)?;
    Parameters::of(sector.proof)?.require(For::Verifying, sink)?;
    verify(sector, *comm_d, *comm_r, *seed, proof)?;
    Ok(Outcome { bytes: proof.0.len() })
}

/// Verifies a proof whose verifying key is known to be right.
pub(crate) fn verify(sector: &Sector, comm_d: Hash32, comm_r: Hash32, seed: Hash32, proof: &Proof) -> Result<()> {
    let Sector { miner, number, proof: registered, ticket } = sector;
    let refused = |why: &str| {
        Error::new(
            Code::ProofInvalid,
            format!(
                "the proof does not prove sector {number} of miner {miner} with CommR {comm_r} and seed {seed}: {why}"
            ),
        )
    };
    let expected = registered.single_partition_proof_len() * usize::from(registered.partitions());
    if proof.0.len() != expected && !registered.feature_enabled(ApiFeature::NonInteractivePoRep) {
        return Err(refused(&format!("it has {} bytes, not {expected}", proof.0.len())));
    }
    let (prover, number) = (prover_id(*miner), SectorId::from(*number));
    let verified = boundary::catch(|| {
        seal::verify_seal(*registered, comm_r.0, comm_d.0, prover, number, ticket.0, seed.0, &proof.0)
            .map_err(|cause| Error::proofs("reading it", cause))
    });
    match verified {
        Ok(true) => Ok(()),
        Ok(false) => Err(refused("it does not verify")),
        Err(error) if error.is_of_host() => Err(error),
        Err(error) => Err(refused(&error.message)),
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl Serialize for Proof {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Proof {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(&text).map(Proof).map_err(|cause| de::Error::custom(format!("it is not hexadecimal: {cause}")))
    }
}
