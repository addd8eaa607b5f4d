//! NVIDIA's management library. It comes with the driver and knows the driver's version.

use std::ffi::{CStr, c_char, c_int, c_uint};

use super::shared_library::Library;

const SUCCESS: c_int = 0;

/// The driver's version, e.g. `580.65.06`, if the library is installed and reports it.
pub(super) fn driver_version() -> Option<String> {
    let library = Library::load(c"libnvidia-ml.so.1").ok()?;
    let init: extern "C" fn() -> c_int = unsafe { library.function(c"nvmlInit_v2") }.ok()?;
    let get: extern "C" fn(*mut c_char, c_uint) -> c_int =
        unsafe { library.function(c"nvmlSystemGetDriverVersion") }.ok()?;
    if init() != SUCCESS {
        return None;
    }
    let mut version = [0_u8; 80];
    let told = get(version.as_mut_ptr().cast(), version.len() as c_uint) == SUCCESS;
    if let Ok(shutdown) = unsafe { library.function::<extern "C" fn() -> c_int>(c"nvmlShutdown") } {
        shutdown();
    }
    let version = CStr::from_bytes_until_nul(&version).ok()?.to_string_lossy().into_owned();
    (told && !version.is_empty()).then_some(version)
}
