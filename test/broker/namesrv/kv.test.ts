// test/broker/namesrv/kv.test.ts: small settings by namespace and key, and the file that keeps them.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RequestCode as Ask } from '../../../broker/protocol/codes'
import { done, nameServerPerTest } from '../../support/name-server'

const server = nameServerPerTest()
const { ask, register, restart, route } = server

describe('key-value settings', () => {
  const at = { namespace: 'ORDER_TOPIC_CONFIG', key: 'T' }

  it('NS9: are kept in the file that Apache keeps, and survive a restart', async () => {
    expect(await ask(Ask.PUT_KV_CONFIG, { ...at, value: 'broker-a:8 "ü"' })).toEqual(done)
    expect(readFileSync(join(server.dataDir, 'kvConfig.json'), 'utf8')).toBe(
      '{"configTable":{"ORDER_TOPIC_CONFIG":{"T":"broker-a:8 \\"ü\\""}}}',
    )
    await ask(Ask.PUT_KV_CONFIG, { ...at, key: 'U', value: '2' })
    expect(readFileSync(join(server.dataDir, 'kvConfig.json.bak'), 'utf8')).not.toContain('"U"')
    await restart()
    expect(await ask(Ask.GET_KV_CONFIG, at)).toMatchObject({ code: 0, ext: { value: 'broker-a:8 "ü"' } })
    expect((await ask(Ask.GET_KVLIST_BY_NAMESPACE, at)).body).toBe('{"table":{"T":"broker-a:8 \\"ü\\"","U":"2"}}')
    await ask(Ask.DELETE_KV_CONFIG, at)
    expect((await ask(Ask.GET_KVLIST_BY_NAMESPACE, at)).body).toBe('{"table":{"U":"2"}}')
  })

  it('come back from the backup when their file was torn', async () => {
    await ask(Ask.PUT_KV_CONFIG, { ...at, value: '1' })
    await ask(Ask.PUT_KV_CONFIG, { ...at, value: '2' })
    writeFileSync(join(server.dataDir, 'kvConfig.json'), '{"configTable":{"ORD')
    await restart()
    expect(await ask(Ask.GET_KV_CONFIG, at)).toMatchObject({ ext: { value: '1' } })
  })

  it('say in words what is not there', async () => {
    expect(await ask(Ask.GET_KV_CONFIG, { namespace: 'a', key: 'b' })).toMatchObject({
      code: 22,
      remark: 'No config item, Namespace: a Key: b',
    })
    expect(await ask(Ask.GET_KVLIST_BY_NAMESPACE, { namespace: 'a' })).toMatchObject({
      code: 22,
      remark: 'No config item, Namespace: a',
    })
    expect(await ask(Ask.PUT_KV_CONFIG, { key: 'b', value: 'x' })).toMatchObject({
      code: 1,
      remark: 'namespace or key is null',
    })
  })

  it('hand the order of queues to brokers, and to clients when that is switched on', async () => {
    await ask(Ask.PUT_KV_CONFIG, { ...at, value: 'broker-a:8' })
    expect((await register()).body).toBe('{"table":{"T":"broker-a:8"}}')
    expect((await route()).orderTopicConf).toBeUndefined()
    await ask(Ask.UPDATE_NAMESRV_CONFIG, {}, 'orderMessageEnable=true\nreturnOrderTopicConfigToBroker=false')
    expect((await route()).orderTopicConf).toBe('broker-a:8')
    expect((await register()).body).toBe('')
  })
})
