// test/bench/raw-server.mjs: the limit for a broker in Node. It cuts frames, appends as many bytes to a file as a record
// would take, and answers with as many as a broker's answer has; it reads nothing, keeps no queue and promises nothing.
//
//   node test/bench/cost.mjs --raw      against: node test/bench/cost.mjs
import { closeSync, openSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { binaryHeader } from './sends.mjs'

/** What a record takes beside its body: its fields, a topic of 14 letters, the client's properties and the broker's own. */
const recordBytes = 91 + 14
const propertiesBytes = 53 + 70
const segmentBytes = 1024 ** 3

export async function startRawServer(port, folder) {
  const log = openSync(join(folder, 'raw.log'), 'w')
  const page = Buffer.alloc(1024 * 1024)
  let filled = 0
  let written = 0
  const owed = new Map() // socket -> answers
  let asked = false

  const endTurn = () => {
    asked = false
    writeSync(log, page, 0, filled, written % segmentBytes)
    written += filled
    filled = 0
    for (const [socket, answers] of owed) socket.write(Buffer.concat(answers))
    owed.clear()
  }
  const take = (socket, frame) => {
    const headerBytes = frame.readUInt32BE(4) & 0xff_ffff
    const json = frame[4] === 0
    const bodyBytes = frame.length - 8 - headerBytes
    const size = recordBytes + bodyBytes + propertiesBytes
    if (filled + size > page.length) endTurn()
    frame.copy(page, filled, frame.length - Math.min(frame.length, size))
    filled += size
    // the opaque is not read: whoever measures with this counts answers
    const answer = json ? jsonAnswer : binaryAnswer
    const answers = owed.get(socket)
    if (answers === undefined) owed.set(socket, [answer])
    else answers.push(answer)
    if (asked) return
    asked = true
    setImmediate(endTurn)
  }
  const server = createServer({ noDelay: true }, (socket) => {
    let rest
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk])
      let at = 0
      while (bytes.length - at >= 4) {
        const end = at + 4 + bytes.readUInt32BE(at)
        if (end > bytes.length) break
        take(socket, bytes.subarray(at, end))
        at = end
      }
      rest = at === bytes.length ? undefined : bytes.subarray(at)
    })
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: server.address().port,
    stop() {
      server.close()
      closeSync(log)
    },
  }
}

const fields = {
  MSG_REGION: 'DefaultRegion',
  TRACE_ON: 'true',
  msgId: '7F00000100002A9F0000000000000000',
  transactionId: '7F0000010F5A18B4AAC2000000000000',
  queueOffset: '100000',
  queueId: '0',
}
const jsonAnswer = framed(
  0,
  Buffer.from(
    JSON.stringify({
      ...{ code: 0, flag: 1, language: 'JAVA', serializeTypeCurrentRPC: 'JSON', version: 513 },
      ...{ extFields: fields, opaque: 100_000 },
    }),
  ),
)
const binaryAnswer = framed(1, binaryHeader({ flag: 1 }, fields))
function framed(form, header) {
  const prefix = Buffer.alloc(8)
  prefix.writeUInt32BE(4 + header.length, 0)
  prefix.writeUInt32BE(((form << 24) | header.length) >>> 0, 4)
  return Buffer.concat([prefix, header])
}
