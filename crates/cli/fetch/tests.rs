//! Over every transport that loopback has, and with people who want git to run something.

mod server;

use std::path::Path;
use std::process::Command;

use tarvet_testkit::git::{ObjectFormat, Repo, TIME, hermetic};
use tempfile::TempDir;

use super::*;

/// An upstream with two tags, one annotated, and files big and small; and a cache.
struct Upstream {
    dir: TempDir,
    repo: Repo,
    small: String,
    big: String,
}

impl Upstream {
    fn new(format: ObjectFormat) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let repo = Repo::new(dir.path().join("up"), format);
        repo.write("old", "old\n");
        repo.tag_lightweight("v1.0", &repo.commit("one\n", TIME));
        repo.write(".gitattributes", "* text\n")
            .write("big", vec![b'x'; 100_000]);
        let commit = repo.commit("two\n", TIME + 1);
        let _ = repo.tag_annotated("v1.1", &commit, "release\n", TIME + 2);
        let small = repo.run(["rev-parse", "v1.1:.gitattributes"]).line();
        let big = repo.run(["rev-parse", "v1.1:big"]).line();
        Self {
            dir,
            repo,
            small,
            big,
        }
    }

    fn set(&self, name: &str, value: &str) -> &Self {
        let _ = self.repo.run(["config", name, value]).ok();
        self
    }

    fn cache(&self) -> PathBuf {
        self.dir.path().join("cache")
    }

    fn file_url(&self) -> String {
        format!("file://{}", self.repo.dir().display())
    }

    fn fetch(&self, url: &str, tag: &str) -> Result<PathBuf, FetchError> {
        fetch(url, &TagWish::Named(tag.into()), &self.cache(), &mut |_| {})
    }
}

