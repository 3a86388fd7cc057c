// broker/filter/script-judge.ts: what a thread of filter scripts does: keeps an interpreter for each script and judges the
// records it is handed, in the order in which they come. It knows no broker and asks nobody.
import { inflateSync } from 'node:zlib'
import type { QuickJSWASMModule } from 'quickjs-emscripten-core'
import { Property, parseProperties, splitKeys } from '../protocol/properties'
import { decodeRecord, piecesOf, type StoredRecord } from '../protocol/record'
import { compressionOf } from '../protocol/sys-flag'
import { openScript, type ScriptEngine, type Verdict } from './script-engine'
import { type FromScriptThread, Judged, scriptLimits, type ToScriptThread } from './script-types'

/** An interpreter of its own. */
export type NewInterpreter = () => Promise<QuickJSWASMModule>
interface Loaded {
  readonly source: string
  readonly timeLimitMs: number
  /** undefined: it is opened with the next message. */
  engine: ScriptEngine | undefined
}

export function createScriptJudge(
  interpreter: NewInterpreter,
  tell: (message: FromScriptThread) => void,
): (message: ToScriptThread) => Promise<void> {
  const loaded = new Map<string, Loaded>()
  const open = async (source: string, timeLimitMs: number) => openScript(await interpreter(), source, timeLimitMs)

  const judgeOne = async (held: Loaded | undefined, record: Buffer): Promise<Verdict> => {
    if (held === undefined) return { kind: 'error', fault: 'its script is not loaded' }
    try {
      held.engine ??= await open(held.source, held.timeLimitMs)
    } catch (error) {
      return { kind: 'error', fault: textOf(error) }
    }
    const verdict = judged(held.engine, record)
    if (held.engine.isSpent) held.engine = undefined
    return verdict
  }

  const handle = async (message: ToScriptThread): Promise<void> => {
    switch (message.type) {
      case 'load': {
        const { source, timeLimitMs } = message
        loaded.set(message.group, { source, timeLimitMs, engine: undefined })
        return
      }
      case 'forget':
        loaded.delete(message.group)
        return
      case 'try': {
        const { id, source, timeLimitMs, record } = message
        try {
          const engine = await open(source, timeLimitMs)
          const verdict = record && judged(engine, Buffer.from(record.buffer, record.byteOffset, record.length))
          if (verdict === undefined) tell({ type: 'tried', id, fault: undefined })
          else if ('kind' in verdict) tell({ type: 'tried', id, fault: verdict.fault })
          else tell({ type: 'tried', id, fault: undefined, passes: verdict.passes })
        } catch (error) {
          tell({ type: 'tried', id, fault: textOf(error) })
        }
        return
      }
      case 'judge': {
        const held = loaded.get(message.group)
        const { buffer, byteOffset, length } = message.records
        const records = piecesOf([Buffer.from(buffer, byteOffset, length)])
        const verdicts = new Uint8Array(records.length).fill(Judged.unasked)
        let fault: string | undefined
        let overruns = 0
        for (const [index, record] of records.entries()) {
          if (overruns >= scriptLimits.overrunsInRow) break
          const verdict = await judgeOne(held, record)
          const code = codeOf(verdict)
          verdicts[index] = code
          overruns = code === Judged.overrun ? overruns + 1 : 0
          if ('kind' in verdict) fault = verdict.fault
        }
        tell({ type: 'judged', id: message.id, verdicts, fault })
      }
    }
  }
  let last = Promise.resolve()
  tell({ type: 'ready' })
  // one after the other: answers are told apart by their order
  return (message) => {
    last = last.then(() => handle(message))
    return last
  }
}
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function judged(engine: ScriptEngine, bytes: Buffer): Verdict {
  let record: StoredRecord
  try {
    record = decodeRecord(bytes)
  } catch (error) {
    return { kind: 'error', fault: `a damaged message: ${error instanceof Error ? error.message : error}` }
  }
  return engine.judge(shown(record, engine.readsBody))
}

function codeOf(verdict: Verdict): number {
  if ('kind' in verdict) return verdict.kind === 'error' ? Judged.fault : Judged.overrun
  return verdict.passes ? Judged.passed : Judged.leftOut
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
    ...(withBody ? { body: bodyOf(record) } : {}),
  })
}

/** As UTF-8; null for what is too long, or packed in a way that is not unpacked here. */
function bodyOf({ body, sysFlag }: StoredRecord): string | null {
  const packed = compressionOf(sysFlag)
  try {
    if (packed === 'none') return body.length > scriptLimits.bodyBytes ? null : body.toString('utf8')
    if (packed !== 'zlib') return null
    return inflateSync(body, { maxOutputLength: scriptLimits.bodyBytes }).toString('utf8')
  } catch {
    return null
  }
}
