//! What the sections of a spec do not show: code that runs while rpm reads it, and definitions that change what the
//! build's own macros expand to.

use bstr::{BStr, BString, ByteSlice};

use super::engine::{Context, Engine, deeper};
use super::fault::excerpt;
use super::place::Reach;
use super::section::SectionKind;
use super::table::Body;

/// Reasons that are kept.
const MOST: usize = 50;

/// Macros whose redefinition changes what the lines of a build mean.
const REDEFINED: &[&str] = &[
    "_configure",
    "_configure_gnuconfig_hack",
    "_buildshell",
    "__spec_prep_pre",
    "__spec_build_pre",
    "__spec_conf_pre",
    "__spec_prep_cmd",
    "__spec_build_cmd",
    "___build_pre",
    "___build_cmd",
    "___build_shell",
    "___build_args",
    "__spec_prep_template",
    "__spec_build_template",
    "___build_template",
    "__tar",
    "__patch",
    "__scm",
    "__cp",
    "__rm",
    "__mkdir",
    "__chmod",
    "gpgverify",
    "gpg_verify",
    "setup",
    "autosetup",
    "autopatch",
    "_sourcedir",
    "_builddir",
    "buildsubdir",
    "__autoconf",
    "__automake",
    "__libtoolize",
    "__sh",
    "__make",
    "__meson",
    "__cmake",
    "_rpmconfigdir",
    "_libexecdir",
    "__spec_prep_post",
    "__spec_build_post",
    "__spec_prep_shell",
    "__spec_build_shell",
    "__spec_prep_args",
    "__spec_build_args",
    "__spec_prep_body",
    "__spec_build_body",
    "__spec_conf_cmd",
    "__spec_conf_post",
    "__spec_conf_template",
    "__spec_conf_shell",
    "__spec_conf_args",
    "__spec_buildrequires_pre",
    "__spec_buildrequires_cmd",
    "__spec_buildrequires_template",
    "__spec_buildrequires_shell",
    "___build_post",
    "___build_body",
    "apply_patch",
    "patch",
    "set_build_flags",
    "__rpmuncompress",
    "__git",
    "_fixperms",
    "_fixowner",
    "_fixgroup",
    "_default_patch_flags",
    "_default_patch_fuzz",
    "u2p",
    "verbose",
    "configure",
    "_topdir",
    "__gzip",
    "__bzip2",
    "__xz",
    "__unzip",
    "__zstd",
    "__mkdir_p",
    "__env",
    "_auto_set_build_flags",
    "__autoheader",
    "__aclocal",
];

/// Macros that stand between quotes in what rpm runs before each section: a quote in one of them ends that, and what
/// follows it is run.
const QUOTED: &[&str] = &[
    "optflags",
    "build_cflags",
    "build_cxxflags",
    "build_fflags",
    "build_ldflags",
    "_docdir",
    "_arch",
    "_os",
    "_smp_build_ncpus",
    "_javaclasspath",
    "_libdir",
    "_lib",
    "_datadir",
    "_prefix",
    "_exec_prefix",
    "buildroot",
    "_buildrootdir",
    "NAME",
    "VERSION",
    "RELEASE",
];

/// The statements of the program by which Fedora counts releases (rpmautospec writes it into specs).
const COUNTING: [&str; 4] = [
    "",
    "release_number = ",
    "base_release_number = tonumber(rpm.expand(\"%{?-b*}%{!?-b:1}\"))",
    "print(release_number + base_release_number - 1)",
];

/// The macros that change how the build works, and that the spec defines.
pub(super) fn redefined(engine: &Engine) -> Vec<BString> {
    let is_own = |name: &&&str| engine.table.get(name.as_bytes().as_bstr()).is_some();
    REDEFINED
        .iter()
        .filter(is_own)
        .map(|name| BString::from(*name))
        .collect()
}

impl Engine {
    fn hides(&mut self, why: String) {
        if self.hidden.len() < MOST && self.place.reach() != Reach::Never && !self.hidden.contains(&why) {
            self.hidden.push(why);
        }
    }

    /// `%(…)` was met: it may do anything, unless all that it can stand for only prints.
    pub(super) fn runs_shell(&mut self, code: &[u8], context: Context<'_>) {
        let inner = code.get(2..code.len().saturating_sub(1)).unwrap_or_default();
        let is_printing = is_printing(inner, inner)
            && deeper(context).is_some_and(|inside| {
                let all = self.expand(inner, inside);
                all.iter().all(|partial| is_printing(inner, &partial.text))
            });
        if !is_printing {
            self.runs(code, context.line);
        }
    }