/// What git says of the bare repository, with no way to fetch what is missing.
fn ask(repo: &Path, args: &[&str]) -> Option<String> {
    let out = hermetic("git")
        .env("GIT_NO_LAZY_FETCH", "1")
        .arg("--git-dir")
        .arg(repo)
        .args(args)
        .output()
        .unwrap();
    out.status
        .success()
        .then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

fn has(repo: &Path, id: &str) -> bool {
    ask(repo, &["cat-file", "-e", id]).is_some()
}

/// The tags can be listed, one fetched shallow, and its blobs had, whatever the server can do.
fn works(up: &Upstream, url: &str, filters: bool) {
    let tags = list_tags(url).unwrap();
    assert_eq!(
        tags.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["refs/tags/v1.0", "refs/tags/v1.1"]
    );
    let repo = up.fetch(url, "v1.1").unwrap();
    let tag = up.repo.run(["rev-parse", "v1.1"]).line();
    assert_eq!(ask(&repo, &["rev-parse", "refs/tags/v1.1"]), Some(tag.clone()));
    assert_eq!(tags[1].1, tag);
    assert!(ask(&repo, &["ls-tree", "-r", "v1.1"]).unwrap().contains(&up.big));
    assert_eq!(ask(&repo, &["rev-parse", "refs/tags/v1.0"]), None);
    assert_eq!(has(&repo, &up.big), !filters);
    assert_eq!(ask(&repo, &["rev-list", "--count", "v1.1"]).unwrap(), "1");

    fetch_blobs(&repo, url, std::slice::from_ref(&up.small)).unwrap();
    assert!(has(&repo, &up.small));
    assert_eq!(has(&repo, &up.big), !filters);
    let unknown = vec!["1".repeat(up.big.len())];
    assert!(matches!(fetch_blobs(&repo, url, &unknown), Err(FetchError::Missing(ids)) if ids == unknown));

    // The same place again, with more in it.
    assert_eq!(up.fetch(url, "v1.0").unwrap(), repo);
    assert!(ask(&repo, &["rev-parse", "refs/tags/v1.0"]).is_some());
    assert_eq!(fetch(url, &TagWish::Any, &up.cache(), &mut |_| {}).unwrap(), repo);
    assert!(matches!(up.fetch(url, "v9"), Err(FetchError::NoSuchTag(name)) if name == "v9"));
}

#[test]
fn from_a_file_address() {
    let up = Upstream::new(ObjectFormat::Sha1);
    works(&up, &up.file_url(), false);
    let up = Upstream::new(ObjectFormat::Sha1);
    up.set("uploadpack.allowFilter", "true");
    works(&up, &up.file_url(), true);
}

#[test]
fn from_a_daemon_in_either_object_format() {
    for format in [ObjectFormat::Sha1, ObjectFormat::Sha256] {
        for filters in [false, true] {
            let up = Upstream::new(format);
            up.set("uploadpack.allowFilter", if filters { "true" } else { "false" });
            let port = server::daemon(up.dir.path());
            works(&up, &format!("git://127.0.0.1:{port}/up"), filters);
        }
    }
}

#[test]
fn over_http_on_loopback() {
    for filters in [false, true] {
        let up = Upstream::new(ObjectFormat::Sha1);
        up.set("uploadpack.allowFilter", if filters { "true" } else { "false" });
        let port = server::http(up.dir.path());
        works(&up, &format!("http://127.0.0.1:{port}/up/.git"), filters);
    }
}

#[test]
fn a_server_that_hands_out_no_single_blobs_is_asked_for_all() {
    let up = Upstream::new(ObjectFormat::Sha1);
    // Filters, but knows only the old protocol, in which ids must be advertised.
    up.set("uploadpack.allowFilter", "true")
        .set("protocol.version", "0")
        .set("uploadpack.advertiseBundleURIs", "true");
    let port = server::old_daemon(up.repo.dir());
    let url = format!("git://127.0.0.1:{port}/up");
    let repo = up.fetch(&url, "v1.1").unwrap();
    assert!(!has(&repo, &up.small));
    fetch_blobs(&repo, &url, std::slice::from_ref(&up.small)).unwrap();
    assert!(has(&repo, &up.small) && has(&repo, &up.big));
}

#[test]
fn from_a_bundle() {
    for format in [ObjectFormat::Sha1, ObjectFormat::Sha256] {
        let up = Upstream::new(format);
        let bundle = up.dir.path().join("up.bundle");
        let name = bundle.to_str().unwrap();
        let _ = up.repo.run(["bundle", "create", "--quiet", name, "--tags"]).ok();
        assert!(is_bundle(&bundle) && !is_bundle(&up.repo.dir().join("big")) && !is_bundle(up.dir.path()));
        assert_eq!(list_tags(name).unwrap().len(), 2);
        let repo = up.fetch(name, "v1.1").unwrap();
        assert!(has(&repo, "refs/tags/v1.1") && has(&repo, &up.big));
        fetch_blobs(&repo, name, std::slice::from_ref(&up.small)).unwrap();
    }
}

#[test]
fn addresses_that_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    for url in [
        "--upload-pack=touch x",
        "--upload-pack=touch",
        "-oProxyCommand=touch",
        "ext::sh -c touch% x",
        "ext::sh",
        "fd::7",
        "ssh://-oProxyCommand=touch/x",
        "-host:x",
        "u@-host:x",
        "http://example.org/x",
        "http://127.0.0.1.example.org/x",
        "http://127.0.0.1@example.org/x",
        "http://example.org#@127.0.0.1/",
        "ftp://example.org/x",
        "https:///x",
        "HTTP://example.org/",
        "https://example.org/a\nb",
        "https://example.org/a b",
        "file+ext://x",
        "./path",
        "/absolute",
        "nothing",
        "",
        "a::b://c",
    ] {
        for result in [
            list_tags(url).map(drop),
            fetch(url, &TagWish::Any, dir.path(), &mut |_| {}).map(drop),
        ] {
            assert!(
                matches!(result, Err(FetchError::Refused { .. })),
                "{url}: {result:?}"
            );
        }
    }
    assert!(std::fs::read_dir(dir.path()).unwrap().next().is_none());
    for tag in [
        "", "a b", "-x", "a..b", "a:b", "*", "a/", "/a", "a\n", "a^{}", "a@{1}", ".a", "a.lock", "+a:b",
    ] {
        let wish = TagWish::Named(tag.into());
        let result = fetch("https://example.org/x", &wish, dir.path(), &mut |_| {});
        assert!(
            matches!(result, Err(FetchError::Refused { .. })),
            "{tag}: {result:?}"
        );
    }
    for id in ["", "--all", "1234", &"g".repeat(40), "refs/heads/main"] {
        assert!(matches!(
            fetch_blobs(dir.path(), "https://example.org/x", &[id.into()]),
            Err(FetchError::Refused { .. })
        ));
    }
}

