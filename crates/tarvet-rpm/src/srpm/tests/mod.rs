mod bad;
mod hostile;
mod make;
mod oracles;

use tarvet_archive::Limits;

use super::{FaultKind, Payload, Srpm};

/// Whether a tool can be run; with `TARVET_REQUIRE_ORACLES=1` a missing one fails the test.
pub(crate) fn oracle(tool: &str) -> bool {
    let found = std::process::Command::new(tool)
        .arg("--version")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok();
    let required = std::env::var_os("TARVET_REQUIRE_ORACLES").is_some_and(|value| value == "1");
    assert!(found || !required, "{tool} is required and cannot be run");
    if !found {
        eprintln!("{tool} is not here: not compared");
    }
    found
}

/// A small source package.
pub(super) fn hello() -> Vec<u8> {
    make::Recipe::hello().make()
}

fn read(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Payload) {
    read_within(bytes, &Limits::default())
}

fn read_within(bytes: &[u8], limits: &Limits) -> (Vec<(String, Vec<u8>)>, Payload) {
    let mut seen = Vec::new();
    let srpm = Srpm::open(bytes).unwrap();
    let payload = srpm
        .read_payload(limits, |file, body| {
            let mut content = Vec::new();
            body.read_to_end(&mut content)?;
            seen.push((file.name.to_string(), content));
            Ok(())
        })
        .unwrap();
    (seen, payload)
}

/// The kinds of faults, each once, in order.
fn kinds(bytes: &[u8]) -> Vec<FaultKind> {
    let mut kinds: Vec<_> = read(bytes).1.faults.iter().map(|fault| fault.kind).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}
