//! Turns panics into errors.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use crate::{Code, Error, Result, error};

/// The messages of threads that panicked.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keep at most this many panic messages.
const MOST_PANICS: usize = 16;

/// The runtime's message when a panic happens during another one, or in code that must not panic, before it aborts the
/// process.
const ABORTING: [&str; 2] = ["panic in a destructor during cleanup", "panic in a function that cannot unwind"];

/// From now on keeps the message of every panic in this process. When a thread of the library panics, the thread that
/// waits for it reports only that nothing more came.
///
/// `end` is called with the error when the process is about to be aborted, which `catch` cannot prevent.
pub fn remember_panics(end: impl Fn(Error) + Send + Sync + 'static) {
    let default = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let text = text(info.payload());
        let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
        if panics.len() < MOST_PANICS {
            panics.push(text.to_string());
        }
        drop(panics);
        default(info);
        if ABORTING.contains(&text) {
            end(panicked(text));
        }
    }));
}

/// Runs `work`. A panic in it becomes an error with code `Panic`, or with the code of the host fault that this panic,
/// or an earlier one in another thread, reports.
///
/// After such an error the proofs library's global locks may be poisoned: end the process.
pub fn catch<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(panicked(text(&*payload))))
}

fn panicked(text: &str) -> Error {
    let panicked = |message: String, words: &str| {
        Error::of_library(Code::Panic, format!("the native core panicked: {message}"), words)
    };
    let panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    match panics.iter().find(|words| error::of_words(words).is_some()) {
        Some(words) if error::of_words(text).is_none() => panicked(format!("{words}; then: {text}"), words),
        _ => panicked(text.to_string(), text),
    }
}

fn text(payload: &(dyn Any + Send)) -> &str {
    if let Some(text) = payload.downcast_ref::<&'static str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else {
        "no message"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lets_results_through() {
        assert_eq!(catch(|| Ok(7)), Ok(7));
        let refused = Error::new(Code::Busy, "held");
        assert_eq!(catch::<()>(|| Err(refused.clone())), Err(refused));
    }

    #[test]
    fn keeps_the_words_of_a_static_panic() {
        let error = catch::<()>(|| panic!("poisoned cache")).unwrap_err();
        assert_eq!(error, Error::new(Code::Panic, "the native core panicked: poisoned cache"));
    }

    /// A formatted panic carries a `String`; a handler that knows only `&str` would lose its message.
    #[test]
    fn keeps_the_words_of_a_formatted_panic() {
        let layer = 3;
        let error = catch::<()>(|| panic!("layer {layer} is missing")).unwrap_err();
        assert_eq!(error, Error::new(Code::Panic, "the native core panicked: layer 3 is missing"));
    }

    #[test]
    fn survives_a_panic_without_words() {
        let error = catch::<()>(|| std::panic::panic_any(7_u8)).unwrap_err();
        assert_eq!(error, Error::new(Code::Panic, "the native core panicked: no message"));
    }
}
