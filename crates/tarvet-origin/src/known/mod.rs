//! The table of published versions of standard build files.