    /// Code was met that rpm runs.
    pub(super) fn runs(&mut self, code: &[u8], line: usize) {
        if !is_counting(code) {
            let text = excerpt(code);
            self.hides(format!("line {line} runs code, which may define macros: {text}"));
        }
    }

    /// A macro that stands between quotes is defined.
    pub(super) fn quoted(&mut self, name: &BStr, body: &[u8], is_global: bool, context: Context<'_>) {
        if !QUOTED.iter().any(|known| name == known.as_bytes()) {
            return;
        }
        let texts: Vec<Vec<u8>> = match is_global {
            true => self
                .expand(body, context)
                .into_iter()
                .map(|partial| partial.text)
                .collect(),
            false => vec![body.to_vec()],
        };
        if !texts.iter().all(|text| is_plain(text)) {
            self.hides(format!(
                "line {} defines %{{{name}}} as more than plain words",
                context.line
            ));
        }
    }

    /// The same once all is defined that these macros can name.
    pub(super) fn quoted_at_the_end(&mut self) {
        for name in QUOTED {
            let Some(state) = self.table.get(name.as_bytes().as_bstr()) else {
                continue;
            };
            let is_text = |body: &Body| matches!(body, Body::Text { .. });
            if !state.options.iter().any(|option| is_text(&option.body)) {
                continue;
            }
            let value = self.value(format!("%{{{name}}}").as_bytes(), 0);
            if !value.texts().all(|text| is_plain(text)) {
                self.hides(format!("%{{{name}}} is more than plain words"));
            }
        }
    }
}

impl super::reader::Reader {
    /// What follows the name of a section: another interpreter, or a place.
    pub(super) fn options(&mut self, kind: SectionKind, line: &[u8], number: usize) {
        use SectionKind::{Build, Check, Conf, GenerateBuildRequires, Install, Prep};
        let is_script = matches!(
            kind,
            Prep | GenerateBuildRequires | Conf | Build | Install | Check
        );
        if is_script && line.fields().count() > 1 {
            let text = excerpt(line);
            self.engine
                .hides(format!("line {number} opens a section with options: {text}"));
        }
    }
}

/// Whether a text stays between quotes.
fn is_plain(text: &[u8]) -> bool {
    text.iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b" _./=+,:@%{}?!^~*-".contains(byte))
}

/// Whether the script of `%(…)` only prints: a list of commands that write nothing, and cannot print what rpm would take for a macro.
fn is_printing(written: &[u8], code: &[u8]) -> bool {
    const NAMES: [&[u8]; 14] = [
        b"echo",
        b"date",
        b"cut",
        b"tr",
        b"head",
        b"tail",
        b"uname",
        b"pkg-config",
        b"getconf",
        b"nproc",
        b"basename",
        b"dirname",
        b"rpm",
        b"true",
    ];
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" \t_./=+,:@%{}?!$'\"|;-".contains(byte);
    let is_command = |text: &[u8]| {
        let name = text.fields().next().unwrap_or_default();
        let is_own = name.split_once_str("=").is_some_and(|(name, _)| {
            !name.is_empty() && name.iter().all(u8::is_ascii_lowercase) && text.fields().count() == 1
        });
        NAMES.contains(&name) || is_own
    };
    let is_date = code.fields().next() == Some(b"date");
    let doubles = written.find_iter(b"%%").count();
    let expands = code.contains_str("%{lua") || code.contains_str("%(");
    code.iter().all(is_plain)
        && !expands
        && (doubles == 0 || is_date && !written.contains_str("%%%"))
        && code.split(|byte| b";|".contains(byte)).all(is_command)
}

/// Whether `%{lua:…}` is the program that counts releases.
fn is_counting(code: &[u8]) -> bool {
    let Some(code) = code
        .strip_prefix(b"%{lua:")
        .and_then(|rest| rest.strip_suffix(b"}"))
    else {
        return false;
    };
    let is_known = |statement: &[u8]| {
        let statement = statement.trim();
        COUNTING.iter().any(|known| statement == known.as_bytes())
            || statement
                .strip_prefix(COUNTING[1].as_bytes())
                .is_some_and(|number| number.iter().all(u8::is_ascii_digit))
    };
    code.split(|byte| b";\n".contains(byte)).all(is_known)
}
