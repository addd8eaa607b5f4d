//! On which CPUs, near which memory and with which GPU a stage runs.

use std::fs;
use std::io;
use std::mem;
use std::path::Path;

use serde::Deserialize;

use crate::files::durable;
use crate::gpu::assigned::Device;
use crate::{Code, Error, Result};

/// The kernel's fixed-size CPU set ends here.
const MAX_CPUS: usize = libc::CPU_SETSIZE as usize;
const ONLINE_NODES: &str = "/sys/devices/system/node/online";

/// Where to run; every field is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// CPUs as the kernel lists them: `0-3,8`.
    pub cpus: Option<String>,
    /// NUMA node to take memory from as long as it has free memory.
    pub numa_preferred: Option<usize>,
    /// The only GPU to use.
    pub gpu: Option<Device>,
}

impl Placement {
    /// Moves the calling thread and so every thread that it starts later. Call it before anything else: thread pools
    /// count the CPUs when they start.
    pub fn apply(&self) -> Result<()> {
        if let Some(list) = &self.cpus {
            restrict_to(list)?;
        }
        self.numa_preferred.map_or(Ok(()), prefer_node)
    }
}

fn restrict_to(list: &str) -> Result<()> {
    let wanted = parse(list)
        .ok_or_else(|| Error::new(Code::InvalidRequest, format!("\"{list}\" is not a list of CPUs such as 0-3,8")))?;
    let there = allowed().map_err(|cause| settings(format!("this machine's CPUs cannot be determined: {cause}")))?;
    let both: Vec<_> = wanted.iter().copied().filter(|cpu| there.contains(cpu)).collect();
    if both.is_empty() {
        let there = display(&there);
        return Err(settings(format!("none of the CPUs {list} can be used here: this process may use {there}")));
    }
    if both.len() < wanted.len() {
        log::warn!("of the CPUs {list} only {} can be used here", display(&both));
    }
    restrict(0, &both).map_err(|cause| refused(&both, cause))
}

/// Restricts all threads of this process, and those that they start, to its other CPUs, if there are any.
pub fn keep_clear(core: usize) -> Result<()> {
    let others = others(core)?;
    for task in durable::names(Path::new("/proc/self/task"))? {
        let Ok(thread) = task.parse() else { continue };
        match restrict(thread, &others) {
            // The thread has ended in the meantime.
            Err(cause) if cause.raw_os_error() == Some(libc::ESRCH) => {}
            moved => moved.map_err(|cause| refused(&others, cause))?,
        }
    }
    Ok(())
}

/// Restricts the calling thread, and those that it starts, to its other CPUs, if there are any.
pub fn avoid(core: usize) -> Result<()> {
    let others = others(core)?;
    restrict(0, &others).map_err(|cause| refused(&others, cause))
}

/// The CPUs besides this one, or only this one if there are no others.
fn others(core: usize) -> Result<Vec<usize>> {
    let there = allowed().map_err(|cause| settings(format!("this machine's CPUs cannot be determined: {cause}")))?;
    if !there.contains(&core) {
        let there = display(&there);
        return Err(settings(format!("the CPU {core} cannot be used here: this process may use {there}")));
    }
    let others: Vec<_> = there.into_iter().filter(|cpu| *cpu != core).collect();
    Ok(if others.is_empty() { vec![core] } else { others })
}

/// Restricts the calling thread to this CPU.
pub fn pin(core: usize) -> Result<()> {
    restrict(0, &[core]).map_err(|cause| refused(&[core], cause))
}

fn refused(cpus: &[usize], cause: io::Error) -> Error {
    settings(format!("running on the CPUs {} was refused: {cause}", display(cpus)))
}

