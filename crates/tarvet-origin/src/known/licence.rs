//! The terms of the GPL and LGPL in the leading comment of a C file, which gnulib-tool rewrites when it relicenses.

use bstr::ByteSlice;

/// How the terms begin.
const BEGINNINGS: [&[u8]; 3] = [
    b"This file is free software",
    b"This program is free software",
    b"This library is free software",
];

/// Every word that notices of the GPL and LGPL are made of, in lower case, sorted.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "", "02110-1301", "02111-1307", "02139", "2", "2.1", "3", "330", "51", "59", "675", "a",
    "along", "and", "and/or", "any", "as", "at", "ave", "be", "boston", "both", "but", "by",
    "cambridge", "can", "copies", "copy", "details", "distributed", "dual", "dual-licensed",
    "either", "even", "fifth", "file", "fitness", "floor", "for", "foundation", "franklin", "free",
    "general", "gnu", "gplv2+", "have", "here", "hope", "http://www.gnu.org/licenses",
    "https://www.gnu.org/licenses", "if", "implied", "in", "inc", "is", "it", "later", "lesser",
    "lgplv3+", "library", "license", "ma", "mass", "merchantability", "modify", "more", "not", "of",
    "option", "or", "parallel", "particular", "place", "program", "public", "published", "purpose",
    "received", "redistribute", "same", "see", "should", "software", "st", "street", "suite",
    "temple", "terms", "that", "the", "this", "to", "under", "usa", "useful", "version", "warranty",
    "will", "with", "without", "write", "you", "your",
];

/// `notice` with its terms as one token: the paragraphs from their first words on, as long as there is no other word
/// in them. Nothing but a choice of licence is overlooked.
pub(super) fn without_licence(notice: &[u8]) -> Vec<u8> {
    let Some(start) = BEGINNINGS
        .iter()
        .filter_map(|beginning| notice.find(beginning))
        .min()
    else {
        return notice.to_vec();
    };
    let (before, terms) = notice.split_at_checked(start).unwrap_or((notice, &[]));
    let end = terms_end(terms);
    if end == 0 {
        return notice.to_vec();
    }
    [before, b"@TERMS\n", terms.get(end..).unwrap_or_default()].concat()
}

/// The end of the last paragraph of terms.
fn terms_end(terms: &[u8]) -> usize {
    let (mut at, mut end) = (0, 0);
    for line in terms.lines_with_terminator() {
        if !line.fields().all(is_word) {
            return end;
        }
        at += line.len();
        if line.fields().all(|word| word == b"*") {
            end = at;
        }
    }
    at
}

/// Whether the word, without the punctuation around it, is one of a notice's.
fn is_word(word: &[u8]) -> bool {
    let around = |char: char| ",.;:\"()<>*-/".contains(char);
    let word = word.trim_with(around).to_ascii_lowercase();
    WORDS
        .binary_search_by(|known| known.as_bytes().cmp(&word))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::{WORDS, without_licence};

    #[test]
    fn the_words_are_sorted() {
        let mut sorted = WORDS.to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, WORDS);
    }

    #[test]
    fn all_ways_to_say_it_are_one() {
        let gpl = b" Written by Jane.\n   This program is free software: you can redistribute it and/or modify\n   \
            it under the terms of the GNU General Public License as published by\n   the Free Software Foundation; \
            either version 3 of the License, or\n   (at your option) any later version.\n\n   You should have received a \
            copy of the GNU General Public License\n   along with this program; if not, write to the Free Software \
            Foundation,\n   Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301, USA.  ";
        let both = b" Written by Jane.\n   This file is free software.\n   It is dual-licensed under \"the GNU LGPLv3+ or \
            the GNU GPLv2+\".\n   You can redistribute it and/or modify it under either\n     - the terms of the GNU \
            Lesser General Public License ... ";
        assert_eq!(without_licence(gpl), b" Written by Jane.\n   @TERMS\n");
        assert_eq!(without_licence(both), b" Written by Jane.\n   @TERMS\n");
    }

    #[test]
    fn what_follows_the_terms_stays() {
        let notice = b" This file is free software.\n *\n * without any warranty\n *\n * Written by Jane, see this file.";
        let kept: &[u8] = b" @TERMS\n * Written by Jane, see this file.";
        assert_eq!(without_licence(notice), kept);
    }

    #[test]
    fn other_words_stay() {
        for notice in [
            " Written by Jane. ",
            " This file is free software; see evil.c ",
            " This file is free software. Written by Jane. ",
            " This file is free software; version 2.15 ",
            " This file is free software; version 21 ",
            " this file is free ",
        ] {
            assert_eq!(
                without_licence(notice.as_bytes()),
                notice.as_bytes(),
                "{notice:?}"
            );
        }
    }
}
