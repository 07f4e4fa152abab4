#!/usr/bin/env python3
"""Makes the captures of attacks by rate and by form, each beside its honest look-alikes.

    tests/captures/attacks_s2.py GENERATOR [FOLDER]    GENERATOR: gen.py of the shared tools; FOLDER: attacks, here

Every dialogue has its time, its addresses and a label, so that a case can say which label is caught and which passes.
Numbers are reserved: home 999 70, partners 999 81 (people), 999 82 (hub), 999 84 (services), 999 85 and 999 86 (people,
far apart), blocked 999 83, and 999 66 of nobody. The same command makes the same octets.
"""
import gzip
import importlib.util
import pathlib
import sys

HOME, PARTNER, HUB, BLOCKED, SERVICES, NEAR, FAR, NOBODY = (
    '99970', '99981', '99982', '99983', '99984', '99985', '99986', '99966')
SMSC = HOME + '0300001'
HLR = HOME + '0100001'
MINUTE, HOUR, DAY = 60, 3600, 86400
CAPTURES = {}


def capture(build):
    CAPTURES[build.__name__.replace('_', '-')] = build
    return build


class Scene:
    """A capture under construction: dialogues of the generator's world, with times from its beginning."""

    def __init__(self, gen, path):
        self.g = gen
        self.w = gen.World(gen.parse(['--out', str(path), '--seed', '2']))
        self.start = self.w.t
        self.w.assocs[0].handshake(self.start)
        self.start += 2

    def finish(self):
        self.w.run_heap()
        self.w.finish()

    def at(self, t):
        return self.start + t

    def submit(self, t, label, sender, receiver, text, msc=PARTNER + '0200001', centre=SMSC, outcome='none', **kw):
        """A person's message to a service centre, by the MSC that serves the person."""
        tp = self.g.sms_submit(self.g.tp_addr(receiver), text)
        self.w.dlg_mo(self.at(t), [tp], sender, home_imsi(sender), cg={'gt': msc, 'ssn': 8},
                      cd={'gt': centre, 'ssn': 8}, sc=centre, outcome=outcome, kw=dict(kw, label=label))

    def deliver(self, t, label, sender, receiver, text, centre, outcome='none', **kw):
        """A delivery to a subscriber of ours; a sender with letters in it is a name."""
        address = self.g.tp_addr(sender) if sender.isdigit() else self.g.tp_addr(alpha=sender)
        tp = self.g.sms_deliver(address, text)
        self.w.dlg_mt(self.at(t), [tp], sc=centre, imsi=home_imsi(receiver), msc=HOME + '0200001', outcome=outcome,
                      lat=.1, kw=dict(kw, label=label))

    def ask(self, t, label, number, asker, outcome='none', **kw):
        """Where is this subscriber?"""
        self.w.dlg_sri_sm(self.at(t), sc=asker, msisdn=number, imsi=home_imsi(number), node=HOME + '0200001', v=3,
                          outcome=outcome, kw={'label': label}, **kw)

    def report(self, t, label, number, reporter):
        arg = {'msisdn': self.g.map_addr(number), 'serviceCentreAddress': self.g.map_addr(reporter),
               'sm-DeliveryOutcome': 1}
        self.request(t, label, 20, 3, 47, ('ReportSM-DeliveryStatusArg', arg), (reporter, 8), (number, 6))

    def request(self, t, label, context, version, op, arg, calling, called, d=0, kind='invoke'):
        """One request that opens a dialogue and is not answered."""
        parts = [{'kind': kind, 'id': 1, 'op': op, 'arg': arg}]
        self.begin(t, label, context, version, parts, calling, called, d)

    def begin(self, t, label, context, version, components, calling, called, d=0):
        message = self.w.begin(context, version, components)
        self.send(t, label, message, calling, called, d)
        return message

    def send(self, t, label, message, calling, called, d=0, **kw):
        (calling, ssn), (called, called_ssn) = calling, called
        self.w.at(self.at(t), d, message, {'gt': calling, 'ssn': ssn}, {'gt': called, 'ssn': called_ssn},
                  label=label, **kw)

    def update(self, imsi, node):
        address = self.g.map_addr(node)
        return 'UpdateLocationArg', {'imsi': self.g.tbcd(imsi), 'msc-Number': address, 'vlr-Number': address}

    def locate(self, number, by):
        return 'AnyTimeInterrogationArg', {
            'subscriberIdentity': ('msisdn', self.g.map_addr(number)),
            'requestedInfo': {'locationInformation': 0}, 'gsmSCF-Address': self.g.map_addr(by)}

    def data(self, imsi, number):
        return 'InsertSubscriberDataArg', {'imsi': self.g.tbcd(imsi), 'msisdn': self.g.map_addr(number)}

    def delivery(self, invoke=1, receiver=None, op=44):
        """The component of a delivery, as version 3 has it."""
        tp = self.g.sms_deliver(self.g.tp_addr(PARTNER + '5000001'), 'Hello')
        c = self.w.fsm_comp(True, 3, invoke, ('imsi', self.g.tbcd(home_imsi(receiver or subscriber(1)))),
                            ('serviceCentreAddressOA', self.g.map_addr(PARTNER + '0300001')), tp)
        return dict(c, op=op)


