//! What one header may say, judged field by field.

use bstr::{BString, ByteSlice};

use super::{
    Entry, Tape,
    header::{Header, Layout},
};
use crate::{Limits, MemberKind, OddityClass, names};

impl<B> Tape<'_, B> {
    /// Tells what the records of a pax header told about themselves.
    pub(super) fn pass_on_pax(&mut self, oddities: Vec<(OddityClass, &'static str, String)>, path: &BString) {
        for (class, code, detail) in oddities {
            match (class, code) {
                (OddityClass::Curious, _) | (_, "acl" | "unknown-pax-key") => {
                    self.log.once(path.as_bstr(), class, code, detail)
                }
                _ => self.log.at(path.as_bstr(), class, code, detail),
            }
        }
    }

    pub(super) fn check_layout(&mut self, header: &Header, path: &BString) {
        let path = path.as_bstr();
        if header.layout() == Layout::Odd {
            let detail = format!("magic {:?} is neither ustar nor GNU", header.magic().as_bstr());
            self.log.at(path, OddityClass::Ambiguous, "odd-magic", detail);
        }
        if header.has_stray_prefix() {
            let detail = "bytes where only ustar has a name prefix: some readers put them before the name";
            self.log.at(path, OddityClass::Ambiguous, "stray-prefix", detail);
        }
        if header.mtime().is_err() || !header.other_numbers_are_sound() {
            let detail = "a number of the header is neither octal nor base-256";
            self.log.at(path, OddityClass::Ambiguous, "odd-number", detail);
        }
    }

    /// The one size all readers agree on, or the one POSIX demands with a note; `None` ends the reading.
    pub(super) fn size(&mut self, header: &Header, pax: Option<u64>, path: &BString) -> Option<u64> {
        const LARGEST_OCTAL: u64 = 0o77_777_777_777;
        let path = path.as_bstr();
        let plain = header.size();
        let size = match (plain, pax) {
            (Ok(plain), Some(size)) => {
                let clamped = size > LARGEST_OCTAL && (plain == 0 || plain == LARGEST_OCTAL);
                if plain != size && !clamped {
                    let detail = format!("pax says {size} bytes, the header {plain}");
                    self.log
                        .at(path, OddityClass::Ambiguous, "size-disagreement", detail);
                }
                size
            }
            (Ok(plain), None) => plain,
            (Err(_), _) => {
                let detail = "the size is not a number; not read further";
                self.log.at(path, OddityClass::Ambiguous, "odd-size", detail);
                return None;
            }
        };
        if size > i64::MAX as u64 {
            self.log.at(
                path,
                OddityClass::Ambiguous,
                "odd-size",
                format!("{size} bytes cannot be"),
            );
            return None;
        }
        Some(size)
    }

    pub(super) fn mode(&mut self, header: &Header, kind: MemberKind, path: &BString) -> u32 {
        let path = path.as_bstr();
        let Ok(mode) = header.mode() else {
            self.log.at(
                path,
                OddityClass::Ambiguous,
                "odd-number",
                "the mode is neither octal nor base-256",
            );
            return 0;
        };
        let mode = (mode & 0o7777) as u32;
        if mode & 0o7000 != 0 && kind == MemberKind::File {
            let detail = format!("mode {mode:04o} has setuid, setgid or sticky");
            self.log.at(path, OddityClass::Attributes, "special-mode", detail);
        }
        if mode & 0o1002 == 0o0002 && matches!(kind, MemberKind::File | MemberKind::Directory) {
            let detail = format!("mode {mode:04o} lets everybody write (first such member)");
            self.log
                .once(path, OddityClass::Attributes, "world-writable", detail);
        }
        mode
    }

    pub(super) fn check_kind(&mut self, kind: MemberKind, path: &BString) {
        let path = path.as_bstr();
        match kind {
            MemberKind::Other(b'S') => {}
            MemberKind::Other(flag @ (b'3' | b'4' | b'6')) => {
                let what = if flag == b'6' { "fifo" } else { "device" };
                self.log
                    .at(path, OddityClass::Unsafe, "special-file", format!("a {what}"));
            }
            MemberKind::Other(flag) => {
                let detail = format!(
                    "type flag {:?} means different things to different readers",
                    char::from(flag)
                );
                self.log.at(path, OddityClass::Ambiguous, "odd-typeflag", detail);
            }
            _ => names::check(path, kind == MemberKind::Directory, &mut self.log),
        }
    }

    /// The header of an extension header: nothing of it counts but flag and size, which is why a stream of another
    /// format can sit in it.
    pub(super) fn check_extension(&mut self, header: &Header, flag: u8) {
        let sound = header.name_field_is_text()
            && header.mode().is_ok()
            && header.mtime().is_ok()
            && header.other_numbers_are_sound()
            && !header.size_is_blank();
        if !sound {
            let detail = format!(
                "the header of a {:?} record has bytes in its name or numbers that do not belong there",
                char::from(flag)
            );
            self.log.note(OddityClass::Ambiguous, "extension-header", detail);
        }
    }

    /// Fields that some readers believe although the type flag makes them meaningless.
    pub(super) fn check_against_kind(
        &mut self,
        header: &Header,
        kind: MemberKind,
        linked: bool,
        path: &BString,
    ) {
        let plain = matches!(kind, MemberKind::File | MemberKind::Directory);
        if plain && (linked || !header.link().is_empty()) {
            let detail = "a link target on a member that is no link: some readers make a hard link of it";
            self.log.at(
                path.as_bstr(),
                OddityClass::Ambiguous,
                "link-name-on-file",
                detail,
            );
        }
        if kind != MemberKind::File {
            return;
        }
        if header.size_is_blank() {
            let detail = "the size of a file is blank";
            self.log
                .at(path.as_bstr(), OddityClass::Ambiguous, "odd-size", detail);
        }
        // A name cut at the end of its field may happen to end in a slash, which only an old flag makes a directory.
        let cut = header.flag() == b'0' && header.name_is_cut_from(path);
        if header.path().ends_with(b"/") && !path.ends_with(b"/") && !cut {
            let detail = "the header's own name ends in / and the extension header's does not";
            self.log
                .at(path.as_bstr(), OddityClass::Ambiguous, "slash-after-file", detail);
        }
    }

    /// An access control list sets the permission bits of readers that apply it.
    pub(super) fn check_acl(&mut self, header: &Header, bits: &[(u32, bool)], path: &BString) {
        let mode = header.mode().unwrap_or_default();
        if let Some((bit, executable)) = bits
            .iter()
            .find(|(bit, executable)| (mode & u64::from(*bit) != 0) != *executable)
        {
            let not = if *executable { "" } else { "not " };
            let detail = format!(
                "the access control list makes the file {not}executable, bit {bit:04o} of mode {:04o} does not agree",
                mode & 0o7777
            );
            self.log
                .at(path.as_bstr(), OddityClass::Ambiguous, "acl-disagreement", detail);
        }
    }

    pub(super) fn within_limits(&mut self, entry: &Entry) -> bool {
        self.members += 1;
        self.name_bytes += (entry.path.len() + entry.link.as_ref().map_or(0, |link| link.len())) as u64;
        let Limits {
            members, path_depth, ..
        } = *self.limits;
        if self.members > members {
            self.stop(
                "member-limit",
                format!("more than {members} members (limit members, --limit-members)"),
            );
        } else if names::depth(entry.path.as_bstr()) > path_depth {
            self.stop(
                "depth-limit",
                format!("a path of more than {path_depth} components (limit path_depth, --limit-path-depth)"),
            );
        } else if self.name_bytes > names::budget(self.members) {
            let budget = names::budget(self.members);
            self.stop(
                "name-limit",
                format!("names of {} members take more than {budget} bytes", self.members),
            );
        }
        !self.limited
    }

    /// Notes a limit; nothing is read beyond it.
    pub(super) fn stop(&mut self, code: &'static str, detail: String) {
        self.limited = true;
        self.log.note(OddityClass::Limit, code, detail);
    }
}
