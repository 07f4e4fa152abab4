import type { KeyboardEvent } from 'react';
import type { Event } from '../api/record';
import { clockText } from '../parts/format';
import { colourOf } from '../parts/verdict';
import { type Arrow, sequenceOf } from './sequence';

const LANE = 230;
const LEFT = 110;
const TOP = 44;
const STEP = 42;

interface Given {
  events: Event[];
  chosen: number;
  onChoose: (id: number) => void;
}

/** Parties side by side, time downwards; what was refused ends in a cross. */
export function SequenceDrawing({ events, chosen, onChoose }: Given) {
  const { parties, arrows } = sequenceOf(events);
  const width = LEFT + Math.max(1, parties.length) * LANE;
  const height = TOP + arrows.length * STEP + 16;
  const x = (party: number) => LEFT + party * LANE + LANE / 2;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
    <div className="scroll-x sequence" tabIndex={0} role="region" aria-label="Sequence of messages">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="group"
        aria-label="Who sent what to whom"
      >
        {parties.map(({ name, role, node }, at) => (
          <g key={`${name} ${role} ${node}`}>
            <line x1={x(at)} y1={TOP - 6} x2={x(at)} y2={height - 6} className="life" />
            <text x={x(at)} y={16} textAnchor="middle" className="party">
              {name}
            </text>
            <text x={x(at)} y={31} textAnchor="middle" className="role">
              {role}
            </text>
          </g>
        ))}
        {arrows.map((arrow, at) => (
          <Drawn
            key={arrow.event.id}
            arrow={arrow}
            y={TOP + at * STEP + 26}
            x1={x(arrow.from)}
            x2={x(arrow.to)}
            isChosen={arrow.event.id === chosen}
            onChoose={() => onChoose(arrow.event.id)}
          />
        ))}
      </svg>
    </div>
  );
}

interface DrawnGiven {
  arrow: Arrow;
  y: number;
  x1: number;
  x2: number;
  isChosen: boolean;
  onChoose: () => void;
}

function Drawn({ arrow, y, x1, x2, isChosen, onChoose }: DrawnGiven) {
  const { event, label, isAnswer } = arrow;
  const action = event.record.verdict?.action ?? 'pass';
  const isRefused = action !== 'pass';
  const colour = `var(--mantine-color-${colourOf(action)}-text)`;
  const way = Math.sign(x2 - x1) || 1;
  const tip = x1 === x2 ? x1 + 40 : x2;
  function onKey(pressed: KeyboardEvent) {
    if (pressed.key !== 'Enter' && pressed.key !== ' ') return;
    pressed.preventDefault();
    onChoose();
  }
  return (
    <g
      role="button"
      tabIndex={0}
      aria-pressed={isChosen}
      className={isChosen ? 'arrow chosen' : 'arrow'}
      onClick={onChoose}
      onKeyDown={onKey}
    >
      <rect x={0} y={y - 24} width="100%" height={STEP - 4} />
      <text x={8} y={y + 4} className="clock">
        {clockText(event.record.time)}
      </text>
      <line
        x1={x1}
        y1={y}
        x2={tip}
        y2={y}
        stroke={colour}
        strokeWidth={2}
        strokeDasharray={isAnswer ? '5 4' : undefined}
      />
      <path d={`M${tip} ${y}l${-8 * way} -5v10z`} fill={colour} />
      {isRefused && (
        <path d={`M${tip - way * 24 - 5} ${y - 5}l10 10m0 -10l-10 10`} stroke={colour} strokeWidth={2.5} fill="none" />
      )}
      <text x={(x1 + tip) / 2} y={y - 7} textAnchor="middle" className="label">
        {label}
        {isRefused && (
          <tspan style={{ fill: colour }} className="refused">
            {' '}
            {action}
          </tspan>
        )}
      </text>
    </g>
  );
}
