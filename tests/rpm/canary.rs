//! Nothing of a package is ever run: whatever a spec can call would write the canary.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::support::people;
use super::support::rpm::{Form, SPEC, World};
use super::support::run::{finish, tarvet};

/// Programs that a careless reader of packages would call.
const PROGRAMS: [&str; 22] = [
    "sh",
    "bash",
    "rpm",
    "rpmspec",
    "rpmbuild",
    "rpm2cpio",
    "cpio",
    "tar",
    "gzip",
    "xz",
    "zstd",
    "gpg",
    "gpgv",
    "gpgverify",
    "git",
    "curl",
    "autoreconf",
    "make",
    "m4",
    "python3",
    "perl",
    "lua",
];

fn hostile(canary: &Path) -> String {
    let run = format!("touch {}", canary.display());
    let lua = format!(
        "os.execute(\"{run}\") posix.exec(\"/bin/sh\", \"-c\", \"{run}\") io.open(\"{}\", \"w\")",
        canary.display()
    );
    let head = format!(
        "%global a %({run})\n%define b() %({run})\n%{{lua: {lua}}}\n%{{expand:%({run})}}\n%(sh -c '{run}')\n\
         #%global c %({run})\n%{{load:%{{_sourcedir}}/macros.foo}}\n%include %{{SOURCE4}}\n%{{!?d:%({run})}}\n\
         %{{echo:%({run})}}\n%{{uncompress:%{{SOURCE0}}}}\n%[1+%({run})]\n%if %({run}; echo 1)\n%endif\n%b\n%{{a}}\n\
         %{{shrink:%({run})}}\n%{{getncpus}}\n%{{gsub x x %({run})}}\n"
    );
    let tail = format!(
        "\n%generate_buildrequires\n{run}\n%install\n{run}\n%check\n{run}\n%clean\n{run}\n%pre\n{run}\n%post -p <lua>\n{lua}\n\
         %pretrans -p <lua>\n{lua}\n%verifyscript\n{run}\n%triggerin -- foo\n{run}\n%files -f %({run})\n"
    );
    let spec = SPEC.replace(
        "%description",
        &format!("Source4: run.sh\nSource5: %({run})\n\n%description"),
    );
    let spec = spec.replace(
        "%autosetup",
        &format!("{run}\n$({run})\n`{run}`\nsh %{{SOURCE4}}\n%autosetup"),
    );
    head + &spec + &tail
}

#[test]
fn nothing_of_a_package_is_run() {
    let world = World::new();
    let tmp = tempfile::tempdir().expect("a directory");
    let canary = tmp.path().join("CANARY");
    let script = format!("#!/bin/sh\n: > {}\n", canary.display());
    let bin = tmp.path().join("bin");
    fs::create_dir(&bin).expect("made");
    for program in PROGRAMS {
        executable(&bin.join(program), &script);
    }
    let service =
        "<services><service name=\"run\"><param name=\"cmd\">sh run.sh</param></service></services>";
    let mut package = world
        .package()
        .file("run.sh", script.as_str())
        .file("macros.foo", format!("%x %(touch {})\n", canary.display()))
        .file("_service", service)
        .file("Makefile", format!("all:\n\t: > {}\n", canary.display()))
        .file(".rpmmacros", format!("%a %(touch {})\n", canary.display()));
    package.spec = hostile(&canary);
    fs::write(tmp.path().join("alice.asc"), people::keyring_file("alice")).expect("a keyring");
    for form in [Form::Directory, Form::Spec, Form::Made] {
        let path = package.place(form, tmp.path());
        executable(&tmp.path().join("package/run.sh"), &script);
        for more in [
            &[][..],
            &["--define", "a=%(touch CANARY)"],
            &["--keyring", "alice.asc"],
        ] {
            let mut command = tarvet(&tmp.path().join("package"));
            command.env("PATH", &bin).env("HOME", tmp.path().join("package"));
            let more = more.iter().map(|word| word.replace("alice.asc", "../alice.asc"));
            let outcome = finish(command.arg("rpm").args(more).arg(&path));
            assert!(
                !canary.exists() && !tmp.path().join("package/CANARY").exists(),
                "{form:?}: something was run"
            );
            assert_eq!(
                outcome.status, 3,
                "{form:?}: {}{}",
                outcome.stdout, outcome.stderr
            );
        }
    }
}

fn executable(path: &Path, script: &str) {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).expect("made");
    }
    fs::write(path, script).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("executable");
}
