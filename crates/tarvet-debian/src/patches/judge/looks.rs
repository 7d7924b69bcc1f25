//! What one file patch does that a person should look at.

use bstr::ByteSlice;
use tarvet_core::escape::escape;

use super::{Judge, Node, PatchFaultKind};
use crate::patches::files::{Change, FilePatch, Touched};
use crate::patches::sorts::{Sort, sort};

impl Judge<'_> {
    /// One file of a patch: what it does to it, wherever it is. Later ones meet what it leaves.
    pub(in crate::patches) fn file(&mut self, file: &FilePatch<'_>) -> Option<Touched> {
        let touched = file.touched(|path| self.outline.node(path).is_some())?;
        for name in [&file.old, &file.new].into_iter().flatten() {
            if let Some(link) = self.outline.link_on_way(name.as_ref()) {
                let message = format!(
                    "'{}' goes through the symbolic link '{}'",
                    escape(name),
                    escape(&link)
                );
                let help = "patch the file the link leads to; dpkg-source refuses this";
                self.push(
                    PatchFaultKind::ThroughSymlink,
                    touched.line,
                    Some(name.clone()),
                    message,
                    help,
                );
                break;
            }
        }
        self.special(file, &touched);
        self.outline.change(&touched);
        Some(touched)
    }

    /// What is added besides text.
    fn special(&mut self, file: &FilePatch<'_>, touched: &Touched) {
        let path = Some(touched.path.clone());
        let shown = escape(&touched.path);
        if matches!(
            self.outline.node(touched.path.as_ref()),
            Some(Node::Directory | Node::Special)
        ) {
            let message =
                format!("'{shown}' is not a regular file in the source; dpkg-source refuses to patch it");
            self.push(
                PatchFaultKind::Malformed,
                touched.line,
                path.clone(),
                message,
                "make the patch anew",
            );
        }
        if touched.change == Change::Binary || file.adds_nul {
            let message = format!("'{shown}' becomes a binary file");
            let help =
                "ship it in debian/ (debian/source/include-binaries), where it can be seen for what it is";
            self.push(
                PatchFaultKind::AddsBinary,
                touched.line,
                path.clone(),
                message,
                help,
            );
        }
        match touched.mode {
            Some(mode) if mode & 0o170_000 == 0o120_000 => {
                let message = format!("'{shown}' becomes a symbolic link, made by the patch");
                let help = "make the link in debian/rules or debian/links";
                self.push(PatchFaultKind::AddsSymlink, touched.line, path, message, help);
            }
            Some(mode) if mode & 0o111 != 0 && touched.change != Change::Delete => {
                let message = format!("the patch makes '{shown}' executable");
                let help = "look at what it is and who runs it";
                self.push(PatchFaultKind::AddsExecutable, touched.line, path, message, help);
            }
            _ => {}
        }
    }

    /// What lies at the path.
    pub(in crate::patches) fn place(&mut self, touched: &Touched) {
        let path = touched.path.as_bstr();
        let shown = escape(path);
        if path == "debian" || path.starts_with(b"debian/") {
            let message =
                format!("'{shown}' is the packaging itself: what is in debian/ is not what is built with");
            let help = "change the file in debian/ and take it out of the patch";
            self.push(
                PatchFaultKind::TouchesDebian,
                touched.line,
                Some(path.to_owned()),
                message,
                help,
            );
            return;
        }
        let kind = sort(path);
        // Without a signed tree nothing tells a generated file from one that upstream wrote and signed.
        let unsigned = self.source.signed(path) == Some(false);
        let in_tarball = self.source.node(path) == Some(Node::File);
        if unsigned && (in_tarball || kind == Sort::Generated) {
            let why = if in_tarball {
                "is in the tarball and not in the signed tree"
            } else {
                "is a generated file by its name"
            };
            let message = format!("'{shown}' {why}, and is patched rather than made anew");
            let help = "patch what it is made from and let the build regenerate it (dh-autoreconf)";
            self.push(
                PatchFaultKind::TouchesGenerated,
                touched.line,
                Some(path.to_owned()),
                message,
                help,
            );
        } else if kind != Sort::Other {
            let message = format!("'{shown}' decides how the package is built");
            let help = "read the patch";
            self.push(
                PatchFaultKind::TouchesBuildInput,
                touched.line,
                Some(path.to_owned()),
                message,
                help,
            );
        }
    }
}
