//! Whether this CPU has what this build needs; asked by C code compiled for any x86-64.

use std::ffi::{CStr, c_char};

unsafe extern "C" {
    fn reseal_cpu_missing_list() -> *const c_char;
    fn reseal_cpu_required_list() -> *const c_char;
}

/// Names, comma separated, of the required CPU features that are missing; empty if none.
pub fn missing() -> &'static str {
    // The list is a static buffer of ASCII, written once.
    unsafe { CStr::from_ptr(reseal_cpu_missing_list()) }.to_str().unwrap_or("unknown")
}

/// Names of the required CPU features that are there.
pub fn present() -> Vec<&'static str> {
    let required = unsafe { CStr::from_ptr(reseal_cpu_required_list()) }.to_str().unwrap_or("");
    let missing: Vec<_> = missing().split(',').collect();
    required.split(',').filter(|name| !name.is_empty() && !missing.contains(name)).collect()
}
