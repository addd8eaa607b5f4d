//! Reads requests, and maps the operation in each to its code.

use std::io::BufRead;
use std::sync::mpsc::Receiver;

use crate::output::Output;
use reseal_sealing::files::durable::Lock;
use reseal_sealing::library::placement::Placement;
use reseal_sealing::operations::{
    add_pieces, c1, c2, check_replica, check_sealed, comm_c, copy_layers, decode, describe, diagnose, encode, gpus,
    label_speed, params_check, params_generate, pc2, piece_commitment, post_check, snap_encode, snap_key, synthetic,
    tree_d, tree_r, tree_r_root, unseal_key, verify_seal,
};
use reseal_sealing::pc1::{self, group};
use reseal_sealing::request::absolute_path::AbsolutePath;
use reseal_sealing::request::progress::Sink;
use reseal_sealing::{Code, Error, Result, request};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The request in a line.
pub(crate) fn request(mut input: impl BufRead) -> Result<Value> {
    let refused = |why: String| Error::new(Code::InvalidRequest, why);
    let mut line = String::new();
    input.read_line(&mut line).map_err(|cause| refused(format!("the request cannot be read: {cause}")))?;
    if line.trim().is_empty() {
        return Err(refused("there is no request: one line of JSON is expected on stdin".into()));
    }
    serde_json::from_str(&line).map_err(|cause| refused(format!("the request is not JSON: {cause}")))
}

/// Removes the placement fields from a request and parses them.
pub(crate) fn placement(request: &mut Value) -> Result<Placement> {
    let taken = request.as_object_mut().into_iter().flat_map(|fields| {
        ["cpus", "numa_preferred", "gpu"].into_iter().filter_map(|name| fields.remove_entry(name)).collect::<Vec<_>>()
    });
    request::parse(Value::Object(taken.collect()))
}

/// An operation whose request has been read, and that has not begun.
pub(crate) struct Operation {
    lock: Option<AbsolutePath>,
    work: Work,
}

type Work = Box<dyn FnOnce(Receiver<String>, &Output) -> Result<Value>>;

impl Operation {
    /// Takes the lock that the request names, then does the work while holding it. Operations that read further lines get
    /// `lines`.
    pub(crate) fn run(self, lines: Receiver<String>, output: &Output) -> Result<Value> {
        let _lock = self.lock.map(|path| Lock::try_take(&path)).transpose()?;
        (self.work)(lines, output)
    }
}

/// Reads a request without its placement. A request that is refused has touched nothing.
pub(crate) fn read(mut request: Value) -> Result<Operation> {
    let fields =
        request.as_object_mut().ok_or_else(|| Error::new(Code::InvalidRequest, "the request is not a JSON object"))?;
    let operation = fields.remove("op");
    let lock = fields.remove("lock").map(request::parse).transpose()?;
    let work = match operation.as_ref().and_then(Value::as_str) {
        Some("add_pieces") => work(request, add_pieces::run),
        Some("tree_d") => work(request, tree_d::run),
        Some("pc1") => work(request, pc1::run),
        Some("pc1_group") => group(request),
        Some("copy_layers") => work(request, copy_layers::run),
        Some("pc2") => work(request, pc2::run),
        Some("encode") => work(request, encode::run),
        Some("tree_r") => work(request, tree_r::run),
        Some("tree_r_root") => work(request, tree_r_root::run),
        Some("comm_c") => work(request, comm_c::run),
        Some("check_replica") => work(request, check_replica::run),
        Some("check_sealed") => work(request, check_sealed::run),
        Some("diagnose") => work(request, diagnose::run),
        Some("snap_encode") => work(request, snap_encode::run),
        Some("snap_key") => work(request, snap_key::run),
        Some("decode") => work(request, decode::run),
        Some("synthetic") => work(request, synthetic::run),
        Some("c1") => work(request, c1::run),
        Some("c2") => work(request, c2::run),
        Some("verify_seal") => work(request, verify_seal::run),
        Some("unseal_key") => work(request, unseal_key::run),
        Some("post_check") => work(request, post_check::run),
        Some("params_check") => work(request, params_check::run),
        Some("params_generate") => work(request, params_generate::run),
        Some("piece_commitment") => work(request, piece_commitment::run),
        Some("describe") => work(request, describe::run),
        Some("label_speed") => work(request, label_speed::run),
        Some("gpus") => work(request, gpus::run),
        Some(other) => Err(Error::new(Code::InvalidRequest, format!("there is no operation \"{other}\""))),
        None => Err(Error::new(Code::InvalidRequest, "the request has no \"op\"")),
    }?;
    Ok(Operation { lock, work })
}

fn work<Request: DeserializeOwned + 'static, Outcome: Serialize>(
    request: Value,
    run: impl FnOnce(&Request, Sink) -> Result<Outcome> + 'static,
) -> Result<Work> {
    let request = request::parse(request)?;
    Ok(Box::new(move |_, output| written(run(&request, &|progress| output.progress(&progress)))))
}

fn group(request: Value) -> Result<Work> {
    let request = request::parse(request)?;
    Ok(Box::new(move |lines, output| written(group::run(&request, lines, &|sector, news| output.news(sector, news)))))
}

fn written(outcome: Result<impl Serialize>) -> Result<Value> {
    serde_json::to_value(outcome?).map_err(|cause| Error::proofs("writing the result", cause))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn read_line(mut line: &[u8]) -> Result<Operation> {
        let mut request = request(&mut line)?;
        placement(&mut request)?;
        read(request)
    }

    /// The fuzzer begins with one request of each operation; what it finds is kept beside them.
    #[test]
    fn every_request_of_the_fuzzer_is_read_or_refused() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
        for entry in fs::read_dir(corpus).unwrap() {
            let file = entry.unwrap();
            let name = file.file_name().into_string().unwrap();
            match read_line(&fs::read(file.path()).unwrap()) {
                Ok(_) => {}
                Err(error) if name.contains('-') => assert_eq!(error.code, Code::InvalidRequest, "{name}: {error:?}"),
                Err(error) => panic!("{name}: {error:?}"),
            }
        }
    }
}