#[test]
fn arguments_that_are_addresses() {
    for url in [
        "https://example.org/x",
        "ssh://git@example.org/x",
        "git@example.org:x/y.git",
        "example.org:x",
        "git://h/x",
        "file:///x",
        "ext::sh -c x",
    ] {
        assert!(is_remote(url), "{url}");
    }
    for path in [
        "/a/b", "a/b", ".", "..", "./a:b", "a", "/a:b", "", ":", "a:", ":a",
    ] {
        assert!(!is_remote(path), "{path}");
    }
}

#[test]
fn nothing_in_either_repository_is_run() {
    let up = Upstream::new(ObjectFormat::Sha1);
    let canary = up.dir.path().join("canary");
    let touch = format!("touch {}", canary.display());
    let arm = |config: &Path, hooks: &Path| {
        std::fs::create_dir_all(hooks).unwrap();
        for hook in [
            "post-checkout",
            "reference-transaction",
            "post-merge",
            "pre-auto-gc",
            "update",
            "fsmonitor-watchman",
        ] {
            std::fs::write(hooks.join(hook), format!("#!/bin/sh\n{touch}\n")).unwrap();
            let _ = Command::new("chmod")
                .arg("+x")
                .arg(hooks.join(hook))
                .status()
                .unwrap();
        }
        let mut text = std::fs::read_to_string(config).unwrap();
        text += &format!(
            "[core]\n fsmonitor = {touch}\n sshCommand = {touch}\n gitProxy = {touch}\n alternateRefsCommand = {touch}\n\
             [filter \"x\"]\n smudge = {touch}\n process = {touch}\n[uploadpack]\n packObjectsHook = {touch}\n\
             [remote \"origin\"]\n uploadpack = {touch};git-upload-pack\n vcs = ext\n[credential]\n helper = !{touch}\n\
             [url \"ext::sh -c {touch}\"]\n insteadOf = file\n insteadOf = git\n"
        );
        std::fs::write(config, text).unwrap();
    };
    up.repo.write(".gitattributes", "* filter=x\n");
    up.repo
        .tag_lightweight("v1.2", &up.repo.commit("three\n", TIME + 3));
    arm(
        &up.repo.dir().join(".git/config"),
        &up.repo.dir().join(".git/hooks"),
    );
    let repo = up.fetch(&up.file_url(), "v1.1").unwrap();
    arm(&repo.join("config"), &repo.join("hooks"));
    assert_eq!(up.fetch(&up.file_url(), "v1.2").unwrap(), repo);
    assert!(has(&repo, "refs/tags/v1.2"));
    arm(&repo.join("config"), &repo.join("hooks"));
    let _ = fetch_blobs(&repo, &up.file_url(), &["1".repeat(40)]);
    assert!(!canary.exists());
}

