//! The end of a process that the runtime aborts; it needs a process of its own.

use std::process::exit;

use reseal_sealing::library::boundary;

struct Panics;

impl Drop for Panics {
    fn drop(&mut self) {
        panic!("Worker Pool was poisoned");
    }
}

/// The library's thread pool panics while another panic unwinds. Fails if the process ends without giving the reason: a
/// full disk would look like a fault of the stage's GPU.
#[test]
fn a_panic_that_meets_another_one_tells_the_first() {
    boundary::remember_panics(|error| {
        let told = error.code == reseal_sealing::Code::NoSpace && error.message.contains("failed to store");
        exit(if told { 0 } else { 1 });
    });
    let unused = boundary::catch::<()>(|| {
        let _panics = Panics;
        panic!("failed to store: No space left on device (os error 28)");
    });
    panic!("the process was not to go on: {unused:?}");
}
