//! Compiles the CPU check for any x86-64, whatever the rest of the build requires.

fn main() {
    println!("cargo::rerun-if-changed=csrc/cpu.c");
    let mut build = cc::Build::new();
    build.file("csrc/cpu.c").warnings_into_errors(true);
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("x86_64") {
        // Appended after CFLAGS, so it wins: the check itself must run on CPUs that lack the features.
        build.flag("-march=x86-64").flag("-mno-avx");
    }
    build.compile("reseal_cpu");
}
