declare module 'virtual:policy-words' {
  interface Word {
    label: string;
    info?: string;
  }
  export const fields: Word[];
  export const keys: { [table: string]: Word[] };
}
