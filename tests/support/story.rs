//! `case.toml`: every field has a default, and the defaults tell of an honest release, so a case says only what
//! is particular about it. tests/cases/README.md explains the fields.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::debian::Debian;

/// One case.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Story {
    pub upstream: Upstream,
    pub tarball: Tarball,
    pub signature: Vec<Signature>,
    /// The package around the tarball, for `tarvet debian` instead of `tarvet check`.
    pub debian: Option<Debian>,
    /// What a build left behind, for `tarvet rebuilt`.
    pub rebuilt: Option<Rebuilt>,
    pub run: Run,
    pub expect: Expect,
}

/// What a build left behind.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rebuilt {
    /// Files of the package that was built.
    pub installed: Option<BTreeMap<String, String>>,
    /// Files of the build tree.
    pub tree: Option<BTreeMap<String, String>>,
}

/// The repository.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Upstream {
    /// `sha1` or `sha256`.
    pub format: String,
    /// The files, instead of the usual ones.
    pub files: Option<BTreeMap<String, String>>,
    /// Files besides the usual ones.
    pub more: BTreeMap<String, String>,
    pub executable: Vec<String>,
    pub symlinks: BTreeMap<String, String>,
    /// Files of submodules, by the submodule's path.
    pub submodules: BTreeMap<String, BTreeMap<String, String>>,
    pub commit: Commit,
    pub tag: Tag,
    /// Names of further unsigned tags of the same commit.
    pub tags: Vec<String>,
    /// What is done to the repository in the end; `git_tricks.rs` has the list.
    pub tricks: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Commit {
    pub date: String,
    pub signer: Option<String>,
    /// A change to the commit's root tree, by name.
    pub tree: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tag {
    /// `signed`, `annotated`, `lightweight`, or `nested`: an unsigned tag of a signed one.
    pub kind: String,
    /// The name inside the tag object.
    pub name: String,
    /// The name of the ref, if it is another.
    pub parked_at: Option<String>,
    pub signer: String,
    pub date: String,
    /// When the signature was made, if not when the tag was.
    pub signed: Option<String>,
    /// SSH only.
    pub namespace: String,
    /// A change to the tag, by name; `upstream.rs` has the list.
    pub trick: Option<String>,
}

/// The tarball: what `git archive` makes, unless anything is to be changed.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tarball {
    pub name: String,
    /// The top directory; empty for none.
    pub top: String,
    /// `archive` or `tree`; the latter as soon as there is an edit.
    pub from: Option<String>,
    /// The directory of the repository that is packed.
    pub subdir: String,
    pub add: BTreeMap<String, String>,
    pub modify: BTreeMap<String, String>,
    pub remove: Vec<String>,
    pub rename: BTreeMap<String, String>,
    pub symlink: BTreeMap<String, String>,
    pub hardlink: BTreeMap<String, String>,
    pub directory: Vec<String>,
    /// Octal modes.
    pub chmod: BTreeMap<String, String>,
    /// Submodules whose files are included.
    pub fill: Vec<String>,
    /// The container, if it is not what the name says.
    pub compression: Option<String>,
    /// What is done to the tar in the end; `tar_tricks.rs` has the list.
    pub tricks: Vec<String>,
}

/// A detached signature, given with `--signature`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Signature {
    /// One or more names, joined by `+`.
    pub signer: String,
    /// `tarball`, `tar` (uncompressed) or `other`.
    pub over: String,
    pub date: String,
    /// `binary`, `text`, `sha1`, `inline`, or what the file holds instead: `garbage`, `empty`.
    pub kind: String,
    /// minisign's.
    pub comment: String,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Run {
    /// One keyring file each: a person, for SSH with options (`sam namespaces="git"`).
    pub keyring: Vec<String>,
    /// Check a proof instead of the repository.
    pub proof: bool,
    /// What is done to the proof: `truncated`, `flipped`, `other` (a proof of tag v0.9).
    pub proof_trick: Option<String>,
    /// Contents by file name that a table given with `--known` says were published by pocket: one, or several, oldest
    /// first.
    pub known: BTreeMap<String, Published>,
    /// Submodules given with `--submodule`.
    pub submodules: Vec<String>,
    pub now: String,
    pub args: Vec<String>,
}

/// The published versions of a file.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Published {
    One(String),
    Several(Vec<String>),
}

impl Published {
    pub fn versions(&self) -> &[String] {
        match self {
            Published::One(content) => std::slice::from_ref(content),
            Published::Several(contents) => contents,
        }
    }
}

