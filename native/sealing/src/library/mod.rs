//! The proofs library and the process that it runs in: its settings, its parameter files, its log and its panics.

pub mod boundary;
pub mod logging;
pub mod parameters;
pub mod placement;
pub mod settings_guard;
pub(crate) mod store_configs;
