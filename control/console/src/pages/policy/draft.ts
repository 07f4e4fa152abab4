import { useCallback, useState } from 'react';

export type Files = { [path: string]: string };

// Kept beside the pages: who looks up a message meanwhile finds the draft again.
const drafts = new Map<number, Files>();

/** What was changed of a version's files. */
export function useDraft(version: number, files: Files) {
  const [draft, setDraft] = useState<Files>(() => drafts.get(version) ?? files);
  const set = useCallback(
    (next: Files) => {
      drafts.set(version, next);
      setDraft(next);
    },
    [version],
  );
  const names = [...new Set([...Object.keys(files), ...Object.keys(draft)])];
  return {
    draft,
    changed: names.filter((name) => draft[name] !== files[name]),
    edit: (name: string, text: string) => set({ ...draft, [name]: text }),
    add: (name: string) => set({ ...draft, [name]: '' }),
    giveUp: () => {
      dropDraft(version);
      setDraft(files);
    },
  };
}

export const hasDraft = (version: number) => drafts.has(version);

export const dropDraft = (version: number) => drafts.delete(version);
