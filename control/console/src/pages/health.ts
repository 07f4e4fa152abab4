import type { Schemas } from '../api/client';
import { count, octets, timeText } from '../parts/format';

export interface Part {
  part: string;
  isWell: boolean;
  says: string;
}

/** What the dataplane reports of itself, as far as the console reads it. */
export interface Report {
  policy: number;
  poll_cores: number[];
  policy_by_core: number[];
  ports: string[];
  taps: string[];
  wires: string[];
  stalled_cores: number;
  bypassed_wires: number;
  huge_pages: boolean;
  pid: number;
  version: string;
  cards: Card[];
}

export interface Card {
  port: string;
  driver: string;
  queues: number;
  queues_max: number;
  spread_by: string | null;
  hashes_sctp: boolean;
  writes_sctp_checksums: boolean;
  checks_sctp_checksums: boolean;
  timestamps: boolean;
}

export const reportOf = ({ dataplane }: Schemas['Status']) =>
  (dataplane.report ?? undefined) as unknown as Report | undefined;

/** Each part of the appliance, in words, and whether somebody has to look. */
export function healthOf(status: Schemas['Status']): Part[] {
  const { dataplane, policy, journal, store, daemon } = status;
  const report = reportOf(status);
  const parts: Part[] = [
    {
      part: 'Dataplane',
      isWell: dataplane.reachable,
      says: report
        ? `answers; version ${report.version}, process ${report.pid}`
        : (dataplane.error ?? 'does not answer'),
    },
  ];
  if (report) parts.push(cores(report), ports(report));
  parts.push(
    {
      part: 'Policy',
      isWell: policy.agreement === 'same' || policy.agreement === 'earlier',
      says: AGREEMENT[policy.agreement](policy),
    },
    {
      part: 'Journal',
      isWell: !journal.error && journal.lost === 0 && journal.lag < 100_000,
      says: journal.error ?? `${count(journal.lag)} records behind, ${count(journal.lost)} lost`,
    },
    {
      part: 'Store',
      isWell: !store.error,
      says: store.error ?? `${count(store.events)} messages, ${octets(store.bytes)}`,
    },
    { part: 'Daemon', isWell: true, says: `version ${daemon.version}, since ${timeText(daemon.started)}` },
  );
  return parts;
}

function cores({ poll_cores, stalled_cores }: Report): Part {
  const which = `${poll_cores.length === 1 ? 'poll core' : 'poll cores'} ${poll_cores.join(', ')}`;
  return {
    part: 'Cores',
    isWell: stalled_cores === 0,
    says: stalled_cores === 0 ? `${which}, none stands still` : `${which}, of which ${stalled_cores} stand still`,
  };
}

function ports({ ports, wires, taps, bypassed_wires }: Report): Part {
  const named = (what: string, names: string[]) => (names.length > 0 ? `; ${what} ${names.join(', ')}` : '');
  const bypassed = bypassed_wires > 0 ? `; ${bypassed_wires} bypassed` : '';
  return {
    part: 'Ports',
    isWell: bypassed_wires === 0,
    says: `${ports.join(', ') || 'none'}${named('wires', wires)}${named('taps', taps)}${bypassed}`,
  };
}

type InForce = Schemas['PolicyInForce'];

const AGREEMENT: Record<Schemas['Agreement'], (policy: InForce) => string> = {
  same: ({ in_force }) => `version ${in_force} is in force, the newest`,
  earlier: ({ in_force, newest }) => `version ${in_force} is in force, version ${newest} is the newest`,
  foreign: () => 'in force is one that was not pushed by this daemon',
  missing: () => 'none is in force: everything passes until one is pushed',
  unknown: () => 'not known while the dataplane does not answer',
};
