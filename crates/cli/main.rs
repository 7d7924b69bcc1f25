//! The `tarvet` command.

#[allow(dead_code, unused_imports, reason = "not wired to an argument yet")]
mod fetch;

fn main() {}
