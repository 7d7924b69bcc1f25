//! What may occur where in the sources.

use super::Breach;
use super::source::{code, paths};

/// Longest source file, in lines.
const LONGEST: usize = 600;

/// Packages without a terminal, an environment, a clock, a network or processes.
const LIBRARIES: [&str; 5] = [
    "crates/tarvet-archive/src/",
    "crates/tarvet-core/src/",
    "crates/tarvet-origin/src/",
    "crates/tarvet-debian/src/",
    "crates/tarvet-rpm/src/",
];

/// A path that may only occur in some places.
struct Rule {
    /// The path and everything below it.
    path: &'static str,
    /// Where it may occur besides tests: prefixes of file names. `None`: anywhere but in libraries.
    only: Option<&'static [&'static str]>,
    why: &'static str,
}

/// The testkit makes signatures and repositories for tests.
const KEYRING: &[&str] = &["crates/tarvet-core/src/keyring/", "crates/tarvet-testkit/"];
const COMMAND: &[&str] = &["crates/cli/", "crates/xtask/", "crates/tarvet-testkit/"];

const RULES: &[Rule] = &[
    Rule {
        path: "sequoia_openpgp",
        only: Some(KEYRING),
        why: "OpenPGP is touched in keyring/ only",
    },
    Rule {
        path: "std::process",
        only: None,
        why: "libraries start no processes and do not exit",
    },
    Rule {
        path: "std::env",
        only: None,
        why: "libraries do not read the environment",
    },
    Rule {
        path: "std::net",
        only: None,
        why: "libraries do not use the network",
    },
    Rule {
        path: "SystemTime::now",
        only: Some(COMMAND),
        why: "time is an argument",
    },
    Rule {
        path: "Timestamp::now",
        only: Some(COMMAND),
        why: "time is an argument",
    },
    Rule {
        path: "Zoned::now",
        only: Some(COMMAND),
        why: "time is an argument",
    },
];

/// Where git objects are read.
const UPSTREAM: &str = "crates/tarvet-core/src/upstream/";

/// Names of gix that are plain types: they read nothing.
const GIX_TYPES: [&str; 5] = [
    "gix::ObjectId",
    "gix::oid",
    "gix::hash",
    "gix::objs::Kind",
    "gix::date",
];

/// Crates of the gix family that read objects or repositories, whatever of them is named.
const GIX_READERS: [&str; 5] = ["gix_pack", "gix_odb", "gix_object", "gix_ref", "gix_zlib"];

/// Calls and macros that may not occur in the code of libraries, and one that may not occur anywhere.
const PRINTING: [&str; 5] = ["println!", "print!", "eprintln!", "eprint!", "dbg!"];

/// The breaches in one file, named relative to the workspace.
pub fn check(file: &str, text: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let lines = text.lines().count();
    if lines > LONGEST {
        breaches.push(Breach {
            place: file.to_owned(),
            what: format!("{lines} lines, where {LONGEST} is the most: split it"),
        });
    }
    if is_test(file) {
        return breaches;
    }
    let code = code(text);
    let mut found = |line: usize, what: String| {
        breaches.push(Breach {
            place: format!("{file}:{line}"),
            what,
        });
    };
    for (line, path) in paths(&code) {
        if let Some(why) = refused(file, &path) {
            found(line, format!("{path}: {why}"));
        }
    }
    for (index, line) in code.lines().enumerate() {
        for call in calls(file, line) {
            found(index + 1, call);
        }
    }
    breaches
}

/// Test code by its place: everything else under `#[cfg(test)]` is blanked before the rules see it.
fn is_test(file: &str) -> bool {
    let test_module = file.ends_with("/tests.rs");
    test_module
        || ["tests", "examples", "benches"]
            .iter()
            .any(|directory| file.split('/').any(|part| part == *directory))
}

fn is_library(file: &str) -> bool {
    LIBRARIES.iter().any(|library| file.starts_with(library))
}

fn refused(file: &str, path: &str) -> Option<&'static str> {
    for rule in RULES {
        let allowed = match rule.only {
            Some(places) => places.iter().any(|place| file.starts_with(place)),
            None => !is_library(file),
        };
        if !allowed && names(path, rule.path) {
            return Some(rule.why);
        }
    }
    let gix = is_library(file) && !file.starts_with(UPSTREAM) && {
        let typed = GIX_TYPES.iter().any(|known| below(path, known));
        (below(path, "gix") && !typed) || GIX_READERS.iter().any(|reader| below(path, reader))
    };
    gix.then_some("git objects are read in upstream/ only")
}

/// Whether `path` is `wanted` or leads through it; the end of a type's own path counts too.
fn names(path: &str, wanted: &str) -> bool {
    below(path, wanted) || path.ends_with(&format!("::{wanted}"))
}