def subscriber(n, network=HOME):
    return network + '5%06d' % n


def home_imsi(number):
    return '00101' + '0%09d' % int(number[-7:])


def scattered(n, network=HOME):
    """Numbers in no order, with no distance twice in a row."""
    return subscriber((n * n * 7919 + n * 104730 + 31337) % 1000000, network)


WORDS = ('train late again home dinner seven keys shop milk call mother sunday rain garden school bring book film '
         'ticket stairs window paint dog walk river').split()


def small_talk(n):
    """Texts of people: no two alike."""
    return ' '.join(WORDS[(n * k + k * k) % len(WORDS)] for k in range(1, 6))


@capture
def floods(s):
    friends = [scattered(n) for n in range(30)]
    for n in range(12):
        s.deliver(n * .5, 'gt_flood', scattered(n, NOBODY), friends[n], small_talk(n), NOBODY + '0300001')
        s.submit(100 + n * .5, 'sender_flood', subscriber(1), friends[n], small_talk(n + 3))
        # Another sender and another global title every time.
        s.deliver(200 + n, 'receiver_bomb', scattered(n, PARTNER), subscriber(2), small_talk(n + 5),
                  PARTNER + '03000%02d' % n)
    for n in range(8):
        s.submit(1700 + 9 * n, 'two_friends', subscriber(6), subscriber(7, PARTNER), small_talk(n + 11))
        s.submit(1900 + 2 * n, 'to_the_whole_club', subscriber(8), friends[n], small_talk(n))
    long_message(s, 2000)


def long_message(s, t):
    text = ' '.join(small_talk(n) for n in range(24))
    part = lambda text, header: s.g.sms_deliver(s.g.tp_addr(subscriber(9, PARTNER)), text, hdr=header)
    s.w.dlg_mt(s.at(t), s.w.long_parts(text, 0, False, part), sc=PARTNER + '0300001', imsi=home_imsi(subscriber(10)),
               msc=HOME + '0200001', outcome='none', lat=.1, kw={'label': 'long_message'})


@capture
def repetitions(s):
    friends = [scattered(n) for n in range(40)]
    for n in range(12):
        s.deliver(n * 20, 'stalker', subscriber(3, PARTNER), subscriber(4), small_talk(n + 7), PARTNER + '0300001')
        s.submit(400 + n, 'same_text', subscriber(5), friends[n], 'You won %d euro, call %d' % (n * 37, 1000 + n))
        s.deliver(500 + n, 'gt_same_text', scattered(n, PARTNER), friends[12 + n],
                  'Cheap loans, code %d, only today' % (7 * n), PARTNER + '0300002')
        s.deliver(2100 + n, 'codes_of_a_service', 'Example', friends[24 + n], 'Your code is %d' % (4711 * n),
                  SERVICES + '0300001')
    for n in range(6):
        s.submit(1900 + 2 * n, 'invitation', subscriber(8), friends[n], 'Party at our place on saturday, 8 pm')
        s.deliver(2500 + 9 * n, 'two_friends', subscriber(6, PARTNER), subscriber(7), small_talk(n + 11),
                  PARTNER + '0300001')


