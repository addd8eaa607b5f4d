//! Compiles the guard that refuses an unsupported CPU before any Rust code runs.

fn main() {
    println!("cargo::rerun-if-changed=csrc/cpu_guard.c");
    let mut build = cc::Build::new();
    build.file("csrc/cpu_guard.c").warnings_into_errors(true);
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("x86_64") {
        build.flag("-march=x86-64").flag("-mno-avx");
    }
    build.compile("reseal_cpu_guard");
}
