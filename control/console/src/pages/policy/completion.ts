import { fields, keys } from 'virtual:policy-words';
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';

/** Keys at the beginning of a line, names of lists behind `in list`, fields of messages within a condition. */
export function completionOf(lists: string[]) {
  return ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const line = state.doc.lineAt(pos);
    const before = line.text.slice(0, pos - line.from);
    const word = /[\w.~-]*$/.exec(before)?.[0] ?? '';
    const from = pos - word.length;
    if (!word && !explicit && !/in list $/.test(before)) return null;
    if (/in list [\w.-]*$/.test(before)) return { from, options: lists.map((label) => ({ label, type: 'variable' })) };
    if (/^\s*[\w-]*$/.test(before)) return { from, options: keysAt(state.doc.sliceString(0, line.from)) };
    if (isInCondition(before)) return { from, options: fields.map((field) => ({ ...field, type: 'property' })) };
    return null;
  };
}

/** Within quotes of a value: conditions are written in strings, also long ones of several lines. */
const isInCondition = (before: string) =>
  /=\s*("|''')[^"]*$|=\s*'[^']*$|^\s*(and|or|not)\b/.test(before) || !before.includes('=');

/** The keys of the table that a line of a file stands in. */
export function keysAt(above: string) {
  const heads = [...above.matchAll(/^\s*\[+([\w-]+)/gm)];
  const table = heads.at(-1)?.[1] ?? '';
  return (keys[table] ?? []).map((key) => ({ ...key, type: 'keyword', apply: `${key.label} = ` }));
}
