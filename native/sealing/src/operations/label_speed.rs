//! How fast this host labels, measured in a few seconds without files.

use serde::{Deserialize, Serialize};

use crate::request::progress::Sink;
use crate::sdr::speed;
use crate::sha256::Engine;
use crate::{Code, Error, Result};

/// The most sectors on a CPU; what more would do is known from fewer.
const MOST_SECTORS: usize = 16;

/// What to measure.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The CPUs that label at the same time.
    pub on: Vec<usize>,
    /// Sectors on each of them, 1 GiB of memory each.
    pub sectors: usize,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Nanoseconds for a node of a sector, of the slowest CPU.
    pub nanos: f64,
}

/// Measures. Other work on these CPUs makes the figure too high.
pub fn run(request: &Request, _: Sink) -> Result<Outcome> {
    let sectors = request.sectors;
    if !(1..=MOST_SECTORS).contains(&sectors) {
        return Err(Error::new(
            Code::InvalidRequest,
            format!("labelling is measured with 1 to {MOST_SECTORS} sectors on a CPU, not {sectors}"),
        ));
    }
    Ok(Outcome { nanos: speed::measure(Engine::best(), &request.on, sectors)? })
}