@capture
def worms(s):
    friends = [scattered(n) for n in range(60)]
    for n in range(10):
        s.submit(n * 5, 'worm', scattered(100 + n), friends[n],
                 'Your parcel %d waits: http://parcel.example/t' % (n * 91))
        s.deliver(200 + n * 5, 'worm_from_outside', scattered(n, PARTNER), friends[n],
                  'New voicemail %d: http://voice.example/m' % n, PARTNER + '0300001')
        s.submit(400 + n * 5, 'varied_worm', scattered(200 + n), friends[n],
                 'Dear customer the parcel that you have been expecting for some days is in our depot now and can be '
                 'had at http://depot.example/%s until %s' % (WORDS[n], WORDS[n + 12]))
    for n in range(10):
        s.deliver(600 + n, 'newsletter', 'Example', friends[n], 'Spring sale at http://shop.example/sale',
                  SERVICES + '0300001')
        s.submit(700 + n, 'greeting', scattered(300 + n), friends[n], 'Happy new year to you and yours')
    for n in range(4):
        s.submit(800 + n * 60, 'shared_link', scattered(400 + n), friends[n], 'Look at this http://video.example/cats')


@capture
def scans(s):
    mo = lambda t, label, gt, centre, **kw: s.submit(
        t, label, subscriber(1), scattered(int(t)), 'test', gt, centre, **kw)
    for n in range(10):
        # One after the other, of whatever kind the node may be.
        mo(n * 20, 'scan', NOBODY + '0300001', HOME + '01000%02d' % n)
        # A calling title for each attempt.
        mo(5000 + n * 10, 'scan_by_many', PARTNER + '66000%02d' % n, HOME + '02000%02d' % n)
    # Nobody takes its messages, whomever it tries: an abort, an error, or the message itself comes back.
    scanner = PARTNER + '7700001'
    for n in range(9):
        t, centre = 20000 + n * 10, SMSC if n % 3 else HOME + '0300002'
        tp = s.g.sms_submit(s.g.tp_addr(scattered(n)), 'test')
        c = s.w.fsm_comp(False, 3, 1, ('serviceCentreAddressDA', s.g.map_addr(centre)),
                         ('msisdn', s.g.map_addr(subscriber(1, PARTNER))), tp)
        b = s.begin(t, 'refused_scan', 21, 3, [c], (scanner, 8), (centre, 8))
        back = dict(calling=(centre, 8), called=(scanner, 8), d=1)
        if n % 3 == 0:
            s.send(t + .2, 'refusal', {'type': 'abort', 'dtid': b['otid'], 'dialogue': 'abrt'}, **back)
        elif n % 3 == 1:
            s.send(t + .2, 'refusal', s.w.end(b, [{'kind': 'error', 'id': 1, 'error': 21}]), **back)
        else:
            s.send(t + .2, 'refusal', b, sccp='udts', cause=3, **back)
    # Guests' phones: two service centres of ours, and one number that was mistyped. Failures are few.
    for n in range(10):
        mo(30000 + n * 30, 'roamers', PARTNER + '0200001', (SMSC, HOME + '0300002')[n % 2],
           outcome='fail' if n == 5 else 'ok')
    mo(30500, 'mistyped', PARTNER + '0200001', HOME + '0300009')
    # Our MSC carries messages of guests to service centres all over the world.
    for n in range(15):
        s.w.dlg_mo(
            s.at(40000 + n), [s.g.sms_submit(s.g.tp_addr(scattered(n)), 'home soon')], subscriber(n, PARTNER),
            None, d=1, cg={'gt': HOME + '0200001', 'ssn': 8}, cd={'gt': '999%d0300001' % (40 + n), 'ssn': 8},
            sc='999%d0300001' % (40 + n), outcome='none', kw={'label': 'our_guests'})


