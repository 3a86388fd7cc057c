// test/long/order.test.ts: order per key while stock consumers come and go twenty times, the broker restarts and the topic
// grows; fifty consumers that join and leave; a listener that is stuck for longer than its consumeTimeout.
import { expect, it, onTestFinished } from 'vitest'
import { compileJava, javaParts, launchJava } from '../support/java'
import { freePort } from '../support/ports'
import { startOurBroker, startOurNamesrv } from '../support/rocketdeck'

const SEED = process.env.ROCKETDECK_SEED ?? '1'
const REBALANCES = process.env.ROCKETDECK_REBALANCES ?? '20'

it('OR6, CO21: keeps order, gives every queue one owner, and gets back what is stuck', {
  timeout: 900_000,
}, async (context) => {
  const parts = await javaParts()
  if ('missing' in parts) return context.skip(parts.missing)
  const classes = await compileJava(parts)
  // without it clients are not told of ORDER_TOPIC_CONFIG (Apache's default too), and more queues move keys to others
  const namesrv = await startOurNamesrv({ flags: ['--set', 'orderMessageEnable=true'] })
  onTestFinished(async () => void (await namesrv.child.stop()))
  const port = await freePort([-2, 0, 1])
  const levels = Array(18).fill('1s').join(' ')
  const flags = ['--set', `messageDelayLevel=${levels}`]
  let broker = await startOurBroker({ namesrv: namesrv.address, port, flags })
  onTestFinished(async () => void (await broker.child.stop()))
  const args = [namesrv.address, SEED, REBALANCES, '50']
  const child = launchJava({ ...parts, classes, main: 'Orders', args, heap: '1g' })
  onTestFinished(() => child.kill())
  const restarting = child.line(/^RESTART/, 300_000).then(async () => {
    await broker.child.kill()
    broker = await startOurBroker({ namesrv: namesrv.address, port, dataDir: broker.dataDir, flags })
    child.write('again\n')
  })
  const said = async (what: string): Promise<unknown> => {
    const line = await child.line(new RegExp(`^\\{"what":"${what}"`), 600_000)
    console.log(line)
    return JSON.parse(line)
  }
  await restarting
  // what was stored without an answer is sent, and comes, twice
  expect(await said('ordered')).toMatchObject({ complete: true, skipped: 0 })
  expect(await said('storm')).toMatchObject({ joined: 50, left: 16, owned: true })
  expect(await said('stuck')).toMatchObject({ times: [0, 1] })
})
