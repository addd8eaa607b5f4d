//! What the library says of GPUs in its threads and its log. Process-wide, so in a process of its own.

use std::thread;

use reseal_sealing::{Code, boundary, library_log};

/// The library builds trees on a GPU in a thread; the one that waits for it only sees that nothing comes any more. Fails
/// where the waiting thread's words alone are looked at: a code that has the sector sealed on the same device again.
#[test]
fn the_panic_of_another_thread_tells_the_fault() {
    boundary::remember_panics();
    let panicking = |words: &'static str| thread::spawn(move || panic!("{words}")).join().unwrap_err();
    let error = boundary::catch::<()>(|| {
        panicking("failed to send columns: SendError");
        panicking("failed to add columns: GpuError(\"GPU tools error: Cuda Error: out of memory\")");
        panic!("failed to receive base_data, tree_data for tree_c: RecvError")
    })
    .unwrap_err();
    assert_eq!(error.code, Code::Gpu);
    assert!(error.message.contains("out of memory") && error.message.contains("RecvError"), "{error}");
}

/// Hours on the CPU that nobody learns of, otherwise.
#[test]
fn going_on_without_a_gpu_is_remembered() {
    library_log::install();
    log::info!("generating tree c using the GPU");
    assert_eq!(library_log::without_gpu(), None);
    let words = "no GPU found, falling back to CPU tree builder: OpenCL Error: Device not found.";
    log::warn!("{words}");
    log::warn!("GPU Multiexp failed! Falling back to CPU... Error: GPU call was aborted!");
    assert_eq!(library_log::without_gpu().as_deref(), Some(words));
}
