//! Whose code builds trees C and R; the trees are the same.

use crate::{Code, Error, FLAVOUR, Result, choice};

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
        let has_gpu = FLAVOUR != "cpu";
        match choice::chosen(PC2, &choices)? {
            Choice::Auto if has_gpu => Ok(TreeCode::Library),
            Choice::Auto | Choice::Cpu => Ok(TreeCode::Own),
            Choice::Gpu if has_gpu => Ok(TreeCode::Library),
            Choice::Gpu => Err(Error::new(
                Code::Settings,
                format!("{PC2} is gpu, but this build, {FLAVOUR}, uses none: choose auto or cpu, or another build"),
            )),
            Choice::Stock => Ok(TreeCode::Library),
        }
    }
}
