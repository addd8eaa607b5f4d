//! A choice by name in an environment variable.

use std::env;

use crate::{Code, Error, Result};

/// The value chosen by name in `variable`; the first choice if the variable is not set.
pub(crate) fn chosen<T: Copy>(variable: &str, choices: &[(&str, T)]) -> Result<T> {
    let Some(name) = env::var_os(variable) else { return Ok(choices[0].1) };
    let chosen = choices.iter().find(|(choice, _)| name == *choice).map(|(_, value)| *value);
    chosen.ok_or_else(|| {
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let (last, others) = names.split_last().expect("there are choices");
        let others = others.join(", ");
        Error::new(Code::Settings, format!("{variable} is {}: it can be {others} or {last}", name.display()))
    })
}
