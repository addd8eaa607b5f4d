//! Maps the operation in a request to its code.

use std::sync::mpsc::Receiver;

use crate::output::Output;
use reseal_sealing::files::durable::Lock;
use reseal_sealing::library::placement::Placement;
use reseal_sealing::operations::{
    add_pieces, c1, c2, check_replica, check_sealed, describe, diagnose, gpus, p_aux, params_check, params_generate,
    pc2, piece_commitment, post_check, snap_encode, synthetic, tree_d, tree_r, unseal_key, verify_seal,
};
use reseal_sealing::pc1::{self, group};
use reseal_sealing::request::absolute_path::AbsolutePath;
use reseal_sealing::request::progress::Sink;
use reseal_sealing::{Code, Error, Result, request};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Removes the placement fields from a request and parses them.
pub(crate) fn placement(request: &mut Value) -> Result<Placement> {
    let taken = request.as_object_mut().into_iter().flat_map(|fields| {
        ["cpus", "numa_preferred", "gpu"].into_iter().filter_map(|name| fields.remove_entry(name)).collect::<Vec<_>>()
    });
    request::parse(Value::Object(taken.collect()))
}

/// Takes the lock that the request names, then runs the operation while holding it. Operations that read further lines
/// get `lines`.
pub(crate) fn run(mut request: Value, lines: Receiver<String>, output: &Output) -> Result<Value> {
    let sink: Sink = &|progress| output.progress(&progress);
    let fields =
        request.as_object_mut().ok_or_else(|| Error::new(Code::InvalidRequest, "the request is not a JSON object"))?;
    let operation = fields.remove("op");
    let lock: Option<AbsolutePath> = fields.remove("lock").map(request::parse).transpose()?;
    let _lock = lock.map(|path| Lock::try_take(&path)).transpose()?;
    match operation.as_ref().and_then(Value::as_str) {
        Some("add_pieces") => perform(request, sink, add_pieces::run),
        Some("tree_d") => perform(request, sink, tree_d::run),
        Some("pc1") => perform(request, sink, pc1::run),
        Some("pc1_group") => {
            perform(request, sink, |request, _| group::run(request, lines, &|sector, news| output.news(sector, news)))
        }
        Some("pc2") => perform(request, sink, pc2::run),
        Some("tree_r") => perform(request, sink, tree_r::run),
        Some("p_aux") => perform(request, sink, p_aux::run),
        Some("check_replica") => perform(request, sink, check_replica::run),
        Some("check_sealed") => perform(request, sink, check_sealed::run),
        Some("diagnose") => perform(request, sink, diagnose::run),
        Some("snap_encode") => perform(request, sink, snap_encode::run),
        Some("synthetic") => perform(request, sink, synthetic::run),
        Some("c1") => perform(request, sink, c1::run),
        Some("c2") => perform(request, sink, c2::run),
        Some("verify_seal") => perform(request, sink, verify_seal::run),
        Some("unseal_key") => perform(request, sink, unseal_key::run),
        Some("post_check") => perform(request, sink, post_check::run),
        Some("params_check") => perform(request, sink, params_check::run),
        Some("params_generate") => perform(request, sink, params_generate::run),
        Some("piece_commitment") => perform(request, sink, piece_commitment::run),
        Some("describe") => perform(request, sink, describe::run),
        Some("gpus") => perform(request, sink, gpus::run),
        Some(other) => Err(Error::new(Code::InvalidRequest, format!("there is no operation \"{other}\""))),
        None => Err(Error::new(Code::InvalidRequest, "the request has no \"op\"")),
    }
}

fn perform<Request: DeserializeOwned, Outcome: Serialize>(
    request: Value,
    sink: Sink,
    run: impl FnOnce(&Request, Sink) -> Result<Outcome>,
) -> Result<Value> {
    let outcome = run(&request::parse(request)?, sink)?;
    serde_json::to_value(outcome).map_err(|cause| Error::proofs("writing the result", cause))
}
