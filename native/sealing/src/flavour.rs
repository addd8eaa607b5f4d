//! Which build of the operations this is: one library and one stage program each, see the Cargo features.

const OTHERS: [(&str, bool); 4] = [
    ("multicore-sdr", cfg!(feature = "multicore-sdr")),
    ("opencl", cfg!(feature = "opencl")),
    ("cuda", cfg!(feature = "cuda")),
    ("cuda-supraseal", cfg!(feature = "cuda-supraseal")),
];

/// The flavour's name.
pub const FLAVOUR: &str = {
    let mut name = "cpu";
    let mut i = 0;
    while i < OTHERS.len() {
        if OTHERS[i].1 {
            // The library rejects some combinations; the rest are untested.
            assert!(name.len() == "cpu".len(), "build one flavour at a time");
            name = OTHERS[i].0;
        }
        i += 1;
    }
    name
};

/// Whether this flavour computes trees and proofs on GPUs.
pub const ON_GPU: bool = cfg!(any(feature = "opencl", feature = "cuda", feature = "cuda-supraseal"));
