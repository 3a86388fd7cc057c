// test/broker/catalog/groups.test.ts: the table of consumer groups and its file.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newGroup, openGroups } from '../../../broker/catalog/groups'

let configDir: string
let mayCreate: boolean
beforeEach(async () => {
  configDir = await mkdtemp(join(tmpdir(), 'rocketdeck-groups-'))
  mayCreate = true
})
afterEach(() => rm(configDir, { recursive: true, force: true }))

const open = () => openGroups({ configDir, mayCreate: () => mayCreate, clock: () => 1000, log: () => {} })

describe('the groups of a broker', () => {
  it('begin with the eight that every broker knows', async () => {
    const groups = await open()
    expect(groups.size).toBe(8)
    expect(groups.peek('TOOLS_CONSUMER')).toEqual(newGroup('TOOLS_CONSUMER'))
    await groups.close()
  })

  it('appear when they are asked for, unless the name or the configuration forbids it', async () => {
    const groups = await open()
    expect(groups.peek('billing')).toBeUndefined()
    expect(groups.get('billing')).toEqual(newGroup('billing'))
    expect(groups.peek('billing')).toBeDefined()
    expect(groups.get('../x')).toBeUndefined()
    expect(groups.get('')).toBeUndefined()
    expect(groups.get('x'.repeat(121))).toBeUndefined()
    mayCreate = false
    expect(groups.get('shipping')).toBeUndefined()
    await groups.close()
  })

  it('come back after a restart, with what they may not read', async () => {
    const before = await open()
    before.put({ ...newGroup('billing'), retryMaxTimes: 3, consumeEnable: false })
    before.setForbidden('billing', 'secrets', true)
    await before.close()
    const after = await open()
    expect(after.peek('billing')?.retryMaxTimes).toBe(3)
    expect(after.peek('billing')?.consumeEnable).toBe(false)
    expect(after.isForbidden('billing', 'secrets')).toBe(true)
    expect(after.isForbidden('billing', 'orders')).toBe(false)
    after.setForbidden('billing', 'secrets', false)
    expect(after.isForbidden('billing', 'secrets')).toBe(false)
    expect(after.forbidden.size).toBe(0)
    await after.close()
  })

  it('are read from a file that an older Apache broker wrote', async () => {
    await writeFile(
      join(configDir, 'subscriptionGroup.json'),
      '{"dataVersion":{"counter":7,"timestamp":5},"subscriptionGroupTable":{"old":{"brokerId":0,"consumeBroadcastEnable":false,"consumeEnable":true,"consumeFromMinEnable":true,"groupName":"old","retryMaxTimes":5,"retryQueueNums":2,"whichBrokerWhenConsumeSlowly":1}}}',
    )
    const groups = await open()
    expect(groups.peek('old')).toEqual({
      ...newGroup('old'),
      consumeBroadcastEnable: false,
      retryMaxTimes: 5,
      retryQueueNums: 2,
    })
    expect(groups.version.counter).toBe(7)
    await groups.close()
  })
})
