#!/usr/bin/env python3
"""Captures of faked and spoofed addresses, each with its innocent look-alikes. Makes them again octet for octet.

    tests/captures/attacks_s1.py GENERATOR [FOLDER]     GENERATOR: gen.py of the shared tools; FOLDER: attacks/ here

The label of a dialogue says what it is; tests/cases says of each label whether it is caught. Numbers are of the network
in tests/cases/*/policy/network.toml: home 999 70, partners 999 81, 84 and 86, a hub 999 82, a blocked network 999 83,
and 999 66, which nobody knows. Each link to the outside is one association: see Link.
"""
import gzip
import importlib.util
import os
import sys

FAR, NEAR, BRIDGE, OTHER = range(4)       # links: their point codes outside are 4001 to 4004
HOME_CENTRE, HOME_NODE, HOME_NODE_2 = '999700300001', '999700200001', '999700200002'
FAR_CENTRE, FAR_CENTRE_2, FAR_NODE, FAR_NODE_2 = '999810300001', '999810300002', '999810200001', '999810200002'
NEAR_CENTRE, NEAR_NODE = '999840300001', '999840200001'
SHORE_NODE = '999860200001'
BRIDGE_CENTRE, SHADE_NODE, STRANGER = '999820300001', '999830200001', '999669900001'
MINUTE, HOUR = 60, 3600
WATCHED = 20 * MINUTE                     # longer than any window before who asked is believed to be known
CAPTURES = []


def capture(make):
    CAPTURES.append(make)
    return make


