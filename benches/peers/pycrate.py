"""Nanoseconds a DATA chunk pycrate needs to the text, over the frames of one capture.

    benches/peers/pycrate.py CAPTURE [FRAMES]

Decodes M3UA, SCCP, TCAP with MAP (3GPP's ASN.1) and the TPDU of every DATA chunk that lies whole in an Ethernet
frame, as pycrate's own modules do it. Imports and the compiling of the ASN.1 are not timed. The frames may come from
`compare load`, so that they are the ones every other candidate is timed on. Prints lines for `compare --elsewhere`.
Needs `pip install pycrate`, see the script `pycrate` beside this file.
"""
import struct
import sys
import time

from pycrate_asn1dir import TCAP_MAPv2v3
from pycrate_mobile import SCCP, SIGTRAN, TS23040_SMS

MESSAGE = TCAP_MAPv2v3.TCAP_MAP_Messages.TCAP_MAP_Message
FORWARD = (44, 46)


def payloads(path, limit):
    """User data of the DATA chunks with PPID 3 of the first `limit` frames (RFC 9260 §3.3.1)."""
    with open(path, "rb") as capture:
        order = "<" if capture.read(24)[:1] in (b"\xd4", b"\x4d") else ">"
        for _ in range(limit):
            header = capture.read(16)
            if len(header) < 16:
                return
            frame = capture.read(struct.unpack(order + "IIII", header)[2])
            at, end = 46, 14 + struct.unpack(">H", frame[16:18])[0]
            while at + 16 <= end:
                kind, flags, length = struct.unpack(">BBH", frame[at:at + 4])
                if kind == 0 and flags & 3 == 3:
                    yield frame[at + 16:at + length]
                at += (max(length, 4) + 3) & ~3


def user_data(payload):
    """What the SCCP message in an M3UA DATA message carries."""
    m3ua = SIGTRAN.SIGTRAN()
    m3ua.from_bytes(payload)
    for parameter in m3ua["Params"]:
        if parameter["Tag"].get_val() == 0x210:
            sccp, error = SCCP.parse_SCCP(parameter["Val"].to_bytes()[12:])
            return None if error else sccp["Data"]["Value"].to_bytes()
    return None


def signal(component):
    """SM-RP-UI of a ForwardSM and whether it is an SMS-SUBMIT."""
    kind, invoke = component
    if kind != "basicROS" or invoke[0] != "invoke":
        return None
    value = invoke[1]
    if value["opcode"] not in [("local", op) for op in FORWARD] or "argument" not in value:
        return None
    argument = value["argument"][1]
    return argument["sm-RP-UI"], argument["sm-RP-OA"][0] == "msisdn"


def decode(payload):
    """Texts in one message."""
    data = user_data(payload)
    if data is None:
        return 0
    MESSAGE.from_ber(data)
    texts = 0
    for component in MESSAGE.get_val()[1].get("components", ()):
        found = signal(component)
        if found:
            tpdu = TS23040_SMS.SMS_SUBMIT() if found[1] else TS23040_SMS.SMS_DELIVER()
            tpdu.from_bytes(found[0])
            texts += isinstance(tpdu["TP_UD"]["UD"].decode(), str)
    return texts


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: pycrate.py CAPTURE [FRAMES]")
    messages = list(payloads(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 2000))
    texts = refused = 0
    start = time.process_time_ns()
    for message in messages:
        try:
            texts += decode(message)
        except Exception:  # pycrate has no error of its own for input it cannot read
            refused += 1
    took = time.process_time_ns() - start
    print(f"pycrate\tns\t{took / len(messages):.0f}")
    print(f"# pycrate: {len(messages)} DATA chunks, {texts} with text, {refused} refused; CPU time, one run, compiling the "
          "ASN.1 not in it; no IP, no SCTP")


if __name__ == "__main__":
    main()
