// test/server/router/console.test.ts: what failed is told in the diagnostics bundle without addresses, and else as it was said.
import { expect, it } from 'vitest'
import { withoutAddresses } from '../../../server/router/console'

it.each([
  'namesrv:9876',
  'localhost:9876',
  'broker-a:10911',
  'broker-a.internal:10911',
  '2nd-broker:10911',
  '10.0.0.5',
  '10.0.0.5:9876',
  'https://hooks.example/secret?x=1',
  'ldap://directory/dc=x',
  '[::1]:9876',
  '[2001:db8::5]:9876',
  '[fe80::1%eth0]:9876',
  '::1',
  'fe80::1%eth0',
  '2001:db8::5',
  '2001:db8:1:2:3:4:5:6',
  '::ffff:10.0.0.5',
])('leaves out %s', (address) => {
  expect(withoutAddresses(`Nobody answers at ${address} in time`)).toBe('Nobody answers at (an address) in time')
  expect(withoutAddresses(`"${address}" ${address}`)).not.toContain(address)
})
it('leaves out a name that is not known', () => {
  expect(withoutAddresses('getaddrinfo ENOTFOUND namesrv')).toBe('getaddrinfo ENOTFOUND (an address)')
})
it.each([
  'since 12:30:05 it fails',
  '2026-11-29T12:30:05.123Z',
  'at 12:30',
  'broker-a:0 says nothing',
  'of 3:1, [5]',
  'std::bad_alloc, code: 16',
  'org.apache.rocketmq.Client.send',
])('leaves %s as it is', (text) => {
  expect(withoutAddresses(text)).toBe(text)
})
