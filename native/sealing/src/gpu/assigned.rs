//! The one device that a stage must use, and the settings that make the proofs library use it.

use std::env;

use serde::Deserialize;

use super::find;
use crate::flavour::{FLAVOUR, ON_GPU};
use crate::{Code, Error, Result};

/// Bytes on the device for one column of eleven nodes, or eight children, and their hash.
const COLUMN_BYTES: u64 = (11 + 1) * 32;
const CHILDREN_BYTES: u64 = (8 + 1) * 32;

/// The part of the device's memory that one batch takes. Two stages and a proof fit side by side; for 10 GiB the result
/// is close to the library's own sizes (400,000 columns, 700,000 times eight children).
const PART_OF_MEMORY: u64 = 64;

/// Larger batches than these would not keep even the largest device busier, and the host holds several in memory.
const MOST: u64 = 2_000_000;

/// Which device.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Its `GPU-…` name, as the driver reports it.
    pub uuid: String,
    /// Bytes of its memory.
    pub memory: u64,
}

/// Sets the environment of the driver and the library: this device alone, trees on it, batches sized by its memory.
/// Settings that the environment already has are kept, except the device.
///
/// # Safety
/// It changes the environment: no other thread may run yet.
pub unsafe fn prepare(device: Option<&Device>) -> Result<()> {
    if let Some(device) = device {
        if !ON_GPU {
            let why = format!("the request names the GPU {}, but the flavour {FLAVOUR} uses none", device.uuid);
            return Err(Error::new(Code::InvalidRequest, why));
        }
        unsafe { env::set_var("CUDA_VISIBLE_DEVICES", &device.uuid) };
    }
    for (name, value) in defaults(device, ON_GPU) {
        // The library accepts these names in upper and lower case.
        if !env::vars_os().any(|(there, _)| there.eq_ignore_ascii_case(name)) {
            unsafe { env::set_var(name, value) };
        }
    }
    Ok(())
}

fn defaults(device: Option<&Device>, on_gpu: bool) -> Vec<(&'static str, String)> {
    // As nvidia-smi numbers them; by default the driver orders them by speed.
    let mut defaults = vec![("CUDA_DEVICE_ORDER", "PCI_BUS_ID".into())];
    if on_gpu {
        // In this version of the library the first setting covers both.
        for builder in ["FIL_PROOFS_USE_GPU_TREE_BUILDER", "FIL_PROOFS_USE_GPU_COLUMN_BUILDER"] {
            defaults.push((builder, "1".into()));
        }
    }
    if let Some(Device { memory, .. }) = device {
        defaults.push(("FIL_PROOFS_MAX_GPU_COLUMN_BATCH_SIZE", batch(*memory, COLUMN_BYTES).to_string()));
        defaults.push(("FIL_PROOFS_MAX_GPU_TREE_BATCH_SIZE", batch(*memory, CHILDREN_BYTES).to_string()));
    }
    defaults
}

fn batch(memory: u64, bytes: u64) -> u64 {
    (memory / PART_OF_MEMORY / bytes).clamp(1, MOST)
}

impl Device {
    /// Fails if the driver does not have this device; the library would then compute on the CPU, for hours.
    pub fn require(&self) -> Result<()> {
        let found = find();
        if found.gpus.iter().any(|gpu| gpu.uuid == self.uuid) {
            return Ok(());
        }
        let why = found.why.unwrap_or_else(|| "NVIDIA's driver does not know it".into());
        Err(Error::new(Code::Gpu, format!("the GPU {} cannot be used: {why}", self.uuid)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails if a device gets batches that do not fit it, or a small device the batches of a large one.
    #[test]
    fn batches_go_by_the_memory() {
        for gib in [4_u64, 8, 10, 24, 80, 140] {
            let memory = gib << 30;
            let (columns, children) = (batch(memory, COLUMN_BYTES), batch(memory, CHILDREN_BYTES));
            assert!(columns * COLUMN_BYTES <= memory / 32 && children * CHILDREN_BYTES <= memory / 32, "{gib} GiB");
            assert!(columns >= 150_000 && columns <= children && children <= MOST, "{gib} GiB: {columns}");
        }
        assert!((400_000..500_000).contains(&batch(10 << 30, COLUMN_BYTES)));
        assert_eq!(batch(80 << 30, COLUMN_BYTES), MOST);
    }

    /// A flavour without GPU support must not ask the library to build trees on a GPU.
    #[test]
    fn the_library_is_told_of_gpus_where_there_are_some() {
        let names = |device, on_gpu| defaults(device, on_gpu).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(None, false), ["CUDA_DEVICE_ORDER"]);
        let builders = ["FIL_PROOFS_USE_GPU_TREE_BUILDER", "FIL_PROOFS_USE_GPU_COLUMN_BUILDER"];
        assert_eq!(names(None, true)[1..], builders);
        let batches = ["FIL_PROOFS_MAX_GPU_COLUMN_BATCH_SIZE", "FIL_PROOFS_MAX_GPU_TREE_BATCH_SIZE"];
        assert_eq!(names(Some(&Device { uuid: "GPU-1".into(), memory: 8 << 30 }), true)[3..], batches);
    }
}