@capture
def probes(s):
    for n in range(12):
        s.ask(n * 3, 'sweep', scattered(n), NOBODY + '0300001')
        # Even numbers alone, and a few deliveries to its own phones.
        s.ask(1000 + n * 3, 'sweep_of_even_numbers', subscriber(2 * (n * n * 31 % 50000)), PARTNER + '0300001')
        s.ask(2000 + n * 3, 'honest_bulk', scattered(100 + n), SERVICES + '0300001')
        if n % 4:
            s.deliver(2001 + n * 3, 'honest_bulk', 'Example', scattered(100 + n), 'Your order has left',
                      SERVICES + '0300001')
    for n in range(2):
        s.deliver(1010 + n * 15, 'sweep_of_even_numbers', subscriber(5, PARTNER), subscriber(77 + n), 'x',
                  PARTNER + '0300001')
    # The subscriber was away: the same number again and again.
    for n in range(12):
        s.ask(5000 + n * 20, 'trying_again', scattered(300), PARTNER + '0300005', 'absent')
    only_network = {'sm-deliveryNotIntended': 1}
    s.ask(6000, 'not_intended', scattered(301), NOBODY + '0300002', extra=only_network)
    s.ask(6001, 'not_intended_by_a_partner', scattered(301), SERVICES + '0300002', extra=only_network)


@capture
def rows(s):
    for n in range(10):
        s.ask(n * 10, 'in_a_row', subscriber(5000 + n), PARTNER + '0300002')
        s.ask(500 + n * 10, 'in_steps', subscriber(900000 - n * 100), PARTNER + '0300003')
        s.ask(1000 + n * 5, 'dialled_at_random', scattered(200 + n), PARTNER + '0300004', 'unknown' if n % 5 else 'ok')
        s.ask(1500 + n * 5, 'asks_for_friends', scattered(220 + n), PARTNER + '0300006', 'ok' if n % 5 else 'unknown')
    for n in range(4):
        s.ask(2000 + n * 5, 'a_small_row', subscriber(6000 + n), PARTNER + '0300006')


@capture
def imsi_probes(s):
    for n in range(9):
        imsi = '0010100000%05d' % (41000 + n)
        arg = ('SendAuthenticationInfoArg', {'imsi': s.g.tbcd(imsi), 'numberOfRequestedVectors': 1})
        s.request(n * 10, 'keys_in_a_row', 14, 3, 56, arg, (PARTNER + '0200001', 7), (HLR, 6))
        s.deliver(1000 + n * 10, 'imsis_nobody_has', subscriber(1, PARTNER), scattered(n), 'test', PARTNER + '0300001',
                  'unidentified')
        arg = ('SendAuthenticationInfoArg', {'imsi': s.g.tbcd(home_imsi(scattered(n))), 'numberOfRequestedVectors': 1})
        s.request(2000 + n * 10, 'guests_of_a_partner', 14, 3, 56, arg, (PARTNER + '0200002', 7), (HLR, 6))
        s.deliver(3000 + n * 10, 'deliveries', subscriber(2, PARTNER), scattered(50 + n), small_talk(n),
                  PARTNER + '0300002', 'unidentified' if n == 4 else 'ok')
        s.report(4000 + n * 10, 'reports_alone', scattered(100 + n), PARTNER + '0300003')
    for n in range(8):
        s.ask(5000 + n * 10, 'asked_then_reported', scattered(200 + n), PARTNER + '0300004')
        s.report(5005 + n * 10, 'asked_then_reported', scattered(200 + n), PARTNER + '0300004')