#[test]
fn variables_of_the_environment_are_ignored() {
    let up = Upstream::new(ObjectFormat::Sha1);
    let canary = up.dir.path().join("canary");
    let touch = format!("touch {}", canary.display());
    let config = up.dir.path().join("gitconfig");
    std::fs::write(
        &config,
        format!("[url \"ext::{touch}\"]\n insteadOf = file:\n[protocol]\n allow = always\n"),
    )
    .unwrap();
    // The variables of this process cannot be changed safely, so another one does the fetching.
    let out = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "fetch::tests::in_a_poisoned_environment", "--ignored"])
        .env("TARVET_TEST_URL", up.file_url())
        .env("TARVET_TEST_CACHE", up.cache())
        .envs([
            ("GIT_DIR", "/nonexistent"),
            ("GIT_OBJECT_DIRECTORY", "/nonexistent"),
            ("GIT_ALLOW_PROTOCOL", "ext"),
        ])
        .envs([
            ("GIT_CONFIG_GLOBAL", config.as_os_str()),
            ("GIT_CONFIG", config.as_os_str()),
        ])
        .envs([
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "protocol.file.allow"),
            ("GIT_CONFIG_VALUE_0", "never"),
        ])
        .envs([
            ("GIT_EXEC_PATH", "/nonexistent"),
            ("GIT_TEMPLATE_DIR", "/nonexistent"),
            ("GIT_TRACE", "1"),
        ])
        .envs([
            ("GIT_SSH_COMMAND", &touch),
            ("GIT_PROXY_COMMAND", &touch),
            ("GIT_EXTERNAL_DIFF", &touch),
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success() && said.contains("1 passed"), "{said}");
    assert!(!canary.exists());
}

#[test]
#[ignore = "run by variables_of_the_environment_are_ignored"]
fn in_a_poisoned_environment() {
    let url = std::env::var("TARVET_TEST_URL").unwrap();
    let cache = PathBuf::from(std::env::var_os("TARVET_TEST_CACHE").unwrap());
    assert_eq!(list_tags(&url).unwrap().len(), 2);
    let repo = fetch(&url, &TagWish::Named("v1.1".into()), &cache, &mut |_| {}).unwrap();
    assert!(has(&repo, "refs/tags/v1.1"));
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("git://{}/x", listener.local_addr().unwrap());
    let remote = Remote::parse(&url).unwrap();
    let result = tags_of(&remote, Instant::now() + Duration::from_millis(300));
    assert!(matches!(result, Err(FetchError::TimedOut)), "{result:?}");
}

#[test]
fn what_a_server_says_is_shown_harmlessly() {
    let port = server::saying(b"0019ERR \x1b[31mno\x1b[0m such\n");
    let Err(FetchError::Git(words)) = list_tags(&format!("git://127.0.0.1:{port}/x")) else {
        panic!()
    };
    assert!(words.contains("such") && !words.contains('\x1b'), "{words}");
    assert!(matches!(
        list_tags("file:///nonexistent/x"),
        Err(FetchError::Git(_))
    ));
}

#[test]
fn fetches_of_one_address_wait_for_each_other() {
    let up = Upstream::new(ObjectFormat::Sha1);
    let url = up.file_url();
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..4)
            .map(|i| {
                let (up, url) = (&up, &url);
                scope.spawn(move || up.fetch(url, ["v1.0", "v1.1"][i % 2]))
            })
            .collect();
        for one in all {
            let _ = one.join().unwrap().unwrap();
        }
    });
    let left: Vec<_> = std::fs::read_dir(up.cache())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_fetch_that_fails_leaves_nothing() {
    let up = Upstream::new(ObjectFormat::Sha1);
    let bundle = up.dir.path().join("b");
    let _ = up
        .repo
        .run(["bundle", "create", "--quiet", bundle.to_str().unwrap(), "--tags"])
        .ok();
    let bytes = std::fs::read(&bundle).unwrap();
    std::fs::write(&bundle, &bytes[..bytes.len() - 40]).unwrap();
    let mut said = 0;
    let result = fetch(bundle.to_str().unwrap(), &TagWish::Any, &up.cache(), &mut |_| {
        said += 1
    });
    assert!(
        matches!(result, Err(FetchError::Git(_))) && said > 0,
        "{result:?}"
    );
    let left: Vec<_> = std::fs::read_dir(up.cache())
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert!(
        left.iter()
            .all(|path| path.extension().is_some_and(|e| e == "lock")),
        "{left:?}"
    );
}
