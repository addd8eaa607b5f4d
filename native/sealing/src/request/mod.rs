//! What requests say, how they are read, and how the progress of a request is reported.

pub mod absolute_path;
pub(crate) mod choice;
pub mod hash32;
pub mod progress;
pub mod sector;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Code, Error, Result};

/// Turns a JSON value into a request; the error names the field.
pub fn parse<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let field = error.path().to_string();
        let cause = error.into_inner();
        let place = if field == "." { "the request".to_string() } else { format!("the request's {field}") };
        Error::new(Code::InvalidRequest, format!("{place} cannot be read: {cause}"))
    })
}