/// What must come out, besides expect.txt and expect.json.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    pub exit: i32,
    /// Findings there must be.
    pub codes: Vec<String>,
    /// Findings there must not be.
    pub absent_codes: Vec<String>,
}

impl Default for Upstream {
    fn default() -> Self {
        Upstream {
            format: "sha1".into(),
            files: None,
            more: BTreeMap::new(),
            executable: vec!["bootstrap".into()],
            symlinks: BTreeMap::new(),
            submodules: BTreeMap::new(),
            commit: Commit::default(),
            tag: Tag::default(),
            tags: Vec::new(),
            tricks: Vec::new(),
        }
    }
}

impl Default for Commit {
    fn default() -> Self {
        Commit {
            date: "2024-01-02".into(),
            signer: None,
            tree: None,
        }
    }
}

impl Default for Tag {
    fn default() -> Self {
        Tag {
            kind: "signed".into(),
            name: "v1.0".into(),
            parked_at: None,
            signer: "alice".into(),
            date: "2024-01-03".into(),
            signed: None,
            namespace: "git".into(),
            trick: None,
        }
    }
}

impl Default for Tarball {
    fn default() -> Self {
        Tarball {
            name: "foo-1.0.tar.gz".into(),
            top: "foo-1.0".into(),
            from: None,
            subdir: String::new(),
            add: BTreeMap::new(),
            modify: BTreeMap::new(),
            remove: Vec::new(),
            rename: BTreeMap::new(),
            symlink: BTreeMap::new(),
            hardlink: BTreeMap::new(),
            directory: Vec::new(),
            chmod: BTreeMap::new(),
            fill: Vec::new(),
            compression: None,
            tricks: Vec::new(),
        }
    }
}

impl Default for Signature {
    fn default() -> Self {
        Signature {
            signer: "alice".into(),
            over: "tarball".into(),
            date: "2024-01-04".into(),
            kind: "binary".into(),
            comment: "timestamp:1704326400".into(),
        }
    }
}

impl Default for Run {
    fn default() -> Self {
        Run {
            keyring: vec!["alice".into()],
            proof: false,
            proof_trick: None,
            submodules: Vec::new(),
            now: "2024-06-01".into(),
            known: BTreeMap::new(),
            args: Vec::new(),
        }
    }
}

impl Upstream {
    /// Every file with its contents.
    pub fn contents(&self) -> BTreeMap<String, String> {
        let usual = [
            ("README", "foo is a small story.\n"),
            ("bootstrap", "#!/bin/sh\nautoreconf -fi\n"),
            ("configure.ac", "AC_INIT([foo], [1.0])\n"),
            ("src/main.c", "int main(void) { return 0; }\n"),
        ];
        let usual = || {
            usual
                .iter()
                .map(|(path, text)| (path.to_string(), text.to_string()))
        };
        let mut files = self.files.clone().unwrap_or_else(|| usual().collect());
        files.extend(self.more.clone());
        files
    }
}

impl Tarball {
    /// Whether `git archive` alone makes it.
    pub fn is_archive(&self) -> bool {
        let edited = !(self.add.is_empty()
            && self.modify.is_empty()
            && self.remove.is_empty()
            && self.rename.is_empty()
            && self.symlink.is_empty()
            && self.hardlink.is_empty()
            && self.directory.is_empty()
            && self.chmod.is_empty()
            && self.fill.is_empty());
        match self.from.as_deref() {
            None => !edited,
            Some("archive") => {
                assert!(!edited, "git archive's tarball cannot be edited");
                true
            }
            Some("tree") => false,
            Some(other) => panic!("no such tarball.from: {other}"),
        }
    }
}

/// `\xNN` in a string of a case is that byte.
pub fn bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("\\x") {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let digits = rest.get(at + 2..at + 4).expect("two digits after \\x");
        out.push(u8::from_str_radix(digits, 16).expect("hexadecimal digits after \\x"));
        rest = &rest[at + 4..];
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// Unix seconds of noon (UTC) of a day; a signature on the day of its certificate is then not before it.
pub fn noon(date: &str) -> i64 {
    let midnight = tarvet_testkit::people::day(date);
    let since = midnight
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .expect("after 1970");
    i64::try_from(since.as_secs()).expect("a date") + 43_200
}

/// The same as the system counts time.
pub fn noon_time(date: &str) -> std::time::SystemTime {
    tarvet_testkit::people::day(date) + std::time::Duration::from_secs(43_200)
}