/// Restricts a thread (0: the calling one) to these CPUs.
fn restrict(thread: libc::pid_t, cpus: &[usize]) -> io::Result<()> {
    let mut set = unsafe { mem::zeroed::<libc::cpu_set_t>() };
    cpus.iter().for_each(|cpu| unsafe { libc::CPU_SET(*cpu, &mut set) });
    if unsafe { libc::sched_setaffinity(thread, mem::size_of_val(&set), &set) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

fn prefer_node(node: usize) -> Result<()> {
    // A kernel without this file has no NUMA nodes and rejects an unknown one below.
    if let Ok(online) = fs::read_to_string(ONLINE_NODES)
        && !parse(online.trim()).is_some_and(|nodes| nodes.contains(&node))
    {
        return Err(settings(format!("there is no NUMA node {node}: this machine has {}", online.trim())));
    }
    let bits = libc::c_ulong::BITS as usize;
    let mut mask = vec![0 as libc::c_ulong; node / bits + 1];
    mask[node / bits] |= 1 << (node % bits);
    // The kernel reads one bit less than this length.
    let length = mask.len() * bits + 1;
    if unsafe { libc::syscall(libc::SYS_set_mempolicy, libc::MPOL_PREFERRED, mask.as_ptr(), length) } != 0 {
        let cause = io::Error::last_os_error();
        return Err(settings(format!("taking memory from NUMA node {node} was refused: {cause}")));
    }
    Ok(())
}

fn settings(why: String) -> Error {
    Error::new(Code::Settings, why)
}

/// The CPUs that this thread may run on.
pub fn allowed() -> io::Result<Vec<usize>> {
    let mut set = unsafe { mem::zeroed::<libc::cpu_set_t>() };
    if unsafe { libc::sched_getaffinity(0, mem::size_of_val(&set), &mut set) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok((0..MAX_CPUS).filter(|cpu| unsafe { libc::CPU_ISSET(*cpu, &set) }).collect())
}

/// Parses a list such as `0-3,8`. None if malformed; CPU numbers beyond any machine's are dropped.
fn parse(list: &str) -> Option<Vec<usize>> {
    let mut numbers = Vec::new();
    for part in list.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return None;
        }
        numbers.extend(first..=last.min(MAX_CPUS - 1));
    }
    numbers.sort_unstable();
    numbers.dedup();
    Some(numbers)
}

fn number(text: &str) -> Option<usize> {
    let text = text.trim();
    // Rust's own parser accepts a sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn display(numbers: &[usize]) -> String {
    let mut text: Vec<String> = Vec::new();
    for range in numbers.chunk_by(|left, right| left + 1 == *right) {
        text.push(match range {
            [one] => one.to_string(),
            _ => format!("{}-{}", range[0], range[range.len() - 1]),
        });
    }
    text.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn lists_are_read_and_written_as_the_kernel_does() {
        assert_eq!(parse("0-3,8"), Some(vec![0, 1, 2, 3, 8]));
        assert_eq!(parse(" 8 , 1-2,2"), Some(vec![1, 2, 8]));
        assert_eq!(parse("0-99999999999").map(|cpus| cpus.len()), Some(MAX_CPUS));
        assert_eq!(display(&[0, 1, 2, 3, 8, 10, 11]), "0-3,8,10-11");
        for wrong in ["", "a", "3-1", "1-", "-1", "+1", "1;2", "1,,2", "0-4:2"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    /// A pool that was started earlier, or that counts the machine's CPUs, would have more threads.
    #[test]
    fn thread_pools_follow() {
        let first = allowed().unwrap()[0].to_string();
        let threads = thread::spawn(move || {
            Placement { cpus: Some(first), ..Placement::default() }.apply().unwrap();
            rayon::ThreadPoolBuilder::new().build().unwrap().current_num_threads()
        });
        assert_eq!(threads.join().unwrap(), 1);
    }

    /// Fails if a sector's thread takes time from the one that labels, although there is another CPU.
    #[test]
    fn a_thread_that_avoids_a_cpu_starts_none_on_it() {
        let there = allowed().unwrap();
        let core = there[0];
        let avoiding = thread::spawn(move || {
            avoid(core).unwrap();
            thread::spawn(|| allowed().unwrap()).join().unwrap()
        });
        let others = if there.len() > 1 { &there[1..] } else { &there[..] };
        assert_eq!(avoiding.join().unwrap(), others);
        assert_eq!(allowed().unwrap(), there);
        let missing = MAX_CPUS - 1;
        assert!(there.contains(&missing) || avoid(missing).unwrap_err().message.contains(&missing.to_string()));
    }

    #[test]
    fn cpus_that_are_not_there_are_refused_naming_both() {
        let there = display(&allowed().unwrap());
        let error = Placement { cpus: Some("1020-1023".into()), ..Placement::default() }.apply().unwrap_err();
        assert_eq!(error.code, Code::Settings);
        assert!(error.message.contains("1020-1023") && error.message.contains(&there), "{error}");
    }
}
