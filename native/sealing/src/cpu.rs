//! Whether this CPU has the features that this build needs, and which optional ones. C code compiled for any x86-64
//! finds out.

use std::ffi::{CStr, c_char};

unsafe extern "C" {
    fn reseal_cpu_missing_list() -> *const c_char;
    fn reseal_cpu_required_list() -> *const c_char;
    fn reseal_cpu_extra_list() -> *const c_char;
}

/// Names, comma separated, of the required CPU features that are missing; empty if none.
pub fn missing() -> &'static str {
    // The list is a static buffer of ASCII, written once.
    unsafe { CStr::from_ptr(reseal_cpu_missing_list()) }.to_str().unwrap_or("unknown")
}

/// Names, comma separated, of the optional CPU features that this CPU has.
pub fn extra() -> &'static str {
    // As above.
    unsafe { CStr::from_ptr(reseal_cpu_extra_list()) }.to_str().unwrap_or("")
}

/// Names of the required and the optional CPU features that this CPU has.
pub fn present() -> Vec<&'static str> {
    let required = unsafe { CStr::from_ptr(reseal_cpu_required_list()) }.to_str().unwrap_or("");
    let missing: Vec<_> = missing().split(',').collect();
    let required = required.split(',').filter(|name| !missing.contains(name));
    required.chain(extra().split(',')).filter(|name| !name.is_empty()).collect()
}
