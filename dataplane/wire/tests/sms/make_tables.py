#!/usr/bin/env python3
"""Writes src/sms/national.rs: the national language tables of TS 23.038 annex A.

    make_tables.py OFONOD > ../../src/sms/national.rs

OFONOD is the daemon of oFono 1.31 (Debian bookworm, ofono 1.31-3+b1, amd64), whose read-only data holds the tables
as the compiler laid them out: 128 16-bit characters to a locking table, pairs of code and character to a single
shift table. They are found by their first codes, so that nothing here knows a character of the annex but those.

oFono and gsmcodecs 1.0.0 (tables from 3GPP TS 23.038 V18.0.0), the second implementation that the test vectors come from,
differ in the places below. AOSP's GsmAlphabet.java (V9.1.1) and CyberChef's GSM-7 tables (V16.0.0) decide:

    locking 4 to 13, 2C   oFono and AOSP ','    gsmcodecs "'"   A.3.4 to A.3.13: ','
    locking 8, 2E         oFono ','             others '.'      A.3.8: '.'
    single 7, 3C          oFono ']'             others '['      A.2.7: '['
    single 12, 65         oFono and gsmcodecs none, AOSP, Mozilla and CyberChef the euro sign: taken
    locking, 1B           the escape: no character of its own   6.2.1, note 1
    locking, no character oFono and AOSP a space, gsmcodecs none
"""
import struct
import sys

LANGUAGES = ["turkish", "spanish", "portuguese", "bengali", "gujarati", "hindi", "kannada", "malayalam", "oriya",
             "punjabi", "tamil", "telugu", "urdu"]
LOCKING_START = {
    1: [0x40, 0xA3, 0x24, 0xA5, 0x20AC], 3: [0x40, 0xA3, 0x24, 0xA5, 0xEA],
    4: [0x981, 0x982, 0x983], 5: [0xA81, 0xA82, 0xA83], 6: [0x901, 0x902, 0x903], 7: [0x20, 0xC82, 0xC83],
    8: [0x20, 0xD02, 0xD03], 9: [0xB01, 0xB02, 0xB03], 10: [0xA01, 0xA02, 0xA03], 11: [0x20, 0xB82, 0xB83],
    12: [0xC01, 0xC02, 0xC03], 13: [0x627, 0x622, 0x628],
}
# A code, its character, and how many codes the table has.
SINGLE_HAS = {
    1: (0x47, 0x11E, 18), 2: (0x41, 0xC1, 20), 3: (0x05, 0xEA, 38), 4: (0x19, 0x9E6, 83), 5: (0x1C, 0xAE6, 71),
    6: (0x1C, 0x966, 89), 7: (0x1C, 0xCE6, 74), 8: (0x1C, 0xD66, 83), 9: (0x1C, 0xB66, 76), 10: (0x1C, 0xA66, 77),
    11: (0x1C, 0xBE6, 78), 12: (0x1C, 0xC66, 78), 13: (0x1C, 0x6F0, 91),
}
ESCAPE = 0x1B


def locking(data, language):
    start = LOCKING_START[language]
    at = data.find(struct.pack(f"<{len(start)}H", *start))
    table = list(struct.unpack_from("<128H", data, at))
    assert table[0x0A] == 0x0A and table[0x0D] == 0x0D and table[0x20] == 0x20, language
    if language == 8:
        assert table[0x2E] == 0x2C
        table[0x2E] = 0x2E
    # A space anywhere but in its own place says that there is no character.
    return [0 if code != 0x20 and character in (0x20, 0xA0) else character for code, character in enumerate(table)]


def single(data, language):
    code, character, count = SINGLE_HAS[language]
    at = -1
    while True:
        at = data.find(struct.pack("<2H", code, character), at + 1)
        assert at >= 0, language
        first = last = at
        while 0 <= struct.unpack_from("<H", data, first - 4)[0] < struct.unpack_from("<H", data, first)[0]:
            first -= 4
        while struct.unpack_from("<H", data, last)[0] < struct.unpack_from("<H", data, last + 4)[0] < 0x80:
            last += 4
        pairs = [struct.unpack_from("<2H", data, place) for place in range(first, last + 4, 4)]
        if any(pair == (0x0A, 0x0C) for pair in pairs) or len(pairs) >= count:
            break
    pairs = pairs[len(pairs) - count:]
    table = [0] * 128
    for code, character in pairs:
        table[code] = character
    table[ESCAPE] = 0
    assert table[0x0A] == 0x0C and table[0x14] == ord("^") and table[0x3D] == ord("~"), (language, pairs)
    if language == 7:
        assert table[0x3C] == ord("]")
        table[0x3C] = ord("[")
    if language == 12:
        assert table[0x65] == 0
        table[0x65] = 0x20AC
    return table


def rust(character):
    special = {0: "'\\0'", 0x0A: "'\\n'", 0x0C: "'\\u{c}'", 0x0D: "'\\r'", 0x27: "'\\''", 0x5C: "'\\\\'"}
    if character in special:
        return special[character]
    return f"'{chr(character)}'" if 0x20 <= character < 0x250 else f"'\\u{{{character:x}}}'"


def write(name, clause, table):
    print(f"\n/// {clause}\npub(super) static {name}: [char; 128] = [")
    for row in range(0, 128, 8):
        print("    " + ", ".join(rust(character) for character in table[row:row + 8]) + ", //")
    print("];")


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    print("""//! The national language tables: single shift (TS 23.038 A.2) and locking shift (A.3).
//!
//! Written by `tests/sms/make_tables.py`, which says where from and which sources differ where. Eight codes to a line,
//! from 00; `'\\0'` where the annex has no character.""")
    for language, name in enumerate(LANGUAGES, 1):
        if language in LOCKING_START:
            write(f"{name.upper()}_LOCKING", f"A.3.{language}", locking(data, language))
        write(f"{name.upper()}_SINGLE", f"A.2.{language}", single(data, language))


main()