@capture
def categories(s):
    ours, guest, number = home_imsi(subscriber(1)), '99981' + '0%09d' % 7, subscriber(1)
    bad, partner_hlr, partner_vlr, msc = NOBODY + '0100001', PARTNER + '0100001', PARTNER + '0200001', HOME + '0200001'
    locate, centre, register = s.locate(number, bad), (PARTNER + '0100009', 145), (HLR, 6)
    s.request(0, 'locates', 29, 3, 71, locate, (bad, 145), register)
    s.request(1, 'locates_by_global_code', 29, 3, (0, 4, 0, 0, 1, 71), locate, (bad, 145), register)
    s.request(1.5, 'locates_as_service_control', 29, 3, 71, locate, (bad, 147), register)
    # Opened empty, asked for later.
    b, peer = s.begin(2, 'dialogue', 29, 3, [], centre, register), s.w.newtid()
    s.send(2.1, 'dialogue', {'type': 'continue', 'otid': peer, 'dtid': b['otid'], 'comps': []}, register, centre, 1)
    s.send(2.2, 'locates_later', {'type': 'continue', 'otid': b['otid'], 'dtid': peer, 'comps': [
        {'kind': 'invoke', 'id': 1, 'op': 71, 'arg': locate}]}, centre, register)
    s.request(3, 'reads_the_imsi', 26, 2, 58, ('OCTET', s.g.map_addr(number)), (partner_vlr, 7), (HLR, 6))
    s.request(10, 'data_for_ours', 16, 3, 7, s.data(ours, number), (partner_hlr, 6), (msc, 7))
    cancel = lambda imsi: ('CancelLocationArg', {'identity': ('imsi', s.g.tbcd(imsi)), 'cancellationType': 0})
    s.request(11, 'cancels_ours', 2, 3, 3, cancel(ours), (bad, 6), (msc, 7))
    s.request(12, 'cancels_anothers', 2, 3, 3, cancel(guest), (NEAR + '0100001', 6), (msc, 7))
    s.request(13, 'cancels_as_a_stranger', 2, 3, 3, cancel(guest), (bad, 6), (msc, 7))
    s.request(20, 'registers_with_a_stranger', 1, 3, 2, s.update(ours, NOBODY + '0200001'),
              (NOBODY + '0200001', 7), (HLR, 6))
    s.request(21, 'registers_with_a_blocked_network', 1, 3, 2, s.update(ours, BLOCKED + '0200001'),
              (BLOCKED + '0200001', 7), (HLR, 6))
    keys = lambda imsi: ('SendAuthenticationInfoArg', {'imsi': s.g.tbcd(imsi), 'numberOfRequestedVectors': 5})
    s.request(22, 'keys_for_anothers', 14, 3, 56, keys('99999' + '0%09d' % 3), (partner_vlr, 7), (HLR, 6))
    ussd = ('USSD-Arg', {'ussd-DataCodingScheme': b'\x0f', 'ussd-String': s.g.pack7(s.g.gsm7_septets('*100#'))})
    s.request(23, 'ussd_of_a_stranger', 19, 2, 59, ussd, (bad, 7), (HLR, 6))
    # What belongs to roaming.
    s.request(40, 'roams', 1, 3, 2, s.update(home_imsi(subscriber(2)), partner_vlr), (partner_vlr, 7), (HLR, 6))
    s.request(41, 'roams', 14, 3, 56, keys(home_imsi(subscriber(2))), (partner_vlr, 7), (HLR, 6))
    s.request(42, 'ussd_of_a_guest', 19, 2, 59, ussd, (partner_vlr, 7), (HLR, 6))
    s.request(43, 'data_for_a_guest', 16, 3, 7, s.data(guest, PARTNER + '5000007'), (partner_hlr, 6), (msc, 7))
    s.request(44, 'our_own', 16, 3, 7, s.data(ours, number), (HLR, 6), (partner_vlr, 7), 1)
    s.request(45, 'our_own', 1, 3, 2, s.update(guest, msc), (msc, 7), (partner_hlr, 6), 1)
    # A flight takes a day, an attack a minute.
    for label, n, pause in (('too_fast', 5, 10 * MINUTE), ('flies', 6, 2 * DAY)):
        imsi = home_imsi(subscriber(n))
        s.request(100, label + '_before', 1, 3, 2, s.update(imsi, NEAR + '0200001'), (NEAR + '0200001', 7), (HLR, 6))
        s.request(100 + pause, label, 1, 3, 2, s.update(imsi, FAR + '0200001'), (FAR + '0200001', 7), (HLR, 6))


