//! Which lines two texts share, in order: patience diff, with a limit on the work.
//!
//! Lines that are unique on both sides anchor the rest, so the result reads like a person's and the cost stays near
//! linear. Where the limit is hit, less is matched and the difference looks larger, never smaller.

use std::collections::HashMap;
use std::ops::Range;

/// So many lines are looked at, repeated looks counted: some hundred milliseconds.
const WORK: usize = 4_000_000;
/// Ranges without a unique line are compared line by line up to this many pairs.
const PAIRS: usize = 250_000;

/// Pairs of positions of equal lines, rising on both sides.
pub(super) fn matches(old: &[u32], new: &[u32]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut work = WORK;
    let mut todo = vec![(0..old.len(), 0..new.len())];
    while let Some((mut a, mut b)) = todo.pop() {
        trim(old, new, &mut a, &mut b, &mut found);
        if a.start >= a.end || b.start >= b.end {
            continue;
        }
        let cost = a.len() + b.len();
        if cost > work {
            continue;
        }
        work -= cost;
        let anchors = anchors(old, new, &a, &b);
        if anchors.is_empty() {
            let pairs = a.len().saturating_mul(b.len());
            if pairs <= PAIRS && pairs <= work {
                work -= pairs;
                found.extend(longest(old, new, &a, &b));
            }
            continue;
        }
        let (mut from_a, mut from_b) = (a.start, b.start);
        for (at_a, at_b) in anchors {
            todo.push((from_a..at_a, from_b..at_b));
            found.push((at_a, at_b));
            (from_a, from_b) = (at_a + 1, at_b + 1);
        }
        todo.push((from_a..a.end, from_b..b.end));
    }
    found.sort_unstable();
    found
}

/// Takes equal lines off both ends.
fn trim(
    old: &[u32],
    new: &[u32],
    a: &mut Range<usize>,
    b: &mut Range<usize>,
    found: &mut Vec<(usize, usize)>,
) {
    let left = |range: &Range<usize>| range.start < range.end;
    while left(a) && left(b) && old.get(a.start) == new.get(b.start) {
        found.push((a.start, b.start));
        a.start += 1;
        b.start += 1;
    }
    while left(a) && left(b) && old.get(a.end - 1) == new.get(b.end - 1) {
        a.end -= 1;
        b.end -= 1;
        found.push((a.end, b.end));
    }
}

/// Lines that are unique in both ranges, as long a rising sequence of them as there is.
fn anchors(old: &[u32], new: &[u32], a: &Range<usize>, b: &Range<usize>) -> Vec<(usize, usize)> {
    let mut seen: HashMap<u32, (usize, usize, usize)> = HashMap::new();
    for at in a.clone() {
        let entry = seen.entry(old.get(at).copied().unwrap_or_default()).or_default();
        *entry = (entry.0 + 1, at, 0);
    }
    let mut unique = Vec::new();
    for at in b.clone() {
        if let Some(entry) = new.get(at).and_then(|line| seen.get_mut(line)) {
            entry.2 += 1;
        }
    }
    for at in b.clone() {
        if let Some((1, position, 1)) = new.get(at).and_then(|line| seen.get(line)) {
            unique.push((*position, at));
        }
    }
    rising(&unique)
}

/// The longest subsequence whose first numbers rise; the second ones do already.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let first = |at: usize| pairs.get(at).map_or(0, |pair| pair.0);
    // Ends of the best sequence of each length, and what came before each pair.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for at in 0..pairs.len() {
        let length = ends.partition_point(|end| first(*end) < first(at));
        before.push(length.checked_sub(1).and_then(|length| ends.get(length).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut sequence = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(at) = next {
        sequence.extend(pairs.get(at).copied());
        next = before.get(at).copied().flatten();
    }
    sequence.reverse();
    sequence
}

/// A longest common subsequence, for ranges of few lines.
fn longest(old: &[u32], new: &[u32], a: &Range<usize>, b: &Range<usize>) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    let mut lengths = vec![0_u32; (a.len() + 1) * width];
    let cell = |row: usize, column: usize| row * width + column;
    let same = |row: usize, column: usize| old.get(a.start + row) == new.get(b.start + column);
    for row in (0..a.len()).rev() {
        for column in (0..b.len()).rev() {
            let of = |row, column| lengths.get(cell(row, column)).copied().unwrap_or_default();
            let best = if same(row, column) {
                of(row + 1, column + 1) + 1
            } else {
                of(row + 1, column).max(of(row, column + 1))
            };
            if let Some(length) = lengths.get_mut(cell(row, column)) {
                *length = best;
            }
        }
    }
    let of = |row, column| lengths.get(cell(row, column)).copied().unwrap_or_default();
    let (mut row, mut column, mut pairs) = (0, 0, Vec::new());
    while row < a.len() && column < b.len() {
        if same(row, column) {
            pairs.push((a.start + row, b.start + column));
            row += 1;
            column += 1;
        } else if of(row + 1, column) >= of(row, column + 1) {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn what_is_shared() {
        assert_eq!(matches(&[1, 2, 3, 4], &[1, 9, 3, 4]), [(0, 0), (2, 2), (3, 3)]);
        assert_eq!(matches(&[1, 2, 3], &[3, 1, 2]).len(), 2);
        assert_eq!(matches(&[7, 7, 8, 7], &[7, 8, 7, 7]).len(), 3);
        assert_eq!(matches(&[], &[1]), []);
    }

    #[test]
    fn many_equal_lines_end_soon() {
        let old = vec![1; 30_000];
        let mut new = vec![1; 30_000];
        new[0] = 2;
        new[29_999] = 2;
        // Nothing unique: what is not trimmed may stay unmatched, but it ends.
        assert!(matches(&old, &new).len() < 30_000);
    }

    proptest::proptest! {
        #[test]
        fn pairs_are_equal_and_rise(old in proptest::collection::vec(0u32..6, 0..40), new in proptest::collection::vec(0u32..6, 0..40)) {
            let pairs = matches(&old, &new);
            for pair in &pairs {
                proptest::prop_assert_eq!(old[pair.0], new[pair.1]);
            }
            for two in pairs.windows(2) {
                proptest::prop_assert!(two[0].0 < two[1].0 && two[0].1 < two[1].1);
            }
        }
    }
}
