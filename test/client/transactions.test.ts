// test/client/transactions.test.ts: the stock transaction producer against this broker: commit, rollback, check back at
// whichever producer of the group lives, its own immunity time, too many checks, and kills between half and end.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Child } from '../support/children'
import { compileJava, javaParts, launchJava } from '../support/java'
import { type OurCluster, startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

const TOPIC = 'TransactionTopic'
const settings = { transactionCheckInterval: '1000', transactionTimeOut: '1000', transactionCheckMax: '3' }
const flags = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`])

let ours: OurCluster
let client: Child
let missing: string | undefined
beforeAll(async () => {
  const parts = await javaParts()
  if ('missing' in parts) {
    missing = parts.missing
    return
  }
  ours = await startOurs({ flags })
  const wire = openWire(ours.broker)
  await wire.createTopic(TOPIC, 2)
  wire.close()
  const classes = await compileJava(parts)
  client = launchJava({ ...parts, classes, main: 'Transactions', args: [ours.namesrv, TOPIC, 'tx'] })
  await client.line(/^READY/, 60_000)
  await tell('start A', /^STARTED A/)
})
afterAll(async () => {
  await client?.kill()
  if (ours !== undefined) expect(await ours.child.stop()).toEqual({ code: 0, signal: null })
})

const tell = (command: string, until: RegExp): Promise<string> => {
  client.write(`${command}\n`)
  return client.line(until, 60_000)
}
const send = (producer: string, state: string, text: string, ...properties: string[]) =>
  tell(['send', producer, state, text, ...properties].join(' '), new RegExp(`^SENT ${text} .*SEND_OK`))
const answer = (state: string): void => client.write(`answer ${state}\n`)
const count = (pattern: RegExp): number => client.output.split('\n').filter((line) => pattern.test(line)).length
const received = (text: string): number => count(new RegExp(`^RECEIVED ${text} `))
const checked = (text: string): number => count(new RegExp(`^CHECKED \\w+ ${text} `))
const arrival = (text: string): Promise<string> => client.line(new RegExp(`^RECEIVED ${text} `), 60_000)

describe('the Java transaction producer', () => {
  it('TX2: commits what its consumers get, with the transaction id and the marks that Apache leaves', async (context) => {
    if (missing) return context.skip(missing)
    const sent = await send('A', 'COMMIT_MESSAGE', 'committed')
    const [, , msgId] = sent.split(' ')
    const line = await arrival('committed')
    expect(line.split(' ').slice(2, 4)).toEqual([msgId, '8'])
    expect(line).toMatch(/PGROUP=tx, TAGS=T, TRACE_ON=true, TRAN_MSG=true, UNIQ_KEY=/)
  })

  it('TX2: rolls back what nobody ever gets, and is not asked about either', async (context) => {
    if (missing) return context.skip(missing)
    answer('COMMIT_MESSAGE')
    for (let n = 0; n < 20; n++) {
      await send('A', 'ROLLBACK_MESSAGE', `rolled-${n}`)
      await send('A', 'COMMIT_MESSAGE', `kept-${n}`)
    }
    await send('A', 'UNKNOW', 'marker')
    await arrival('marker') // asked about after all the others
    expect(count(/^RECEIVED kept-/)).toBe(20)
    expect(count(/^RECEIVED rolled-/)).toBe(0)
    expect([checked('marker'), count(/^CHECKED \w+ (rolled|kept)-/)]).toEqual([1, 0])
  })

  it('is asked about what it left open, by its real topic', async (context) => {
    if (missing) return context.skip(missing)
    answer('COMMIT_MESSAGE')
    await send('A', 'UNKNOW', 'asked')
    expect(await client.line(/^CHECKED A asked /, 60_000)).toBe(`CHECKED A asked 1 ${TOPIC}`)
    await arrival('asked')
    expect(received('asked')).toBe(1)
  })

  it('TX3: may be gone: another of its group is asked', async (context) => {
    if (missing) return context.skip(missing)
    answer('UNKNOW')
    await send('A', 'UNKNOW', 'orphan', 'CHECK_IMMUNITY_TIME_IN_SECONDS=5') // time to change places
    await tell('stop A', /^STOPPED A/)
    answer('COMMIT_MESSAGE')
    await tell('start B', /^STARTED B/)
    expect(await client.line(/^CHECKED B orphan /, 60_000)).toContain('CHECKED B orphan')
    await arrival('orphan')
    expect(received('orphan')).toBe(1)
    await tell('start C', /^STARTED C/)
  })

  it.each(['CHECK_IMMUNITY_TIME_IN_SECONDS', 'CheckImmunityTimeInSeconds'])(
    'TX4: is left alone for as long as it asks with %s, and then asked',
    async (name) => {
      if (missing) return
      answer('COMMIT_MESSAGE')
      const from = Date.now()
      await send('C', 'UNKNOW', name, `${name}=4`)
      await arrival(name)
      expect(Date.now() - from).toBeGreaterThanOrEqual(4000) // when it is due to the millisecond: prepared-message.test.ts
      expect(checked(name)).toBe(1)
    },
  )

  it('TX7: is asked three times where three are allowed; then the message is set aside', async (context) => {
    if (missing) return context.skip(missing)
    answer('UNKNOW')
    await send('C', 'UNKNOW', 'silent')
    await client.line(/^CHECKED \w+ silent 3 /, 60_000)
    await sleep(2500) // two more rounds
    expect(checked('silent')).toBe(3)
    expect(received('silent')).toBe(0)
    const wire = openWire(ours.broker)
    const [aside] = await wire.readAll('TRANS_CHECK_MAX_TIME_TOPIC', 0)
    wire.close()
    expect(aside?.body.toString()).toBe('silent')
  })

  it('TX8: loses nothing and gets nothing twice when the broker is killed between half and end', async (context) => {
    if (missing) return context.skip(missing)
    answer('UNKNOW')
    const texts = Array.from({ length: 10 }, (_, n) => `killed-${n}`)
    for (const text of texts) await send('C', 'UNKNOW', text)
    for (let n = 0; n < 10; n++) await send('C', 'COMMIT_MESSAGE', `before-${n}`)
    await arrival('before-9')
    await ours.child.kill()
    const { namesrvPort, brokerPort, dataDir } = ours
    ours = await startOurs({ flags, namesrvPort, brokerPort, dataDir })
    answer('COMMIT_MESSAGE')
    for (const text of texts) await arrival(text)
    await send('C', 'UNKNOW', 'after')
    await arrival('after')
    expect(texts.map(received)).toEqual(texts.map(() => 1))
    expect(count(/^CHECKED \w+ before-/)).toBe(0)
  })
})
