//! What to add to a packaging, so that a file is made anew.

use bstr::{BStr, ByteSlice};

use super::{Generated, Packaging};

/// A tool, as `alleged` names it, with the package that has it in Debian and what a spec requires for it.
struct Source {
    tool: &'static str,
    debian: &'static str,
    rpm: &'static str,
}

const fn source(tool: &'static str, debian: &'static str, rpm: &'static str) -> Source {
    Source { tool, debian, rpm }
}

/// Tools that a build can run. Names of packages as of Debian 12 and Fedora 40; where there is a virtual name that
/// does not change between releases, that one.
const SOURCES: &[Source] = &[
    source("AutoGen", "autogen", "autogen"),
    source(
        "DocBook stylesheets",
        "docbook-xsl, xsltproc",
        "docbook-style-xsl libxslt",
    ),
    source("asciidoc", "asciidoc", "asciidoc"),
    source("asciidoctor", "asciidoctor", "rubygem-asciidoctor"),
    source("asn1Parser", "libtasn1-bin", "libtasn1-tools"),
    source("bison", "bison", "bison"),
    source("byacc", "byacc", "byacc"),
    source("cython", "cython3", "python3-Cython"),
    source("docutils", "python3-docutils", "python3-docutils"),
    source("doxygen", "doxygen", "doxygen"),
    source("flex", "flex", "flex"),
    source(
        "g-ir-scanner",
        "gobject-introspection",
        "gobject-introspection-devel",
    ),
    source("gdbus-codegen", "libglib2.0-dev-bin", "glib2-devel"),
    source("gengetopt", "gengetopt", "gengetopt"),
    source("glib-genmarshal", "libglib2.0-dev-bin", "glib2-devel"),
    source("glib-mkenums", "libglib2.0-dev-bin", "glib2-devel"),
    source("go-md2man", "go-md2man", "go-md2man"),
    source("gperf", "gperf", "gperf"),
    source("groff", "groff", "groff"),
    source("gtk-doc", "gtk-doc-tools", "gtk-doc"),
    source("help2man", "help2man", "help2man"),
    source("intltool", "intltool", "intltool"),
    source("lemon", "lemon", "lemon"),
    source("makeinfo", "texinfo", "texinfo"),
    source("moc", "qtbase5-dev-tools", "qt5-qtbase-devel"),
    source("msgen", "gettext", "gettext"),
    source("msgfmt", "gettext", "gettext"),
    source("msgmerge", "gettext", "gettext"),
    source("pandoc", "pandoc", "pandoc"),
    source("po4a", "po4a", "po4a"),
    source("pod2man", "perl", "perl-podlators"),
    source("protoc", "protobuf-compiler", "protobuf-compiler"),
    source("ragel", "ragel", "ragel"),
    source("rcc", "qtbase5-dev-tools", "qt5-qtbase-devel"),
    source("re2c", "re2c", "re2c"),
    source("ronn", "ronn", "rubygem-ronn-ng"),
    source("rpcgen", "rpcsvc-proto", "rpcgen"),
    source("sass", "sassc", "sassc"),
    source("scdoc", "scdoc", "scdoc"),
    source("sphinx", "python3-sphinx", "python3-sphinx"),
    source("swig", "swig", "swig"),
    source("texi2dvi", "texinfo, texlive", "texinfo-tex"),
    source("texi2html", "texi2html", "texi2html"),
    source("txt2man", "txt2man", "txt2man"),
    source("uic", "qtbase5-dev-tools", "qt5-qtbase-devel"),
    source("valac", "valac", "vala"),
    source("wayland-scanner", "libwayland-bin", "wayland-devel"),
    source("xgettext", "gettext", "gettext"),
];

/// What to add so that autoreconf runs.
pub(super) fn autoreconf(packaging: Packaging) -> String {
    match packaging {
        Packaging::Debian => {
            "add `debhelper-compat (= 13)` to Build-Depends and let debian/rules run `dh $@` without \
                              `--without autoreconf`, or run `autoreconf -f -i` before ./configure"
                .into()
        }
        Packaging::Rpm => {
            "add `autoreconf -f -i` before %configure, and `BuildRequires: autoconf automake libtool`".into()
        }
    }
}

/// What to add so that config.guess and config.sub are the distribution's.
pub(super) fn config_scripts(packaging: Packaging, path: &BStr) -> String {
    match packaging {
        Packaging::Debian => {
            "run `dh_update_autotools_config` before ./configure; `dh $@` does so by itself".to_owned()
        }
        Packaging::Rpm => {
            let base = path
                .rsplit_once_str("/")
                .map_or(path.as_bytes(), |(_, base)| base);
            let base = base.as_bstr();
            format!("add `cp /usr/lib/rpm/redhat/{base} {}` to %prep", quoted(path))
        }
    }
}

/// What to add so that the file is deleted before the build, and made anew by it.
pub(super) fn delete(packaging: Packaging, file: &Generated<'_>) -> String {
    let known = file
        .tool
        .and_then(|tool| SOURCES.iter().find(|source| source.tool == tool));
    let unknown = || match file.tool {
        Some(tool) => format!(", and what has {tool} to the build's requirements"),
        None => ", and make sure that the build makes it".to_owned(),
    };
    match packaging {
        Packaging::Debian => {
            let more = known.map_or_else(unknown, |source| {
                format!(", and `{}` to Build-Depends", source.debian)
            });
            format!("add `{}` to debian/clean{more}", escaped(file.path))
        }
        Packaging::Rpm => {
            let more = known.map_or_else(unknown, |source| format!(", and `BuildRequires: {}`", source.rpm));
            format!("add `rm -f {}` to %prep{more}", quoted(file.path))
        }
    }
}

/// What to do about a file that autoreconf reads.
pub(super) fn input(packaging: Packaging, path: &BStr) -> String {
    let remove = match packaging {
        Packaging::Debian => format!("add `{}` to debian/clean", escaped(path)),
        Packaging::Rpm => format!("add `rm -f {}` to %prep", quoted(path)),
    };
    format!("autoreconf reads it; {remove} if the macros come from a package that the build requires")
}

/// debian/clean splits at blanks and knows wildcards but no quotes: `?` stands for what cannot be written.
fn escaped(path: &BStr) -> String {
    let shown = path.to_str_lossy();
    shown
        .chars()
        .map(|c| {
            let plain = !c.is_whitespace() && !c.is_control() && !"*?[]{}\\~$#'\"".contains(c);
            if plain && c != char::REPLACEMENT_CHARACTER {
                c
            } else {
                '?'
            }
        })
        .collect()
}

fn quoted(path: &BStr) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(byte);
    let dash = if path.starts_with(b"-") { "./" } else { "" };
    // A percent sign begins a macro in a spec.
    let shown = path.to_str_lossy().replace('%', "%%");
    if path.iter().all(plain) {
        return format!("{dash}{shown}");
    }
    format!("{dash}'{}'", shown.replace('\'', "'\\''"))
}