class Traffic:
    """Dialogues at explicit times, seconds after the start."""

    def __init__(self, gen, path):
        self.g = gen
        self.w = gen.World(gen.parse(['--out', path, '--assocs', '4', '--seed', '4', '--no-handshake']))
        self.w.rng.random = lambda: .9      # no optional parts by chance

    def sub(self, k):
        """number and IMSI of a subscriber of ours"""
        return self.w.sub(k)

    def _kw(self, label, link, more=None):
        return dict(more or {}, label=label, assoc=link)

    def ask(self, t, label, sub, centre, node=HOME_NODE, link=FAR, by=None, claimed=None, d=0, v=3, opc=None, answer=True):
        """sendRoutingInfoForSM and its answer"""
        more = {'opc': opc} if opc else None
        cg = by if isinstance(by, dict) else {'gt': by or centre, 'ssn': 8}
        extra = {'serviceCentreAddress': self.g.map_addr(claimed)} if claimed else None
        self.w.dlg_sri_sm(self.w.t + t, sc=centre, msisdn=sub[0], imsi=sub[1], node=node, v=v, d=d, cg=cg, extra=extra,
                          outcome='ok' if answer else 'none', kw=self._kw(label, link, more))

    def deliver(self, t, label, sub, centre, node=HOME_NODE, link=FAR, by=None, d=0, v=3, form='direct', oa=None, **kw):
        """mt-forwardSM"""
        cg = by if isinstance(by, dict) else {'gt': by or centre, 'ssn': 8}
        tp = self.g.sms_deliver(oa or self.g.tp_addr('999815000001'), 'See you at eight')
        self.w.dlg_mt(self.w.t + t, [tp], sc=centre, imsi=sub[1], msc=node, v=v, d=d, form=form, cg=cg,
                      kw=self._kw(label, link), **kw)

    def deliver_two(self, t, label, sub, centre, gap):
        """two messages in a dialogue: the second names no addresses (TS 29.002 12.9.3)"""
        w, g = self.w, self.g
        kw = self._kw(label, FAR)
        cg, cd = {'gt': centre, 'ssn': 8}, {'gt': HOME_NODE, 'ssn': 8}
        tp = g.sms_deliver(g.tp_addr('999815000001'), 'One of two')
        da, oa = ('imsi', g.tbcd(sub[1])), ('serviceCentreAddressOA', g.map_addr(centre))
        begin = w.begin(25, 3, [w.fsm_comp(True, 3, 1, da, oa, tp, more=True)])
        peer = w.newtid()
        done = lambda i: {'kind': 'result', 'id': i, 'op': None}
        w.at(w.t + t, 0, begin, cg, cd, **kw)
        first = {'type': 'continue', 'otid': peer, 'dtid': begin['otid'], 'comps': [done(1)], 'dialogue': 'resp', 'ac': begin['ac']}
        w.at(w.t + t + .2, 1, first, cd, cg, **kw)
        second = w.fsm_comp(True, 3, 2, ('noSM-RP-DA', 0), ('noSM-RP-OA', 0), tp)
        w.at(w.t + t + gap, 0, {'type': 'continue', 'otid': begin['otid'], 'dtid': peer, 'comps': [second]}, cg, cd, **kw)
        w.at(w.t + t + gap + .2, 1, {'type': 'end', 'dtid': begin['otid'], 'comps': [done(2)]}, cd, cg, **kw)

    def submit(self, t, label, number, imsi, node, link=FAR, centre=HOME_CENTRE, called=None, v=3, d=0, oa=None, da='999815000002'):
        """mo-forwardSM"""
        tp = self.g.sms_submit(self.g.tp_addr(da), 'See you at eight')
        self.w.dlg_mo(self.w.t + t, [tp], msisdn=number, imsi=imsi, v=v, d=d, cg={'gt': node, 'ssn': 8},
                      cd={'gt': called or centre, 'ssn': 8}, sc=centre, oa=oa, kw=self._kw(label, link))

    def operation(self, t, label, ac, v, op, arg, cg, cd, link=FAR, d=0, res=None):
        self.w.dlg_simple(self.w.t + t, ac, v, op, arg, cg, cd, d=d, res=res, kw=self._kw(label, link))

    def report(self, t, label, sub, centre, by, link=FAR):
        arg = {'msisdn': self.g.map_addr(sub[0]), 'serviceCentreAddress': self.g.map_addr(centre), 'sm-DeliveryOutcome': 1}
        self.operation(t, label, 20, 3, 47, ('ReportSM-DeliveryStatusArg', arg), {'gt': by, 'ssn': 8}, {'gt': sub[0], 'ssn': 6}, link)

    def alert(self, t, label, number, centre, by, link=FAR):
        arg = {'msisdn': self.g.map_addr(number), 'serviceCentreAddress': self.g.map_addr(centre)}
        self.operation(t, label, 23, 2, 64, ('AlertServiceCentreArg', arg), {'gt': by, 'ssn': 6}, {'gt': centre, 'ssn': 8}, link)

    def update(self, t, label, imsi, node, link=FAR):
        arg = {'imsi': self.g.tbcd(imsi), 'msc-Number': self.g.map_addr(node), 'vlr-Number': self.g.map_addr(node)}
        self.operation(t, label, 1, 3, 2, ('UpdateLocationArg', arg), {'gt': node, 'ssn': 7}, {'gt': self.w.hlr, 'ssn': 6}, link,
                       res=('UpdateLocationRes', {'hlr-Number': self.g.map_addr(self.w.hlr)}))

    def tell(self, t, label, sub, node, link=FAR):
        """insertSubscriberData, from our register to where the subscriber is"""
        arg = {'imsi': self.g.tbcd(sub[1]), 'msisdn': self.g.map_addr(sub[0])}
        self.operation(t, label, 16, 3, 7, ('InsertSubscriberDataArg', arg), {'gt': self.w.hlr, 'ssn': 6}, {'gt': node, 'ssn': 7}, link, d=1)

    def finish(self):
        self.w.run_heap()
        self.w.finish()


# ---- our own addresses
@capture
def home_identity(m):
    a, b = m.sub(1), m.sub(2)
    m.ask(0, 'partner', a, FAR_CENTRE)
    m.ask(1, 'title', a, HOME_CENTRE)
    m.deliver(2, 'number', a, FAR_CENTRE, by=b[0])
    m.ask(3, 'point_code', a, FAR_CENTRE, opc=6002, answer=False)
    m.deliver(4, 'calling_point_code', a, FAR_CENTRE, by={'gt': None, 'ssn': 8, 'pc': 6001, 'ri': 1}, outcome='none')
    m.ask(5, 'hosted', a, '999700390001', claimed=HOME_CENTRE)
    m.ask(6, 'sent_by_home', ('999815000003', '99981000000003'), HOME_CENTRE, node=FAR_NODE, d=1)
    m.deliver(7, 'sent_by_home', ('999815000003', '99981000000003'), HOME_CENTRE, node=FAR_NODE, d=1)
    # A number that was ours: its register answers under it.
    begin = m.w.begin(20, 3, [{'kind': 'invoke', 'id': 1, 'op': 45, 'arg': ('RoutingInfoForSM-Arg', {
        'msisdn': m.g.map_addr(b[0]), 'sm-RP-PRI': 1, 'serviceCentreAddress': m.g.map_addr(HOME_CENTRE)})}])
    us, ported = {'gt': HOME_CENTRE, 'ssn': 8}, {'gt': b[0], 'ssn': 6}
    m.w.at(m.w.t + 8, 1, begin, us, ported, label='ported_out', assoc=NEAR)
    answer = {'kind': 'result', 'id': 1, 'op': 45, 'arg': ('RoutingInfoForSM-Res', {
        'imsi': m.g.tbcd('99984000000001'), 'locationInfoWithLMSI': {'networkNode-Number': m.g.map_addr(NEAR_NODE)}})}
    m.w.at(m.w.t + 8.1, 0, m.w.end(begin, [answer]), ported, us, label='ported_out', assoc=NEAR)


