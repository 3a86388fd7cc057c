// components/format/shell-word.ts: a word of a command line that somebody is to copy. Pure.

/** As a shell takes it: `%`, `|` and the like are letters of names here and commands there. */
export const shellWord = (text: string): string =>
  /^[\w./:=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
