//! Whose code builds trees C and R; the trees are the same.

use crate::flavour::{FLAVOUR, ON_GPU};
use crate::{Code, Error, Result, choice};

/// The environment variable that says it.
const PC2: &str = "RESEAL_PC2";

/// Whose code it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TreeCode {
    /// Reseal's, on the CPU.
    Own,
    /// The library's.
    Library,
}

#[derive(Clone, Copy)]
enum Choice {
    Auto,
    Cpu,
    Gpu,
    Stock,
}

impl TreeCode {
    /// As the environment says: by default the GPU, where this build can use one, else Reseal's own.
    pub(crate) fn chosen() -> Result<Self> {
        let choices = [("auto", Choice::Auto), ("cpu", Choice::Cpu), ("gpu", Choice::Gpu), ("stock", Choice::Stock)];
        match choice::chosen(PC2, &choices)? {
            Choice::Auto if ON_GPU => Ok(TreeCode::Library),
            Choice::Auto | Choice::Cpu => Ok(TreeCode::Own),
            Choice::Gpu if ON_GPU => Ok(TreeCode::Library),
            Choice::Gpu => Err(Error::new(
                Code::Settings,
                format!("{PC2} is gpu, but this build, {FLAVOUR}, uses none: choose auto or cpu, or another build"),
            )),
            Choice::Stock => Ok(TreeCode::Library),
        }
    }
}
