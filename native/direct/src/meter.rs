//! How busy a GPU is: polls NVIDIA's management library while something is measured.

use std::ffi::{CString, c_char, c_int, c_uint, c_ulonglong, c_void};
use std::ptr;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use reseal_sealing::gpu::shared_library::Library;

const SUCCESS: c_int = 0;
/// From the GPU, to the GPU.
const COUNTERS: [c_uint; 2] = [0, 1];
const PAUSE: Duration = Duration::from_millis(50);
/// Megabytes a second that a lane of each generation of the bus carries, from the first generation.
const LANE: [f64; 6] = [250.0, 500.0, 985.0, 1969.0, 3938.0, 7563.0];

/// One GPU.
struct Meter {
    library: Library,
    device: *mut c_void,
}

/// The readings while something ran.
#[derive(Clone, Default)]
pub(crate) struct Load {
    /// Percent of the time in which a kernel ran.
    busy: Vec<f64>,
    /// The most bytes in use, by any process.
    memory: u64,
    /// Megabytes a second from and to the GPU.
    bus: [Vec<f64>; 2],
    /// Megabytes a second that its bus carries in one direction.
    bus_carries: f64,
}

/// Does `work` and polls this GPU meanwhile; without the management library nothing is read.
pub(crate) fn while_reading<T>(uuid: &str, work: impl FnOnce() -> T) -> (T, Option<Load>) {
    thread::scope(|scope| {
        let (done, ended) = mpsc::channel::<()>();
        let reading = scope.spawn(move || {
            let meter = Meter::of(uuid)?;
            let mut load = Load::default();
            while ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                meter.read(&mut load)?;
            }
            Some(load)
        });
        let result = work();
        drop(done);
        (result, reading.join().expect("it does not panic"))
    })
}

impl Meter {
    fn of(uuid: &str) -> Option<Self> {
        let library = Library::load(c"libnvidia-ml.so.1").ok()?;
        let init: extern "C" fn() -> c_int = unsafe { library.function(c"nvmlInit_v2") }.ok()?;
        let find: extern "C" fn(*const c_char, *mut *mut c_void) -> c_int =
            unsafe { library.function(c"nvmlDeviceGetHandleByUUID") }.ok()?;
        let (uuid, mut device) = (CString::new(uuid).ok()?, ptr::null_mut());
        (init() == SUCCESS && find(uuid.as_ptr(), &mut device) == SUCCESS).then_some(Meter { library, device })
    }

    fn read(&self, load: &mut Load) -> Option<()> {
        type Get<T> = extern "C" fn(*mut c_void, *mut T) -> c_int;
        let rates: Get<[c_uint; 2]> = unsafe { self.library.function(c"nvmlDeviceGetUtilizationRates") }.ok()?;
        let memory: Get<[c_ulonglong; 3]> = unsafe { self.library.function(c"nvmlDeviceGetMemoryInfo") }.ok()?;
        let bus: extern "C" fn(*mut c_void, c_uint, *mut c_uint) -> c_int =
            unsafe { self.library.function(c"nvmlDeviceGetPcieThroughput") }.ok()?;
        let (mut busy, mut bytes) = ([0; 2], [0; 3]);
        if rates(self.device, &mut busy) == SUCCESS {
            load.busy.push(busy[0].into());
        }
        // All, free, used.
        if memory(self.device, &mut bytes) == SUCCESS {
            load.memory = load.memory.max(bytes[2]);
        }
        for (counter, way) in COUNTERS.into_iter().zip(&mut load.bus) {
            let mut kilobytes = 0;
            if bus(self.device, counter, &mut kilobytes) == SUCCESS {
                way.push(f64::from(kilobytes) / 1000.0);
            }
        }
        // An idle bus runs slower, so its speed is read each time.
        let link = |call| -> Option<c_uint> {
            let get: Get<c_uint> = unsafe { self.library.function(call) }.ok()?;
            let mut number = 0;
            (get(self.device, &mut number) == SUCCESS).then_some(number)
        };
        if let (Some(generation), Some(lanes)) =
            (link(c"nvmlDeviceGetCurrPcieLinkGeneration"), link(c"nvmlDeviceGetCurrPcieLinkWidth"))
        {
            let lane = LANE.get(generation.saturating_sub(1) as usize).copied().unwrap_or(0.0);
            load.bus_carries = load.bus_carries.max(lane * f64::from(lanes));
        }
        Some(())
    }
}

impl Load {
    /// As columns of a table: busy, memory, and the bus from and to the GPU as shares of its capacity.
    pub(crate) fn columns(&self) -> [String; 4] {
        let most = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
        let busy = format!("{:.0} % ({:.0})", mean(&self.busy), most(&self.busy));
        let memory = format!("{:.1} GiB", self.memory as f64 / f64::from(1 << 30));
        let share = |way: &[f64]| match self.bus_carries {
            0.0 => format!("{:.0} MB/s", mean(way)),
            carries => format!("{:.1} %", 100.0 * mean(way) / carries),
        };
        [busy, memory, share(&self.bus[0]), share(&self.bus[1])]
    }
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_the_bus_are_of_what_it_carries() {
        let mut load = Load {
            busy: vec![40.0, 80.0],
            memory: 3 << 30,
            bus: [vec![100.0, 300.0], vec![6300.0, 6300.0]],
            bus_carries: 31504.0,
        };
        assert_eq!(load.columns(), ["60 % (80)", "3.0 GiB", "0.6 %", "20.0 %"]);
        load.bus_carries = 0.0;
        assert_eq!(load.columns()[3], "6300 MB/s");
    }
}
