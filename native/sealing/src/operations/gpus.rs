//! Which GPUs this host has.

use serde::Deserialize;

use crate::Result;
use crate::gpu::{self, Found};
use crate::request::progress::Sink;

/// This request has no fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {}

/// Asks the driver for its devices.
pub fn run(_: &Request, _: Sink) -> Result<Found> {
    Ok(gpu::find())
}
