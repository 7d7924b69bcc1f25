//! Tarballs built header by header, honest and hostile.
