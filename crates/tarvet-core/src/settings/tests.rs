use super::*;

const FPR: &str = "3690C240CE51B4670D30AD1C38EE757D69184620";

fn level(code: &str) -> Option<Level> {
    match code {
        "file-impostor" => Some(Level::Error),
        "file-relocated" => Some(Level::Info),
        _ => None,
    }
}

fn parse(text: &str) -> Result<Settings, String> {
    Settings::parse(text, &level).map_err(|error| error.message)
}

fn refused(text: &str, words: &str) {
    let message = parse(text).expect_err(text);
    assert!(message.contains(words), "{text}\n{message}");
}

#[test]
fn everything_that_can_be_said() {
    let sha = "ab".repeat(32);
    let settings = parse(&format!(
        r#"
require = ["contents-complete"]
[upstream]
repository = "https://git.example/foo.git"
tag = "{{name}}-{{version}}"
subdir = "lib"
proof = "upstream/foo.gitproof"
submodules = {{ "lib/sub" = "upstream/sub.gitproof" }}
[component.data]
tag = "data-{{version}}"
[signers]
tag = ["{FPR}"]
tarball = ["3690 C240 CE51 B467 0D30  AD1C 38EE 757D 6918 4620"]
tag-threshold = 1
[[accept]]
path = "build-aux/ltmain.sh"
sha256 = "{sha}"
reason = "an unreleased libtool, read line by line"
[levels]
file-relocated = "warning"
"#
    ))
    .expect("settings");
    assert_eq!(settings.upstream.tag("foo", "1.2").as_deref(), Some("foo-1.2"));
    assert_eq!(
        settings.components["data"].tag("foo", "3").as_deref(),
        Some("data-3")
    );
    assert_eq!(settings.signers.tag, settings.signers.tarball);
    assert_eq!(settings.upstream.accepted[0].sha256, [0xab; 32]);
    assert_eq!(settings.levels["file-relocated"], Level::Warning);
    assert!(settings.require.contains(&Claim::ContentsComplete));
    assert_eq!(parse(""), Ok(Settings::default()));
}

#[test]
fn a_misspelt_key_names_the_one_that_was_meant() {
    refused("[upstraem]\n", "did you mean `upstream`?");
    refused("[upstream]\nrepositry = \"x\"\n", "did you mean `repository`?");
    refused("[upstream]\nzzz = \"x\"\n", "expected one of repository, tag");
    refused(
        "require = [\"content-complete\"]\n",
        "did you mean `contents-complete`?",
    );
    refused("[upstream]\ntag = \"a\"\ntag = \"b\"\n", "line 3");
}

#[test]
fn no_short_fingerprints() {
    refused(
        "[signers]\ntag = [\"38EE757D69184620\"]\n",
        "not a whole fingerprint",
    );
    refused("[signers]\ntag-threshold = 0\n", "from 1 to 64");
}

#[test]
fn an_acceptance_needs_digest_and_reason() {
    let sha = "00".repeat(32);
    refused(
        "[[accept]]\npath = \"a\"\nreason = \"because I say so\"\n",
        "no `sha256`",
    );
    refused(
        &format!("[[accept]]\npath = \"a\"\nsha256 = \"{sha}\"\nreason = \"ok\"\n"),
        "say in `reason`",
    );
    refused(
        "[[accept]]\npath = \"a\"\nsha256 = \"1\"\nreason = \"because I say so\"\n",
        "64 hexadecimal",
    );
}

#[test]
fn errors_are_not_lowered() {
    refused("[levels]\nfile-impostor = \"info\"\n", "cannot be lowered");
    refused("[levels]\nno-such-check = \"info\"\n", "no check");
    assert!(parse("[levels]\nfile-impostor = \"error\"\n").is_ok());
    assert!(parse("[levels]\nfile-relocated = \"off\"\n").is_ok());
}
