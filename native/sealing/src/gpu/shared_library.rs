//! A shared library that is loaded when it is needed.

use std::ffi::{CStr, c_void};
use std::mem;

/// A loaded library. It stays loaded, because drivers do not survive being unloaded.
pub struct Library {
    name: &'static CStr,
    handle: *mut c_void,
}

/// Why it could not be loaded.
pub enum Failure {
    /// No library has this name.
    NotThere,
    /// The loader rejects it with this text.
    Refused(String),
}

impl Library {
    pub fn load(name: &'static CStr) -> Result<Library, Failure> {
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        if !handle.is_null() {
            return Ok(Library { name, handle });
        }
        let words = unsafe { libc::dlerror() };
        let words =
            if words.is_null() { String::new() } else { unsafe { CStr::from_ptr(words) }.to_string_lossy().into() };
        // If a library that this one depends on is missing, the text begins with that library's name.
        let missing = format!("{}: cannot open shared object file: No such file", name.to_string_lossy());
        Err(if words.starts_with(&missing) { Failure::NotThere } else { Failure::Refused(words) })
    }

    /// The function of this name, or a sentence that says why there is none.
    ///
    /// # Safety
    /// `F` is the type of a pointer to that function.
    pub unsafe fn function<F: Copy>(&self, name: &CStr) -> Result<F, String> {
        assert_eq!(mem::size_of::<F>(), mem::size_of::<*mut c_void>());
        let address = unsafe { libc::dlsym(self.handle, name.as_ptr()) };
        if address.is_null() {
            let (library, name) = (self.name.to_string_lossy(), name.to_string_lossy());
            return Err(format!("{library} has no {name}: it is too old or incomplete"));
        }
        Ok(unsafe { mem::transmute_copy(&address) })
    }
}
