//! The key that a sector's data are recovered with.

use std::fs;
use std::path::Path;

use blstrs::Scalar;
use serde_json::{Value, json};

use crate::common::*;

fn request(scratch: &Scratch, cache: &Path, key: &Path) -> Value {
    json!({"op": "unseal_key", "sector": scratch.sector, "comm_d": scratch.comm_d, "cache": cache, "output": key})
}

/// Fails if another layer is used, or another sector's.
#[test]
fn the_data_are_the_sealed_sector_less_its_key() {
    let scratch = Scratch::small(TICKET);
    scratch.seal("pc2");
    let empty = tempfile::tempdir().unwrap();
    let key = scratch.directory.path().join("key");
    let request = request(&scratch, empty.path(), &key);
    let made = run(&request);
    assert_eq!((&made.result()["bytes"], &made.result()["resumed"]), (&json!(2048), &json!(0)));
    assert!(names(empty.path()).is_empty());
    assert!(read(&key) == read(&scratch.cached("sc-02-data-layer-2.dat")), "the layer that the sector was sealed with");
    let scalars = |path: &Path| -> Vec<Scalar> {
        read(path).as_chunks().0.iter().map(|node| Scalar::from_bytes_le(node).unwrap()).collect()
    };
    let sealed = scalars(&scratch.sealed());
    let data: Vec<_> = sealed.iter().zip(scalars(&key)).map(|(sealed, key)| (sealed - key).to_bytes_le()).collect();
    assert!(data.as_flattened() == read(&scratch.unsealed()));

    // The layers that a killed attempt left are continued.
    let layers = tempfile::tempdir().unwrap();
    for name in ["sc-02-data-layer-1.dat", "reseal-layers.json"] {
        fs::copy(scratch.cached(name), layers.path().join(name)).unwrap();
    }
    fs::write(layers.path().join("reseal-unseal-key"), "").unwrap();
    fs::remove_file(&key).unwrap();
    let mut request = request;
    request["cache"] = json!(layers.path());
    assert_eq!(run(&request).result()["resumed"], 1);
    assert!(read(&key) == read(&scratch.cached("sc-02-data-layer-2.dat")));
}

/// H9: the sector's own directory would lose files that the sector is proven with.
#[test]
fn the_sectors_own_directory_is_refused() {
    let scratch = Scratch::small(TICKET);
    scratch.seal("pc2");
    let key = scratch.directory.path().join("key");
    let before = names(&scratch.cache());
    let refused = run(&request(&scratch, &scratch.cache(), &key));
    refused.assert_refused("InvalidRequest", &[scratch.cache().to_str().unwrap(), "give an empty directory"]);
    assert_eq!(names(&scratch.cache()), before);
    assert!(!key.exists());
}
