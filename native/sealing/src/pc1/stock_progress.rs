//! How far the library is inside a layer.
//!
//! The library does not report it. But it reads the nodes' parents through a window of the parent cache that it maps
//! and moves as it goes, and the kernel shows where that window is.

use std::fs;
use std::path::Path;

/// How much of the layer is done, from 0 to 1; none if the window does not move because it holds the whole cache.
pub(crate) fn inside_layer(parent_cache: &Path, bytes: u64) -> Option<f64> {
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    let offset = last_window(&maps, parent_cache.to_str()?)?;
    (offset > 0).then(|| offset as f64 / bytes as f64)
}

/// Where the last mapped window of this file begins.
fn last_window(maps: &str, file: &str) -> Option<u64> {
    let windows = maps.lines().filter(|line| line.ends_with(file));
    windows.filter_map(|line| u64::from_str_radix(line.split_ascii_whitespace().nth(2)?, 16).ok()).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::AsRawFd;

    #[test]
    fn the_window_that_the_kernel_tells_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("v28-sdr-parent.cache");
        let file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        file.set_len(8 * 4096).unwrap();
        assert_eq!(inside_layer(&path, 8 * 4096), None);
        let map = |offset| unsafe {
            libc::mmap(std::ptr::null_mut(), 4096, libc::PROT_READ, libc::MAP_SHARED, file.as_raw_fd(), offset)
        };
        let first = map(0);
        assert_eq!(inside_layer(&path, 8 * 4096), None);
        let later = map(6 * 4096);
        assert_eq!(inside_layer(&path, 8 * 4096), Some(0.75));
        for window in [first, later] {
            assert_eq!(unsafe { libc::munmap(window, 4096) }, 0);
        }
        assert_eq!(inside_layer(&path, 8 * 4096), None);
    }
}
