//! Each call, against known answers.

use std::ffi::CStr;
use std::{fs, ptr};

use serde_json::{Value, json};

use crate::library::{Library, manifest};

const REFUSED: (i32, &str) = (1, "InvalidRequest");

fn known(name: &str) -> Value {
    serde_json::from_slice(&fs::read(manifest().join("../testdata").join(name)).unwrap()).unwrap()
}

#[test]
fn describe() {
    let library = Library::load();
    let answer = library.result(&json!({"op": "describe"}));
    assert_eq!(answer["abi"], (library.abi_version)());
    assert_eq!(answer["flavour"], "cpu");
    assert_eq!(answer["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(answer["proofs"], "19.1.0");
    let missing = unsafe { CStr::from_ptr((library.cpu_missing)()) };
    assert_eq!(missing, c"");
    if cfg!(target_arch = "x86_64") {
        // The required features come first, then the optional ones that this CPU has.
        let required = json!(["ssse3", "sse4_1", "avx", "avx2", "sha_ni", "bmi2", "adx"]);
        assert!(answer["cpu_features"].as_array().unwrap().starts_with(required.as_array().unwrap()), "{answer}");
    }
}

/// A code that the header and the library number differently would be reported as another error.
#[test]
fn the_header_has_the_librarys_error_codes() {
    let header = fs::read_to_string(manifest().join("include/reseal_core.h")).unwrap();
    let mut listed = serde_json::Map::new();
    for line in header.lines().filter_map(|line| line.trim().strip_prefix("RESEAL_")) {
        let Some((name, number)) = line.split_once(" = ") else { continue };
        let number: i32 = number.split([',', ' ']).next().unwrap().parse().unwrap();
        let camel = name.split('_').map(|word| word[..1].to_string() + &word[1..].to_lowercase()).collect::<String>();
        listed.insert(camel, json!(number));
    }
    assert_eq!(listed.remove("Ok"), Some(json!(0)));
    let answer = Library::load().result(&json!({"op": "describe"}));
    assert_eq!(answer["error_codes"], Value::Object(listed));
}

#[test]
fn the_published_sectors() {
    let library = Library::load();
    for name in ["kat/lotus-bench-2kib.json", "kat/pattern-2kib-v1_1.json"] {
        let known = known(name);
        let whole = json!([{"commitment": known["comm_d"], "size": 2048}]);
        let comm_d = library.result(&json!({"op": "comm_d", "proof": "StackedDrg2KiBV1_1", "pieces": whole}));
        assert_eq!(comm_d, json!({"comm_d": known["comm_d"]}));
        let replica_id = library.result(&json!({
            "op": "replica_id", "proof": "StackedDrg2KiBV1_1", "miner": known["miner"], "number": known["sector"],
            "ticket": known["ticket"], "comm_d": known["comm_d"],
        }));
        assert_eq!(replica_id, json!({"replica_id": known["replica_id"]}));
        let roots = json!({"op": "comm_r", "comm_c": known["comm_c"], "comm_r_last": known["comm_r_last"]});
        assert_eq!(library.result(&roots), json!({"comm_r": known["comm_r"]}));
    }
    let zeros = known("kat/lotus-bench-2kib.json")["comm_d"].clone();
    let commitment = library.result(&json!({"op": "zero_commitment", "size": 2048}));
    assert_eq!(commitment, json!({"commitment": zeros}));
    let comm_d = library.result(&json!({"op": "comm_d", "proof": "StackedDrg2KiBV1", "pieces": []}));
    assert_eq!(comm_d, json!({"comm_d": zeros}));
}

/// The replica id depends on the proof type, not only on its size.
#[test]
fn the_proof_type_is_part_of_the_replica_id() {
    let library = Library::load();
    let mut seen = Vec::new();
    for proof in proofs() {
        let id = library.result(&json!({
            "op": "replica_id", "proof": proof, "miner": 1000, "number": 1, "ticket": "00".repeat(32),
            "comm_d": "00".repeat(32),
        }));
        assert!(!seen.contains(&id), "{proof}");
        seen.push(id);
    }
}

#[test]
fn the_real_sectors() {
    let library = Library::load();
    for sector in known("lotus/sectors.json")["sectors"].as_array().unwrap() {
        let pieces: Vec<_> = sector["pieces"]
            .as_array()
            .unwrap()
            .iter()
            .map(|piece| json!({"cid": piece["cid"], "commitment": piece["commitment"], "size": piece["size"]}))
            .collect();
        let comm_d = library.result(&json!({"op": "comm_d", "proof": sector["proof"], "pieces": pieces}));
        assert_eq!(comm_d, json!({"comm_d": sector["comm_d"]}));
        if let Some(files) = sector["files"].as_str() {
            let p_aux = fs::read(manifest().join("../testdata/lotus").join(files).join("p_aux")).unwrap();
            let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let roots = json!({"op": "comm_r", "comm_c": hex(&p_aux[..32]), "comm_r_last": hex(&p_aux[32..])});
            assert_eq!(library.result(&roots), json!({"comm_r": sector["comm_r"]}));
        }
    }
}

#[test]
fn zero_commitments() {
    let library = Library::load();
    for (size, commitment) in [
        (128, "3731bb99ac689f66eef5973e4a94da188f4ddcae580724fc6f3fd60dfd488333"),
        (512, "57a2381a28652bf47f6bef7aca679be4aede5871ab5cf3eb2c08114488cb8526"),
        (1_u64 << 35, "077e5fde35c50a9303a55009e3498a4ebedff39c42b710b730d8ec7ac7afa63e"),
    ] {
        let answer = library.result(&json!({"op": "zero_commitment", "size": size}));
        assert_eq!(answer, json!({"commitment": commitment}), "{size}");
    }
    for size in [0, 64, 127, 129, 1000] {
        let request = json!({"op": "zero_commitment", "size": size}).to_string();
        library.assert_refused(&request, REFUSED, &format!("{size} is not a valid piece size"));
    }
}

fn proofs() -> Vec<String> {
    let versions = ["V1", "V1_1", "V1_1_Feat_SyntheticPoRep", "V1_2_Feat_NonInteractivePoRep"];
    let sizes = ["2KiB", "8MiB", "512MiB", "32GiB", "64GiB"];
    versions.iter().flat_map(|version| sizes.map(|size| format!("StackedDrg{size}{version}"))).collect()
}

/// Sizes of real sectors' files.
#[test]
fn geometries() {
    // sector, layers, tree D, trees, each tree C, each tree R, parent cache
    let table: [(u64, u64, u64, usize, u64, u64, u64); 5] = [
        (2048, 2, 4064, 1, 2336, 32, 3584),
        (8388608, 2, 16777184, 1, 9586976, 18720, 14680064),
        (536870912, 2, 1073741792, 1, 613566752, 1198368, 939524096),
        (34359738368, 11, 68719476704, 8, 4908534048, 9586976, 60129542144),
        (68719476736, 11, 137438953440, 16, 4908534048, 9586976, 120259084288),
    ];
    // Bytes of a synthetic challenge, and how many there are.
    let synthetic = [(8984, 64), (23704, 1 << 18), (31064, 1 << 18), (42744, 1 << 18), (43288_u64, 1_u64 << 18)];
    let library = Library::load();
    for (index, proof) in proofs().into_iter().enumerate() {
        let (sector, layers, tree_d, trees, tree_c, tree_r_last, parent_cache) = table[index % 5];
        let (challenge, challenges) = synthetic[index % 5];
        let synthetic = proof.contains("Synthetic").then_some(96 + challenge * challenges);
        let files = |id: &str| match trees {
            1 => vec![format!("sc-02-data-{id}.dat")],
            _ => (0..trees).map(|i| format!("sc-02-data-{id}-{i}.dat")).collect(),
        };
        let mut kept = vec![json!({"name": "p_aux", "bytes": 64})];
        kept.extend(files("tree-r-last").iter().map(|name| json!({"name": name, "bytes": tree_r_last})));
        kept.push(json!({"name": "t_aux", "bytes": null}));
        assert_eq!(
            library.result(&json!({"op": "geometry", "proof": proof})),
            json!({
                "sector_size": sector, "nodes": sector / 32, "layers": layers, "sealed": sector, "tree_d": tree_d,
                "tree_c": {"files": files("tree-c"), "bytes": tree_c},
                "tree_r_last": {"files": files("tree-r-last"), "bytes": tree_r_last},
                "layer_files": (1..=layers).map(|layer| format!("sc-02-data-layer-{layer}.dat")).collect::<Vec<_>>(),
                "p_aux": 64, "parent_cache": parent_cache, "synthetic": synthetic, "kept": kept,
                "update": sector, "update_kept": kept,
            }),
            "{proof}"
        );
    }
}

#[test]
fn bad_requests() {
    let library = Library::load();
    for (request, words) in [
        ("", "is not JSON"),
        ("[1]", "is not a JSON object"),
        (r#"{"op":7}"#, "has no \"op\""),
        (r#"{"op":"seal"}"#, "there is no call \"seal\""),
        (r#"{"op":"describe","loudly":true}"#, "unknown field `loudly`"),
        (r#"{"op":"geometry"}"#, "missing field `proof`"),
        (r#"{"op":"geometry","proof":"StackedDrg4KiBV1"}"#, "StackedDrg4KiBV1"),
        (r#"{"op":"comm_r","comm_c":"00","comm_r_last":"00"}"#, "comm_c cannot be read: \"00\" has 1 bytes, not 32"),
    ] {
        library.assert_refused(request, REFUSED, words);
    }
    // Larger than the field's modulus: the library below would panic.
    let no_element = "ff".repeat(32);
    let request = json!({"op": "comm_r", "comm_c": no_element, "comm_r_last": no_element}).to_string();
    library.assert_refused(&request, REFUSED, "not both field elements");
    let ticket = "00".repeat(31);
    let request = json!({"op": "replica_id", "proof": "StackedDrg2KiBV1", "miner": 1, "number": 1, "ticket": ticket,
        "comm_d": "00".repeat(32)});
    library.assert_refused(&request.to_string(), REFUSED, "the request's ticket cannot be read");
    let pieces = json!([{"commitment": "00".repeat(32), "size": 4096}]);
    let request = json!({"op": "comm_d", "proof": "StackedDrg2KiBV1", "pieces": pieces}).to_string();
    library.assert_refused(&request, REFUSED, "larger than a sector");
}

#[test]
fn bytes_that_are_no_text() {
    let library = Library::load();
    let (mut out, mut length) = (ptr::null_mut(), 0);
    let request = [0xff, 0xfe];
    assert_eq!(unsafe { (library.call)(request.as_ptr(), 2, &mut out, &mut length) }, 1);
    unsafe { (library.free)(out, length) };
}

#[test]
fn null_pointers() {
    let library = Library::load();
    let (mut out, mut length) = (ptr::null_mut(), 0);
    unsafe {
        assert_eq!((library.call)(ptr::null(), 0, &mut out, &mut length), 1);
        (library.free)(out, length);
        assert_eq!((library.call)(c"{}".as_ptr().cast(), 2, ptr::null_mut(), &mut length), 1);
        assert_eq!((library.call)(c"{}".as_ptr().cast(), 2, &mut out, ptr::null_mut()), 1);
        (library.free)(ptr::null_mut(), 7);
    }
}
