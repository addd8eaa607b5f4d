//! The C ABI as its callers see it: the built library, loaded; the header, compiled.

mod calls;
mod example;
mod library;