@capture
def home_identity_hidden(m):
    a = m.sub(1)
    m.deliver(0, 'empty_begin', a, HOME_CENTRE, form='empty')
    m.deliver(2, 'other_plan', a, FAR_CENTRE, by={'gt': HOME_NODE, 'ssn': 8, 'np': 7})
    m.deliver(4, 'version_1', a, HOME_CENTRE, v=1)
    m.submit(6, 'submission', a[0], a[1], HOME_NODE)
    m.deliver(8, 'partner', a, FAR_CENTRE, form='empty')
    m.deliver(10, 'partner', a, FAR_CENTRE, v=1)


@capture
def home_identity_centre(m):
    a = m.sub(1)
    m.deliver(0, 'delivers_for_us', a, HOME_CENTRE, by=FAR_CENTRE)
    m.deliver(1, 'digits_behind', a, HOME_CENTRE + '01', by=FAR_CENTRE)
    m.ask(2, 'asks_for_us', a, FAR_CENTRE, claimed=HOME_CENTRE)
    m.report(3, 'reports_for_us', a, HOME_CENTRE, FAR_CENTRE)
    m.deliver(4, 'version_1', a, HOME_CENTRE, by=FAR_CENTRE, v=1)
    m.alert(5, 'alert', '999815000003', HOME_CENTRE, '999810100001')
    m.submit(6, 'roamer', *m.sub(2), FAR_NODE)
    m.deliver(7, 'partner', a, FAR_CENTRE + '01', by=FAR_CENTRE)
    m.report(8, 'partner', a, FAR_CENTRE, FAR_CENTRE)


# ---- networks without an agreement
@capture
def strangers(m):
    a, guest = m.sub(1), ('999815000003', '99981000000003')
    m.ask(0, 'asks', a, STRANGER, link=OTHER)
    m.deliver(1, 'delivers', a, STRANGER, link=OTHER)
    m.deliver(2, 'delivers_behind_an_empty_begin', a, STRANGER, link=OTHER, form='empty')
    m.deliver(4, 'delivers_in_version_1', a, STRANGER, link=OTHER, v=1)
    m.deliver(5, 'delivers_without_a_title', a, STRANGER, link=OTHER, by={'gt': None, 'ssn': 8, 'pc': 4004, 'ri': 1}, outcome='none')
    m.ask(6, 'asks_over_a_partners_link', a, STRANGER, link=FAR)
    m.report(7, 'reports', a, STRANGER, STRANGER, link=OTHER)
    m.deliver(8, 'to_a_guest', guest, STRANGER, link=OTHER)
    m.ask(9, 'tolerated', a, '999650300001', link=OTHER)
    m.deliver(10, 'tolerated', a, '999650300001', link=OTHER)
    m.ask(11, 'partner', a, FAR_CENTRE)
    m.deliver(12, 'partner', a, FAR_CENTRE)
    m.report(13, 'partner', a, FAR_CENTRE, FAR_CENTRE)
    m.deliver(14, 'partner_without_a_title', a, FAR_CENTRE, by={'gt': None, 'ssn': 8, 'pc': 4001, 'ri': 1}, outcome='none')
    m.ask(15, 'hub', a, BRIDGE_CENTRE, link=BRIDGE)
    m.deliver(16, 'sent_by_home', guest, HOME_CENTRE, node=FAR_NODE, d=1)
    m.update(17, 'other_business', a[1], STRANGER, link=OTHER)


