// components/message/hex.ts: bytes as a hex dump, and between text, hex and base64. Pure.

export const fromBase64 = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))

export interface HexLine {
  readonly at: number
  readonly hex: string
  readonly text: string
}
const WIDTH = 16
export const hexLines = (bytes: Uint8Array, mostLines: number): readonly HexLine[] => {
  const lines: HexLine[] = []
  for (let at = 0; at < bytes.length && lines.length < mostLines; at += WIDTH) {
    const part = bytes.subarray(at, at + WIDTH)
    const pairs = Array.from(part, (byte) => byte.toString(16).padStart(2, '0'))
    const left = pairs.slice(0, 8).join(' ')
    const right = pairs.slice(8).join(' ')
    lines.push({
      at,
      hex: `${left.padEnd(23)}  ${right.padEnd(23)}`,
      text: Array.from(part, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join(''),
    })
  }
  return lines
}

export const isHex = (text: string): boolean => /^(?:\s*[0-9A-Fa-f]{2})*\s*$/.test(text)
export const isBase64 = (text: string): boolean =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replaceAll(/\s/g, ''))
