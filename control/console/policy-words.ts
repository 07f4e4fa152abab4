import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

interface Schema {
  description?: string;
  type?: string;
  properties?: { [name: string]: Schema };
  items?: Schema;
  additionalProperties?: Schema | boolean;
}

const NAME = 'virtual:policy-words';

/** The names that the policy editor proposes: fields of messages, and keys of each table, from the schemas beside the code. */
export function policyWords(): Plugin {
  return {
    name: 'policy-words',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load(id) {
      if (id !== `\0${NAME}`) return;
      const fields = fieldsOf(read('../api/event.schema.json'));
      const keys = keysOf(read('../policy/policy.schema.json'));
      return `export const fields = ${JSON.stringify(fields)};\nexport const keys = ${JSON.stringify(keys)};`;
    },
  };
}

const read = (path: string): Schema => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

function fieldsOf({ properties = {} }: Schema, above = ''): { label: string; info?: string }[] {
  return Object.entries(properties).flatMap(([name, schema]) =>
    schema.properties ? fieldsOf(schema, `${above}${name}.`) : [{ label: above + name, info: schema.description }],
  );
}

/** By table: `` for the top of a file, `rule`, `list`… */
function keysOf({ properties = {} }: Schema) {
  const keys: { [table: string]: { label: string; info?: string }[] } = { '': named(properties) };
  for (const [table, { items, additionalProperties, properties: own }] of Object.entries(properties)) {
    const inner = typeof additionalProperties === 'object' ? additionalProperties.properties : undefined;
    const found = items?.properties ?? inner ?? own;
    if (found) keys[table] = named(found);
  }
  return keys;
}

const named = (properties: { [name: string]: Schema }) =>
  Object.entries(properties).map(([label, { description }]) => ({ label, info: description }));