@capture
def second_components(s):
    centre, msc = (PARTNER + '0300001', 8), (HOME + '0200001', 8)
    invoke = lambda id, op, arg: {'kind': 'invoke', 'id': id, 'op': op, 'arg': arg}
    ready = invoke(5, 66, ('ReadyForSM-Arg', {'imsi': s.g.tbcd(home_imsi(subscriber(1))), 'alertReason': 0}))
    begins = invoke(1, 54, ('raw', s.g.tlv(0x30, s.g.tlv(4, s.g.tbcd(home_imsi(subscriber(1)))) + s.g.tlv(
        4, s.g.map_addr(PARTNER + '0200001')))))
    ussd = invoke(2, 19, ('raw', s.g.tlv(0x16, b'*100#')))
    locate = invoke(2, 71, s.locate(subscriber(1), NOBODY + '0100001'))
    s.begin(0, 'behind_another', 25, 3, [ready, s.delivery(2)], centre, msc)
    s.begin(1, 'two_deliveries', 25, 3, [s.delivery(1), s.delivery(2, subscriber(2))], centre, msc)
    s.begin(2, 'behind_half_a_legal_pair', 25, 3, [begins, s.delivery(2)], centre, msc)
    s.begin(3, 'behind_a_legal_pair', 18, 1, [begins, ussd, s.delivery(3)], centre, msc)
    s.begin(4, 'legal_pair_the_other_way_round', 18, 1, [ussd, begins], (PARTNER + '0200001', 7), (HLR, 6))
    s.begin(5, 'location_behind_a_question', 29, 3, [ready, locate], centre, (HLR, 6))
    s.begin(6, 'answer_first', 25, 3, [{'kind': 'result', 'id': 1, 'op': None}, s.delivery(2)], centre, msc)
    b = s.begin(10, 'opens_empty', 25, 3, [], centre, msc)
    peer = s.w.newtid()
    s.send(10.1, 'opens_empty', {'type': 'continue', 'otid': peer, 'dtid': b['otid'], 'comps': []}, msc, centre, 1)
    s.send(10.2, 'two_later', {'type': 'continue', 'otid': b['otid'], 'dtid': peer,
                               'comps': [s.delivery(1), s.delivery(2, subscriber(3))]}, centre, msc)
    # The pair that is legal, and several messages of which each waits for the answer to the one before.
    s.begin(20, 'legal_pair', 18, 1, [begins, ussd], (PARTNER + '0200001', 7), (HLR, 6))
    tps = [s.g.sms_deliver(s.g.tp_addr(PARTNER + '5000001'), small_talk(n)) for n in range(3)]
    s.w.dlg_mt(s.at(30), tps, sc=centre[0], imsi=home_imsi(subscriber(4)), msc=msc[0], form='more',
               kw={'label': 'one_after_the_other'})
    s.w.dlg_sri_sm(s.at(40), sc=centre[0], msisdn=subscriber(4), imsi=home_imsi(subscriber(4)), node=msc[0],
                   outcome='inform', kw={'label': 'told_of_waiting_messages'})


