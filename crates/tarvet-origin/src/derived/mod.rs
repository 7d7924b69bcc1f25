//! Files that are recomputed from other, proven files.
