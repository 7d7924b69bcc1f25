//! What the lines of an SSH signer allow, before and after. Nobody signs these lines: whoever writes the file decides.

use std::collections::BTreeSet;

use crate::keyring::Keyring;
use crate::keyring::ssh::Signer;

/// What changed about the key, one phrase each, and the new lines that allow it more than any old line did.
pub(super) fn changes(old: &Keyring, new: &Keyring, fingerprint: &str) -> (Vec<String>, Vec<String>) {
    let of = |keyring: &Keyring| -> Vec<Signer> {
        let lines = keyring.signers.iter();
        lines
            .filter(|line| line.fingerprint() == fingerprint)
            .cloned()
            .collect()
    };
    let (before, after) = (of(old), of(new));
    let told = |lines: &[Signer]| -> BTreeSet<String> { lines.iter().map(words).collect() };
    let (was, is) = (told(&before), told(&after));
    if was == is {
        return (Vec::new(), Vec::new());
    }
    let list = |lines: BTreeSet<String>| lines.into_iter().collect::<Vec<_>>().join("; ");
    let widened = after
        .iter()
        .filter(|line| !before.iter().any(|old| covers(old, line)));
    let widened = widened.map(words).collect();
    (
        vec![format!("allowed to {}, before: {}", list(is), list(was))],
        widened,
    )
}

/// Whether the old line allows whatever the new one does. Of a key that signs itself the principals are but names;
/// an authority may certify for them.
fn covers(old: &Signer, new: &Signer) -> bool {
    // What is left of a list with exceptions need not be less.
    let subset = |old: &str, new: &str| {
        old == new
            || !old.contains('!')
                && new
                    .split(',')
                    .all(|name| old.split(',').any(|known| known == name))
    };
    let namespaces = match (&old.namespaces, &new.namespaces) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(old), Some(new)) => subset(old, new),
    };
    old.authority == new.authority
        && (!new.authority || old.principals == new.principals)
        && namespaces
        && old
            .valid_after
            .is_none_or(|start| new.valid_after.is_some_and(|it| it >= start))
        && old
            .valid_before
            .is_none_or(|end| new.valid_before.is_some_and(|it| it <= end))
}

fn words(line: &Signer) -> String {
    let mut words = vec![line.identity().unwrap_or_else(|| "anybody".to_owned())];
    if line.authority {
        words.push("as an authority that certifies others".to_owned());
    }
    if let Some(namespaces) = &line.namespaces {
        words.push(format!("for {namespaces} only"));
    }
    if let Some(start) = line.valid_after {
        words.push(format!("from {start}"));
    }
    if let Some(end) = line.valid_before {
        words.push(format!("until {end}"));
    }
    words.join(" ")
}
