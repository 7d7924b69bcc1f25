//! What debian/control says to debhelper: its compat level and its sequences.

use bstr::ByteSlice;

/// What the source stanza requires for the build.
#[derive(Debug, Default)]
pub(super) struct Control {
    /// `debhelper-compat (= N)` in Build-Depends, or `X-DH-Compat`.
    pub(super) compat: Option<u32>,
    /// Names of `dh-sequence-*` in Build-Depends.
    pub(super) sequences: Vec<String>,
    /// Those that depend on an architecture, a profile or an alternative, or stand in another field.
    pub(super) conditional: Vec<String>,
    /// The compat level is set more than once.
    pub(super) disagrees: bool,
    /// Names of the binary packages.
    pub(super) packages: Vec<String>,
}

/// Reads the first stanza.
pub(super) fn read(text: &[u8]) -> Control {
    let mut control = Control::default();
    let text = text.to_str_lossy();
    let package = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("package")
            .then(|| value.trim().to_owned())
    };
    control.packages = text.lines().filter_map(package).collect();
    for (name, value) in fields(&text) {
        match name.to_ascii_lowercase().as_str() {
            "build-depends" => control.depends(&value, true),
            "build-depends-arch" | "build-depends-indep" => control.depends(&value, false),
            "x-dh-compat" => {
                control.disagrees |= control.compat.is_some();
                control.compat = value.trim().parse().ok();
            }
            _ => {}
        }
    }
    control
}

impl Control {
    fn depends(&mut self, value: &str, always: bool) {
        for relation in value.split(',').map(str::trim) {
            let plain = always && !relation.contains(['|', '[', '<']);
            for name in relation.split('|').map(str::trim) {
                let package = name
                    .split([' ', '(', '[', '<', ':', '\t'])
                    .next()
                    .unwrap_or_default();
                if let Some(sequence) = package.strip_prefix("dh-sequence-") {
                    let list = if plain {
                        &mut self.sequences
                    } else {
                        &mut self.conditional
                    };
                    list.push(sequence.to_owned());
                }
                if package == "debhelper-compat" && plain {
                    self.disagrees |= self.compat.is_some();
                    self.compat = equal_to(name).or(self.compat);
                }
            }
        }
    }
}

/// N of `(= N)`, with what may follow a Debian version's number.
fn equal_to(relation: &str) -> Option<u32> {
    let version = relation
        .split_once('(')?
        .1
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let digits = version.bytes().take_while(u8::is_ascii_digit).count();
    version.get(..digits)?.parse().ok()
}

/// Fields of the first stanza, with their continuation lines joined by spaces.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.trim().is_empty() {
            if found.is_empty() {
                continue;
            }
            break;
        }
        match (
            line.starts_with([' ', '\t']),
            found.last_mut(),
            line.split_once(':'),
        ) {
            (true, Some((_, value)), _) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (false, _, Some((name, value))) => found.push((name.trim().to_owned(), value.trim().to_owned())),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compat_and_sequences() {
        let text = "\nSource: x\nBuild-Depends: debhelper-compat (= 13),\n dh-sequence-python3, dh-sequence-gir [amd64],\n# comment\n\
                    \tdh-sequence-one (= 1)\nBuild-Depends-Arch: dh-sequence-arch\n\nPackage: y\nBuild-Depends: debhelper-compat (= 9)\n";
        let control = read(text.as_bytes());
        assert_eq!(control.compat, Some(13));
        assert_eq!(control.sequences, ["python3", "one"]);
        assert_eq!(control.conditional, ["gir", "arch"]);
        assert_eq!(read(b"Build-Depends: debhelper-compat (= 13) | x\n").compat, None);
        assert_eq!(read(b"Build-Depends: debhelper-compat (>= 13)\n").compat, None);
    }
}
