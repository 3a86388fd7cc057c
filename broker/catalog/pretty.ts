// broker/catalog/pretty.ts: lays a JSON text out as Apache's config files are: tabs, one entry a line, empty objects and
// lists closed at once. Works on the text, so that keys which are numbers stay as they are.

export function pretty(json: string): string {
  let out = ''
  let depth = 0
  let from = 0
  const breakLine = (at: number) => {
    out += `${json.slice(from, at)}\n${'\t'.repeat(depth)}`
    from = at
  }
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '"':
        at = endOfText(json, at)
        break
      case '{':
      case '[':
        if (json[at + 1] === '}' || json[at + 1] === ']') at++
        else {
          depth++
          breakLine(at + 1)
        }
        break
      case '}':
      case ']':
        depth--
        breakLine(at)
        break
      case ',':
        breakLine(at + 1)
        break
      default:
    }
  }
  return out + json.slice(from)
}

/** Where the quote stands that ends the text which begins at `from`. */
function endOfText(json: string, from: number): number {
  let at = from + 1
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at
}

/** The lines after the first, `depth` steps further in: for what is put together from parts. */
export const indented = (text: string, depth: number): string => text.replaceAll('\n', `\n${'\t'.repeat(depth)}`)
