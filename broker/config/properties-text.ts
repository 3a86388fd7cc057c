// broker/config/properties-text.ts: Java's .properties syntax, both ways. Knows no key.

/** Reads it as java.util.Properties does: # and ! comments, = : or blank between, \ continues a line, \uXXXX. */
export function parseProperties(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const { key, rest } = splitAtSeparator(line)
    found.set(plain(key), plain(rest))
  }
  return found
}

/** Writes `key=value` lines as Apache's brokers do: sorted by the caller, nothing escaped. */
export const formatProperties = (entries: Iterable<readonly [string, string]>): string => {
  let text = ''
  for (const [key, value] of entries) text += `${key}=${value}\n`
  return text
}

function* logicalLines(text: string): Generator<string> {
  let held = ''
  let continues = false
  for (const natural of text.split(/\r\n|\n|\r/)) {
    const line = natural.replace(/^[ \t\f]+/, '')
    if (!continues && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue
    continues = slashesAtEnd(line) % 2 === 1
    held += continues ? line.slice(0, -1) : line
    if (continues) continue
    yield held
    held = ''
  }
  if (held !== '') yield held
}

function slashesAtEnd(line: string): number {
  let at = line.length
  while (line[at - 1] === '\\') at--
  return line.length - at
}

function splitAtSeparator(line: string): { key: string; rest: string } {
  let at = 0
  while (at < line.length) {
    const char = line[at] ?? ''
    if (char === '\\') at += 2
    else if (/[=: \t\f]/.test(char)) break
    else at += 1
  }
  const rest = line.slice(at).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '')
  return { key: line.slice(0, at), rest }
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }
const plain = (text: string): string =>
  text.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_, code: string) =>
    code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (escapes[code] ?? code),
  )
