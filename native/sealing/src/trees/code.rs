//! Whose code builds trees C and R; the trees are the same.

use storage_proofs_core::settings::SETTINGS;

use crate::flavour::{FLAVOUR, ON_GPU};
use crate::request::choice;
use crate::{Code, Error, Result};

/// The environment variable that selects it.
const PC2: &str = "RESEAL_PC2";

/// Whose code builds the trees.
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
    /// Chosen by the environment. By default, the GPU that this process was given if the build can use one, otherwise
    /// Reseal's own code.
    pub(crate) fn chosen() -> Result<Self> {
        let choices = [("auto", Choice::Auto), ("cpu", Choice::Cpu), ("gpu", Choice::Gpu), ("stock", Choice::Stock)];
        match choice::chosen(PC2, &choices)? {
            Choice::Gpu if !ON_GPU => Err(Error::new(
                Code::Settings,
                format!("{PC2} is gpu, but this build, {FLAVOUR}, uses none: choose auto or cpu, or another build"),
            )),
            Choice::Auto | Choice::Gpu if ON_GPU && SETTINGS.use_gpu_tree_builder => Ok(TreeCode::Library),
            Choice::Auto | Choice::Gpu | Choice::Cpu => Ok(TreeCode::Own),
            Choice::Stock => Ok(TreeCode::Library),
        }
    }
}
