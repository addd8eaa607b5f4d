//! The last lines of a process that cannot continue: memory is refused, or a mapped file cannot be read.
//!
//! Both end the process inside an allocation or a signal handler, so nothing here allocates or takes a lock.

use std::alloc::{GlobalAlloc, Layout, System};
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicI32, Ordering};

static OUTPUT: AtomicI32 = AtomicI32::new(-1);

/// The system's allocator. If it refuses memory, the process ends with the error `NoMemory` instead of an abort.
struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        given(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        given(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        given(unsafe { System.realloc(memory, layout, size) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }
}

fn given(memory: *mut u8) -> *mut u8 {
    if memory.is_null() {
        end(b"{\"error\":{\"code\":\"NoMemory\",\"message\":\"the system refuses memory that this stage needs\"}}\n");
    }
    memory
}

extern "C" fn on_bus_error(_signal: libc::c_int) {
    end(b"{\"error\":{\"code\":\"DiskFailing\",\"message\":\"a file mapped into memory could not be read or written: its \
          disk fails or is full\"}}\n");
}

/// From now on the last line goes to `output`.
pub(crate) fn go_to(output: RawFd) {
    OUTPUT.store(output, Ordering::SeqCst);
    let handler: extern "C" fn(libc::c_int) = on_bus_error;
    unsafe { libc::signal(libc::SIGBUS, handler as libc::sighandler_t) };
}

fn end(line: &[u8]) -> ! {
    unsafe {
        // A line this short reaches a pipe in one piece.
        libc::write(OUTPUT.load(Ordering::SeqCst), line.as_ptr().cast(), line.len());
        libc::_exit(1)
    }
}
