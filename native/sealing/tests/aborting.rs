//! The end of a process that the runtime aborts, in a process of its own.

use std::process::exit;

use reseal_sealing::library::boundary;

struct Panics;

impl Drop for Panics {
    fn drop(&mut self) {
        panic!("Worker Pool was poisoned");
    }
}

/// The library's pool of threads panics while a panic unwinds. Fails where the process ends without saying why: a full disk
/// would be taken for the fault of the GPU that the stage had.
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
