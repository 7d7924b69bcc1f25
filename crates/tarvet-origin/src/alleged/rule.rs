//! The words in which rules are written: which names, which marks, made from what.

use bstr::{BStr, BString, ByteSlice};
use memchr::memmem;

use super::HEAD;
use super::paths::{base_of, directory_of};

/// One way a tool leaves its mark on what it makes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// The tool, as its users call it.
    pub tool: &'static str,
    /// Base names of what it makes; one must fit.
    pub names: &'static [Name],
    /// What the beginning of such a file looks like.
    pub mark: Mark,
    /// Text right before the tool's version.
    pub version: &'static str,
    /// Text right before the name of the input; empty where the tool does not say.
    pub names_input: &'static str,
    /// Where the input is; the first that the tree has is taken.
    pub from: &'static [Input],
    /// Directories the file must lie in, one of them: a component of its path. Empty: anywhere.
    pub within: &'static [&'static str],
    /// Whether it may speak of scripts and of what a build reads as instructions: only where the mark reads the whole
    /// file, or where the file is one that regeneration proves or replaces.
    pub careful: bool,
}

impl Rule {
    /// What a table entry leaves unsaid.
    pub(super) const PLAIN: Rule = Rule {
        tool: "",
        names: &[],
        mark: Mark::Never,
        version: "",
        names_input: "",
        from: &[],
        within: &[],
        careful: false,
    };
}

