//! The only place that touches gix: tags, commits and trees, re-hashed as they are read.
