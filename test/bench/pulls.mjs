// test/bench/pulls.mjs: pulls as the stock Java client writes them, and what costs next to nothing at their other end: a
// consumer that takes a backlog again and again, and one that waits for messages which come at a steady rate.
import { frames } from './sends.mjs'

export const topic = 'TopicOfTheCost'
const group = 'GroupOfTheCost'
export const queueCount = 4

const json = (code, opaque, extFields, body = Buffer.alloc(0)) => {
  const header = Buffer.from(
    JSON.stringify({
      code,
      ...(extFields === undefined ? {} : { extFields }),
      flag: 0,
      language: 'JAVA',
      opaque,
      serializeTypeCurrentRPC: 'JSON',
      version: 513,
    }),
  )
  const prefix = Buffer.alloc(8)
  prefix.writeUInt32BE(4 + header.length + body.length, 0)
  prefix.writeUInt32BE(header.length, 4)
  return Buffer.concat([prefix, header, body])
}

/** Without it the broker knows no subscription of the group. */
export function heartbeat() {
  const subscription = { topic, subString: '*', expressionType: 'TAG', subVersion: 1, classFilterMode: false }
  const consumer = {
    groupName: group,
    consumeType: 'CONSUME_PASSIVELY',
    messageModel: 'CLUSTERING',
    consumeFromWhere: 'CONSUME_FROM_FIRST_OFFSET',
    unitMode: false,
    subscriptionDataSet: [{ ...subscription, tagsSet: [], codeSet: [] }],
  }
  const body = { clientID: 'cost@1', producerDataSet: [], consumerDataSet: [consumer] }
  return json(34, 0, undefined, Buffer.from(JSON.stringify(body)))
}

/** Of a push consumer: it commits what it has, and waits where there is nothing. The opaque is the queue's number. */
const pull = (queueId, queueOffset) =>
  json(11, queueId, {
    queueId: String(queueId),
    bname: 'broker-a',
    maxMsgNums: '32',
    sysFlag: '3',
    suspendTimeoutMillis: '15000',
    expressionType: 'TAG',
    topic,
    queueOffset: String(queueOffset),
    requestSource: '0',
    maxMsgBytes: '2147483647',
    subVersion: '1',
    commitOffset: String(queueOffset),
    consumerGroup: group,
  })

/** Hands out each whole frame of a socket: its header as an object. */
function onFrames(socket, take) {
  let rest = Buffer.alloc(0)
  const onData = (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (bytes.length - at >= 4 && bytes.length - at - 4 >= bytes.readUInt32BE(at)) {
      const headerEnd = at + 8 + (bytes.readUInt32BE(at + 4) & 0xff_ffff)
      take(JSON.parse(bytes.toString('latin1', at + 8, headerEnd)))
      at += 4 + bytes.readUInt32BE(at)
    }
    rest = bytes.subarray(at)
  }
  socket.on('data', onData)
  return () => socket.off('data', onData)
}
const refused = ({ code, remark }) => new Error(`the broker answers ${code} ${remark ?? ''}`)

/** Takes at least `count` messages of what is there, each queue from its start again when it has ended. */
export function takeBacklog(socket, count) {
  return new Promise((resolve, reject) => {
    let taken = 0
    let pulls = 0
    let open = queueCount
    const offsets = new Array(queueCount).fill(0)
    const end = onFrames(socket, ({ code, remark, opaque, extFields }) => {
      if (code !== 0) return reject(refused({ code, remark }))
      const next = Number(extFields.nextBeginOffset)
      taken += next - offsets[opaque]
      pulls++
      offsets[opaque] = next >= Number(extFields.maxOffset) ? 0 : next
      if (taken < count) return socket.write(pull(opaque, offsets[opaque]))
      if (--open > 0) return
      end()
      resolve({ taken, pulls })
    })
    for (let queueId = 0; queueId < queueCount; queueId++) socket.write(pull(queueId, 0))
  })
}

/** Sends `rate` a second for so long, takes them from other sockets, and answers with how long each was on its way, in ms. */
export function live(sender, consumer, { rate, seconds, size }) {
  return new Promise((resolve, reject) => {
    const makeFrame = frames(size, 0, 1)
    const due = Array.from({ length: queueCount }, () => [])
    const offsets = new Array(queueCount).fill(-1)
    const tookMs = []
    let sent = 0
    const total = rate * seconds
    let began = 0
    let ended = false
    const finish = () => {
      ended = true
      clearInterval(timer)
      endAnswers()
      endPulls()
      resolve(tookMs)
    }
    const endAnswers = onFrames(sender, (head) => head.code !== 0 && reject(refused(head)))
    const endPulls = onFrames(consumer, ({ code, remark, opaque, extFields }) => {
      if (ended) return
      if (code !== 0 && code !== 19 && code !== 21) return reject(refused({ code, remark }))
      const next = Number(extFields.nextBeginOffset)
      const now = performance.now()
      if (offsets[opaque] >= 0) {
        for (let offset = offsets[opaque]; offset < next; offset++) tookMs.push(now - due[opaque].shift())
      }
      offsets[opaque] = next
      if (tookMs.length === total) return finish()
      consumer.write(pull(opaque, next))
    })
    // each queue's end is asked for first: a place beyond it
    for (let queueId = 0; queueId < queueCount; queueId++) consumer.write(pull(queueId, Number.MAX_SAFE_INTEGER - 1))
    const timer = setInterval(() => {
      if (offsets.includes(-1)) return
      if (began === 0) began = performance.now()
      for (const upTo = Math.min(total, ((performance.now() - began) * rate) / 1000); sent < upTo; sent++) {
        due[sent % queueCount].push(began + (sent * 1000) / rate)
        sender.write(makeFrame(sent))
      }
    }, 0)
  })
}

export const quantile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)]