/// A shape of a base name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name {
    /// Exactly this.
    Is(&'static str),
    /// Something and then this; the something is the stem.
    Ends(&'static str),
    /// This, something, that; the something is the stem.
    Between(&'static str, &'static str),
    /// A manual page: something, a dot, a section (`1`, `3pm`, `8`).
    Man,
    /// Any name with no dot in it.
    NoDot,
    /// Any name but those of programs in a language that is run as it is.
    Any,
}

impl Name {
    /// The stem of a base name that has this shape.
    pub(super) fn stem(self, base: &BStr) -> Option<&BStr> {
        let stem = match self {
            Name::Is(name) => (base == name).then_some(&b""[..]),
            Name::Ends(end) => base.strip_suffix(end.as_bytes()).filter(|stem| !stem.is_empty()),
            Name::Between(start, end) => base
                .strip_prefix(start.as_bytes())?
                .strip_suffix(end.as_bytes())
                .filter(|stem| !stem.is_empty()),
            Name::Man => man_stem(base),
            Name::Any => (!is_interpreted(base)).then_some(base.as_bytes()),
            Name::NoDot => (!base.contains(&b'.')).then_some(base.as_bytes()),
        };
        stem.map(|stem| stem.as_bstr())
    }
}

/// Whether bootstrap, autoreconf, make or another builder would read a file of this path as its instructions.
pub(super) fn instructs_a_build(path: &BStr) -> bool {
    const ENDS: &[&str] = &[
        ".m4",
        ".am",
        ".ac",
        ".at",
        ".mk",
        ".mak",
        ".make",
        ".sh",
        ".bash",
        ".ksh",
        ".zsh",
        ".csh",
        ".cmake",
        ".pl",
        ".pls",
        ".bat",
        ".cmd",
        ".ps1",
        ".ninja",
        ".bzl",
        ".bazel",
        ".gradle",
        ".kts",
        ".gyp",
        ".gypi",
        ".wrap",
        ".nix",
        ".spec.in",
        ".gemspec",
        ".egg-link",
        ".pth",
    ];
    const STARTS: &[&str] = &[
        "configure",
        "bootstrap",
        "autogen",
        "makefile",
        "gnumakefile",
        "bsdmakefile",
        "buckfile",
    ];
    const NAMES: &[&str] = &[
        "cmakelists.txt",
        "meson.build",
        "build.rs",
        "setup.py",
        "setup.cfg",
        "conftest.py",
        "conf.py",
        "noxfile.py",
        "tox.ini",
        "pyproject.toml",
        "sitecustomize.py",
        "usercustomize.py",
        "wscript",
        "sconstruct",
        "sconscript",
        "build.pl",
        "rakefile",
        "extconf.rb",
        "gemfile",
        "package.json",
        "binding.gyp",
        "build",
        "workspace",
        "justfile",
        "build.xml",
        "pom.xml",
        "build.zig",
        "rust-toolchain",
        "rust-toolchain.toml",
        "requirements.txt",
        ".npmrc",
        ".yarnrc",
        ".gdbinit",
        ".envrc",
        ".gitattributes",
        ".gitmodules",
        ".gitconfig",
    ];
    // Read from wherever they lie, whatever is in them is called.
    const DIRECTORIES: &[&str] = &[".cargo", ".git", ".mvn", ".hg", ".svn"];
    let lower = base_of(path).to_ascii_lowercase();
    let mut above = directory_of(path).split(|&b| b == b'/');
    ENDS.iter().any(|end| lower.ends_with(end.as_bytes()))
        || STARTS.iter().any(|start| lower.starts_with(start.as_bytes()))
        || NAMES.iter().any(|name| lower == name.as_bytes())
        || above.any(|part| {
            DIRECTORIES
                .iter()
                .any(|name| part.eq_ignore_ascii_case(name.as_bytes()))
        })
}

/// Whether a file of this name is a program that some builder's step could run as it is.
fn is_interpreted(base: &BStr) -> bool {
    const ENDS: &[&str] = &[".py", ".pyw", ".tcl", ".lua", ".awk", ".guile", ".scm", ".sed"];
    let lower = base.to_ascii_lowercase();
    lower == b"config.toml" || ENDS.iter().any(|end| lower.ends_with(end.as_bytes()))
}

/// `ls.1` is `ls`, `Foo::Bar.3pm` is `Foo::Bar`; anything else is no manual page.
fn man_stem(base: &BStr) -> Option<&[u8]> {
    let dot = base.rfind_byte(b'.')?;
    let (stem, section) = (base.get(..dot)?, base.get(dot + 1..)?);
    let (digit, letters) = section.split_first()?;
    let page = digit.is_ascii_digit()
        && letters.len() <= 4
        && letters.iter().all(u8::is_ascii_lowercase)
        && !stem.is_empty();
    page.then_some(stem)
}

/// What a file must begin with, beside having the right name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mark {
    /// No file has it.
    Never,
    /// Every file has it: only the name and the place speak.
    None,
    /// Any text.
    Text,
    /// All of these texts within the first so many lines of a text.
    All(usize, &'static [&'static str]),
    /// One of these texts within the first so many lines of a text.
    One(usize, &'static [&'static str]),
    /// One of these texts at the very beginning of a text.
    Begins(&'static [&'static str]),
    /// One of these byte strings at the very beginning; the file need not be a text.
    Magic(&'static [&'static [u8]]),
    /// What a function says of the beginning and of the size.
    Shape(fn(&[u8], u64) -> bool),
    /// What a function says of the whole contents; a file that is too long for that has no mark.
    Whole(fn(&[u8]) -> bool),
}

impl Mark {
    /// Whether the beginning of a file bears the mark.
    pub(super) fn is_on(self, head: &Head<'_>) -> bool {
        let has = |top: &[u8], text: &&str| memmem::find(top, text.as_bytes()).is_some();
        match self {
            Mark::Never => false,
            Mark::None => true,
            Mark::Text => head.is_text,
            Mark::All(lines, texts) => head.is_text && texts.iter().all(|text| has(head.top(lines), text)),
            Mark::One(lines, texts) => head.is_text && texts.iter().any(|text| has(head.top(lines), text)),
            Mark::Begins(texts) => {
                head.is_text && texts.iter().any(|text| head.bytes.starts_with(text.as_bytes()))
            }
            Mark::Magic(starts) => starts.iter().any(|start| head.bytes.starts_with(start)),
            Mark::Shape(fits) => fits(head.bytes, head.size),
            Mark::Whole(fits) => head.whole.is_some_and(fits),
        }
    }
}

