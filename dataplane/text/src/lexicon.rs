//! Words with a meaning for addresses and classes, looked up by hash in one load or two.
//!
//! The lists are short and open to reading ([`words`]); no word decides anything alone.

pub(crate) mod words;

use crate::token;

/// What is known of a word, a bit for each meaning.
pub(crate) type Tags = u16;

/// Ends names of hosts, and is hardly a word beside.
pub(crate) const TLD: Tags = 1;
/// Ends names of hosts, and is a word or the ending of a file's name: taken with a path behind it only.
pub(crate) const TLD_WORD: Tags = 1 << 1;
/// `com`, `net`, `org`: taken even with a blank before the dot.
pub(crate) const TLD_CORE: Tags = 1 << 2;
/// A dot in letters.
pub(crate) const DOT: Tags = 1 << 3;
pub(crate) const SCHEME: Tags = 1 << 4;
/// A scheme made unreadable for programs.
pub(crate) const BROKEN_SCHEME: Tags = 1 << 5;
pub(crate) const WWW: Tags = 1 << 6;
/// Goes with a one-time code.
pub(crate) const OTP: Tags = 1 << 7;
/// Goes with notices of banks, carriers, shops.
pub(crate) const NOTICE: Tags = 1 << 8;
/// Goes with offers.
pub(crate) const OFFER: Tags = 1 << 9;
/// Asks the reader to act.
pub(crate) const URGE: Tags = 1 << 10;
/// Between people.
pub(crate) const PERSONAL: Tags = 1 << 11;
/// Money, spelled.
pub(crate) const MONEY: Tags = 1 << 12;
/// Written with a code that is to be kept: "do not share".
pub(crate) const SECRET: Tags = 1 << 13;

/// What is known of the word with this hash. Each word is at one of two places: both are looked at, without a branch that
/// nobody could foretell.
#[inline]
pub(crate) fn tags(hash: u64) -> Tags {
    let [first, second] = places(hash).map(|at| TABLE[at & (SLOTS - 1)] ^ hash);
    let known = |rest: u64| if rest <= 0xFFFF { rest as Tags } else { 0 };
    known(first) | known(second)
}

#[inline]
const fn places(hash: u64) -> [usize; 2] {
    let bits = SLOTS.trailing_zeros();
    [(hash >> (64 - bits)) as usize, (hash >> (64 - 2 * bits)) as usize & (SLOTS - 1)]
}

/// Hash and tags of each word.
static TABLE: [u64; SLOTS] = {
    let mut table = [0; SLOTS];
    let mut list = 0;
    while list < words::LISTS.len() {
        insert_all(&mut table, words::LISTS[list].0, words::LISTS[list].1);
        list += 1;
    }
    table
};

const fn insert_all(table: &mut [u64; SLOTS], words: &str, tag: Tags) {
    let bytes = words.as_bytes();
    let (mut start, mut at) = (0, 0);
    while at <= bytes.len() {
        if at == bytes.len() || bytes[at] == b' ' || bytes[at] == b'\n' {
            if at > start {
                let (_, rest) = words.split_at(start);
                insert(table, token::hash(rest.split_at(at - start).0), tag);
            }
            start = at + 1;
        }
        at += 1;
    }
}

/// Puts a word to one of its places; what is there goes to its own other place.
const fn insert(table: &mut [u64; SLOTS], hash: u64, tag: Tags) {
    let [first, second] = places(hash);
    if table[first] & !0xFFFF == hash || table[second] & !0xFFFF == hash {
        table[if table[first] & !0xFFFF == hash { first } else { second }] |= tag as u64;
        return;
    }
    let (mut entry, mut at, mut moves) = (hash | tag as u64, first, 0);
    while entry != 0 {
        let other = table[at];
        table[at] = entry;
        entry = other;
        let [first, second] = places(entry & !0xFFFF);
        at = if at == first { second } else { first };
        moves += 1;
        assert!(moves < 64, "too many words: double SLOTS");
    }
}

const SLOTS: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_every_word_of_the_lists_and_no_other() {
        for (list, tag) in words::LISTS {
            for word in list.split_whitespace() {
                assert!(tags(token::hash(word)) & tag != 0, "{word}");
            }
        }
        assert_eq!(tags(token::hash("zweiundvierzig")), 0);
    }

    #[test]
    fn words_of_the_lists_are_written_as_texts_are_folded() {
        for word in words::LISTS.iter().flat_map(|(list, _)| list.split_whitespace()) {
            assert_eq!(crate::fold_word(word), word);
        }
    }
}
