//! Cut, changed and invented packages: a result each time, and never a sound one that is not.

use proptest::prelude::*;

use super::{
    Srpm,
    bad::accepted_by_rpm,
    make::{Recipe, Value},
    read,
};

fn small() -> Vec<u8> {
    Recipe::hello().make()
}

#[test]
fn each_cut_is_told() {
    let bytes = small();
    for cut in 0..bytes.len() {
        let (_, payload) = read(&bytes[..cut]);
        assert!(!payload.is_sound(), "cut at {cut}");
    }
}

#[test]
fn each_byte_more_is_told() {
    for more in [b"\0".as_slice(), b"x", &[0; 600]] {
        let mut bytes = small();
        bytes.extend_from_slice(more);
        assert!(!read(&bytes).1.is_sound());
    }
}

/// Every byte from the header on is covered by a digest; what is before it is not, and changes nothing there.
#[test]
fn each_flipped_bit_is_told() {
    let bytes = small();
    let header = Srpm::open(&bytes[..]).unwrap().header_offset() as usize;
    for at in header..bytes.len() {
        for bit in [1, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= bit;
            assert!(!read(&changed).1.is_sound(), "byte {at}");
        }
    }
    let honest = read(&bytes).1.facts;
    for at in 0..header {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let (_, payload) = read(&changed);
        assert!(!payload.is_sound() || payload.facts == honest, "byte {at}");
    }
}

#[test]
fn counts_that_promise_much_cost_little() {
    let bytes = small();
    for at in (96 + 8)..(96 + 16) {
        let mut changed = bytes.clone();
        changed[at] = 0xff;
        assert!(!read(&changed).1.is_sound());
    }
}

#[test]
fn many_files_of_one_name_are_read_in_linear_time() {
    let many = 100_000;
    let mut recipe = Recipe::hello();
    recipe.set(1117, Value::Texts(vec!["a".into(); many]));
    recipe.set(1028, Value::Numbers(vec![0; many]));
    recipe.set(1030, Value::Shorts(vec![0o100_644; many]));
    recipe.set(1035, Value::Texts(vec![String::new(); many]));
    recipe.set(1037, Value::Numbers(vec![0; many]));
    recipe.set(1116, Value::Numbers(vec![0; many]));
    let (_, payload) = read(&recipe.make());
    assert!(!payload.is_sound());
    assert!(payload.faults.len() < 1100);
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read(&bytes);
    }

    #[test]
    fn changed_bytes_never_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = small();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read(&bytes);
    }

    /// What we find nothing wrong with, the crate `rpm` reads the same.
    #[test]
    fn the_crate_agrees(name in "[a-z]{1,9}", version in "[0-9.]{1,9}", epoch: Option<u32>, cut in 0_usize..40) {
        let mut recipe = Recipe::hello();
        recipe.set(1000, Value::Text(name.clone()));
        recipe.set(1001, Value::Text(version.clone()));
        if let Some(epoch) = epoch {
            recipe.set(1003, Value::Numbers(vec![epoch]));
        }
        recipe.archive.truncate(recipe.archive.len() - cut / 10);
        let bytes = recipe.make();
        let (_, payload) = read(&bytes);
        prop_assert_eq!(payload.is_sound(), cut < 10);
        let other = rpm::PackageMetadata::parse(&mut &bytes[..]).unwrap();
        prop_assert_eq!(other.get_name().unwrap(), payload.facts.name.to_string());
        prop_assert_eq!(other.get_version().unwrap(), payload.facts.version.to_string());
        prop_assert_eq!(other.get_epoch().ok(), payload.facts.epoch);
        let srpm = Srpm::open(&bytes[..]).unwrap();
        prop_assert_eq!(other.header_bytes().unwrap(), srpm.header_bytes());
    }
}

#[test]
fn the_bad_ones_cut_anywhere_stay_bad() {
    for (name, bytes, _) in accepted_by_rpm() {
        for cut in (0..bytes.len()).step_by(7) {
            assert!(!read(&bytes[..cut]).1.is_sound(), "{name} cut at {cut}");
        }
    }
}
