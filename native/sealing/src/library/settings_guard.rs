//! Makes the bytes of a sector independent of where the process runs.
//!
//! The proofs library reads `rust-fil-proofs.config.*` in the working directory and `FIL_PROOFS_*` once, at first use.
//! One of these settings, `rows_to_discard`, changes what is sealed: no other software can read a tree R with other
//! rows.

use std::env;
use std::panic::catch_unwind;
use std::path::Path;

use storage_proofs_core::settings::{DEFAULT_ROWS_TO_DISCARD, SETTINGS};

use crate::files::durable;
use crate::{Code, Error, Result};

const ROWS_TO_DISCARD: &str = "FIL_PROOFS_ROWS_TO_DISCARD";
const DIRECTORIES: [&str; 3] = ["FIL_PROOFS_PARENT_CACHE", "FIL_PROOFS_CACHE_DIR", "FIL_PROOFS_PARAMETER_CACHE"];
const SETTINGS_FILE_STEM: &str = "rust-fil-proofs.config";

/// Makes sealing in this process safe: changes the working directory to `/`, removes `FIL_PROOFS_ROWS_TO_DISCARD`, then
/// has the library read its settings and checks them.
///
/// # Safety
/// It changes the environment: no other thread may run yet.
pub unsafe fn prepare() -> Result<()> {
    for (name, value) in env::vars_os() {
        // The library accepts these names in upper and lower case.
        let upper = name.to_string_lossy().to_uppercase();
        if upper == ROWS_TO_DISCARD {
            log::warn!("{} is ignored: it would change how sectors are sealed", name.to_string_lossy());
            unsafe { env::remove_var(&name) };
        } else if DIRECTORIES.contains(&upper.as_str()) && !Path::new(&value).is_absolute() {
            return Err(Error::new(
                Code::Settings,
                format!("{upper} is \"{}\", which is not an absolute path", value.to_string_lossy()),
            ));
        }
    }
    let root = Path::new("/");
    env::set_current_dir(root).map_err(|cause| Error::io("entering", root, cause))?;
    if let Some(name) = durable::names(root)?.into_iter().find(|name| name.starts_with(SETTINGS_FILE_STEM)) {
        let message = format!("/{name} would override the settings: remove it");
        return Err(Error::new(Code::Settings, message).about(&root.join(name)));
    }
    check()
}

fn check() -> Result<()> {
    let rows = catch_unwind(|| SETTINGS.rows_to_discard)
        .map_err(|_| Error::new(Code::Settings, "one of the FIL_PROOFS_* variables has an invalid value"))?;
    if rows != DEFAULT_ROWS_TO_DISCARD {
        return Err(Error::new(
            Code::Settings,
            format!("rows_to_discard is {rows}, sectors are sealed with {DEFAULT_ROWS_TO_DISCARD}"),
        ));
    }
    Ok(())
}
