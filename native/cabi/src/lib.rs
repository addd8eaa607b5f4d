//! The C ABI of Reseal's native core: see `include/reseal_core.h`.

mod calls;

use std::ffi::c_char;
use std::{ptr, slice};

use reseal_sealing::library::boundary;
use reseal_sealing::{Code, Error, Result};
use serde_json::{Value, json};

const ABI_VERSION: u32 = 1;

/// Answers one request.
///
/// # Safety
/// `request` points to `request_len` readable bytes; `out` and `out_len` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reseal_call(
    request: *const u8,
    request_len: usize,
    out: *mut *mut u8,
    out_len: *mut usize,
) -> i32 {
    if out.is_null() || out_len.is_null() {
        return Code::InvalidRequest as i32;
    }
    let answer = boundary::catch(|| {
        if request.is_null() {
            return Err(Error::new(Code::InvalidRequest, "there is no request"));
        }
        answer(unsafe { slice::from_raw_parts(request, request_len) })
    });
    let (status, json) = match answer {
        Ok(result) => (0, result),
        Err(error) => (error.code as i32, json!({"code": error.code.name(), "message": error.message})),
    };
    let bytes = json.to_string().into_bytes().into_boxed_slice();
    unsafe {
        *out_len = bytes.len();
        *out = Box::into_raw(bytes).cast();
    }
    status
}

fn answer(request: &[u8]) -> Result<Value> {
    let request = serde_json::from_slice(request)
        .map_err(|cause| Error::new(Code::InvalidRequest, format!("the request is not JSON: {cause}")))?;
    calls::answer(request)
}

/// Frees the result of `reseal_call`.
///
/// # Safety
/// `out` and `out_len` are from one `reseal_call` and are not used again; a null `out` is let pass.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reseal_free(out: *mut u8, out_len: usize) {
    if !out.is_null() {
        drop(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(out, out_len)) });
    }
}

/// The version of this ABI.
#[unsafe(no_mangle)]
pub extern "C" fn reseal_abi_version() -> u32 {
    ABI_VERSION
}

unsafe extern "C" {
    fn reseal_cpu_missing_list() -> *const c_char;
}

/// Which required CPU features are missing. A bare jump: Rust code in this build may use those very features.
#[cfg(target_arch = "x86_64")]
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub extern "C" fn reseal_cpu_missing() -> *const c_char {
    std::arch::naked_asm!("jmp {list}", list = sym reseal_cpu_missing_list)
}

/// Which required CPU features are missing.
#[cfg(not(target_arch = "x86_64"))]
#[unsafe(no_mangle)]
pub extern "C" fn reseal_cpu_missing() -> *const c_char {
    unsafe { reseal_cpu_missing_list() }
}
