//! What git itself does to a blob on its way into an archive: attributes, `export-subst`, eol, ident, encoding.
