//! What the library reports about GPUs in its threads and its log. This is process-wide, so it needs a process of its
//! own.

use std::sync::mpsc;
use std::thread;

use reseal_sealing::Code;
use reseal_sealing::library::boundary;
use reseal_sealing::library::logging;

/// The library builds trees on a GPU in a thread; the thread that waits for it only notices that nothing more arrives.
/// Fails if only the waiting thread's message is examined: its code would have the sector sealed on the same device
/// again.
#[test]
fn the_panic_of_another_thread_tells_the_fault() {
    boundary::remember_panics(|_| ());
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

/// Otherwise hours on the CPU would go unnoticed.
#[test]
fn going_on_without_a_gpu_is_heard_at_once() {
    let (lost, heard) = mpsc::channel();
    logging::install();
    logging::when_the_gpu_is_lost(move |why| lost.send(why.to_string()).unwrap());
    log::info!("generating tree c using the GPU");
    log::info!("GPU is available for FFT!");
    let announcements = [
        ("no GPU found, falling back to CPU tree builder", "OpenCL Error: Device not found."),
        ("GPU Multiexp failed! Falling back to CPU... Error", "EC GPU error: CUDA_ERROR_ECC"),
        ("Cannot instantiate GPU FFT kernel! Error", "GPU error: no working GPUs found"),
    ];
    for (announcement, why) in announcements {
        log::warn!("{announcement}: {why}");
        assert_eq!(heard.try_recv().as_deref(), Ok(why));
    }
    assert_eq!(heard.try_recv(), Err(mpsc::TryRecvError::Empty));
}
