//! The hash table of a binary catalogue.

/// The sizes that the table for so many strings may have.
///
/// Source: GNU gettext manual, "The Format of GNU MO Files": the prime after four thirds of the number of strings, and more
/// than two. Up to gettext 0.21 msgfmt does not take three for a prime, and the search of later ones begins at ten.
pub fn sizes(strings: usize) -> Option<[usize; 3]> {
    let least = strings.checked_mul(4)? / 3;
    let prime = next_prime(least)?.max(3);
    let without_three = if least == 2 { 5 } else { prime };
    Some([without_three, prime, next_prime(least.max(10))?])
}

/// The table of that size for the given originals; None where one cannot be made.
///
/// Source: as above, P. J. Weinberger's function, open addressing with double hashing.
pub fn table(originals: &[&[u8]], size: usize) -> Option<Vec<u32>> {
    if !(3..=1 << 26).contains(&size) || originals.len() >= size {
        return None;
    }
    let mut slots = vec![0_u32; size];
    // Many collisions need chosen strings; this bound keeps the cost linear even then.
    let mut steps = originals.len().checked_mul(64)?.checked_add(4096)?;
    for (number, original) in originals.iter().enumerate() {
        let value = usize::try_from(weinberger(original)).ok()?;
        let mut slot = value % size;
        let step = 1 + value % (size - 2);
        while *slots.get(slot)? != 0 {
            steps = steps.checked_sub(1)?;
            slot = (slot + step) % size;
        }
        *slots.get_mut(slot)? = u32::try_from(number).ok()?.checked_add(1)?;
    }
    Some(slots)
}

/// P. J. Weinberger's hash of a string, as `msgfmt` and `gettext()` take it.
fn weinberger(text: &[u8]) -> u32 {
    let mut value = 0_u32;
    for &byte in text {
        value = (value << 4).wrapping_add(u32::from(byte));
        let high = value & 0xF000_0000;
        if high != 0 {
            value ^= high >> 24;
            value ^= high;
        }
    }
    value
}

/// The smallest odd prime that is not below a number: what gettext takes for the next prime.
fn next_prime(least: usize) -> Option<usize> {
    let first = least | 1;
    (first..first.checked_add(2000)?)
        .step_by(2)
        .find(|&number| is_prime(number))
}

/// Whether an odd number has no divisor.
fn is_prime(number: usize) -> bool {
    (3..)
        .step_by(2)
        .take_while(|&divisor| divisor <= number / divisor)
        .all(|divisor| !number.is_multiple_of(divisor))
}
