//! The built library, loaded like the JVM loads it.

use std::ffi::{CStr, CString, c_char, c_void};
use std::path::{Path, PathBuf};
use std::{mem, ptr, slice};

use serde_json::Value;

type Call = unsafe extern "C" fn(*const u8, usize, *mut *mut u8, *mut usize) -> i32;
type Free = unsafe extern "C" fn(*mut u8, usize);

pub struct Library {
    pub call: Call,
    pub free: Free,
    pub abi_version: extern "C" fn() -> u32,
    pub cpu_missing: extern "C" fn() -> *const c_char,
}

/// The directory that cargo put the library in, next to this test's.
pub fn directory() -> PathBuf {
    std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_path_buf()
}

pub fn manifest() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Library {
    pub fn load() -> Self {
        let path = CString::new(directory().join("libreseal_core.so").to_str().unwrap()).unwrap();
        let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW) };
        assert!(!handle.is_null(), "{:?}", unsafe { CStr::from_ptr(libc::dlerror()) });
        unsafe {
            Library {
                call: mem::transmute::<*mut c_void, Call>(symbol(handle, c"reseal_call")),
                free: mem::transmute::<*mut c_void, Free>(symbol(handle, c"reseal_free")),
                abi_version: mem::transmute::<*mut c_void, extern "C" fn() -> u32>(symbol(
                    handle,
                    c"reseal_abi_version",
                )),
                cpu_missing: mem::transmute::<*mut c_void, extern "C" fn() -> *const c_char>(symbol(
                    handle,
                    c"reseal_cpu_missing",
                )),
            }
        }
    }

    /// The status and the JSON answer.
    pub fn answer(&self, request: &str) -> (i32, Value) {
        let (mut out, mut length) = (ptr::null_mut(), 0);
        let status = unsafe { (self.call)(request.as_ptr(), request.len(), &mut out, &mut length) };
        let json = serde_json::from_slice(unsafe { slice::from_raw_parts(out, length) }).unwrap();
        unsafe { (self.free)(out, length) };
        (status, json)
    }

    #[track_caller]
    pub fn result(&self, request: &Value) -> Value {
        let (status, json) = self.answer(&request.to_string());
        assert_eq!(status, 0, "{json}");
        json
    }

    #[track_caller]
    pub fn assert_refused(&self, request: &str, code: (i32, &str), words: &str) {
        let (status, json) = self.answer(request);
        assert_eq!((status, json["code"].as_str().unwrap()), code, "{json}");
        assert!(json["message"].as_str().unwrap().contains(words), "{words:?} is not in {json}");
    }
}

unsafe fn symbol(handle: *mut c_void, name: &CStr) -> *mut c_void {
    let symbol = unsafe { libc::dlsym(handle, name.as_ptr()) };
    assert!(!symbol.is_null(), "{name:?} is not exported");
    symbol
}
