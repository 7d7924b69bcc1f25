//! People with names and keys.
