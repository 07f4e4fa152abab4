// Writes vectors.txt: PDUs and texts of a second implementation, with what it put into them.
//
// Needs the Node.js packages smpp 0.5.1 (PDUs of SMPP 3.4 and 5.0) and iconv-lite (alphabets), which comes with it:
//   node make_vectors.js > vectors.txt
// A line is `pdu HEX NAME=VALUE …` or `text CODING HEX UTF8`; strings and octets are in hexadecimal. Deterministic.
'use strict';
const smpp = require('smpp');
const iconv = require('iconv-lite');

let state = 0x2775;
const random = (n) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) % n;
};
const pick = (list) => list[random(list.length)];
const hex = (octets) => Buffer.from(octets).toString('hex');
const digits = (n) => '1555' + Array.from({ length: n }, () => random(10)).join('');
const words = (n) => Array.from({ length: n }, () => String.fromCharCode(97 + random(26))).join('');
const octets = (n) => Buffer.from(Array.from({ length: n }, () => random(256)));
const time = () => pick(['', '000001000000000R', '261122120000004+']);

const source = () => ({ source_addr_ton: random(7), source_addr_npi: pick([0, 1, 8]), source_addr: pick([digits(7), words(8), '']) });
const destination = () => ({ dest_addr_ton: random(7), dest_addr_npi: pick([0, 1, 8]), destination_addr: digits(7) });
const bind = () => ({ system_id: words(1 + random(15)), password: words(random(9)), system_type: words(random(13)),
  interface_version: pick([0x33, 0x34, 0x50]), addr_ton: random(3), addr_npi: random(3), address_range: words(random(20)) });
const handling = () => ({ esm_class: pick([0, 3, 4, 0x20, 0x80]), protocol_id: pick([0, 0x41, 0x7f]), priority_flag: random(4),
  schedule_delivery_time: time(), validity_period: time(), registered_delivery: random(32), replace_if_present_flag: random(2),
  data_coding: pick([0, 1, 3, 4, 8, 0xf1]), sm_default_msg_id: random(3) });
const text = () => ({ short_message: octets(random(255)) });
const payload = () => ({ message_payload: octets(255 + random(20)) });
const parts = () => ({ sar_msg_ref_num: random(65536), sar_total_segments: 2 + random(200), sar_segment_seqnum: 1 + random(2) });
const ports = () => ({ source_port: random(65536), dest_port: random(65536) });
const extra = () => Object.assign({}, ...[payload(), parts(), ports(), {}, {}].filter(() => random(3) === 0));
const service = () => ({ service_type: pick(['', 'CMT', 'WAP', 'USSD', 'VMA']) });
const id = () => ({ message_id: words(1 + random(64)) });
const both = () => (random(2) ? Object.assign(text(), extra(), { message_payload: undefined }) : Object.assign({ short_message: Buffer.alloc(0) }, payload(), parts()));
const submit = () => Object.assign(service(), source(), destination(), handling(), both());
const many = () => ({ dest_address: Array.from({ length: 1 + random(5) }, () => (random(3) ? destination() : { dl_name: words(5) })) });
const failed = () => ({ unsuccess_sme: Array.from({ length: random(4) }, () => Object.assign(destination(), { error_status_code: 11 })) });