# ---- MAP against SCCP
@capture
def faking(m):
    a = m.sub(1)
    m.deliver(0, 'partner_for_partner', a, NEAR_CENTRE, by=FAR_NODE)
    m.ask(1, 'asks_for_partner', a, FAR_CENTRE, claimed=NEAR_CENTRE)
    m.deliver(2, 'stranger_for_partner', a, FAR_CENTRE, by=STRANGER, link=OTHER)
    m.deliver(3, 'stranger_for_us', a, HOME_CENTRE, by=STRANGER, link=OTHER)
    m.ask(4, 'stranger_asks_for_partner', a, STRANGER, claimed=FAR_CENTRE, link=OTHER)
    m.deliver(5, 'other_plan_abroad', a, NEAR_CENTRE, by={'gt': FAR_NODE, 'ssn': 8, 'np': 7})
    m.deliver(6, 'digits_behind', a, FAR_CENTRE + '01', by=FAR_CENTRE)
    m.deliver(7, 'several_centres', a, FAR_CENTRE_2, by=FAR_CENTRE)
    m.ask(8, 'several_centres', a, FAR_CENTRE, claimed=FAR_CENTRE_2)
    m.deliver(9, 'hub', a, FAR_CENTRE, by=BRIDGE_CENTRE, link=BRIDGE)
    m.ask(10, 'hub', a, BRIDGE_CENTRE, claimed=FAR_CENTRE, link=BRIDGE)
    m.deliver(11, 'unlisted_hub', a, FAR_CENTRE, by='999650300001', link=OTHER)
    m.deliver(12, 'e214', a, FAR_CENTRE, by={'gt': '999819000000001', 'ssn': 8, 'np': 7})
    m.deliver(13, 'sent_by_home', ('999815000003', '99981000000003'), HOME_CENTRE, node=FAR_NODE, d=1)
    m.alert(14, 'alert', '999815000003', HOME_CENTRE, '999810100001')
    m.deliver(15, 'no_title', a, FAR_CENTRE, by={'gt': None, 'ssn': 8, 'pc': 4001, 'ri': 1}, outcome='none')
    m.deliver(16, 'no_title_of_another', a, NEAR_CENTRE, by={'gt': None, 'ssn': 8, 'pc': 4001, 'ri': 1}, outcome='none')


@capture
def faking_link(m):
    a = m.sub(1)
    m.ask(0, 'link_of_another', a, FAR_CENTRE, link=NEAR)
    m.deliver(1, 'link_of_another', a, FAR_CENTRE, link=NEAR)
    m.deliver(2, 'blocked_by_partner', a, '999830300001', link=NEAR)
    m.ask(3, 'own_link', a, FAR_CENTRE, link=FAR)
    m.ask(4, 'own_link', a, NEAR_CENTRE, link=NEAR)
    m.ask(5, 'link_of_hub', a, FAR_CENTRE, link=BRIDGE)
    m.ask(6, 'link_of_nobody', a, FAR_CENTRE, link=OTHER)
    m.ask(7, 'transit_of_partner', a, STRANGER, link=NEAR)


@capture
def faking_asked(m):
    subs = [m.sub(k) for k in range(6)]
    m.ask(0, 'start', m.sub(9), FAR_CENTRE)
    t = WATCHED
    m.ask(t, 'stolen', subs[0], NEAR_CENTRE, link=NEAR)
    m.deliver(t + 5, 'used_by_another', subs[0], FAR_CENTRE)
    m.deliver(t + 6, 'stolen', subs[0], NEAR_CENTRE, link=NEAR)
    m.ask(t + 10, 'pool', subs[1], FAR_CENTRE)
    m.deliver(t + 15, 'pool', subs[1], FAR_CENTRE_2)
    m.ask(t + 20, 'hub_asks', subs[2], BRIDGE_CENTRE, link=BRIDGE)
    m.deliver(t + 25, 'hub_asks', subs[2], FAR_CENTRE)
    m.ask(t + 30, 'both_ask', subs[3], NEAR_CENTRE, link=NEAR)
    m.ask(t + 31, 'both_ask', subs[3], FAR_CENTRE)
    m.deliver(t + 35, 'both_ask', subs[3], FAR_CENTRE)
    m.deliver(t + 36, 'both_ask', subs[3], NEAR_CENTRE, link=NEAR)
    m.ask(t + 40, 'asks_first', subs[4], FAR_CENTRE)
    m.deliver(t + 45, 'to_another_node', subs[4], FAR_CENTRE, node=HOME_NODE_2)
    m.ask(t + 50, 'moved_and_asked_again', subs[5], FAR_CENTRE)
    m.ask(t + 60, 'moved_and_asked_again', subs[5], FAR_CENTRE, node=HOME_NODE_2)
    m.deliver(t + 65, 'moved_and_asked_again', subs[5], FAR_CENTRE, node=HOME_NODE_2)


