import { Text } from '@mantine/core';
import { type KeyboardEvent, memo, type ReactNode, useEffect, useRef, useState } from 'react';
import { type Event, operationOf, senderOf, subscriberOf } from '../api/record';
import { clockText, timeText } from '../parts/format';
import { useWindow } from '../parts/rows';
import { Verdict } from '../parts/verdict';

const ROW_HEIGHT = 28;

interface Given {
  label: string;
  rows: { count: number; row: (at: number) => Event | undefined; want: (first: number, last: number) => void };
  says: string;
  empty: ReactNode;
  onOpen: (event: Event) => void;
}

export function MessageTable({ label, rows, says, empty, onOpen }: Given) {
  const box = useRef<HTMLDivElement>(null);
  const { first, last, top, height } = useWindow(box, rows.count, ROW_HEIGHT);
  const [chosen, setChosen] = useState(0);
  useEffect(() => rows.want(first, last));

  function onKey(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') {
      const row = rows.row(chosen);
      if (row) onOpen(row);
    }
    if (!step || !box.current) return;
    event.preventDefault();
    const next = Math.min(rows.count - 1, Math.max(0, (chosen < first || chosen > last ? first : chosen) + step));
    setChosen(next);
    box.current.querySelector(`[aria-rowindex="${next + 2}"]`)?.scrollIntoView({ block: 'nearest' });
  }

  return (
    <>
      <Text size="xs" c="dimmed" mb={4} role="status" data-count>
        {says}
      </Text>
      <div
        className="grid-box"
        ref={box}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.count + 1}
        aria-activedescendant={`row-${chosen}`}
        tabIndex={0}
        onKeyDown={onKey}
      >
        <div role="row" className="grid-row head" aria-rowindex={1} tabIndex={-1}>
          {['Time', 'Verdict', 'Operation', 'Calling title', 'Sender', 'Subscriber', 'Class', 'Rule'].map((name) => (
            <div role="columnheader" key={name} tabIndex={-1}>
              {name}
            </div>
          ))}
        </div>
        <div style={{ height, position: 'relative' }} role="rowgroup">
          <div style={{ position: 'absolute', insetInline: 0, top }} role="presentation">
            {Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n).map((at) => (
              <Row key={at} at={at} event={rows.row(at)} isChosen={at === chosen} onOpen={onOpen} />
            ))}
          </div>
        </div>
      </div>
      {rows.count === 0 && empty}
    </>
  );
}

interface RowGiven {
  at: number;
  event: Event | undefined;
  isChosen: boolean;
  onOpen: (event: Event) => void;
}

const Row = memo(function Row({ at, event, isChosen, onOpen }: RowGiven) {
  const record = event?.record;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys
    <div
      role="row"
      id={`row-${at}`}
      className="grid-row"
      aria-rowindex={at + 2}
      aria-selected={isChosen}
      tabIndex={-1}
      data-id={event?.id}
      onClick={() => event && onOpen(event)}
    >
      {record && (
        <>
          <Cell mono title={timeText(record.time)}>
            {clockText(record.time)}
          </Cell>
          <Cell>{record.verdict && <Verdict action={record.verdict.action} />}</Cell>
          <Cell>{operationWithPart(event)}</Cell>
          <Cell mono>{record.sccp?.cgpa?.gt ?? (record.mtp ? `pc ${record.mtp.opc}` : record.src)}</Cell>
          <Cell mono>{senderOf(record)}</Cell>
          <Cell mono>{subscriberOf(record)}</Cell>
          <Cell>{record.labels?.class}</Cell>
          <Cell title={record.verdict?.rule}>{record.verdict?.rule}</Cell>
        </>
      )}
    </div>
  );
});

const PART: { [component: string]: string } = {
  returnResultLast: ', answer',
  returnError: ', error',
  reject: ', reject',
};

const operationWithPart = ({ record }: Event) => operationOf(record) + (PART[record.map?.component ?? ''] ?? '');

function Cell({ children, mono, title }: { children: ReactNode; mono?: boolean; title?: string }) {
  return (
    <div role="gridcell" className={mono ? 'mono' : undefined} title={title} tabIndex={-1}>
      {children}
    </div>
  );
}
