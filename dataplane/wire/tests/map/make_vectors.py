#!/usr/bin/env python3
"""Writes vectors.tsv: parameters of MAP as pycrate encodes them, and the identities that stand in them.

Every operation of pycrate's MAP (TS 29.002, version 3) and MAPv2 (GSM 09.02, versions 1 and 2) modules, argument and
result, and every error: with the mandatory elements only, with all, and with each optional element alone. Every
alternative of a CHOICE comes in its turn. What is expected is found by the names of the ASN.1 elements, never by tags.

    make_vectors.py > vectors.tsv        needs pycrate 0.7 or later

Columns: kind (argument, result, error), version, code, name, octets, then slot=value for each slot of the view.
"""
import sys

from pycrate_asn1dir import TCAP_MAPv2v3 as M

IMSI, IMEI = '00010100103246f6', '1010101010101010'
ADDRESSES = {
    'msisdn': 'msisdn', 'serviceCentreAddress': 'service_centre', 'networkNode-Number': 'network_node',
    'msc-Number': 'msc', 'newMSC-Number': 'msc', 'newMSCNumber': 'msc', 'vmsc-Address': 'msc', 'vlr-Number': 'vlr',
    'vlr-number': 'vlr', 'newVLR-Number': 'vlr', 'sgsn-Number': 'sgsn', 'newSGSNNumber': 'sgsn', 'hlr-Number': 'hlr',
    'gsmSCF-Address': 'gsmscf', 'gsmSCFAddress': 'gsmscf', 'gmsc-Address': 'gmsc', 'gmsc-OrGsmSCF-Address': 'gmsc',
    'mlc-Number': 'mlc', 'mlcNumber': 'mlc', 'gmlc-List': 'mlc', 'roamingNumber': 'roaming_number',
    'msrn': 'roaming_number', 'forwardedToNumber': 'forwarded_to', 'storedMSISDN': 'stored_msisdn',
    'smsGmscAddress': 'sms_gmsc',
}
STRINGS = {
    'imsi': 'imsi', 'lmsi': 'lmsi', 'new-lmsi': 'lmsi', 'imei': 'imei', 'imeisv': 'imei', 'tmsi': 'tmsi',
    'cellGlobalIdOrServiceAreaIdFixedLength': 'cell', 'laiFixedLength': 'area', 'previous-LAI': 'area',
    'routeingAreaIdentity': 'routing_area', 'e-utranCellGlobalIdentity': 'eutran_cell',
    'trackingAreaIdentity': 'tracking_area', 'locationNumber': 'location_number',
    'geographicalInformation': 'geographical', 'locationEstimate': 'geographical',
    'requestingPLMN-Id': 'requesting_plmn',
}
NUMBERED = {'ageOfLocationInformation': 'age', 'ageOfLocationEstimate': 'age', 'requestingNodeType': 'requesting_node'}
SMS_STRINGS = {'sm-RP-UI': 'sm_rp_ui', 'hlr-id': 'correlation_hlr', 'sm-RP-SMEA': 'smea', 'sip-uri-A': 'sip_uri_a', 'sip-uri-B': 'sip_uri_b',
               'maximumRetransmissionTime': 'retransmit_until'}
SMS_NUMBERED = {'sm-RP-MTI': 'mti', 'sm-deliveryNotIntended': 'not_intended', 'alertReason': 'alert_reason',
                'sm-DeliveryOutcome': 'outcome', 'absentSubscriberDiagnosticSM': 'absent_diagnostic',
                'smDeliveryTimer': 'delivery_timer'}
SMS_FLAGS = {'moreMessagesToSend': 'more_messages', 'sm-RP-PRI': 'priority', 'mwd-Set': 'mwd_set',
             'gprsSupportIndicator': 'gprs_support', 'gprsNodeIndicator': 'gprs_node',
             'imsNodeIndicator': 'ims_node', 'singleAttemptDelivery': 'single_attempt',
             'smsOverIP-OnlyIndicator': 'over_ip_only'}
BARE = {'sendIMSI argument': 'msisdn', 'provideRoamingNumber result': 'roaming_number',
        'reportSM-DeliveryStatus result': 'stored_msisdn', 'updateLocation result': 'hlr',
        'checkIMEI argument': 'imei', 'sendIdentification argument': 'tmsi'}
ERROR_SLOTS = {'absentSubscriberDiagnosticSM': 'absent_diagnostic', 'sm-EnumeratedDeliveryFailureCause': 'failure_cause',
               'diagnosticInfo': 'diagnostic_info', 'requestedRetransmissionTime': 'retransmit_until', 'imsi': 'imsi'}