@capture
def contexts(s):
    centre, msc = (PARTNER + '0300001', 8), (HOME + '0200001', 8)
    mo = s.w.fsm_comp(False, 3, 1, ('serviceCentreAddressDA', s.g.map_addr(SMSC)),
                      ('msisdn', s.g.map_addr(subscriber(1))), s.g.sms_submit(s.g.tp_addr(scattered(1)), 'Hello'))
    s.begin(0, 'delivery_as_a_submission', 21, 3, [s.delivery()], centre, msc)
    s.begin(1, 'delivery_as_a_question', 20, 3, [s.delivery()], centre, msc)
    s.begin(2, 'delivery_as_a_registration', 1, 3, [s.delivery()], centre, msc)
    s.begin(3, 'submission_as_a_delivery', 25, 3, [mo], centre, (SMSC, 8))
    s.begin(4, 'version_3_in_version_2', 25, 2, [s.delivery()], centre, msc)
    s.begin(5, 'version_9', 25, 9, [s.delivery()], centre, msc)
    s.begin(6, 'context_of_nobody', 77, 3, [s.delivery()], centre, msc)
    s.begin(7, 'version_3_without_context', 25, 1, [s.delivery()], centre, msc)
    s.begin(8, 'global_code', 25, 3, [s.delivery(op=(0, 4, 0, 0, 1, 44))], centre, msc)
    s.begin(9, 'submission_in_a_delivery', 25, 3, [dict(mo, op=44)], centre, msc)
    s.begin(10, 'location_as_a_delivery', 25, 3, [
        {'kind': 'invoke', 'id': 1, 'op': 71, 'arg': s.locate(subscriber(1), NOBODY + '0100001')}], centre, msc)
    b = s.begin(11, 'opens_empty', 21, 3, [], centre, msc)
    peer = s.w.newtid()
    s.send(11.1, 'opens_empty', {'type': 'continue', 'otid': peer, 'dtid': b['otid'], 'comps': []}, msc, centre, 1)
    later = {'type': 'continue', 'otid': b['otid'], 'dtid': peer, 'comps': [s.delivery()]}
    s.send(11.2, 'delivery_later', later, centre, msc)
    # All versions, both ways, and the forms in which dialogues open.
    for v in (1, 2, 3):
        s.w.dlg_sri_sm(s.at(20 + v), sc=centre[0], msisdn=subscriber(v), imsi=home_imsi(subscriber(v)), node=msc[0],
                       v=v, kw={'label': 'question'})
        s.w.dlg_mt(s.at(30 + v), [s.g.sms_deliver(s.g.tp_addr(PARTNER + '5000001'), small_talk(v))], sc=centre[0],
                   imsi=home_imsi(subscriber(v)), msc=msc[0], v=v, kw={'label': 'delivery'})
        s.w.dlg_mo(s.at(40 + v), [s.g.sms_submit(s.g.tp_addr(scattered(v)), small_talk(v))], subscriber(v),
                   home_imsi(subscriber(v)), v=v, cg={'gt': PARTNER + '0200001', 'ssn': 8}, cd={'gt': SMSC, 'ssn': 8},
                   kw={'label': 'submission'})
    s.w.dlg_mt(s.at(50), [s.g.sms_deliver(s.g.tp_addr(PARTNER + '5000001'), 'Hello')], sc=centre[0],
               imsi=home_imsi(subscriber(9)), msc=msc[0], form='empty', kw={'label': 'opened_empty'})
    # The middle of a dialogue that began before the capture.
    middle = {'type': 'continue', 'otid': s.w.newtid(), 'dtid': s.w.newtid(), 'comps': [s.delivery()]}
    s.send(60, 'begun_before', middle, centre, msc)


@capture
def reports(s):
    honest, pool = PARTNER + '0300001', PARTNER + '0300002'
    s.ask(0, 'first', scattered(900), honest)
    # Before questions were watched for long enough nobody is blamed.
    s.report(60, 'just_started', scattered(901), honest)
    for n in range(3):
        t = 2 * HOUR + n * 60
        s.ask(t, 'failed_delivery', scattered(n), honest, 'ok')
        s.deliver(t + 1, 'failed_delivery', subscriber(1, PARTNER), scattered(n), small_talk(n), honest, 'absent')
        s.report(t + 3, 'failed_delivery', scattered(n), honest)
        # One node of the pool asks, another reports.
        s.ask(t + 10, 'pool', scattered(50 + n), honest)
        s.deliver(t + 11, 'pool', subscriber(2, PARTNER), scattered(50 + n), small_talk(n + 1), pool, 'absent')
        s.report(t + 13, 'pool', scattered(50 + n), pool)
        s.report(t + 20, 'never_asked', scattered(100 + n), NOBODY + '0300001')
        s.report(t + 21, 'never_asked_by_a_partner', scattered(120 + n), NEAR + '0300001')
        # It did ask, yesterday.
        s.ask(n, 'early', scattered(140 + n), NEAR + '0300002')
        s.report(t + 22, 'asked_long_ago', scattered(140 + n), NEAR + '0300002')
    for n in range(10):
        t = 3 * HOUR + n * 20
        s.ask(t, 'asks_and_reports', scattered(200 + n), FAR + '0300001')
        s.report(t + 2, 'never_tried', scattered(200 + n), FAR + '0300001')