# ---- subscribers who are not there
@capture
def spoofing(m):
    s = [m.sub(k) for k in range(6)]
    m.ask(0, 'at_home', s[0], FAR_CENTRE)
    m.submit(MINUTE, 'never_left', *s[0], NEAR_NODE, link=NEAR)
    # By number alone, as version 2 has it: the register told which IMSI the number has.
    m.tell(0, 'told', s[1], FAR_NODE)
    m.ask(30, 'told', s[1], FAR_CENTRE)
    m.submit(2 * MINUTE, 'never_left_version_2', s[1][0], None, NEAR_NODE, link=NEAR, v=2)
    m.ask(1, 'just_moved', s[2], FAR_CENTRE)
    m.update(3 * HOUR, 'just_moved', s[2][1], NEAR_NODE, link=NEAR)
    m.tell(3 * HOUR + 1, 'just_moved', s[2], NEAR_NODE, link=NEAR)
    m.submit(3 * HOUR + 5, 'just_moved', *s[2], NEAR_NODE, link=NEAR)
    m.submit(2, 'same_network', *s[3], FAR_NODE)
    m.submit(20, 'same_network', *s[3], FAR_NODE_2)
    m.submit(3, 'moved_version_2', *s[4], FAR_NODE)
    m.update(20 * MINUTE, 'moved_version_2', s[4][1], SHORE_NODE, link=OTHER)
    m.submit(20 * MINUTE + 10, 'moved_version_2', s[4][0], None, SHORE_NODE, link=OTHER, v=2)
    m.submit(4, 'never_heard_of', *s[5], NEAR_NODE, link=NEAR)


@capture
def spoofing_speed(m):
    s = [m.sub(k) for k in range(4)]
    for k, sub in enumerate(s[:3]):
        m.ask(k, 'at_home', sub, FAR_CENTRE)
    m.submit(2 * HOUR, 'too_fast', *s[0], FAR_NODE)
    # Whoever controls a node abroad can tell the register first that the subscriber is there.
    m.update(2 * HOUR, 'forged_update', s[1][1], FAR_NODE)
    m.submit(2 * HOUR + 5, 'after_forged_update', *s[1], FAR_NODE)
    m.update(26 * HOUR, 'flew', s[2][1], FAR_NODE)
    m.submit(26 * HOUR + 5, 'flew', *s[2], FAR_NODE)
    m.ask(26 * HOUR, 'neighbour', s[3], FAR_CENTRE)
    m.update(26 * HOUR + 20 * MINUTE, 'neighbour', s[3][1], NEAR_NODE, link=NEAR)
    m.submit(26 * HOUR + 21 * MINUTE, 'neighbour', *s[3], NEAR_NODE, link=NEAR)


@capture
def spoofing_imsi(m):
    s = [m.sub(k) for k in range(3)]
    m.tell(0, 'told', s[0], FAR_NODE)
    m.submit(10, 'other_imsi', s[0][0], '001010000009999', FAR_NODE)
    m.submit(20, 'foreign_imsi', s[1][0], '99981000000001', FAR_NODE)
    m.submit(30, 'own_imsi', *s[0], FAR_NODE)
    m.submit(40, 'no_imsi', s[0][0], None, FAR_NODE, v=2)
    m.tell(50, 'several_cards', s[2], FAR_NODE)
    m.submit(60, 'several_cards', s[2][0], '001017700000002', FAR_NODE)
    m.submit(2 * 24 * HOUR, 'new_card', s[0][0], '001010000008888', FAR_NODE)


@capture
def spoofing_network(m):
    s = [m.sub(k) for k in range(6)]
    m.submit(0, 'stranger', *s[0], STRANGER, link=OTHER)
    m.submit(1, 'stranger_by_imsi', '999665000001', s[1][1], STRANGER, link=OTHER)
    m.submit(2, 'blocked', *s[2], SHADE_NODE, link=OTHER)
    m.submit(3, 'our_node_outside', *s[3], HOME_NODE)
    m.submit(4, 'roamer', *s[4], FAR_NODE)
    m.submit(5, 'roamer_by_agreement', *s[5], '999640200001', link=OTHER)
    m.submit(6, 'visitor', '999815000003', '99981000000003', HOME_NODE, centre=FAR_CENTRE, d=1)
    m.submit(7, 'of_no_country', *m.sub(7), '210300000001')


