// test/client/node/roundtrip.mjs: a stock Node program (ali-ons) that sends and consumes. It prints one line of JSON
// and must never know which broker it talks to. usage: roundtrip.mjs NAMESRV TOPIC GROUP COUNT
import { Consumer, Message, Producer } from 'ali-ons'

const [namesrv, topic, group, countText] = process.argv.slice(2)
const count = Number(countText)
const quiet = { info() {}, warn() {}, debug() {}, error: (...words) => console.error(...words) }
const common = { nameSrv: namesrv, accessKeyId: 'none', accessKeySecret: 'none', logger: quiet, httpclient: {} }

const producer = new Producer({ ...common, producerGroup: `P_${group}` })
await producer.ready()
let sent = 0
for (let i = 0; i < count; i++) {
  const message = new Message(topic, 'TagA', `body ${i} 世界 😀`)
  message.keys = [`key-${i}`]
  const result = await producer.send(message)
  if (result.sendStatus === 'SEND_OK') sent += 1
}

const seen = new Set()
let wrong = 0
let finish
const all = new Promise((resolve) => {
  finish = resolve
})
const consumer = new Consumer({ ...common, consumerGroup: group, isBroadcast: false })
consumer.subscribe(topic, 'TagA', async (message) => {
  const body = message.body.toString()
  const number = Number(body.split(' ')[1])
  if (body !== `body ${number} 世界 😀` || message.tags !== 'TagA') wrong += 1
  seen.add(number)
  if (seen.size === count) finish()
})
await consumer.ready()
const limit = setTimeout(finish, 60_000)
await all
clearTimeout(limit)
await consumer.close()
await producer.close()
console.log(JSON.stringify({ sent, received: seen.size, wrong }))
process.exit(0)
