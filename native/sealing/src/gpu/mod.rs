//! Which GPUs this host has, asked of NVIDIA's driver, to which nothing is linked for it.
//!
//! A driver that is broken may end or hold up the process that asks it: ask in one that may be lost.

pub mod assigned;
mod driver;
mod management;
pub mod shared_library;

use serde::Serialize;

use driver::Driver;

/// What the driver says. A driver that is missing or fails is no error: it is the reason why there are no GPUs.
#[derive(Debug, Serialize)]
pub struct Found {
    /// The driver's version, where there is a driver.
    pub driver: Option<String>,
    /// Why there are no GPUs, or not all: one sentence.
    pub why: Option<String>,
    /// Those that can be used, in the driver's order.
    pub gpus: Vec<Gpu>,
}

/// One device.
#[derive(Debug, Serialize)]
pub struct Gpu {
    /// Its number for the driver, by the order on the bus.
    pub index: u32,
    /// The driver's name for this very device, `GPU-…`: what `CUDA_VISIBLE_DEVICES` is best given.
    pub uuid: String,
    /// Its model.
    pub name: String,
    /// Bytes of its memory.
    pub memory: u64,
    /// Its compute capability, `8.6` for one.
    pub compute: String,
    /// Where it sits, as `lspci -D` writes it.
    pub pci: String,
}

/// Asks the driver for its devices.
pub fn find() -> Found {
    let driver = match Driver::load() {
        Ok(driver) => driver,
        Err(why) => return Found { driver: None, why: Some(why), gpus: Vec::new() },
    };
    let version = management::driver_version().or_else(|| driver.version());
    let mut gpus = Vec::new();
    let why = driver.gpus(&mut gpus).err();
    Found { driver: version, why, gpus }
}
