//! A sector's files: their sizes, what they hold, and how they are written so that a power cut cannot damage them.

pub mod commitments;
pub mod durable;
pub mod geometry;
pub mod kept;
pub mod layers;
pub(crate) mod nodes;
pub(crate) mod opening;
pub mod remembered;
