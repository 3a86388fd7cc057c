// broker/protocol/header-json.ts: the JSON form of a command's header. Read as Apache's reader does: numbers and booleans
// among the fields become text, unknown keys are ignored. Written with keys in alphabetical order, nulls left out.
import type { LanguageName } from './codes'
import type { Command, CommandHead, ExtFields } from './command'
import { excerpt, ProtocolError } from './errors'
import { readPullJson } from './header-pull-json'
import { readSendJson } from './header-send-json'
import { languageByName, languageByNumber } from './language'
import type { ReadFields } from './send-command'

/** Reads the header in frame[from, end). */
export function readJsonHeader(frame: Buffer, from: number, end: number, body: Buffer): Command {
  return (
    readSendJson(frame, from, end, body, readAllFields) ??
    readPullJson(frame, from, end, body, readAllFields) ??
    readAnyJson(frame, from, end, body)
  )
}

const readAllFields: ReadFields = (frame, from, end, body) => readAnyJson(frame, from, end, body).ext

function readAnyJson(frame: Buffer, from: number, end: number, body: Buffer): Command {
  const text = frame.toString('utf8', from, end)
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new ProtocolError('bad-header', `the header is not JSON: ${excerpt(text)}`, { cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ProtocolError('bad-header', `the header is not a JSON object: ${excerpt(text)}`)
  }
  // an object that came from JSON.parse has text keys; each value is checked below
  const header = parsed as Record<string, unknown>
  return {
    code: int32(header.code, 'code'),
    language: language(header.language),
    version: int32(header.version, 'version'),
    opaque: int32(header.opaque, 'opaque'),
    flag: int32(header.flag, 'flag'),
    remark: header.remark === undefined || header.remark === null ? null : String(header.remark),
    ext: fields(header.extFields),
    body,
    form: 0,
  }
}

function int32(value: unknown, name: string): number {
  if (value === undefined || value === null) return 0
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  if (typeof number !== 'number' || (number | 0) !== number) {
    throw new ProtocolError('bad-header', `${name} is no 32-bit number: ${excerpt(JSON.stringify(value))}`)
  }
  return number
}

const language = (value: unknown): LanguageName =>
  typeof value === 'string' ? languageByName(value) : typeof value === 'number' ? languageByNumber(value) : 'JAVA'

function fields(value: unknown): ExtFields {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new ProtocolError('bad-header', 'extFields is not an object')
  }
  const found = value as Record<string, unknown> // an object that came from JSON.parse
  for (const name in found) {
    const held = found[name]
    if (typeof held === 'string') continue
    found[name] = held === null ? undefined : typeof held === 'object' ? JSON.stringify(held) : String(held)
  }
  return found as ExtFields // every value is text or undefined now
}

/** The header after `room` bytes left free for what comes before it. */
export function writeJsonHeader(head: CommandHead, room: number): Buffer {
  let ext = ''
  for (const name in head.ext) {
    const value = head.ext[name]
    if (value === undefined) continue
    ext += ext === '' ? `${quote(name)}:${quote(value)}` : `,${quote(name)}:${quote(value)}`
  }
  let text = `{"code":${head.code},`
  if (ext !== '') text += `"extFields":{${ext}},`
  text += `"flag":${head.flag},"language":"${head.language}","opaque":${head.opaque},`
  if (head.remark !== null) text += `"remark":${quote(head.remark)},`
  text += `"serializeTypeCurrentRPC":"JSON","version":${head.version}}`
  const sizeBytes = Buffer.byteLength(text)
  const whole = Buffer.allocUnsafe(room + sizeBytes)
  whole.write(text, room, sizeBytes === text.length ? 'latin1' : 'utf8') // units, and bytes, are as many when all is ASCII
  return whole
}

/** A loop is cheaper than a regular expression here, where nearly every text is short and plain. */
function quote(text: string): string {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return JSON.stringify(text)
  }
  return `"${text}"`
}