/// The beginning of a file, and what many rules ask of it.
pub(super) struct Head<'h> {
    bytes: &'h [u8],
    /// All of the file, where it was given.
    whole: Option<&'h [u8]>,
    /// Of the whole file.
    size: u64,
    /// Garbage with a marker in it is no text.
    is_text: bool,
    /// Where the first lines end.
    ends: Vec<usize>,
}

impl<'h> Head<'h> {
    /// More lines than this are no rule's top.
    const LINES: usize = 64;

    /// Takes the beginning of a file of `size` bytes, or all of it. Rules of the head see [`HEAD`] bytes of it.
    pub(super) fn new(content: &'h [u8], size: u64) -> Self {
        let bytes = content.get(..HEAD).unwrap_or(content);
        Head {
            bytes,
            whole: (content.len() as u64 == size).then_some(content),
            size,
            is_text: memchr::memchr(0, bytes).is_none(),
            ends: memchr::memchr_iter(b'\n', bytes).take(Self::LINES).collect(),
        }
    }

    /// Whether the system would run it, whatever it is called.
    pub(super) fn is_script(&self) -> bool {
        self.bytes.starts_with(b"#!")
    }

    /// The first so many lines.
    pub(super) fn top(&self, lines: usize) -> &'h [u8] {
        let end = self.ends.get(lines.saturating_sub(1)).copied();
        end.and_then(|end| self.bytes.get(..end)).unwrap_or(self.bytes)
    }
}

