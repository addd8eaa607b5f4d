//! The short calls. None may use the proofs library's process-global settings, which would be read from the JVM's
//! working directory and then be fixed for good.

use reseal_sealing::files::commitments;
use reseal_sealing::files::geometry::Geometry;
use reseal_sealing::flavour::FLAVOUR;
use reseal_sealing::pieces::Piece;
use reseal_sealing::poseidon::Engine;
use reseal_sealing::request::hash32::Hash32;
use reseal_sealing::request::sector::Sector;
use reseal_sealing::{Code, Error, PROOFS_VERSION, RegisteredSealProof, Result, VERSION, cpu, pieces, request};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::ABI_VERSION;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfProof {
    proof: RegisteredSealProof,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfPieces {
    proof: RegisteredSealProof,
    pieces: Vec<Piece>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfSize {
    size: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfSector {
    proof: RegisteredSealProof,
    miner: u64,
    number: u64,
    ticket: Hash32,
    comm_d: Hash32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfRoots {
    comm_c: Hash32,
    comm_r_last: Hash32,
}

pub(crate) fn answer(mut request: Value) -> Result<Value> {
    let refused = |why: String| Err(Error::new(Code::InvalidRequest, why));
    let Some(fields) = request.as_object_mut() else { return refused("the request is not a JSON object".into()) };
    let op = fields.remove("op");
    match op.as_ref().and_then(Value::as_str) {
        Some("describe") => request::parse(request).map(describe),
        Some("geometry") => request::parse(request).map(geometry),
        Some("comm_d") => comm_d(request::parse(request)?),
        Some("zero_commitment") => zero_commitment(request::parse(request)?),
        Some("replica_id") => request::parse(request).map(replica_id),
        Some("comm_r") => comm_r(request::parse(request)?),
        Some(other) => refused(format!("there is no call \"{other}\"")),
        None => refused("the request has no \"op\"".into()),
    }
}

fn describe(_: Nothing) -> Value {
    let codes: Map<_, _> = Code::ALL.iter().map(|code| (code.name().to_string(), json!(*code as i32))).collect();
    json!({
        "abi": ABI_VERSION,
        "flavour": FLAVOUR,
        "version": VERSION,
        "proofs": PROOFS_VERSION,
        "cpu_features": cpu::present(),
        "poseidon": format!("{:?}", Engine::best()).to_lowercase(),
        "error_codes": codes,
    })
}

fn geometry(of: OfProof) -> Value {
    json!(Geometry::of(of.proof))
}

fn comm_d(of: OfPieces) -> Result<Value> {
    let comm_d = pieces::comm_d(&of.pieces, &Geometry::of(of.proof))?;
    Ok(json!({ "comm_d": comm_d }))
}

fn zero_commitment(of: OfSize) -> Result<Value> {
    pieces::check_size(of.size)?;
    Ok(json!({"commitment": pieces::zero_commitment(of.size)}))
}

fn replica_id(of: OfSector) -> Value {
    let OfSector { proof, miner, number, ticket, comm_d } = of;
    json!({"replica_id": Sector { proof, miner, number, ticket }.replica_id(comm_d)})
}

fn comm_r(of: OfRoots) -> Result<Value> {
    let OfRoots { comm_c, comm_r_last } = of;
    let comm_r = commitments::comm_r(comm_c, comm_r_last).ok_or_else(|| {
        Error::new(Code::InvalidRequest, format!("{comm_c} and {comm_r_last} are not both field elements"))
    })?;
    Ok(json!({ "comm_r": comm_r }))
}
