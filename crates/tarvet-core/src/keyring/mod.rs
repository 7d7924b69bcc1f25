//! The only place that touches OpenPGP, SSH and minisign signatures.
