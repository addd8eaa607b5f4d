//! NVIDIA's driver, as far as it lists its devices.

use std::ffi::{CStr, c_char, c_int, c_uint};
use std::ptr;

use super::Gpu;
use super::shared_library::{Failure, Library};

type Status = c_int;
const SUCCESS: Status = 0;
const NO_DEVICE: Status = 100;

/// Attributes of a device.
const COMPUTE_MAJOR: c_int = 75;
const COMPUTE_MINOR: c_int = 76;

pub(super) struct Driver {
    library: Library,
}

impl Driver {
    pub(super) fn load() -> Result<Driver, String> {
        match Library::load(c"libcuda.so.1") {
            Ok(library) => Ok(Driver { library }),
            Err(Failure::NotThere) => Err("NVIDIA's driver is not installed: libcuda.so.1 was not found".into()),
            Err(Failure::Refused(words)) => Err(format!("NVIDIA's driver cannot be loaded: {words}")),
        }
    }

    /// The newest CUDA version that it supports. Its own version says more, but only the management library knows that.
    pub(super) fn version(&self) -> Option<String> {
        let mut version = 0;
        let get: extern "C" fn(*mut c_int) -> Status = unsafe { self.library.function(c"cuDriverGetVersion") }.ok()?;
        (get(&mut version) == SUCCESS).then(|| format!("for CUDA {}.{}", version / 1000, version % 1000 / 10))
    }

    /// Adds each device until a call fails; the error says why.
    pub(super) fn gpus(&self, gpus: &mut Vec<Gpu>) -> Result<(), String> {
        let init: extern "C" fn(c_uint) -> Status = unsafe { self.library.function(c"cuInit") }?;
        match init(0) {
            NO_DEVICE => return Err("NVIDIA's driver finds no GPU".into()),
            status => self.check("cuInit", status)?,
        }
        let get_count: extern "C" fn(*mut c_int) -> Status = unsafe { self.library.function(c"cuDeviceGetCount") }?;
        let mut count = 0;
        self.check("cuDeviceGetCount", get_count(&mut count))?;
        for index in 0..count.try_into().unwrap_or(0) {
            gpus.push(self.gpu(index)?);
        }
        Ok(())
    }

    fn gpu(&self, index: u32) -> Result<Gpu, String> {
        let get: extern "C" fn(*mut c_int, c_int) -> Status = unsafe { self.library.function(c"cuDeviceGet") }?;
        let mut device = 0;
        self.check("cuDeviceGet", get(&mut device, index as c_int))?;
        Ok(Gpu {
            index,
            uuid: self.uuid(device)?,
            name: self.text(c"cuDeviceGetName", device)?,
            memory: self.memory(device)?,
            compute: format!("{}.{}", self.attribute(COMPUTE_MAJOR, device)?, self.attribute(COMPUTE_MINOR, device)?),
            pci: self.text(c"cuDeviceGetPCIBusId", device)?.to_lowercase(),
        })
    }

    fn uuid(&self, device: c_int) -> Result<String, String> {
        type GetUuid = extern "C" fn(*mut u8, c_int) -> Status;
        // Drivers before CUDA 11.4 have only the older call, which knows no partitions of a device.
        let get: GetUuid = unsafe { self.library.function(c"cuDeviceGetUuid_v2") }
            .or_else(|_| unsafe { self.library.function(c"cuDeviceGetUuid") })?;
        let mut uuid = [0; 16];
        self.check("cuDeviceGetUuid", get(uuid.as_mut_ptr(), device))?;
        let digits = hex::encode(uuid);
        let groups = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
        Ok(format!("GPU-{}", groups.join("-")))
    }

    fn memory(&self, device: c_int) -> Result<u64, String> {
        let get: extern "C" fn(*mut usize, c_int) -> Status = unsafe { self.library.function(c"cuDeviceTotalMem_v2") }?;
        let mut bytes = 0;
        self.check("cuDeviceTotalMem", get(&mut bytes, device))?;
        Ok(bytes as u64)
    }

    fn attribute(&self, attribute: c_int, device: c_int) -> Result<c_int, String> {
        let get: extern "C" fn(*mut c_int, c_int, c_int) -> Status =
            unsafe { self.library.function(c"cuDeviceGetAttribute") }?;
        let mut value = 0;
        self.check("cuDeviceGetAttribute", get(&mut value, attribute, device))?;
        Ok(value)
    }

    /// The text that this call returns about the device.
    fn text(&self, call: &CStr, device: c_int) -> Result<String, String> {
        let get: extern "C" fn(*mut c_char, c_int, c_int) -> Status = unsafe { self.library.function(call) }?;
        let mut text = [0_u8; 256];
        self.check(&call.to_string_lossy(), get(text.as_mut_ptr().cast(), text.len() as c_int, device))?;
        let text = CStr::from_bytes_until_nul(&text).unwrap_or_default();
        Ok(text.to_string_lossy().trim().to_string())
    }

    fn check(&self, call: &str, status: Status) -> Result<(), String> {
        if status == SUCCESS {
            return Ok(());
        }
        Err(format!("NVIDIA's driver fails: {call} gives {}", self.error_name(status)))
    }

    fn error_name(&self, status: Status) -> String {
        type GetName = extern "C" fn(Status, *mut *const c_char) -> Status;
        let mut name = ptr::null();
        if let Ok(get) = unsafe { self.library.function::<GetName>(c"cuGetErrorName") }
            && get(status, &mut name) == SUCCESS
            && !name.is_null()
        {
            return format!("{} ({status})", unsafe { CStr::from_ptr(name) }.to_string_lossy());
        }
        format!("error {status}")
    }
}
