// broker/filter/script-judge.ts: what the thread of filter scripts does: keeps an interpreter for each script and judges the
// records it is handed, in the order in which they come. It knows no broker and asks nobody.
import { inflateSync } from 'node:zlib'
import type { QuickJSWASMModule } from 'quickjs-emscripten-core'
import { Property, parseProperties, splitKeys } from '../protocol/properties'
import { decodeRecord, piecesOf, type StoredRecord } from '../protocol/record'
import { compressionOf } from '../protocol/sys-flag'
import { openScript, type ScriptEngine, type Verdict } from './script-engine'
import { type FromScriptThread, Judged, scriptLimits, type ToScriptThread } from './script-types'

interface Loaded {
  readonly engine: ScriptEngine | undefined
  /** Why there is none. */
  readonly fault: string
  hardInRow: number
}

export function createScriptJudge(
  quickJs: QuickJSWASMModule,
  tell: (message: FromScriptThread) => void,
): (message: ToScriptThread) => void {
  const loaded = new Map<string, Loaded>()
  tell({ type: 'ready' })
  const forget = (group: string): void => {
    loaded.get(group)?.engine?.dispose()
    loaded.delete(group)
  }
  return (message) => {
    switch (message.type) {
      case 'load': {
        forget(message.group)
        const { engine, fault = '' } = opened(quickJs, message.source, message.timeLimitMs)
        loaded.set(message.group, { engine, fault, hardInRow: 0 })
        return
      }
      case 'forget':
        forget(message.group)
        return
      case 'try': {
        const { engine, fault } = opened(quickJs, message.source, message.timeLimitMs)
        engine?.dispose()
        tell({ type: 'tried', id: message.id, fault })
        return
      }
      case 'judge': {
        const held = loaded.get(message.group)
        const { buffer, byteOffset, length } = message.records
        const records = piecesOf([Buffer.from(buffer, byteOffset, length)])
        const verdicts = new Uint8Array(records.length).fill(Judged.fault)
        let fault = held === undefined ? 'its script is not loaded' : held.fault || undefined
        if (held?.engine !== undefined) {
          for (const [index, record] of records.entries()) {
            const verdict = judged(held.engine, record)
            verdicts[index] = codeOf(verdict)
            held.hardInRow = 'kind' in verdict && verdict.kind !== 'error' ? held.hardInRow + 1 : 0
            if ('kind' in verdict) fault = verdict.fault
          }
        }
        tell({ type: 'judged', id: message.id, verdicts, fault, hardInRow: held?.hardInRow ?? 0 })
      }
    }
  }
}

function judged(engine: ScriptEngine, bytes: Buffer): Verdict {
  let record: StoredRecord
  try {
    record = decodeRecord(bytes)
  } catch (error) {
    return { kind: 'error', fault: `a damaged message: ${error instanceof Error ? error.message : error}` }
  }
  return engine.judge(shown(record, engine.readsBody))
}

const codeOf = (verdict: Verdict): number =>
  'kind' in verdict ? Judged.fault : verdict.passes ? Judged.passed : Judged.leftOut

function opened(
  quickJs: QuickJSWASMModule,
  source: string,
  timeLimitMs: number,
): { engine?: ScriptEngine; fault?: string } {
  try {
    return { engine: openScript(quickJs, source, timeLimitMs) }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}

/** The message as a script sees it. */
function shown(record: StoredRecord, withBody: boolean): string {
  const properties = parseProperties(record.properties)
  return JSON.stringify({
    topic: record.topic,
    tags: properties.get(Property.tags) ?? null,
    keys: splitKeys(properties.get(Property.keys)),
    properties: Object.fromEntries(properties),
    queueId: record.queueId,
    queueOffset: record.queueOffset,
    bornTimestamp: record.bornTimestampMs,
    storeTimestamp: record.storeTimestampMs,
    reconsumeTimes: record.reconsumeTimes,
    bodySize: record.body.length,
    ...(withBody ? { body: textOf(record) } : {}),
  })
}

/** As UTF-8; null for what is too long, or packed in a way that is not unpacked here. */
function textOf({ body, sysFlag }: StoredRecord): string | null {
  const packed = compressionOf(sysFlag)
  try {
    if (packed === 'none') return body.length > scriptLimits.bodyBytes ? null : body.toString('utf8')
    if (packed !== 'zlib') return null
    return inflateSync(body, { maxOutputLength: scriptLimits.bodyBytes }).toString('utf8')
  } catch {
    return null
  }
}