@capture
def alerts(s):
    register, partner_vlr = (PARTNER + '0100001', 6), PARTNER + '0200001'
    alert = lambda number: ('AlertServiceCentreArg', {
        'msisdn': s.g.map_addr(number), 'serviceCentreAddress': s.g.map_addr(SMSC)})
    alerts = lambda t, label, number, by, op=64: s.request(
        t, label, 23, 2 if op == 64 else 1, op, alert(number), by, (SMSC, 8))
    ready = lambda imsi: ('ReadyForSM-Arg', {'imsi': s.g.tbcd(imsi), 'alertReason': 0})
    is_ready = lambda t, label, imsi, by: s.request(t, label, 24, 3, 66, ready(imsi), (by, 7), (HLR, 6))
    theirs, roamer = subscriber(1, PARTNER), home_imsi(subscriber(1))
    # Just started: what was before is not known, and the same word passes that does not later.
    alerts(1, 'just_started', subscriber(2, PARTNER), register)
    is_ready(2, 'just_started', home_imsi(subscriber(3)), partner_vlr)
    now = 8 * DAY
    s.request(now - 6 * DAY, 'registers', 1, 3, 2, s.update(roamer, partner_vlr), (partner_vlr, 7), (HLR, 6))
    s.w.dlg_sri_sm(s.at(now - HOUR), sc=SMSC, msisdn=theirs, imsi='99981' + '0%09d' % 1, node=partner_vlr,
                   d=1, outcome='absent', kw={'label': 'we_ask'})
    alerts(now, 'waited_for', theirs, register)
    alerts(now + 1, 'waited_for_in_version_1', theirs, register, 49)
    is_ready(now + 2, 'registered', roamer, PARTNER + '0200002')
    alerts(now + 10, 'by_no_register', theirs, (PARTNER + '0300001', 8))
    alerts(now + 11, 'for_another_country', subscriber(1, FAR), register)
    alerts(now + 12, 'for_ours', subscriber(1), register)
    alerts(now + 13, 'for_whom_nobody_waits', subscriber(5, PARTNER), register)
    inform = ('InformServiceCentreArg', {'storedMSISDN': s.g.map_addr(theirs), 'mw-Status': (0b000100, 6)})
    s.request(now + 14, 'informs_by_itself', 20, 3, 63, inform, register, (SMSC, 8))
    is_ready(now + 20, 'ready_with_a_stranger', roamer, NOBODY + '0200001')
    is_ready(now + 21, 'ready_without_registration', home_imsi(subscriber(4)), partner_vlr)
    is_ready(now + 22, 'ready_elsewhere', roamer, NEAR + '0200001')
    is_ready(now + 23, 'ready_but_not_ours', '99999' + '0%09d' % 1, partner_vlr)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    spec = importlib.util.spec_from_file_location('gen', sys.argv[1])
    gen = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gen)
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent / 'attacks')
    folder.mkdir(parents=True, exist_ok=True)
    for name, build in CAPTURES.items():
        path = folder / (name + '.pcap')
        scene = Scene(gen, path)
        build(scene)
        scene.finish()
        truth = pathlib.Path(str(path) + '.truth.jsonl')
        with open(str(truth) + '.gz', 'wb') as packed:
            with gzip.GzipFile(filename='', mode='wb', compresslevel=9, fileobj=packed, mtime=0) as file:
                file.write(truth.read_bytes())
        truth.unlink()
        print('%-20s %6d octets' % (name, path.stat().st_size))


if __name__ == '__main__':
    main()
