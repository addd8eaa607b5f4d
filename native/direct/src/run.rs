//! The times of one comparison.

/// Milliseconds of one run: the library called directly, then reseal-stage.
pub(crate) struct Run {
    pub(crate) pc1: (u64, u64),
    pub(crate) pc2: (u64, u64),
}
