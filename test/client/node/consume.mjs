// test/client/node/consume.mjs: a stock Node program (ali-ons) that only consumes, until COUNT deliveries or a minute. It
// prints one line of JSON. usage: consume.mjs NAMESRV TOPIC GROUP COUNT
import { Consumer } from 'ali-ons'

const [nameSrv, topic, consumerGroup, countText] = process.argv.slice(2)
const logger = { info() {}, warn() {}, debug() {}, error: (...words) => console.error(...words) }
const common = { nameSrv, accessKeyId: 'none', accessKeySecret: 'none', logger, httpclient: {} }

const seen = new Set()
let finish
const all = new Promise((resolve) => {
  finish = resolve
})
const consumer = new Consumer({ ...common, consumerGroup, isBroadcast: false })
consumer.subscribe(topic, '*', async (message) => {
  seen.add(message.msgId)
  if (seen.size >= Number(countText)) finish()
})
await consumer.ready()
const limit = setTimeout(finish, 60_000)
await all
clearTimeout(limit)
await consumer.close()
console.log(JSON.stringify({ received: seen.size }))
