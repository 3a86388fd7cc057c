// test/client/node/steady.mjs: a stock Node program (ali-ons) that keeps sending or consuming until it is told to stop. It
// prints a line of JSON for what happened and must never know which broker it talks to.
// usage: steady.mjs NAMESRV TOPIC GROUP send|consume [PER_SECOND]
import { Consumer, Message, Producer } from 'ali-ons'

const [namesrv, topic, group, what, perSecondText = '20'] = process.argv.slice(2)
const quiet = { info() {}, warn() {}, debug() {}, error() {} }
const common = { nameSrv: namesrv, accessKeyId: 'none', accessKeySecret: 'none', logger: quiet, httpclient: {} }
const say = (event) => console.log(JSON.stringify(event))

let client
if (what === 'send') {
  client = new Producer({ ...common, producerGroup: `P_${group}` })
  await client.ready()
  let number = 0
  const timer = setInterval(async () => {
    number += 1
    const message = new Message(topic, 'Steady', JSON.stringify({ order: number, paid: true }))
    message.keys = [`steady-${number}`]
    const { sendStatus, msgId } = await client.send(message)
    say({ sent: number, key: `steady-${number}`, id: msgId, status: sendStatus })
  }, 1000 / Number(perSecondText))
  process.once('SIGTERM', () => clearInterval(timer))
} else {
  client = new Consumer({ ...common, consumerGroup: group, isBroadcast: false })
  let consumed = 0
  client.subscribe(topic, '*', async () => {
    consumed += 1
    say({ consumed })
  })
  await client.ready()
  say({ ready: true })
}
process.once('SIGTERM', async () => {
  await client.close().catch(() => undefined)
  process.exit(0)
})
