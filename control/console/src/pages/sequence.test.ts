import { describe, expect, test } from 'vitest';
import type { Event, Record } from '../api/record';
import { lifeOf, sequenceOf } from './sequence';

const CENTRE = { gt: '999700300001', ssn: 8 };
const REGISTER = { gt: '999700100001', ssn: 6 };
const SUBSCRIBER = { gt: '15550100', ssn: 6 };
const SWITCH = { gt: '999700200001', ssn: 8 };

let next = 0;
function event(record: Partial<Record>): Event {
  next += 1;
  return { id: next, record: { kind: 'map', time: `${next}.000000000`, src: '', dst: '', ...record } };
}

function question(op: number, from: object, to: object, map: object, dialogue: number) {
  return event({
    dialogue,
    mtp: { opc: 1, dpc: 2 },
    sccp: { cgpa: from, cdpa: to },
    tcap: { type: 'begin' },
    map: { component: 'invoke', op, ...map },
  });
}

function answer(op: number, from: object, to: object, map: object, dialogue: number) {
  return event({
    dialogue,
    mtp: { opc: 2, dpc: 1 },
    sccp: { cgpa: from, cdpa: to },
    tcap: { type: 'end' },
    map: { component: 'returnResultLast', op, ...map },
  });
}

const delivery = [
  question(45, CENTRE, SUBSCRIBER, { msisdn: { digits: '15550100' } }, 1),
  question(45, CENTRE, { gt: '15550199' }, { msisdn: { digits: '15550199' } }, 2),
  answer(45, REGISTER, CENTRE, { imsi: '001010000000100' }, 1),
  question(44, CENTRE, SWITCH, { sm_rp_da: { choice: 'imsi', digits: '001010000000100' }, imsi: '001010000000100' }, 3),
  answer(44, SWITCH, CENTRE, {}, 3),
];
const [asked, , told, sent, taken] = delivery as [Event, Event, Event, Event, Event];

describe('the life of a message', () => {
  test('joins question and delivery over the IMSI that the answer told', () => {
    expect(lifeOf(taken, delivery)).toEqual([asked, told, sent, taken]);
  });

  test('is the event alone where nothing else belongs to it', () => {
    const lonely = event({ kind: 'smpp' });
    expect(lifeOf(lonely, [lonely, ...delivery])).toEqual([lonely]);
  });
});

describe('the sequence', () => {
  test('names who answers by its own title, not by the number that was asked for', () => {
    const { parties } = sequenceOf([asked, told]);
    expect(parties.map(({ name }) => name)).toEqual([CENTRE.gt, REGISTER.gt]);
  });

  test('keeps one line for a party of several dialogues, and turns answers round', () => {
    const { parties, arrows } = sequenceOf([asked, told, sent, taken]);
    expect(parties.map(({ name }) => name)).toEqual([CENTRE.gt, REGISTER.gt, SWITCH.gt]);
    expect(arrows.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 0],
      [0, 2],
      [2, 0],
    ]);
  });

  test('keeps parties apart whose titles look alike when masked', () => {
    const { parties } = sequenceOf([question(45, { gt: '9997***0001' }, { gt: '9997***0001' }, {}, 9)]);
    expect(parties).toHaveLength(2);
  });
});
