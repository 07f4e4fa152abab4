import { Modal, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../../api/client';
import { count, share, timeText } from '../../parts/format';
import { Empty, Given } from '../../parts/problem';
import type { Files } from './draft';

export function BacktestDialog({ files, onClose }: { files: Files; onClose: () => void }) {
  const query = useQuery({
    queryKey: ['backtest', files],
    queryFn: () => ask(api.POST('/api/v1/policies/backtest', { body: { files } })),
    gcTime: 0,
  });
  return (
    <Modal opened onClose={onClose} size="xl" title="What the draft would have done with recent traffic">
      <Given query={query}>
        {(report) =>
          report.messages === 0 ? <Empty>No recorded message can be judged again yet.</Empty> : <Report of={report} />
        }
      </Given>
    </Modal>
  );
}

export function Report({ of: { messages, first, last, effect, rules, partners } }: { of: Schemas['Backtest'] }) {
  const moved = rules.filter(({ newly_blocked, no_longer_blocked }) => newly_blocked + no_longer_blocked > 0);
  return (
    <>
      <Text size="sm">
        {count(messages)} messages{first && last && `, from ${timeText(first)} to ${timeText(last)}`}:{' '}
        <b>{count(effect.changed)}</b> ({share(effect.changed, messages)}) would get another verdict;{' '}
        <b>{count(effect.newly_blocked)}</b> newly blocked, <b>{count(effect.no_longer_blocked)}</b> no longer. Blocked
        before {share(effect.blocked_before, messages)}, then {share(effect.blocked_now, messages)}.
      </Text>
      {moved.length > 0 && (
        <Effects
          title="Rule"
          rows={moved.map(({ rule, newly_blocked, no_longer_blocked }) => ({
            name: rule,
            newly_blocked,
            no_longer_blocked,
          }))}
        />
      )}
      {effect.changed > 0 && (
        <Effects
          title="Network of the calling party"
          rows={partners.map(({ name, effect }) => ({ name, ...effect }))}
        />
      )}
    </>
  );
}

interface Row {
  name: string;
  newly_blocked: number;
  no_longer_blocked: number;
}

function Effects({ title, rows }: { title: string; rows: Row[] }) {
  return (
    <Table mt="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{title}</Table.Th>
          <Table.Th ta="right">Newly blocked</Table.Th>
          <Table.Th ta="right">No longer blocked</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ name, newly_blocked, no_longer_blocked }) => (
          <Table.Tr key={name}>
            <Table.Td className="break">{name}</Table.Td>
            <Table.Td ta="right">{count(newly_blocked)}</Table.Td>
            <Table.Td ta="right">{count(no_longer_blocked)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
