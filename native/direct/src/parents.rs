//! The parent cache made by the library and by Reseal.

use std::env;
use std::fs;

use reseal_sealing::files::durable;
use reseal_sealing::files::geometry::Geometry;
use reseal_sealing::parent_cache;
use tempfile::TempDir;

use crate::arguments::Repeated;
use crate::failure::Failure;
use crate::table::{self, seconds};
use crate::took::took;

/// Measures, and prints the table.
pub(crate) fn run(options: &Repeated) -> Result<(), Failure> {
    let directory = TempDir::with_prefix_in("reseal-direct-", &options.directory)?;
    // No other thread runs yet, and the library has not read its settings.
    unsafe { env::set_var("FIL_PROOFS_PARENT_CACHE", directory.path()) };
    let geometry = Geometry::of(options.proof);
    let path = parent_cache::path(options.proof, &geometry)?;
    let by_library = || -> Result<(), Failure> {
        parent_cache::graph(options.proof, &geometry)?.parent_cache()?;
        Ok(())
    };
    let by_reseal = || -> Result<(), Failure> { Ok(parent_cache::ensure(options.proof, |_| ())?) };
    let mut runs = Vec::new();
    for number in 1..=options.runs {
        let library = took(&path, by_library)?;
        let digest = durable::digest(&path)?;
        let reseal = took(&path, by_reseal)?;
        if durable::digest(&path)? != digest {
            return Err("the library and Reseal make two parent caches".into());
        }
        fs::remove_file(&path)?;
        eprintln!("Run {number}: {} by the library, {} by Reseal.", seconds(library.millis), seconds(reseal.millis));
        runs.push((library, reseal));
    }
    print!("{}", table::versus(&format!("parent cache {}", options.size), &runs));
    Ok(())
}
