//! The `tarvet` command.
fn main() {}
