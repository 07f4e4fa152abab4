import { type Address, type Event, operationOf, type Record, senderOf, subscriberOf } from '../api/record';

export interface Party {
  /** Its global title, or what stands for it where there is none. */
  name: string;
  /** What its subsystem number says it is. */
  role?: string;
  /** Where it is reached: masked titles can be alike. */
  node: string;
}

export interface Arrow {
  event: Event;
  from: number;
  to: number;
  /** The operation, or that it is its answer. */
  label: string;
  isAnswer: boolean;
}

export interface Sequence {
  parties: Party[];
  arrows: Arrow[];
}

// Q.713 §3.4.2.2, TS 23.003 §8.
const ROLES: { [ssn: number]: string } = {
  6: 'HLR',
  7: 'VLR',
  8: 'MSC, SMSC',
  9: 'EIR',
  10: 'AuC',
  145: 'GMLC',
  147: 'gsmSCF',
  149: 'SGSN',
};

/** The events around one that belong to the life of the same short message, oldest first. */
export function lifeOf(opened: Event, around: Event[]): Event[] {
  const dialogues = new Set<number>();
  const keys = new Set(keysOf(opened.record));
  // Each dialogue can name the subscriber in another way (SRI-SM by number, its answer by IMSI): what it adds counts too.
  for (let before = -1; before < dialogues.size + keys.size; ) {
    before = dialogues.size + keys.size;
    for (const { record } of around) {
      const isOfIt =
        hasDialogue(dialogues, record) || keysOf(record).some((key) => keys.has(key)) || isSame(opened.record, record);
      if (!isOfIt) continue;
      if (record.dialogue !== undefined) dialogues.add(record.dialogue);
      for (const key of keysOf(record)) keys.add(key);
    }
  }
  const found = around.filter(({ id, record }) => id === opened.id || hasDialogue(dialogues, record));
  return found.sort((a, b) => a.id - b.id);
}

const hasDialogue = (dialogues: Set<number>, { dialogue }: Record) => dialogue !== undefined && dialogues.has(dialogue);

const isSame = (a: Record, b: Record) => a.dialogue !== undefined && a.dialogue === b.dialogue;

/** What tells a subscriber: numbers and IMSIs, masked or not. */
function keysOf(record: Record): string[] {
  const { map, sms } = record;
  return [
    map?.imsi && `imsi ${map.imsi}`,
    map?.msisdn?.digits ?? sms?.da,
    map?.sm_rp_da?.choice === 'imsi' && `imsi ${map.sm_rp_da.digits}`,
  ].filter((key): key is string => Boolean(key) && !String(key).endsWith('undefined'));
}

/** Who spoke to whom, in order. */
export function sequenceOf(events: Event[]): Sequence {
  const ends = endsOf(events);
  const parties: Party[] = [];
  function place(party: Party) {
    const at = parties.findIndex(
      ({ name, role, node }) => name === party.name && role === party.role && node === party.node,
    );
    if (at >= 0) return at;
    return parties.push(party) - 1;
  }
  const arrows = events.map((event) => {
    const { record } = event;
    const { opener, other } = ends.get(dialogueKey(event)) as Ends;
    const isBack = comesBack(record, opener.node);
    const [from, to] = isBack ? [other, opener] : [opener, other];
    return { event, from: place(from.party), to: place(to.party), label: labelOf(record), isAnswer: isAnswer(record) };
  });
  return { parties, arrows };
}

interface End {
  node: string;
  party: Party;
}
interface Ends {
  opener: End;
  other: End;
}

const dialogueKey = ({ id, record }: Event) => record.dialogue ?? `event ${id}`;

/** Both ends of each dialogue; who answers says its own title, which the request did not always have. */
function endsOf(events: Event[]) {
  const ends = new Map<number | string, Ends>();
  for (const event of events) {
    const { record } = event;
    const known = ends.get(dialogueKey(event));
    if (!known) {
      const isBack = record.tcap?.type === 'end' || record.tcap?.type === 'abort';
      const near = { node: nodeOf(record, 'from'), party: partyOf(record, 'from') };
      const far = { node: nodeOf(record, 'to'), party: partyOf(record, 'to') };
      ends.set(dialogueKey(event), isBack ? { opener: far, other: near } : { opener: near, other: far });
    } else if (comesBack(record, known.opener.node) && record.sccp?.cgpa?.gt) {
      known.other.party = partyOf(record, 'from');
    }
  }
  return ends;
}

const comesBack = (record: Record, opener: string) => nodeOf(record, 'from') !== opener;

function nodeOf({ mtp, src, dst }: Record, side: 'from' | 'to') {
  if (mtp) return `pc ${side === 'from' ? mtp.opc : mtp.dpc}`;
  return side === 'from' ? src : dst;
}

function partyOf(record: Record, side: 'from' | 'to'): Party {
  const address: Address | undefined = side === 'from' ? record.sccp?.cgpa : record.sccp?.cdpa;
  const role = address?.ssn === undefined ? undefined : ROLES[address.ssn];
  const node = nodeOf(record, side);
  return { name: address?.gt ?? (role ? `${node}, ${role}` : node), role: address?.gt ? role : undefined, node };
}

const ANSWERS: { [component: string]: string } = {
  returnResultLast: 'answer',
  returnResult: 'answer',
  returnError: 'error',
  reject: 'reject',
};

const isAnswer = ({ map }: Record) => map?.component !== undefined && map.component in ANSWERS;

function labelOf(record: Record) {
  const answer = ANSWERS[record.map?.component ?? ''];
  if (record.kind === 'dialogue') return `dialogue ${record.tcap?.type ?? ''}`.trim();
  if (!answer) return operationOf(record);
  return record.map?.error === undefined
    ? `${operationOf(record)} ${answer}`
    : `error ${record.map.error} to ${operationOf(record)}`;
}

/** A message in one line: what, of whom, for whom. */
export function inWords({ record }: Event) {
  const sender = senderOf(record);
  const subscriber = subscriberOf(record);
  return [labelOf(record), sender && `from ${sender}`, subscriber && `for ${subscriber}`].filter(Boolean).join(' ');
}