# ---- deliveries without a question
@capture
def mt_without_sri(m):
    s = [m.sub(k) for k in range(12)]
    m.deliver(0, 'after_start', s[0], FAR_CENTRE)
    m.deliver(1, 'after_start', s[1], STRANGER, link=OTHER)
    t = WATCHED
    m.deliver(t, 'partner', s[0], FAR_CENTRE)
    m.deliver(t + 1, 'stranger', s[1], STRANGER, link=OTHER)
    m.ask(t + 10, 'asked', s[2], NEAR_CENTRE, link=NEAR)
    m.deliver(t + 15, 'for_others', s[2], FAR_CENTRE)
    m.deliver(t + 16, 'asked', s[2], NEAR_CENTRE, link=NEAR)
    m.ask(t + 20, 'pool', s[3], FAR_CENTRE)
    m.deliver(t + 25, 'pool', s[3], FAR_CENTRE_2)
    m.deliver(t + 30, 'hub', s[4], BRIDGE_CENTRE, link=BRIDGE)
    m.ask(t + 40, 'retry', s[5], FAR_CENTRE)
    m.deliver(t + 45, 'retry', s[5], FAR_CENTRE, outcome='absent')
    m.deliver(t + 9 * MINUTE, 'retry', s[5], FAR_CENTRE)
    m.ask(t + 50, 'more_messages', s[6], FAR_CENTRE)
    m.deliver_two(t + 50 + 599, 'more_messages', s[6], FAR_CENTRE, gap=5)
    m.deliver(t + 60, 'by_lmsi', s[7], FAR_CENTRE, da=('lmsi', b'\1\2\3\4'))
    m.deliver(t + 70, 'visitor', ('999815000003', '99981000000003'), FAR_CENTRE)
    m.deliver(t + 80, 'sent_by_home', s[8], HOME_CENTRE, node=FAR_NODE, d=1)
    m.ask(t + 90, 'asked_long_ago', s[9], FAR_CENTRE)
    m.deliver(t + 90 + 20 * MINUTE, 'late', s[9], FAR_CENTRE)


@capture
def mt_without_sri_hidden(m):
    s = [m.sub(k) for k in range(6)]
    m.ask(0, 'start', m.sub(9), FAR_CENTRE)
    t = WATCHED
    m.deliver(t, 'empty_begin', s[0], STRANGER, link=OTHER, form='empty')
    m.deliver(t + 2, 'version_2', s[1], STRANGER, link=OTHER, v=2)
    m.deliver(t + 4, 'version_1', s[2], STRANGER, link=OTHER, v=1)
    g, w = m.g, m.w
    mt = w.fsm_comp(True, 3, 2, ('imsi', g.tbcd(s[3][1])), ('serviceCentreAddressOA', g.map_addr(STRANGER)),
                    g.sms_deliver(g.tp_addr('999815000001'), 'Second'))
    ready = {'kind': 'invoke', 'id': 1, 'op': 66, 'arg': ('ReadyForSM-Arg', {'imsi': g.tbcd(s[3][1]), 'alertReason': 0})}
    w.at(w.t + t + 6, 0, w.begin(25, 3, [ready, mt]), {'gt': STRANGER, 'ssn': 8}, {'gt': HOME_NODE, 'ssn': 8},
         label='second_component', assoc=OTHER)
    for k, (form, v) in enumerate((('empty', 3), ('direct', 2), ('direct', 1))):
        m.ask(t + 10 + 3 * k, 'asked', s[4], FAR_CENTRE, v=v)
        m.deliver(t + 11 + 3 * k, 'asked', s[4], FAR_CENTRE, form=form, v=v)


