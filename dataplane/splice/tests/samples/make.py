#!/usr/bin/env python3
"""Writes rewrite.tsv and home.tsv: TCAP messages as they are and as they are to become, each encoded for itself.

    PYTHONPATH=TOOLS make.py        TOOLS has gen.py, the generator of traffic; needs pycrate 0.7 or later

What a message is to become is encoded from the values wanted, never by changing octets. pycrate does TCAP and MAP,
gen.py the TPDU. Columns of rewrite.tsv: name, wishes (key=value, separated by |), the TPDU before, after, the message
before, after, and the text and the address that a reader is to see. Of home.tsv: name, kind (answer, request), before,
after.
"""
import os

import gen

CODEC = gen.PycrateCodec()
CODEC.lenient = True
HERE = os.path.dirname(os.path.abspath(__file__))
IMSI, SC, MSC, SGSN = gen.tbcd('001010123456789'), gen.map_addr('99970000001'), gen.map_addr('999810300004'), gen.map_addr('999810300005')
OURS, CORRELATION = gen.map_addr('9997000000001'), gen.tbcd('001010987654321')


def forward(tpdu, imsi=IMSI, mo=False, version=3, dialogue='req', more=False, sc=SC):
    if mo:
        arg = ('MO-ForwardSM-Arg', {'sm-RP-DA': ('serviceCentreAddressDA', SC), 'sm-RP-OA': ('msisdn', gen.map_addr('99970000042')), 'sm-RP-UI': tpdu})
    else:
        arg = ('MT-ForwardSM-Arg', {'sm-RP-DA': ('imsi', imsi), 'sm-RP-OA': ('serviceCentreAddressOA', sc), 'sm-RP-UI': tpdu})
    if more:
        arg[1]['moreMessagesToSend'] = 0
    op = 44 if version == 3 and not mo else 46
    m = {'type': 'begin', 'otid': bytes.fromhex('0a0b0c0d'), 'comps': [{'kind': 'invoke', 'id': 1, 'op': op, 'arg': arg}]}
    if dialogue:
        m.update(dialogue=dialogue, ac=(0, 4, 0, 0, 1, 0, 21 if mo else 25, version))
    return CODEC.encode(m) if op == 44 or mo else gen.fast_tcap(m)


def located(imsi, version=3, dialogue='resp', **location):
    names = {'node': 'networkNode-Number', 'lmsi': 'lmsi', 'gprs': 'gprsNodeIndicator', 'other': 'additional-Number'}
    where = {names[k]: v for k, v in location.items()}
    m = {'type': 'end', 'dtid': bytes.fromhex('0a0b0c0d'), 'comps': [
        {'kind': 'result', 'id': 1, 'op': 45, 'arg': ('RoutingInfoForSM-Res', {'imsi': imsi, 'locationInfoWithLMSI': where})}]}
    if dialogue:
        m.update(dialogue=dialogue, ac=(0, 4, 0, 0, 1, 0, 20, version))
    return CODEC.encode(m)


def write(name, rows):
    with open(os.path.join(HERE, name), 'w', encoding='utf-8') as out:
        out.writelines('\t'.join(row) + '\n' for row in rows)


def escaped(text):
    return text.replace('\n', '\\n').replace('\t', '\\t')


def deliver(oa, text, dcs=0, hdr=b'', body=None):
    return gen.sms_deliver(oa, None if body is not None else text, body, dcs=dcs, hdr=hdr)[0]


def submit(oa, text, dcs=0, hdr=b'', body=None):
    return gen.sms_submit(oa, None if body is not None else text, body, dcs=dcs, hdr=hdr)[0]


NUMBER, ALPHA = gen.tp_addr('99970000042'), gen.tp_addr(alpha='Bank')
PART = {n: gen.udh((0, bytes([7, 3, n]))) for n in (1, 2, 3)}
WIDE = gen.udh((8, bytes([1, 7, 2, 2])))
PORTS = (5, bytes.fromhex('13881389'))
LONG = 'Your parcel waits. Pay at http://999.example/p?a=[b] within 24 h or it goes back to where it came from. '
CYRILLIC = 'Ваш код 48213 никому не говорите http://999.example/я конец'


