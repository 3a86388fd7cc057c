// broker/protocol/header-send-json.ts: a fast way to read the one JSON header that arrives more often than all others: a
// send in its one-letter spelling (310, 320), as the stock Java client writes it. Most of what it costs to read a send
// as general JSON is making and hashing names; here they are places. Whatever is not spelled so, be it by one space,
// is left to header-json.ts, which this may never contradict: a test holds the two against each other.
import type { Command, ExtFields } from './command'

const starts = ['{"code":310,"extFields":{', '{"code":320,"extFields":{'] as const
const startLength = starts[0].length
const beforeFlag = ',"flag":'
const beforeOpaque = ',"language":"JAVA","opaque":'
const beforeVersion = ',"serializeTypeCurrentRPC":"JSON","version":'

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const backslash = 0x5c
const closingBrace = 0x7d
const letterA = 0x61
const letters = 14 // a to n, see sendMessageV2Header

/** The command in frame[from, end), or undefined when its header is spelled in any other way. */
export function readSendJson(frame: Buffer, from: number, end: number, body: Buffer): Command | undefined {
  // cutting values out of one text costs a fraction of making each from bytes; reading bytes, a fraction of charCodeAt
  const text = frame.toString('latin1', from, end)
  if (!text.startsWith(starts[0]) && !text.startsWith(starts[1])) return undefined
  const values: (string | undefined)[] = new Array(letters).fill(undefined)
  const fieldsEnd = readFields(frame, text, from, startLength, values)
  if (fieldsEnd < 0 || !text.startsWith(beforeFlag, fieldsEnd)) return undefined
  const flagAt = fieldsEnd + beforeFlag.length
  const flagEnd = numberEnd(frame, from, flagAt)
  if (!text.startsWith(beforeOpaque, flagEnd)) return undefined
  const opaqueAt = flagEnd + beforeOpaque.length
  const opaqueEnd = numberEnd(frame, from, opaqueAt)
  if (!text.startsWith(beforeVersion, opaqueEnd)) return undefined
  const versionAt = opaqueEnd + beforeVersion.length
  const versionEnd = numberEnd(frame, from, versionAt)
  if (versionEnd !== text.length - 1 || frame[from + versionEnd] !== closingBrace) return undefined
  return {
    code: frame[from + 9] === 0x31 ? 310 : 320,
    language: 'JAVA',
    version: number(frame, from + versionAt, from + versionEnd),
    opaque: number(frame, from + opaqueAt, from + opaqueEnd),
    flag: number(frame, from + flagAt, from + flagEnd),
    remark: null,
    ext: extOf(values),
    body,
    form: 0,
  }
}

/** Reads `"a":"...","b":"..."}` into `values`; answers with the place after the brace, or -1. */
function readFields(frame: Buffer, text: string, base: number, from: number, values: (string | undefined)[]): number {
  for (let at = from; ; ) {
    const name = base + at
    const letter = (frame[name + 1] ?? 0) - letterA
    if (letter < 0 || letter >= letters || frame[name] !== quote || frame[name + 2] !== quote) return -1
    if (frame[name + 3] !== colon || frame[name + 4] !== quote) return -1
    let cutFrom = at + 5
    let value = ''
    let end = cutFrom
    for (let byte = frame[base + end]; byte !== quote; byte = frame[base + ++end]) {
      if (byte === backslash) {
        // fastjson's spelling of 0x01 and 0x02, which divide properties; other escapes are rare
        if (!text.startsWith('\\u000', end)) return -1
        const digit = frame[base + end + 5]
        if (digit !== 0x31 && digit !== 0x32) return -1
        value += text.slice(cutFrom, end) + (digit === 0x31 ? '\u0001' : '\u0002')
        end += 5
        cutFrom = end + 1
      } else if (byte === undefined || byte < 0x20 || byte > 0x7e || end >= text.length) {
        return -1 // what JSON forbids within quotes, or more than ASCII, or the end
      }
    }
    values[letter] = value + text.slice(cutFrom, end)
    const next = frame[base + end + 1]
    if (next === closingBrace) return end + 2
    if (next !== comma) return -1
    at = end + 2
  }
}

/** Where a number of at most nine digits, without sign or leading zero, ends; 0 when there is none. */
function numberEnd(frame: Buffer, base: number, from: number): number {
  let at = from
  while (isDigit(frame[base + at])) at++
  return at === from || at > from + 9 || (at > from + 1 && frame[base + from] === 0x30) ? 0 : at
}
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

function number(frame: Buffer, from: number, end: number): number {
  let value = 0
  for (let at = from; at < end; at++) value = value * 10 + (frame[at] ?? 0) - 0x30
  return value
}

/** One literal, so that all sends have one shape. */
const extOf = (v: readonly (string | undefined)[]): ExtFields => ({
  a: v[0],
  b: v[1],
  c: v[2],
  d: v[3],
  e: v[4],
  f: v[5],
  g: v[6],
  h: v[7],
  i: v[8],
  j: v[9],
  k: v[10],
  l: v[11],
  m: v[12],
  n: v[13],
})
