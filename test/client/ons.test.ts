// test/client/ons.test.ts: Alibaba Cloud's own TCP client, unchanged, as its manual shows it: every kind of message it
// knows. It takes our name server's address; what it signs is not looked at without access control.
import { expect, it, onTestFinished } from 'vitest'
import { compileJava, javaParts, onsLib, runJava } from '../support/java'
import { freePort } from '../support/ports'
import { startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

const isAsked = process.env.ROCKETDECK_ONS === '1'
const topics = ['Normal', 'Retry', 'Timed', 'Order', 'Trans', 'Batch', 'Pull', 'All', 'Sql', 'Address']

it.skipIf(!isAsked)(
  'SD1, IN4, RT5, OR2, DL2, TX4: ons-client 1.8.8.5 finds every kind of message as its manual has it',
  async (context) => {
    const parts = await javaParts()
    if ('missing' in parts) return context.skip(parts.missing)
    const ons = await onsLib()
    if ('missing' in ons) return context.skip(ons.missing)
    const jars = { ...parts, lib: ons.lib }
    const classes = await compileJava(jars, 'java-ons')
    const addressPort = await freePort()
    const flags = [
      '--address-port',
      `${addressPort}`,
      '--set',
      `messageDelayLevel=${Array(18).fill('1s').join(' ')}`,
      '--set',
      'transactionCheckInterval=1000',
    ]
    const ours = await startOurs({ flags })
    onTestFinished(async () => void (await ours.child.stop()))
    const wire = openWire(ours.broker)
    for (const topic of topics) await wire.createTopic(`Ons${topic}`, 4)
    wire.close()
    const { output } = await runJava({
      ...jars,
      classes,
      main: 'Ons',
      args: [ours.namesrv, `http://127.0.0.1:${addressPort}/rocketmq/nsaddr4client-internal`],
      timeoutMs: 170_000,
    })
    const saw = output.split('\n').filter((line) => line.startsWith('SAW '))
    const seen = Object.fromEntries(saw.map((line) => [line.split(' ')[1], line.split(' ').slice(2).join(' ')]))
    expect(seen).toEqual({
      normal: '[async/TagB/key-async/null, oneway/TagA/key-oneway/null, sync/TagA/key-sync/значение] true OnsNormal',
      // RT5: three ways to ask for another try; RT6: counted from 0
      retry: '{commit=[0], later=[0, 1, 2], null=[0, 1, 2], throws=[0, 1, 2]}',
      // DL2, DL4, DL5: none before its millisecond
      timed: '{in -3600000=0, in 1500=0, in 2718=0} beyond 40 days refused',
      // OR2: the key decides the order
      order: '{a=[a-create, a-pay, a-ship], b=[b-create, b-pay, b-ship], c=[c-create, c-pay, c-ship]} failed 1',
      // TX2, TX4: its own name of the immunity time
      transaction: '[commit, unknown] rollback said asked {unknown=1} not before its time true',
      batch: '50 together true',
      pull: '20 of 4 partitions',
      broadcast: '27', // CO7
      sql: '[m4, m6]',
      address: 'OnsAddress', // NS8
    })
  },
)