# ---- our service centre for everybody
@capture
def open_smsc(m):
    s = [m.sub(k) for k in range(4)]
    m.submit(0, 'stranger', '999665000001', None, STRANGER, link=OTHER, v=2)
    m.submit(1, 'blocked', '999835000001', '99983000000001', SHADE_NODE, link=OTHER)
    m.submit(2, 'subscriber_of_partner', '999815000001', '99981000000001', FAR_NODE)
    m.submit(3, 'no_sender', '', None, FAR_NODE, v=2, oa=('noSM-RP-OA', 0))
    m.submit(4, 'centre_as_sender', '', None, STRANGER, link=OTHER, v=2, oa=('serviceCentreAddressOA', m.g.map_addr(STRANGER)))
    m.submit(5, 'roamer', *s[0], FAR_NODE)
    m.submit(6, 'number_brought_along', '999845000002', s[1][1], FAR_NODE)
    m.tell(7, 'number_brought_along', ('999845000003', s[2][1]), FAR_NODE)
    m.submit(8, 'number_brought_along', '999845000003', None, FAR_NODE, v=2)
    m.submit(9, 'listed_number', '999845770001', None, FAR_NODE, v=2)


@capture
def open_smsc_relay(m):
    a = m.sub(1)
    m.submit(0, 'relay', '999665000001', None, STRANGER, link=OTHER, centre=FAR_CENTRE)
    m.submit(1, 'relay_of_partner', '999845000001', None, NEAR_NODE, link=NEAR, centre=FAR_CENTRE)
    m.submit(2, 'other_centre', '999665000001', None, STRANGER, link=OTHER, centre=FAR_CENTRE, called=HOME_CENTRE)
    m.submit(3, 'other_centre_as_ours', *a, STRANGER, link=OTHER, centre=FAR_CENTRE, called=HOME_NODE)
    m.submit(4, 'visitor', '999815000003', '99981000000003', HOME_NODE, centre=FAR_CENTRE, d=1)
    m.submit(5, 'roamer', *a, FAR_NODE)
    m.submit(6, 'carried_for', '999865000001', None, SHORE_NODE, link=OTHER, centre='999860300001')


# ---- digits turned round
def swapped(digits):
    return ''.join(digits[k:k + 2][::-1] for k in range(0, len(digits), 2))


@capture
def turned_numbers(m):
    (a, imsi), tp = m.sub(123456), m.g.tp_addr
    to = m.sub(7)
    listed = '999845550001'
    m.deliver(0, 'sender_swapped', to, FAR_CENTRE, oa=tp(swapped(a)))
    m.deliver(1, 'sender_reversed', to, FAR_CENTRE, oa=tp('999705123012'[::-1]))
    m.submit(2, 'submitter_swapped', swapped(a), imsi, FAR_NODE)
    m.submit(3, 'receiver_swapped', a, imsi, FAR_NODE, da=swapped(a))
    m.ask(4, 'asked_for_swapped', (swapped(a), imsi), FAR_CENTRE, answer=False)
    m.deliver(5, 'listed_reversed', to, FAR_CENTRE, oa=tp(listed[::-1]))
    m.deliver(6, 'as_it_stands', to, FAR_CENTRE, oa=tp(a))
    m.submit(7, 'as_it_stands', a, imsi, FAR_NODE, da=a)
    m.deliver(8, 'listed', to, FAR_CENTRE, oa=tp(listed))
    # A number of Far Mobile that is one of ours from behind.
    m.deliver(9, 'reads_as_ours_from_behind', to, FAR_CENTRE, oa=tp('999815507999'))
    m.deliver(10, 'short_code', to, FAR_CENTRE, oa=tp('9979', ton=0))
    m.deliver(11, 'national', to, FAR_CENTRE, oa=tp(swapped(a), ton=2))
    m.deliver(12, 'name', to, FAR_CENTRE, oa=tp(alpha='Info'))


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    spec = importlib.util.spec_from_file_location('gen', sys.argv[1])
    gen = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gen)
    folder = sys.argv[2] if len(sys.argv) == 3 else os.path.join(os.path.dirname(os.path.abspath(__file__)), 'attacks')
    os.makedirs(folder, exist_ok=True)
    for make in CAPTURES:
        path = os.path.join(folder, make.__name__.replace('_', '-') + '.pcap')
        traffic = Traffic(gen, path)
        make(traffic)
        traffic.finish()
        truth = path + '.truth.jsonl'
        with open(truth, 'rb') as plain, open(truth + '.gz', 'wb') as packed:
            with gzip.GzipFile('', 'wb', 9, packed, mtime=0) as out:
                out.write(plain.read())
        os.remove(truth)


if __name__ == '__main__':
    main()
