// test/server/http/allow-from.test.ts: SE4: whom the console's port serves, directly and behind a proxy.
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { admissionFor } from '../../../broker/worker/admission'
import { doormanFor } from '../../../server/http/allow-from'
import { openPeers } from '../../../server/http/peer'

const socketFrom = (remoteAddress: string): Socket =>
  Object.defineProperties(new Socket(), {
    remoteAddress: { value: remoteAddress },
    localAddress: { value: '192.168.7.1' },
  })
const ends = (proxies: readonly string[], peer: string, forwarded?: string): [boolean, boolean] => {
  const allowed = admissionFor('console', { console: '10.0.0.0/8' }, () => {})
  if (allowed === undefined) throw new Error('console is named')
  const doorman = doormanFor(allowed, openPeers(proxies))
  const socket = socketFrom(peer)
  const request = new IncomingMessage(socket)
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded
  return [doorman.mayConnect(socket), doorman.mayAsk(request)]
}

it('goes by where the connection comes from, whatever a header says', () => {
  expect(ends([], '10.1.1.1')).toEqual([true, true])
  expect(ends([], '::ffff:10.1.1.1')).toEqual([true, true])
  expect(ends([], '192.168.7.1')).toEqual([true, true])
  expect(ends([], '8.8.8.8', '10.1.1.1')[0]).toBe(false)
})

it('goes by the client that a trusted proxy names', () => {
  const proxies = ['192.168.7.1', '172.16.0.0/12']
  expect(ends(proxies, '192.168.7.1', '10.1.1.1')).toEqual([true, true])
  expect(ends(proxies, '192.168.7.1', '8.8.8.8')).toEqual([true, false])
  expect(ends(proxies, '172.16.0.9', '10.9.9.9, 8.8.8.8, 172.16.0.3')).toEqual([true, false])
  expect(ends(proxies, '192.168.7.1')).toEqual([true, false]) // a proxy that names nobody lets nobody in
})