SMS = {21, 44, 45, 46, 47, 48, 49, 63, 64, 66}
USSD = {59, 60, 61}
HANDOVER = {28, 29, 30, 33, 34, 35, 68, 69}
SEQUENCES, LISTS = ('SEQUENCE', 'SET'), ('SEQUENCE OF', 'SET OF')
DEPTH_MAX = 9


def type_name(element):
    reference = getattr(element, '_typeref', None)
    return reference.called[1] if reference is not None else element.TYPE


def bound(constraint):
    return constraint.lb if constraint is not None and constraint.lb is not None else None


def sized(element, fallback):
    size = bound(getattr(element, '_const_sz', None))
    return fallback if size is None else size


class Vector:
    """One parameter: makes the value of pycrate and, beside it, what is expected."""

    def __init__(self, code, title, wanted, turn):
        self.code, self.title, self.wanted, self.turn = code, title, wanted, turn
        self.kind = title.split()[1]
        self.found, self.next_number = {}, 0

    def keep(self, slot, value):
        self.found.setdefault(slot, value)

    def number(self):
        self.next_number += 1
        return bytes.fromhex('9199790502%02d' % self.next_number)

    def value(self, element, path):
        """None where nothing can stand."""
        if element.TYPE in SEQUENCES:
            return self.sequence(element, path)
        if element.TYPE == 'CHOICE':
            return self.choice(element, path)
        if element.TYPE in LISTS:
            inside = self.value(element._cont, path + ['*']) if len(path) < DEPTH_MAX else None
            return None if inside is None else [inside] * 1
        value, shown = self.plain(element, path)
        self.expect(element, path, shown)
        return value

    def sequence(self, element, path):
        value = {}
        for name, component in element._cont.items():
            optional = component._opt or component._def is not None
            if optional and not self.wanted(len(path), name):
                continue
            before, number = dict(self.found), self.next_number
            inside = self.value(component, path + [name]) if len(path) < DEPTH_MAX else None
            if inside is not None:
                value[name] = inside
            elif optional:
                self.found, self.next_number = before, number
            else:
                return None
        return value

    def choice(self, element, path):
        names = self.going_together(list(element._cont), path[-1])
        first = self.turn % len(names)
        for name in names[first:] + names[:first]:
            before = dict(self.found)
            inside = self.value(element._cont[name], path + [name])
            if inside is not None:
                return (name, inside)
            self.found = before
        return None

    def going_together(self, names, which):
        """The parties of a short message: a subscriber and a service centre, or nobody twice."""
        if which == 'sm-RP-DA' and self.code == 44:
            return [name for name in names if name != 'serviceCentreAddressDA']
        if which != 'sm-RP-OA' or 'sm_rp_da' not in self.found:
            return names
        destination = self.found['sm_rp_da'].split(':')[0]
        return [{'serviceCentreAddressDA': 'msisdn', 'noSM-RP-DA': 'noSM-RP-OA'}.get(destination, 'serviceCentreAddressOA')]

    def plain(self, element, path):
        kind, of = element.TYPE, type_name(element)
        if kind == 'NULL':
            return 0, 'true'
        if kind == 'BOOLEAN':
            return True, 'true'
        if kind == 'INTEGER':
            value = bound(element._const_val)
            value = 1 if value is None or value < 1 else value
            return value, str(value)
        if kind == 'ENUMERATED':
            name, value = sorted(element._cont.items(), key=lambda item: item[1])[self.turn % len(element._root)]
            return name, str(value)
        if kind == 'BIT STRING':
            size = sized(element, 8)
            return (0, size), '%02x%s' % (-size % 8, '00' * ((size + 7) // 8))
        if kind == 'OCTET STRING':
            value = self.octets(element, of, path[-1])
            return value, value.hex()
        return None, None

    def octets(self, element, of, name):
        if of == 'IMSI':
            return bytes.fromhex(IMSI)
        if of == 'IMEI':
            return bytes.fromhex(IMEI)
        if of in ('ISDN-AddressString', 'AddressString', 'FTN-AddressString'):
            return self.number()
        size = max(sized(element, 3), 1)
        if size >= 5 and name in ('cellGlobalIdOrServiceAreaIdFixedLength', 'laiFixedLength'):
            return bytes.fromhex('00f110' + '11' * (size - 3))
        return bytes(range(1, size + 1))

    def expect(self, element, path, shown):
        name = path[-1] if path[-1] != '*' else (path[-2] if type_name(element) != 'IMSI' else 'imsi')
        if self.kind == 'error':
            return self.expect_error(element, name, path, shown)
        if len(path) == 1:
            slot = 'imsi' if type_name(element) == 'IMSI' else BARE.get(self.title)
            return slot and self.keep(slot, shown)
        if 'sm-RP-DA' in path or 'sm-RP-OA' in path:
            return self.keep('sm_rp_da' if 'sm-RP-DA' in path else 'sm_rp_oa', name + ':' + shown.replace('true', ''))
        if 'thirdNumber' in path or any('third' in part.lower() for part in path):
            return None
        if any(part.lower() == 'additional-number' for part in path):
            if self.code in (45, 85, 86) and name in ('msc-Number', 'sgsn-Number'):
                self.keep('additional', name[:-7] + ':' + shown)
            return None
        if self.code == 45 and self.kind == 'result' and name == 'msc-Number':
            return self.keep('network_node', shown)
        if self.code in USSD and len(path) == 2:
            slot = {'ussd-DataCodingScheme': 'ussd_coding', 'ussd-String': 'ussd_string', 'msisdn': 'msisdn'}.get(name)
            return slot and self.keep(slot, shown)
        if path[-1] == '*' and name not in ('gmlc-List', 'imsi'):
            return None
        slot = ADDRESSES.get(name) or STRINGS.get(name) or NUMBERED.get(name)
        if element.TYPE == 'NULL' or name == 'smsGmscAddress' and self.code not in SMS:
            slot = None
        if self.code in SMS:
            slot = slot or SMS_STRINGS.get(name) or SMS_NUMBERED.get(name) or SMS_FLAGS.get(name)
            slot = 'mw_status' if name == 'mw-Status' else slot
        return slot and self.keep(slot, shown)

    def expect_error(self, element, name, path, shown):
        if name in ERROR_SLOTS and self.code in (6, 32):
            return self.keep(ERROR_SLOTS[name], shown)
        if element.TYPE in ('INTEGER', 'ENUMERATED') and self.code not in (6, 32) and len(path) <= 3:
            if name != 'failureCauseParam':
                self.keep('detail', shown)
        return None


def objects(modules, key):
    for module in modules:
        for name in module._obj_:
            item = getattr(module, name.replace('-', '_'))
            if item.TYPE == 'CLASS' and item._mode == 'VALUE' and key in item._val:
                yield name, item._val


def parameters(version, prefix):
    parts = ('MobileService', 'CallHandling', 'SupplementaryService', 'ShortMessageService', 'Group_Call_',
             'LocationService', 'OperationAndMaintenance')
    modules = [getattr(M, f'{prefix}_{part}Operations', None) for part in parts]
    for name, operation in objects([m for m in modules if m], 'operationCode'):
        code = operation['operationCode'][1]
        if code in HANDOVER:
            continue
        for field, kind in (('ArgumentType', 'argument'), ('ResultType', 'result')):
            if field in operation:
                yield kind, version, code, name, operation[field]
    for name, error in objects([getattr(M, prefix + '_Errors')], 'errorCode'):
        if 'ParameterType' in error:
            yield 'error', version, error['errorCode'][1], name, error['ParameterType']


def optional_names(element):
    if element.TYPE in SEQUENCES:
        return [name for name, component in element._cont.items() if component._opt]
    return []


def ways(element):
    """What to include, and which turn of every CHOICE."""
    yield lambda depth, name: False, 0
    for turn in range(4):
        yield (lambda depth, name: True), turn
    for alone in optional_names(element):
        yield (lambda depth, name, alone=alone: depth > 1 or name == alone), 0


def vectors():
    seen = set()
    for kind, version, code, name, element in (*parameters(3, 'MAP'), *parameters(2, 'MAPv2')):
        for wanted, turn in ways(element):
            vector = Vector(code, f'{name} {kind}', wanted, turn)
            value = vector.value(element, [name])
            if value is None:
                continue
            try:
                element.set_val(value)
                octets = element.to_ber()
            except Exception as refused:  # a constraint that this script does not know
                print(f'{name} {kind} left out: {refused}', file=sys.stderr)
                continue
            row = (kind, version, code, octets)
            if row not in seen and vector.found and len(octets) < 4000:
                seen.add(row)
                slots = sorted(f'{slot}={value}' for slot, value in vector.found.items())
                yield '\t'.join([kind, str(version), str(code), name, octets.hex(), *slots])


if __name__ == '__main__':
    for line in vectors():
        print(line)