/// Where the input of a tool is, seen from what it made. `{}` stands for the stem, `{-}` for the stem with
/// its underscores as dashes, `{base}` for the base name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Input {
    /// This name in the same directory.
    Beside(&'static str),
    /// This name in the same directory or in one above.
    Above(&'static str),
    /// This name in any directory, the nearest.
    Anywhere(&'static str),
    /// Any file with this extension in the same directory.
    AnyBeside(&'static str),
    /// Any file with this extension in the same directory or directly in one above.
    AnyAbove(&'static str),
    /// Any file with this extension below the directory, or below one above, up to the top directory.
    AnyAround(&'static str),
    /// Any file below this directory, which lies beside or in a directory above.
    Inside(&'static str),
    /// What the mark names: beside, from the top directory, or from a directory above.
    Named,
    /// The base name of what the mark names, in any directory.
    NamedAnywhere,
    /// The same with this after it.
    NamedWith(&'static str),
    /// This name in the same directory *of the tarball*, where the tree has no such file: it needs an origin itself.
    Member(&'static str),
    /// The end of the file's own path, as long as possible, below this directory, which lies beside or above.
    Tail(&'static str),
    /// The same with a second text after it: the patch of a file that is taken from elsewhere.
    TailWith(&'static str, &'static str),
    /// This file, for each directory above as `{}`: a lock file, or the pin of one vendored directory.
    OfDirectory(&'static str),
    /// A directory of this first name with a lock file of this second name beside it.
    OfVendored(&'static str, &'static str),
    /// A directory above is called NAME-VERSION, and the tree has a patch NAME-… beside or below that directory's
    /// parent.
    PatchOfDirectory,
    /// No file at all but the history of the repository: a log of changes, a list of authors.
    History,
}

/// The version that follows `before`: starts with a digit, at most forty letters, digits, dots, signs.
pub(super) fn version_after(head: &[u8], before: &str) -> Option<String> {
    const LONGEST: usize = 40;
    let rest = after(head, before)?;
    let end = rest
        .iter()
        .position(|b| !(b.is_ascii_alphanumeric() || b".+-~_".contains(b)))
        .unwrap_or(rest.len());
    let version = rest.get(..end)?.trim_end_with(|c| c == '.');
    let starts = version.first().is_some_and(u8::is_ascii_digit);
    (starts && version.len() <= LONGEST).then(|| String::from_utf8_lossy(version).into_owned())
}

/// The file name that follows `before`, without quotes, blanks and a leading `./` before it.
pub(super) fn file_after(head: &[u8], before: &str) -> Option<BString> {
    const LONGEST: usize = 255;
    let rest = after(head, before)?.trim_start_with(|c| matches!(c, '"' | '\'' | '`' | '<' | ' ' | '\n'));
    let end = rest
        .iter()
        .position(|b| b.is_ascii_whitespace() || b.is_ascii_control() || b"\"'`<>;,()*".contains(b))
        .unwrap_or(rest.len());
    let mut name = rest.get(..end)?.trim_end_with(|c| matches!(c, '.' | ':'));
    while let Some(inner) = name.strip_prefix(b"./") {
        name = inner;
    }
    (!name.is_empty() && name.len() <= LONGEST).then(|| name.into())
}

fn after<'h>(head: &'h [u8], before: &str) -> Option<&'h [u8]> {
    if before.is_empty() {
        return None;
    }
    let at = memmem::find(head, before.as_bytes())?;
    head.get(at + before.len()..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_give_their_stem() {
        let stem = |name: Name, base: &'static str| name.stem(base.into()).map(|stem| stem.to_string());
        assert_eq!(stem(Name::Is("configure"), "configure").as_deref(), Some(""));
        assert_eq!(stem(Name::Is("configure"), "configure.gnu"), None);
        assert_eq!(stem(Name::Ends(".tab.c"), "x.tab.c").as_deref(), Some("x"));
        assert_eq!(stem(Name::Ends(".c"), ".c"), None);
        assert_eq!(
            stem(Name::Between("moc_", ".cpp"), "moc_a.cpp").as_deref(),
            Some("a")
        );
        assert_eq!(stem(Name::Man, "A::B.3pm").as_deref(), Some("A::B"));
        assert_eq!(stem(Name::Man, "libfoo.so.1x7"), None);
        assert_eq!(stem(Name::Man, "evil.sh"), None);
    }

    #[test]
    fn marks_count_lines_and_refuse_garbage() {
        let mark = Mark::All(2, &["made by x"]);
        assert!(mark.is_on(&Head::new(b"/* a */\n/* made by x 1.2 */\n", 9)));
        assert!(!mark.is_on(&Head::new(b"/* a */\n\n/* made by x 1.2 */\n", 9)));
        assert!(!mark.is_on(&Head::new(b"\x7f\0made by x 1.2", 9)));
        assert!(Mark::Magic(&[b"\x7fELF"]).is_on(&Head::new(b"\x7fELF\0\0", 6)));
        assert!(!Mark::Never.is_on(&Head::new(b"", 0)));
    }

    #[test]
    fn versions_and_names_follow_their_text() {
        assert_eq!(
            version_after(b"by GNU Bison 3.8.2.\n", "GNU Bison ").as_deref(),
            Some("3.8.2")
        );
        assert_eq!(version_after(b"by GNU Bison of old", "GNU Bison "), None);
        assert_eq!(file_after(b"from ./a/b.in; do", "from "), Some("a/b.in".into()));
        assert_eq!(file_after(b"from \"x.y\"", "from "), Some("x.y".into()));
        assert_eq!(file_after(b"from\nx.texi.\n", "from"), Some("x.texi".into()));
        assert_eq!(file_after(b"from ", "from "), None);
    }

    proptest! {
        #[test]
        fn no_head_panics(head in prop::collection::vec(any::<u8>(), 0..200), lines in 0_usize..5) {
            let _ = (Head::new(&head, 9).top(lines), version_after(&head, "a"), file_after(&head, "b"));
            let _ = Name::Man.stem(head.as_bstr());
        }
    }
}
