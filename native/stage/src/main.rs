//! Runs one sealing operation per process: a request as one line of JSON on stdin, progress and the result as lines of
//! JSON on stdout, the log on stderr. See `native/README.md`.

mod last_words;
mod operations;
mod output;
mod parent;

use std::io;
use std::sync::Arc;

use output::Output;
use reseal_sealing::gpu::assigned::{self, Device};
use reseal_sealing::library::boundary;
use reseal_sealing::library::logging;
use reseal_sealing::library::settings_guard;
use reseal_sealing::{Code, Error};

unsafe extern "C" {
    fn reseal_cpu_guard();
}

/// Runs before `main` and before the runtime's set-up, when none of this program's Rust code has run yet.
#[used]
#[unsafe(link_section = ".init_array")]
static CPU_GUARD: unsafe extern "C" fn() = reseal_cpu_guard;

fn main() {
    let output = match Output::take_stdout() {
        Ok(output) => Arc::new(output),
        Err(cause) => {
            eprintln!("reseal-stage: stdout cannot be used: {cause}");
            std::process::exit(1);
        }
    };
    logging::install();
    let last = Arc::clone(&output);
    boundary::remember_panics(move |error| last.end(error));
    let result = boundary::catch(|| {
        let mut request = operations::request(io::stdin().lock())?;
        let placement = operations::placement(&mut request)?;
        let operation = operations::read(request)?;
        // Before the library counts the CPUs.
        placement.apply()?;
        // No other thread runs yet, and the library has read no settings.
        unsafe { assigned::prepare(placement.gpu.as_ref()) }?;
        unsafe { settings_guard::prepare() }?;
        let lines = parent::lines();
        if let Some(device) = &placement.gpu {
            end_without(device, &output);
            device.require()?;
        }
        operation.run(lines, &output)
    });
    // Not a return from main: threads of the library may still be running.
    std::process::exit(output.finish(result));
}

/// Ends the process when the library loses this GPU. The library would continue on the CPU, but the caller has another GPU
/// or faster code for the CPU.
fn end_without(device: &Device, output: &Arc<Output>) {
    let (uuid, output) = (device.uuid.clone(), Arc::clone(output));
    logging::when_the_gpu_is_lost(move |why| {
        output.end(Error::new(Code::Gpu, format!("the proofs library cannot use the GPU {uuid}: {why}")));
    });
}
