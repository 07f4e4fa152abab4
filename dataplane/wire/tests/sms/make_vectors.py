#!/usr/bin/env python3
"""Writes vectors.tsv: alphabets and TPDUs as other implementations encode and decode them.

    pip install gsmcodecs==1.0.0 smspdudecoder==2.2.0 'bitstring<5' python-messaging==0.5.13
    make_vectors.py > vectors.tsv

gsmcodecs has every table of TS 23.038 V18.0.0; each of its characters is written once, and a random text in every
pair of a locking and a single shift table. python-messaging encodes submissions and decodes deliveries; smspdudecoder
decodes the addresses, and the parts of long messages, of both.
What the sources do not agree on is left out here and listed in make_tables.py: gsmcodecs has ' instead of , at 2C of
the locking shift tables 4 to 13, and no euro sign in the single shift table 12.
"""
import random
import sys
from datetime import timedelta
from io import StringIO

from gsmcodecs import Codec
from gsmcodecs.charmaps import GSMCHARMAPS
from messaging.sms import SmsDeliver, SmsSubmit
from smspdudecoder.fields import SMSDeliver, SMSSubmit

ESCAPE = 0x1B
SEED = 23040


def pack(septets, fill_bits=0):
    bits = 0
    for index, septet in enumerate(septets):
        bits |= septet << (fill_bits + 7 * index)
    return bits.to_bytes((fill_bits + 7 * len(septets) + 7) // 8, "little")


def tables(language):
    """(codes by themselves, codes after an escape), as gsmcodecs reads them and nobody contradicts."""
    maps = GSMCHARMAPS[language]
    locking = maps["locking"]["decode"] if "locking" in maps else {}
    single = maps["singleShift"]["decode"]
    locking = {code: chr(character) for code, character in locking.items() if character and code != ESCAPE}
    if language >= 4:
        del locking[0x2C]
    return locking, {code: chr(character) for code, character in single.items() if code != ESCAPE}


def write_text(locking, single, septets, text):
    assert Codec(locking, single).decode(bytes(septets))[0] == text
    print("text", locking, single, len(septets), text.encode().hex(), pack(septets).hex(), sep="\t")


def write_alphabets():
    for language in range(14):
        locking, single = tables(language)
        for code, character in locking.items():
            write_text(language, 0, [code], character)
        for code, character in single.items():
            write_text(0, language, [ESCAPE, code], character)
    for locking in [language for language in range(14) if tables(language)[0]]:
        for single in range(14):
            plain, escaped = tables(locking)[0], tables(single)[1]
            septets, text = [], ""
            while len(septets) < 140:
                if random.random() < 0.25:
                    code = random.choice(list(escaped))
                    septets += [ESCAPE, code]
                    text += escaped[code]
                else:
                    code = random.choice(list(plain))
                    septets.append(code)
                    text += plain[code]
            write_text(locking, single, septets, text)


def write_tpdu(kind, octets, number, text, part):
    concat = "-".join(str(number) for number in part)
    print(kind, octets.lower(), number, text.encode().hex(), concat, sep="\t")


def part_of(user_data):
    for element in (user_data.get("header") or {}).get("elements", []):
        if element["iei"] == 0:
            return [element["data"][name] for name in ("reference", "parts_count", "part_number")]
    return []


def write_submissions():
    texts = ["", "a", "Hello {world} [test] ~ €", "x" * 160, "y" * 161, "Zażółć gęślą jaźń", "你好" * 35, "你好" * 80,
             "The quick brown fox jumps over the lazy dog. " * 9]
    for index, text in enumerate(texts):
        for number in ["+15550100", "155501001"]:
            submit = SmsSubmit(number, text)
            submit.ref, submit.rand_id, submit.validity = index, index * 7, timedelta(days=index) if index % 2 else None
            parts = []
            for pdu in submit.to_pdu():
                read = SMSSubmit.decode(StringIO(pdu.pdu))
                parts.append((pdu.pdu, read["user_data"]["data"], part_of(read["user_data"])))
                assert read["recipient"]["number"] == number.lstrip("+")
            if len(parts) == 1:
                # smspdudecoder counts characters where it should count septets: take what was encoded.
                parts = [(parts[0][0], text, [])]
            assert "".join(part for _, part, _ in parts) == text, (parts, text)
            for octets, part, concat in parts:
                # Without the service centre's address, which is empty.
                write_tpdu("submit", octets[2:], number.lstrip("+"), part, concat)


def write_deliveries():
    for count in range(40):
        text = "".join(random.choice("abc XYZ 019 {}[]~€ èéÄÖ") for _ in range(random.randrange(1, 100)))
        septets = Codec().encode(text)[0]
        digits = "155501" + "".join(random.choice("0123456789") for _ in range(count % 9))
        padded = digits + "F" * (len(digits) % 2)
        address = "%02X91" % len(digits) + "".join(padded[i + 1] + padded[i] for i in range(0, len(padded), 2))
        head = ("04", "44")[count % 2]
        header = bytes([5, 0, 3, count, 2, 1]) if count % 2 else b""
        fill_bits = -len(header) * 8 % 7
        before = (len(header) * 8 + 6) // 7
        user_data = "%02X" % (before + len(septets)) + header.hex() + pack(septets, fill_bits).hex()
        octets = head + address + "0000" + "62101121033500" + user_data
        read = SMSDeliver.decode(StringIO("00" + octets))
        assert read["sender"]["number"] == digits, (read, digits)
        assert SmsDeliver("00" + octets).text == text, (SmsDeliver("00" + octets).text, text)
        write_tpdu("deliver", octets, digits, text, part_of(read["user_data"]))


def main():
    random.seed(SEED)
    print("# make_vectors.py with gsmcodecs 1.0.0, smspdudecoder 2.2.0, python-messaging 0.5.13, seed", SEED)
    print("# text locking single septets utf8 packed | deliver or submit, octets, number, utf8, reference-total-sequence")
    write_alphabets()
    write_submissions()
    write_deliveries()


if __name__ == "__main__":
    sys.exit(main())
