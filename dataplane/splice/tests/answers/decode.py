"""The second opinion of pycrate's ASN.1 (TS 29.002 and GSM 09.02) on TCAP messages, one in hexadecimal on each line of the
input, and on the errors that operations have: lines `error VERSION OPERATION CODE ...`. Prints what it finds fault with."""
import sys

try:
    from pycrate_asn1dir import MAP, MAPv2, TCAP_MAPv2v3
except ImportError:
    sys.exit(77)


def errors(module):
    table = {}
    for name in dir(module):
        of = getattr(module, name)
        for item in getattr(of, "_val_", None) or []:
            value = getattr(getattr(of, item.replace("-", "_"), None), "_val", None)
            if isinstance(value, dict) and "operationCode" in value:
                listed = value["Errors"].root if "Errors" in value else []
                table[value["operationCode"][1]] = sorted(error["errorCode"][1] for error in listed)
    return table


TABLES = {"2": errors(MAPv2), "3": errors(MAP)}
MESSAGE = TCAP_MAPv2v3.TCAP_MAP_Messages.TCAP_MAP_Message
for line in sys.stdin:
    words = line.split()
    if words[0] == "error":
        known = TABLES[words[1]].get(int(words[2]))
        given = sorted(map(int, words[3:]))
        if known is not None and known != given:
            print("version %s, operation %s: %s, not %s" % (words[1], words[2], known, given))
        continue
    octets = bytes.fromhex(words[0])
    try:
        MESSAGE.from_ber(octets)
        again = MESSAGE.to_ber()
        MESSAGE.from_ber(again)
    except Exception as error:
        print(words[0], repr(error)[:300])
print("done")
