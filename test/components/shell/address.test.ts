// test/components/shell/address.test.ts: addresses carry any name there and back, and lead nowhere else.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  brokerHref,
  clusterHref,
  crumbsOf,
  decoded,
  groupHref,
  safeNext,
  topicHref,
  viewOf,
  withoutCluster,
} from '../../../components/shell/address'

const SEED = 20261124

describe('an address', () => {
  it('encodes a name once and gives it back whole', () => {
    const href = topicHref('trade', '%RETRY%GID_a')
    expect(href).toBe('/c/trade/topics/%25RETRY%25GID_a')
    expect(crumbsOf(href)[2]?.text).toBe('%RETRY%GID_a')
  })
  it('leaves a broker readable', () => {
    expect(brokerHref('trade', 'broker-a:0', 'config')).toBe('/c/trade/brokers/broker-a:0/config')
  })
  it(`carries any name, seed ${SEED}`, () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (name) => {
        const crumb = crumbsOf(groupHref('c', name))[2]
        expect(crumb?.text).toBe(name)
      }),
      { seed: SEED, examples: [['a/b'], ['?q=1'], ['#x'], ['100%'], ['消费者'], ['a b']] },
    )
  })
  it('does not fall over a part that is not well formed', () => {
    expect(decoded('%E0%A4%A')).toBe('%E0%A4%A')
  })
  it('names cluster, section and object, and no tab', () => {
    expect(crumbsOf('/c/trade/topics/t1/queues').map(({ text }) => text)).toEqual(['trade', 'topics', 't1'])
    expect(crumbsOf(clusterHref('trade')).map(({ text }) => text)).toEqual(['trade'])
    expect(crumbsOf('/c/trade/alarms/rules').map(({ text }) => text)).toEqual(['trade', 'alarms'])
    expect(crumbsOf('/c/trade/topics/rules').map(({ text }) => text)).toEqual(['trade', 'topics', 'rules'])
    expect(['/c/trade/alarms/rules', '/access/roles', '/c/trade/groups/g/reset'].map(viewOf)).toEqual([
      ...['rules', 'roles', 'reset'],
    ])
    expect(['/c/trade/topics/rules', '/c/trade/topics/t1/config', '/access', '/c/trade'].map(viewOf)).toEqual([
      ...[null, null, null, null],
    ])
    expect(crumbsOf('/settings').map(({ href }) => href)).toEqual(['/settings'])
  })
})

describe('an address without a cluster', () => {
  it('keeps its path and its filters', () => {
    expect(withoutCluster({ to: '/topics/orders', q: 'a b', sort: '-lag' })).toBe('/topics/orders?q=a+b&sort=-lag')
  })
  it('is nothing when nothing was asked, or something outside', () => {
    for (const asked of [{}, { to: '//evil.example' }, { to: ['/a', '/b'] }, { to: '' }])
      expect(withoutCluster(asked)).toBe('')
  })
})

describe('the way back after login', () => {
  it('stays inside', () => {
    expect(safeNext('/c/trade/topics?q=a#x')).toBe('/c/trade/topics?q=a#x')
  })
  it.each([
    null,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/%0d%0a//evil',
    ' /x',
  ])('never leads to another host: %j', (next) => {
    const target = new URL(safeNext(next), 'http://console.test')
    expect(target.origin).toBe('http://console.test')
    expect(safeNext(next).startsWith('//')).toBe(false)
  })
})