def rewrites():
    """name, wishes, maker, before (address, text, keywords), after (the same)"""
    yield 'a number instead of letters', 'sender=+99970000099', deliver, (ALPHA, 'hello'), (gen.tp_addr('99970000099'), 'hello')
    yield 'letters instead of a number', 'sender=Fraud?', deliver, (NUMBER, 'hello'), (gen.tp_addr(alpha='Fraud?'), 'hello')
    yield 'eleven letters', 'sender=Unknown SMS', deliver, (NUMBER, 'hello'), (gen.tp_addr(alpha='Unknown SMS'), 'hello')
    yield 'a short national number', 'sender=12345', deliver, (NUMBER, 'hello'), (gen.tp_addr('12345', ton=2), 'hello')
    for length in range(0, 18):
        text, warning = LONG[:length], ' [Unverified]'
        yield f'a warning behind {length} characters', f'append={warning}', deliver, (NUMBER, text), (NUMBER, text + warning)
    yield 'a warning that fills the message', 'append= Spam?', deliver, (NUMBER, 'x' * 154), (NUMBER, 'x' * 154 + ' Spam?')
    yield 'a warning in UCS-2', 'append= Осторожно!', deliver, (NUMBER, CYRILLIC, 8), (NUMBER, CYRILLIC + ' Осторожно!', 8)
    yield 'a warning that the alphabet lacks', 'sender=Bank|append= Осторожно!', deliver, (NUMBER, 'hello'), (ALPHA, 'hello')
    yield 'a warning that is too long', 'sender=Bank|append= Spam??', deliver, (NUMBER, 'x' * 154), (ALPHA, 'x' * 154)
    yield 'a warning behind the last part', 'append= Spam?', deliver, (NUMBER, LONG, 0, PART[3]), (NUMBER, LONG + ' Spam?', 0, PART[3])
    yield 'a warning behind the last part in UCS-2', 'append= 警告', deliver, (NUMBER, CYRILLIC, 8, WIDE), (NUMBER, CYRILLIC + ' 警告', 8, WIDE)
    yield 'no warning behind a first part', 'sender=Bank|append= Spam?', deliver, (NUMBER, LONG, 0, PART[1]), (ALPHA, LONG, 0, PART[1])
    yield 'a warning in a flash message', 'append= Spam?', deliver, (NUMBER, 'hello', 0x10), (NUMBER, 'hello Spam?', 0x10)
    yield 'without a link', 'strip=http://999.example/p?a=[b]', deliver, (NUMBER, LONG), (NUMBER, LONG.replace('http://999.example/p?a=[b]', ''))
    yield 'a link masked', 'mask=http://999.example/p?a=[b]', deliver, (NUMBER, LONG), (NUMBER, LONG.replace('http://999.example/p?a=[b]', '*' * 26))
    yield 'a code masked', 'mask=48213', deliver, (NUMBER, CYRILLIC, 8), (NUMBER, CYRILLIC.replace('48213', '*****'), 8)
    yield 'without a link, with a warning', 'strip=http://999.example/я|append= !', deliver, (NUMBER, CYRILLIC, 8), (NUMBER, CYRILLIC.replace('http://999.example/я', '') + ' !', 8)
    yield 'a link in a part', 'strip=http://999.example/p?a=[b]', deliver, (NUMBER, LONG, 0, PART[2]), (NUMBER, LONG.replace('http://999.example/p?a=[b]', ''), 0, PART[2])
    yield 'nothing is left', 'strip=' + LONG[:20], deliver, (NUMBER, LONG[:20]), (NUMBER, '')
    yield 'without ports', 'ports', deliver, (NUMBER, 'to an application', 0, gen.udh(PORTS)), (NUMBER, 'to an application')
    yield 'without ports, a part', 'ports', deliver, (NUMBER, LONG, 0, gen.udh((0, b'\7\2\1'), PORTS)), (NUMBER, LONG, 0, gen.udh((0, b'\7\2\1')))
    yield 'without ports, data', 'ports', deliver, (NUMBER, '', 4, gen.udh((0, b'\7\2\1'), PORTS), b'\x06\x05\x04\xff'), (NUMBER, '', 4, gen.udh((0, b'\7\2\1')), b'\x06\x05\x04\xff')
    yield 'without ports, data alone', 'ports', deliver, (NUMBER, '', 4, gen.udh(PORTS), b'\x06\x05\x04\xff'), (NUMBER, '', 4, b'', b'\x06\x05\x04\xff')
    yield 'a submitted message', 'append= Spam?|mask=0042', submit, (NUMBER, 'call 0042'), (NUMBER, 'call **** Spam?')


def rewrite_rows():
    for name, wishes, maker, before, after in rewrites():
        tpdus = [maker(*given[:2], **dict(zip(('dcs', 'hdr', 'body'), given[2:]))) for given in (before, after)]
        messages = [forward(tpdu, mo=maker is submit, dialogue=None) for tpdu in tpdus]
        yield name, escaped(wishes), *(octets.hex() for octets in tpdus + messages), escaped(after[1]), after[0][1]


def home_rows():
    there = {'node': MSC}
    here = {'node': OURS}
    both = [('a node', {}, {}), ('a local identity', {'lmsi': b'\1\2\3\4'}, {}), ('an SGSN', {'gprs': 0}, {'gprs': 0}),
            ('a second node, an SGSN', {'other': ('sgsn-Number', SGSN)}, {'other': ('sgsn-Number', OURS)}),
            ('a second node, an MSC', {'gprs': 0, 'other': ('msc-Number', SGSN)}, {'gprs': 0, 'other': ('msc-Number', OURS)}),
            ('everything', {'lmsi': b'\1\2\3\4', 'gprs': 0, 'other': ('msc-Number', SGSN)}, {'gprs': 0, 'other': ('msc-Number', OURS)})]
    for name, more, stay in both:
        for version, dialogue in ((1, None), (2, 'resp'), (3, 'resp')):
            before = located(IMSI, version, dialogue, **there, **more)
            after = located(CORRELATION, version, dialogue, **here, **stay)
            yield f'{name}, version {version}', 'answer', before.hex(), after.hex()
            yield (f'{name}, version {version}, long lengths', 'answer') + tuple(m.hex() for m in (gen.restyle(before, 'long'), b''))
            yield (f'{name}, version {version}, indefinite lengths', 'answer') + tuple(gen.restyle(m, 'indef').hex() for m in (before, after))
    tpdu = deliver(ALPHA, 'A message of some length to a subscriber who roams')
    for version, dialogue in ((1, None), (2, 'req'), (3, 'req')):
        for more in (False, True):
            pair = [forward(tpdu, imsi, version=version, dialogue=dialogue, more=more).hex() for imsi in (CORRELATION, IMSI)]
            yield f'a delivery, version {version}, more {more}', 'request', *pair


write('rewrite.tsv', rewrite_rows())
write('home.tsv', home_rows())
