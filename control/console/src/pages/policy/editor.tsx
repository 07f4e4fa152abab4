import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { toml } from '@codemirror/legacy-modes/mode/toml';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import type { Schemas } from '../../api/client';
import { completionOf } from './completion';

interface Given {
  file: string;
  text: string;
  lists: string[];
  diagnostics: Schemas['Diagnostic'][];
  /** Where to go, if the reader asked for it. */
  goTo?: { line: number };
  isReadOnly: boolean;
  onChange: (text: string) => void;
}

export function Editor({ file, text, lists, diagnostics, goTo, isReadOnly, onChange }: Given) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const told = useRef(onChange);
  told.current = onChange;
  const names = lists.join();

  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const made = new EditorView({
      parent,
      state: stateOf(file, text, names.split(','), isReadOnly, (now) => told.current(now)),
    });
    view.current = made;
    return () => made.destroy();
  }, [file, names, isReadOnly]);

  // Another text than the editor's comes from outside: the draft was given up, or taken from the history.
  useEffect(() => {
    const { current } = view;
    if (current && current.state.doc.toString() !== text)
      current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    const { current } = view;
    if (current)
      current.dispatch(
        setDiagnostics(
          current.state,
          diagnostics.map((each) => placed(current.state, each)),
        ),
      );
  }, [diagnostics]);

  useEffect(() => {
    const { current } = view;
    if (!current || !goTo) return;
    const line = current.state.doc.line(Math.min(goTo.line, current.state.doc.lines));
    current.dispatch({
      selection: { anchor: line.from },
      effects: EditorView.scrollIntoView(line.from, { y: 'center' }),
    });
    current.focus();
  }, [goTo]);

  return <div ref={box} className="editor" />;
}

function stateOf(file: string, doc: string, lists: string[], isReadOnly: boolean, onChange: (text: string) => void) {
  return EditorState.create({
    doc,
    extensions: [
      lineNumbers(),
      history(),
      drawSelection(),
      highlightActiveLine(),
      highlightSelectionMatches(),
      search({ top: true }),
      file.endsWith('.toml') ? [StreamLanguage.define(toml), autocompletion({ override: [completionOf(lists)] })] : [],
      syntaxHighlighting(colours),
      lintGutter(),
      EditorState.readOnly.of(isReadOnly),
      EditorView.contentAttributes.of({ 'aria-label': `Text of ${file}`, tabindex: '0' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
      }),
      // Tab leaves the editor, as everywhere else on the page.
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...completionKeymap]),
    ],
  });
}

function placed(
  state: EditorState,
  { line, column, message, expected, help, severity }: Schemas['Diagnostic'],
): Diagnostic {
  const at = state.doc.line(Math.min(Math.max(1, line), state.doc.lines));
  const from = Math.min(at.from + Math.max(0, column - 1), at.to);
  const rest = /^[\w.-]+/.exec(at.text.slice(from - at.from))?.[0].length ?? 1;
  const words = [message, expected && `expected ${expected}`, help].filter(Boolean).join('; ');
  return { from, to: Math.min(from + rest, at.to), severity, message: words };
}

const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--mantine-color-dimmed)', fontStyle: 'italic' },
  { tag: tags.string, color: 'var(--editor-string)' },
  { tag: [tags.propertyName, tags.variableName, tags.definition(tags.variableName)], color: 'var(--editor-key)' },
  { tag: [tags.number, tags.bool, tags.atom], color: 'var(--editor-number)' },
  { tag: [tags.keyword, tags.heading, tags.bracket], color: 'var(--editor-table)', fontWeight: '600' },
]);
