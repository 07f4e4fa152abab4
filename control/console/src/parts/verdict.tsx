import { Badge } from '@mantine/core';

export const ACTIONS = ['pass', 'discard', 'reject', 'acknowledge', 'abort', 'rewrite'] as const;

// The same colours in tables, charts and drawings; each word stands beside its colour.
const COLOURS: Record<string, string> = {
  pass: 'teal',
  discard: 'red',
  reject: 'orange',
  acknowledge: 'grape',
  abort: 'pink',
  rewrite: 'blue',
};

export const colourOf = (action: string) => COLOURS[action] ?? 'gray';

export function Verdict({ action, onlyApplied }: { action: string; onlyApplied?: string }) {
  return (
    <>
      {action === 'pass' ? <span className="passed">pass</span> : <Badge color={colourOf(action)}>{action}</Badge>}
      {onlyApplied && onlyApplied !== action && (
        <Badge color="gray" variant="outline" ml={4} title="What the port could do of it">
          {onlyApplied} applied
        </Badge>
      )}
    </>
  );
}
