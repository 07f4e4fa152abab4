import { Badge, Modal, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../../api/client';
import { Empty, Given } from '../../parts/problem';
import type { Files } from './draft';

interface DialogGiven {
  version: number;
  files: Files;
  onClose: () => void;
}

export function DiffDialog({ version, files, onClose }: DialogGiven) {
  const query = useQuery({
    queryKey: ['diff', version, files],
    queryFn: () => ask(api.POST('/api/v1/policies/{version}/diff', { params: { path: { version } }, body: { files } })),
    gcTime: 0,
  });
  return (
    <Modal opened onClose={onClose} size="xl" title={`What the draft changes of version ${version}`}>
      <Given query={query}>{(diff) => <Diff diff={diff} />}</Given>
    </Modal>
  );
}

const COLOUR = { added: 'teal', removed: 'red', changed: 'yellow' };

export function Diff({ diff }: { diff: Schemas['PolicyDiff'] }) {
  if (diff.same) return <Empty>They mean the same: at most comments and layout differ.</Empty>;
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table aria-label="Changes" layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="32%">Of what</Table.Th>
            <Table.Th>Before</Table.Th>
            <Table.Th>After</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {diff.changes.map((change) => (
            <Change key={`${change.object} ${change.name}`} change={change} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Change({ change: { object, name, change, parts } }: { change: Schemas['PolicyChange'] }) {
  return (
    <>
      <Table.Tr>
        <Table.Th colSpan={3} scope="rowgroup">
          <Badge color={COLOUR[change]}>{change}</Badge> {object} <span className="mono">{name}</span>
        </Table.Th>
      </Table.Tr>
      {parts?.map(({ part, before, after }) => (
        <Table.Tr key={part}>
          <Table.Td pl="md">{part}</Table.Td>
          <Table.Td className="mono break was">{before}</Table.Td>
          <Table.Td className="mono break is">{after}</Table.Td>
        </Table.Tr>
      ))}
    </>
  );
}
