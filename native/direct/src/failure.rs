//! Why a measurement stops.

/// What ends a measurement, as a sentence.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
