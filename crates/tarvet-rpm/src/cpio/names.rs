//! Names that stay where the archive is unpacked.

/// Why `name` is no plain file name, as the members of an SRPM have it: one component and nothing special.
pub(crate) fn plain(name: &[u8]) -> Result<(), &'static str> {
    if name.contains(&b'/') {
        return Err("a slash");
    }
    below(name)
}

/// Why `path` may not stay below the place where it is unpacked, or is spelled in a way that readers treat differently.
pub(crate) fn below(path: &[u8]) -> Result<(), &'static str> {
    if path.is_empty() {
        return Err("nothing in it");
    }
    if path.contains(&0) {
        return Err("a NUL");
    }
    if path.first() == Some(&b'/') {
        return Err("a slash at its start");
    }
    for component in path.split(|byte| *byte == b'/') {
        match component {
            b".." => return Err("`..`"),
            b"." => return Err("`.`"),
            b"" => return Err("an empty component"),
            _ => {}
        }
    }
    Ok(())
}
