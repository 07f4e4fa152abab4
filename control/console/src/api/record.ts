import type { Schemas } from './client';

/** The parts of an event's record that the console reads; `sluice fields` has all of them. */
export interface Record {
  kind: 'map' | 'dialogue' | 'smpp';
  time: string;
  port?: string;
  src: string;
  dst: string;
  sport?: number;
  mtp?: { opc: number; dpc: number; proto?: string };
  sccp?: { cgpa?: Address; cdpa?: Address };
  tcap?: { type: string; otid?: string; dtid?: string; ac?: string };
  dialogue?: number;
  dialogue_ac?: string;
  map?: {
    component?: string;
    op?: number;
    op_of_invoke?: number;
    error?: number;
    invoke_id?: number;
    imsi?: string;
    msisdn?: { digits?: string };
    sm_rp_da?: { choice: string; digits?: string };
    sm_rp_oa?: { choice: string; digits?: string };
    network_node?: { digits?: string };
  };
  smpp?: { [field: string]: unknown };
  sms?: { type?: string; oa?: string; da?: string; text?: string };
  origin?: { relation?: string; country?: string; operator?: string };
  subscriber?: { [field: string]: unknown };
  labels?: { class?: string; trigger?: string; use_case?: string; origin?: string };
  verdict?: JudgedAs;
  latency_ns?: number;
}

export interface Address {
  ssn?: number;
  gt?: string;
  pc?: number;
}

export interface JudgedAs {
  action: string;
  applied?: string;
  rule?: string;
  scenario?: string;
  level?: number;
  reason?: string;
  policy?: number;
  error?: number;
  score?: number;
  tags?: string[];
  shadow?: string[];
  counters?: string[];
  evidence?: { [field: string]: unknown };
}

export interface Event {
  id: number;
  record: Record;
}

export const asEvents = (events: Schemas['Event'][]) => events as unknown as Event[];

// TS 29.002 §17.5, those that have to do with short messages; others by their number.
const OPERATIONS: { [op: number]: string } = {
  2: 'updateLocation',
  3: 'cancelLocation',
  7: 'insertSubscriberData',
  22: 'sendRoutingInfo',
  23: 'updateGprsLocation',
  44: 'mt-forwardSM',
  45: 'sendRoutingInfoForSM',
  46: 'mo-forwardSM',
  47: 'reportSM-DeliveryStatus',
  56: 'sendAuthenticationInfo',
  58: 'sendIMSI',
  59: 'processUnstructuredSS-Request',
  60: 'unstructuredSS-Request',
  61: 'unstructuredSS-Notify',
  63: 'informServiceCentre',
  64: 'alertServiceCentre',
  66: 'readyForSM',
  67: 'purgeMS',
  70: 'provideSubscriberInfo',
  71: 'anyTimeInterrogation',
};

const MT_RELAY = '0.4.0.0.1.0.25.';

/** Which operation a message is of; a forwardSM of versions 1 and 2 by its context, or by what it carries. */
export function operationOf({ map, sms, smpp, kind, tcap, dialogue_ac }: Record): string {
  if (kind === 'smpp') return String(smpp?.name ?? smpp?.command ?? 'SMPP');
  const op = map?.op ?? map?.op_of_invoke;
  if (op === undefined) return kind === 'dialogue' ? 'dialogue' : '–';
  const isMt = (tcap?.ac ?? dialogue_ac)?.startsWith(MT_RELAY) || sms?.type?.startsWith('SMS-DELIVER');
  if (op === 46 && isMt) return 'mt-forwardSM';
  return OPERATIONS[op] ?? `operation ${op}`;
}

/** The subscriber or recipient it is about, as far as the record says. */
export function subscriberOf({ map, sms }: Record): string | undefined {
  return map?.msisdn?.digits ?? sms?.da ?? map?.imsi ?? map?.sm_rp_da?.digits;
}

export function senderOf({ map, sms }: Record): string | undefined {
  return sms?.oa ?? (map?.sm_rp_oa?.choice === 'msisdn' ? map.sm_rp_oa.digits : undefined);
}
