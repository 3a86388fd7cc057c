// test/server/shared/shared.test.ts: names, settings of brokers and inputs: what may be asked at all.
import { describe, expect, it } from 'vitest'
import { configEntry, configFault } from '../../../server/shared/broker-config'
import { messageAt, resetPreviewInput, sendInput, setupInput, topicCreateInput } from '../../../server/shared/inputs'
import { groupNameFault, groupOfTopic, parseBrokerKey, topicKind, topicNameFault } from '../../../server/shared/names'

describe('names', () => {
  it.each([
    ['orders', null],
    ['a|b_c-d%1', null],
    ['', 'empty'],
    ['../x', 'bad-character'],
    ['with space', 'bad-character'],
    ['line\nbreak', 'bad-character'],
    ['x'.repeat(127), null],
    ['x'.repeat(128), 'too-long'],
    ['TBW102', 'reserved'],
    ['rmq_sys_x', 'reserved'],
  ])('%j as a topic: %s', (name, fault) => expect(topicNameFault(name)).toBe(fault))
  it('of groups are shorter, and those of the system are taken', () => {
    expect(groupNameFault('x'.repeat(120))).toBeNull()
    expect(groupNameFault('x'.repeat(121))).toBe('too-long')
    expect(groupNameFault('CID_RMQ_SYS_TRANS')).toBe('reserved')
  })
  it('CN3: of groups may begin with GID_, CID_ and PID_, and with no blank, as some printed examples do', () => {
    expect(['GID_orders', 'CID_orders', 'PID_orders'].map(groupNameFault)).toEqual([null, null, null])
    expect([' CID_jodie_test_1', 'jodie_test_B '].map(groupNameFault)).toEqual(['bad-character', 'bad-character'])
  })
  it('tell retry and dead-letter topics and whose they are', () => {
    expect([topicKind('%RETRY%g'), topicKind('%DLQ%g'), topicKind('SCHEDULE_TOPIC_XXXX'), topicKind('t')]).toEqual([
      'retry',
      'dlq',
      'system',
      'user',
    ])
    expect([groupOfTopic('%RETRY%g'), groupOfTopic('%DLQ%g'), groupOfTopic('t')]).toEqual(['g', 'g', null])
  })
  it('of brokers end with an id', () => {
    expect(parseBrokerKey('broker-a:0')).toEqual({ name: 'broker-a', id: 0 })
    expect(parseBrokerKey('a:b:12')).toEqual({ name: 'a:b', id: 12 })
    expect([parseBrokerKey('broker-a'), parseBrokerKey(':0'), parseBrokerKey('a:-1')]).toEqual([null, null, null])
  })
})
describe('a setting of a broker', () => {
  it('is changed only from the list, in its type and range', () => {
    expect(configFault('fileReservedTime', '72')).toBeNull()
    expect(configFault('fileReservedTime', '0')).toMatch(/between 1 and 8760/)
    expect(configFault('fileReservedTime', '7.5')).toMatch(/whole number/)
    expect(configFault('autoCreateTopicEnable', 'yes')).toMatch(/true or false/)
    expect(configFault('storePathRootDir', '/')).toMatch(/cannot be changed/)
    expect(configFault('deleteWhen', '04\nlistenPort=1')).toMatch(/one line/)
  })
  it('that holds a secret is never shown', () => {
    expect(configEntry('innerClientAuthenticationCredentials', '{"accessKey":"a"}').value).toBe('••••••')
    expect(configEntry('brokerName', 'broker-a')).toMatchObject({ editable: false, whyNot: 'identity' })
  })
})
describe('an input', () => {
  it('takes offsets of 64 bits and refuses what is none', () => {
    const at = { cluster: 'c', topic: 't', broker: 'b', queueId: 0 }
    expect(messageAt.parse({ ...at, queueOffset: 9223372036854775807n }).queueOffset).toBe(9223372036854775807n)
    expect(messageAt.safeParse({ ...at, queueOffset: -1n }).success).toBe(false)
    expect(messageAt.safeParse({ ...at, queueOffset: 5 }).success).toBe(false)
  })
  it('takes names with % as they are, and no paths', () => {
    expect(
      resetPreviewInput.parse({ cluster: 'c', group: 'g', topics: ['%RETRY%g'], target: { kind: 'latest' } }).topics,
    ).toEqual(['%RETRY%g'])
    expect(resetPreviewInput.safeParse({ cluster: 'c', group: '../g', target: { kind: 'latest' } }).success).toBe(false)
    const created = topicCreateInput.safeParse({ cluster: 'c', topic: '../x' })
    expect(created.error?.issues[0]).toMatchObject({ path: ['topic'], message: 'bad-character' })
  })
  it('has keys without blanks and passwords of some length', () => {
    const send = { cluster: 'c', topic: 't', body: { kind: 'text', value: '' } }
    expect(sendInput.safeParse({ ...send, keys: ['a b'] }).success).toBe(false)
    expect(sendInput.safeParse({ ...send, keys: ['a'] }).success).toBe(true)
    expect(setupInput.safeParse({ token: 't', name: 'root', password: 'eleven char' }).success).toBe(false)
  })
})
