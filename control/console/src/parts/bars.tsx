import { Anchor } from '@mantine/core';
import { Link } from 'wouter';
import { count } from './format';

interface Given {
  rows: [name: string, value: number][];
  link?: (name: string) => string;
}

/** Amounts side by side, largest first. */
export function Bars({ rows, link }: Given) {
  const most = rows[0]?.[1] ?? 1;
  return (
    <ul className="bars">
      {rows.map(([name, value]) => (
        <li key={name}>
          <span className="name break">
            {link ? (
              <Anchor component={Link} href={link(name)} size="sm">
                {name}
              </Anchor>
            ) : (
              name
            )}
          </span>
          <span className="value">{count(value)}</span>
          <span className="track">
            <span style={{ width: `${(value / most) * 100}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