const kinds = {
  bind_receiver: bind, bind_transmitter: bind, bind_transceiver: bind,
  bind_receiver_resp: () => ({ system_id: words(8), sc_interface_version: 0x34 }),
  bind_transmitter_resp: () => ({ system_id: words(15) }),
  bind_transceiver_resp: () => ({ system_id: words(3), sc_interface_version: 0x50 }),
  outbind: () => ({ system_id: words(9), password: words(8) }),
  unbind: () => ({}), unbind_resp: () => ({}), enquire_link: () => ({}), enquire_link_resp: () => ({}), generic_nack: () => ({}),
  submit_sm: submit, deliver_sm: submit, submit_sm_resp: id, deliver_sm_resp: id, data_sm_resp: id,
  data_sm: () => Object.assign(service(), source(), destination(), { esm_class: 0, registered_delivery: random(32), data_coding: pick([0, 4, 8]) }, payload(), extra()),
  submit_multi: () => Object.assign(service(), source(), many(), handling(), both()),
  submit_multi_resp: () => Object.assign(id(), failed()),
  query_sm: () => Object.assign(id(), source()), query_sm_resp: () => Object.assign(id(), { final_date: time(), message_state: 1 + random(8), error_code: random(256) }),
  cancel_sm: () => Object.assign(service(), id(), source(), destination()), cancel_sm_resp: () => ({}),
  replace_sm: () => Object.assign(id(), source(), { schedule_delivery_time: time(), validity_period: time(), registered_delivery: random(4), sm_default_msg_id: 0 }, text()),
  replace_sm_resp: () => ({}),
  alert_notification: () => Object.assign(source(), { esme_addr_ton: 1, esme_addr_npi: 1, esme_addr: digits(5), ms_availability_status: random(3) }),
  broadcast_sm: () => Object.assign(service(), source(), id(), { priority_flag: random(4), schedule_delivery_time: time(), validity_period: time(),
    replace_if_present_flag: 0, data_coding: pick([0, 8]), sm_default_msg_id: 0, broadcast_rep_num: random(9) }, payload()),
  broadcast_sm_resp: id, query_broadcast_sm: () => Object.assign(id(), source()), query_broadcast_sm_resp: () => Object.assign(id(), { message_state: 2 }),
  cancel_broadcast_sm: () => Object.assign(service(), id(), source()), cancel_broadcast_sm_resp: () => ({}),
};

// What is compared: names of the specification.
const numbers = ['interface_version', 'source_addr_ton', 'source_addr_npi', 'dest_addr_ton', 'dest_addr_npi', 'esm_class', 'protocol_id',
  'priority_flag', 'registered_delivery', 'replace_if_present_flag', 'data_coding', 'sm_default_msg_id', 'message_state',
  'sar_msg_ref_num', 'sar_total_segments', 'sar_segment_seqnum', 'source_port', 'dest_port'];
const strings = ['system_id', 'system_type', 'service_type', 'source_addr', 'destination_addr', 'schedule_delivery_time', 'validity_period',
  'short_message', 'message_payload', 'message_id'];

console.log('# Written by make_vectors.js with the Node.js packages smpp 0.5.1 and iconv-lite ' + require('iconv-lite/package.json').version + '.');
for (const [name, make] of Object.entries(kinds)) {
  for (let n = 0; n < (['submit_sm', 'deliver_sm', 'submit_multi', 'data_sm'].includes(name) ? 25 : 6); n++) {
    const values = make();
    for (const key of Object.keys(values)) if (values[key] === undefined) delete values[key];
    if (name === 'query_broadcast_sm_resp') delete values.message_state;
    const sequence = 1 + random(0x7fffffff);
    const wire = new smpp.PDU(name, Object.assign({ sequence_number: sequence }, values)).toBuffer();
    const said = ['command=' + name, 'sequence=' + sequence];
    for (const key of numbers) if (key in values) said.push(key + '=' + values[key]);
    for (const key of strings) if (key in values) said.push(key + '=' + hex(values[key]));
    if (values.dest_address) said.push('destinations=' + values.dest_address.map((d) => hex(d.dl_name || d.destination_addr)).join(','));
    console.log('pdu ' + hex(wire) + ' ' + said.join(' '));
  }
}

const all = Array.from({ length: 256 }, (_, octet) => octet);
for (const [coding, name] of [[1, 'latin1'], [3, 'iso-8859-1'], [6, 'iso-8859-5'], [7, 'iso-8859-8'], [8, 'utf-16be'], [0xe0, 'utf-16be']]) {
  const samples = name === 'utf-16be'
    ? ['Привет, мир', 'שלום', '你好', 'a\u{1F600}b', words(60)].map((t) => iconv.encode(t, name))
    : [Buffer.from(all.slice(0, 128)), Buffer.from(all.slice(128, 192)), Buffer.from(all.slice(192))];
  for (const sample of samples) console.log(['text', coding, hex(sample), hex(iconv.decode(sample, name))].join(' '));
}
