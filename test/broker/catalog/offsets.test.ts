// test/broker/catalog/offsets.test.ts: how far groups have come, and consumerOffset.json.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openOffsets } from '../../../broker/catalog/offsets'

let configDir: string
beforeEach(async () => {
  configDir = await mkdtemp(join(tmpdir(), 'rocketdeck-offsets-'))
})
afterEach(() => rm(configDir, { recursive: true, force: true }))

const open = (saveIntervalMs = 60_000) => openOffsets({ configDir, saveIntervalMs, clock: () => 1000, log: () => {} })

describe('the offsets of a broker', () => {
  it('know where a group pulled to before its first commit, without listing the group', async () => {
    const offsets = await open()
    offsets.notePull('g', 't', 0, 4)
    expect(offsets.pulledTo('g', 't', 0)).toBe(4)
    expect(offsets.topicsOf('g')).toEqual([])
    expect(offsets.groupsOf('t')).toEqual([])
    offsets.commit('g', 't', 1, 2)
    expect(offsets.pulledTo('g', 't', 0)).toBe(4)
    offsets.notePull('gone', 't', 0, 4)
    offsets.removeTopic('t')
    expect(offsets.pulledTo('g', 't', 0)).toBe(-1)
    expect(offsets.pulledTo('gone', 't', 0)).toBe(-1)
    await offsets.close()
  })

  it('are -1 where nothing was committed, and may go backwards', async () => {
    const offsets = await open()
    expect(offsets.query('g', 't', 0)).toBe(-1)
    offsets.commit('g', 't', 0, 10)
    offsets.commit('g', 't', 0, 4)
    expect(offsets.query('g', 't', 0)).toBe(4)
    expect(offsets.query('g', 't', 1)).toBe(-1)
    await offsets.close()
  })

  it('know the topics of a group and the groups of a topic', async () => {
    const offsets = await open()
    offsets.commit('g', 'a', 0, 1)
    offsets.commit('g', 'b', 0, 1)
    offsets.commit('h', 'a', 0, 1)
    expect(offsets.topicsOf('g')).toEqual(['a', 'b'])
    expect(offsets.groupsOf('a')).toEqual(['g', 'h'])
    offsets.removeTopic('a')
    expect(offsets.topicsOf('g')).toEqual(['b'])
    expect(offsets.groupsOf('a')).toEqual([])
    offsets.removeGroup('g')
    expect([...offsets.entries()]).toEqual([])
    await offsets.close()
  })

  it('hold a reset until the next pull takes it, once', async () => {
    const offsets = await open()
    offsets.commit('g', 't', 0, 100)
    offsets.reset('g', 't', 0, 7)
    expect(offsets.query('g', 't', 0)).toBe(7)
    expect(offsets.pendingReset('g', 't', 0)).toBe(7)
    expect(offsets.takeReset('g', 't', 0)).toBe(7)
    expect(offsets.takeReset('g', 't', 0)).toBeUndefined()
    await offsets.close()
  })

  it('can be copied from one group to another', async () => {
    const offsets = await open()
    offsets.commit('from', 'a', 0, 5)
    offsets.commit('from', 'a', 1, 6)
    offsets.commit('from', 'b', 0, 7)
    offsets.clone('from', 'one', 'a')
    offsets.clone('from', 'all', undefined)
    expect([...(offsets.of('one', 'a') ?? [])]).toEqual([[0, 5], [1, 6]]) // biome-ignore format: pairs
    expect(offsets.of('one', 'b')).toBeUndefined()
    expect(offsets.query('all', 'b', 0)).toBe(7)
    await offsets.close()
  })

  it('are written as Apache writes consumerOffset.json, and come back', async () => {
    const before = await open()
    before.commit('g', 't', 0, 12)
    before.commit('g', 't', 1, 7)
    await before.close()
    expect(await readFile(join(configDir, 'consumerOffset.json'), 'utf8')).toBe(
      '{\n\t"dataVersion":{\n\t\t"counter":0,\n\t\t"stateVersion":0,\n\t\t"timestamp":1000\n\t},\n' +
        '\t"groupTopicMap":{\n\t\t"g":[\n\t\t\t"t"\n\t\t]\n\t},\n' +
        '\t"offsetTable":{\n\t\t"t@g":{\n\t\t\t0:12,\n\t\t\t1:7\n\t\t}\n\t}\n}',
    )
    const after = await open()
    expect(after.query('g', 't', 1)).toBe(7)
    await after.close()
  })

  it('are saved on their own after the interval, and not written when nothing moved', async () => {
    const offsets = await open(5)
    offsets.commit('g', 't', 0, 12)
    const path = join(configDir, 'consumerOffset.json')
    await expect.poll(() => readFile(path, 'utf8').catch(() => '')).toContain('0:12')
    await offsets.save()
    await rm(path)
    await offsets.save()
    await expect(readFile(path)).rejects.toThrow(/ENOENT/)
    await offsets.close()
  })

  it('skip keys of the file that name no group', async () => {
    await writeFile(
      join(configDir, 'consumerOffset.json'),
      '{"offsetTable":{"@g":{0:1},"t@":{0:1},"plain":{0:1},"t@g":{"0":9}}}',
    )
    const offsets = await open()
    expect([...offsets.entries()].map(({ group, topic }) => `${topic}@${group}`)).toEqual(['t@g'])
    expect(offsets.query('g', 't', 0)).toBe(9)
    await offsets.close()
  })

  it('find an entry as fast among 10,000 groups as among one', async () => {
    const offsets = await open()
    for (let group = 0; group < 10_000; group++) offsets.commit(`g${group}`, 't', 0, group)
    expect(offsets.query('g9999', 't', 0)).toBe(9999)
    expect(offsets.groupsOf('t')).toHaveLength(10_000)
    await offsets.close()
  })
})
