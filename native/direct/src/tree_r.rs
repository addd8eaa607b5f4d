//! Tree R of a replica built by the library and by Reseal.

use std::fs;
use std::path::Path;

use filecoin_proofs_api::seal;
use reseal_sealing::files::durable;
use reseal_sealing::files::geometry::Geometry;
use reseal_sealing::operations::tree_r;
use reseal_sealing::request::hash32::Hash32;
use serde_json::json;
use tempfile::TempDir;

use crate::arguments::Repeated;
use crate::compare::write_nodes;
use crate::failure::Failure;
use crate::table::{self, seconds};
use crate::took::took;

/// Measures, and prints the tables.
pub(crate) fn run(options: &Repeated) -> Result<(), Failure> {
    let directory = TempDir::with_prefix_in("reseal-direct-", &options.directory)?;
    let geometry = Geometry::of(options.proof);
    let (sealed, cache) = (directory.path().join("sealed"), directory.path().join("cache"));
    fs::create_dir(&cache)?;
    write_nodes(&sealed, geometry.nodes)?;
    let files: Vec<_> = geometry.tree_r_last.files.iter().map(|name| cache.join(name)).collect();
    let make = json!({"proof": options.proof, "sealed": sealed, "output": cache});
    let root = json!({"proof": options.proof, "sealed": sealed});
    let (mut made, mut roots) = (Vec::new(), Vec::new());
    for number in 1..=options.runs {
        let mut expected = None;
        let library = took(&files[0], || {
            expected = Some(Hash32(seal::generate_tree_r_last(options.proof, &sealed, &cache)?));
            files.iter().try_for_each(|file| Ok(durable::sync(file)?))
        })?;
        let digests = digests(&files)?;
        let mut found = Vec::new();
        let mut by_reseal = |request: &serde_json::Value| {
            let request = serde_json::from_value(request.clone())?;
            took(&files[0], || {
                found.push(tree_r::run(&request, &|_| ())?.comm_r_last);
                Ok(())
            })
        };
        let only_root = by_reseal(&root)?;
        let reseal = by_reseal(&make)?;
        if found != [expected; 2] || self::digests(&files)? != digests {
            return Err("the library and Reseal build two trees".into());
        }
        eprintln!(
            "Run {number}: {} by the library, {} by Reseal, {} only the root.",
            seconds(library.millis),
            seconds(reseal.millis),
            seconds(only_root.millis)
        );
        made.push((library, reseal));
        roots.push((library, only_root));
    }
    print!("{}", table::versus(&format!("tree R {}", options.size), &made));
    print!("{}", table::versus("only its root", &roots));
    Ok(())
}

fn digests(files: &[impl AsRef<Path>]) -> Result<Vec<Hash32>, Failure> {
    files.iter().map(|file| Ok(durable::digest(file.as_ref())?)).collect()
}
