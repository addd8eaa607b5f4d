//! Which GPUs this host has. NVIDIA's driver is loaded at run time to find out; nothing is linked to it.
//!
//! A broken driver may kill or block the process that asks it: ask in a process that may be lost.

pub mod assigned;
mod driver;
mod management;
pub mod shared_library;

use serde::Serialize;

use driver::Driver;

/// The driver's answer. A driver that is missing or fails is not an error but the reason why there are no GPUs.
#[derive(Debug, Serialize)]
pub struct Found {
    /// The driver's version, if there is a driver.
    pub driver: Option<String>,
    /// Why there are no GPUs, or not all of them: one sentence.
    pub why: Option<String>,
    /// The usable ones, in the driver's order.
    pub gpus: Vec<Gpu>,
}

/// One device.
#[derive(Debug, Serialize)]
pub struct Gpu {
    /// Its number in the driver, by its place on the bus.
    pub index: u32,
    /// The driver's name for exactly this device, `GPU-…`: the best value for `CUDA_VISIBLE_DEVICES`.
    pub uuid: String,
    /// Its model.
    pub name: String,
    /// Bytes of its memory.
    pub memory: u64,
    /// Its compute capability, e.g. `8.6`.
    pub compute: String,
    /// Its place on the bus, as `lspci -D` writes it.
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