fn below(path: &str, top: &str) -> bool {
    path.strip_prefix(top)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn calls(file: &str, line: &str) -> Vec<String> {
    let mut out = Vec::new();
    if line.contains(".unwrap()") && !file.starts_with("crates/tarvet-testkit/") {
        out.push(".unwrap(): say what happens instead".to_owned());
    }
    if is_library(file) {
        for call in PRINTING {
            let starts = |at: usize| !line.get(..at).is_some_and(|before| before.ends_with(is_word));
            if line.match_indices(call).any(|(at, _)| starts(at)) {
                out.push(format!("{call} in a library: only the command talks to the user"));
            }
        }
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, check};

    const CORE: &str = "crates/tarvet-core/src/claims.rs";

    #[track_caller]
    fn fires(file: &str, text: &str) {
        assert_eq!(check(file, text).len(), 1, "{file}: {text}");
    }

    #[track_caller]
    fn silent(file: &str, text: &str) {
        assert_eq!(check(file, text), [], "{file}: {text}");
    }

    #[test]
    fn openpgp() {
        fires(CORE, "use sequoia_openpgp::Cert;");
        fires("crates/cli/check.rs", "fn f() { sequoia_openpgp::Cert::new() }");
        silent(
            "crates/tarvet-core/src/keyring/add.rs",
            "use sequoia_openpgp::Cert;",
        );
        silent(
            "crates/tarvet-testkit/src/people.rs",
            "use sequoia_openpgp::Cert;",
        );
        silent(
            "crates/tarvet-core/src/keyring/tests.rs",
            "use sequoia_openpgp::Cert;",
        );
    }

    #[test]
    fn git_objects() {
        fires(CORE, "fn f(r: &gix::Repository) {}");
        fires(CORE, "use gix::{ObjectId, open};");
        fires(CORE, "use gix::objs::TreeRefIter;");
        fires(CORE, "use gix_pack::data;");
        silent(CORE, "use gix::{ObjectId, hash::Kind, objs::Kind as Object};");
        silent(
            "crates/tarvet-core/src/upstream/repository.rs",
            "fn f(r: &gix::Repository) {}",
        );
    }

    #[test]
    fn processes() {
        fires(CORE, "use std::{io, process::Command};");
        fires(CORE, "fn f() { std::process::exit(1) }");
        silent("crates/cli/main.rs", "use std::process::ExitCode;");
        silent(CORE, "// std::process\nfn process() {}");
    }

    #[test]
    fn environment() {
        fires(CORE, "fn f() { std::env::var(\"HOME\"); }");
        fires(CORE, "use std::env;");
        silent("crates/xtask/src/main.rs", "use std::env;");
        silent(CORE, "const V: &str = env!(\"CARGO_PKG_VERSION\");");
    }

    #[test]
    fn network() {
        fires(CORE, "use std::net::TcpStream;");
        silent(CORE, "use std::io::Read;");
    }

    #[test]
    fn clocks() {
        fires(CORE, "fn f() { SystemTime::now() }");
        fires(CORE, "fn f() { std::time::SystemTime::now() }");
        fires(CORE, "fn f() { jiff::Timestamp::now() }");
        fires(CORE, "let now = now.unwrap_or_else(Timestamp::now);");
        silent("crates/cli/check.rs", "fn f() { Timestamp::now() }");
        silent(CORE, "fn f(now: Timestamp) { SystemTime::UNIX_EPOCH }");
    }

    #[test]
    fn printing() {
        fires(CORE, "fn f() { println!(\"x\") }");
        fires(CORE, "fn f() { dbg!(1) }");
        fires(CORE, "fn f() { std::eprintln!(\"x\") }");
        silent("crates/cli/text.rs", "fn f() { println!(\"x\") }");
        silent(CORE, "fn f() { my_println!(\"x\") } // println!");
        silent(CORE, "#[cfg(test)]\nmod tests { fn f() { println!(\"x\") } }");
    }

    #[test]
    fn unwrapping() {
        fires(CORE, "fn f() { g().unwrap(); }");
        fires("crates/cli/check.rs", "fn f() { g().unwrap(); }");
        silent(CORE, "fn f() { g().unwrap_or_default(); }");
        silent(CORE, "#[cfg(test)]\nmod tests { fn f() { g().unwrap() } }");
        silent(
            "crates/tarvet-core/src/keyring/tests/ssh.rs",
            "fn f() { g().unwrap() }",
        );
    }

    #[test]
    fn long_files() {
        fires(CORE, &"\n".repeat(LONGEST + 1));
        fires("crates/tarvet-core/src/tests/a.rs", &"\n".repeat(LONGEST + 1));
        silent(CORE, &"\n".repeat(LONGEST));
    }
}
