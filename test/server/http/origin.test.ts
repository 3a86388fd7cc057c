// test/server/http/origin.test.ts: who may ask at all: names that are nobody else's, and pages of this console.
import { describe, expect, it } from 'vitest'
import { originFault } from '../../../server/http/origin'

const rules = { allowedHosts: ['console.example.org'] }
const ask = (headers: Record<string, string>, method = 'POST', told?: string) =>
  originFault({ method, headers }, rules, told)

describe('a request', () => {
  it.each([
    'localhost:3000',
    '127.0.0.1:3000',
    '[::1]:3000',
    '192.168.1.5',
    'console.example.org',
    'Console.Example.org:443',
  ])('is let in at %s', (host) => expect(ask({ host })).toBeNull())
  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:3000', ''])(
    'is turned away at %s',
    (host) => expect(ask({ host })).toBe('host'),
  )
  it('without a Host is turned away', () => expect(ask({})).toBe('host'))
  it('from a page of another site is turned away, also on another port', () => {
    expect(ask({ host: 'localhost:3000', origin: 'http://evil.example' })).toBe('origin')
    expect(ask({ host: 'localhost:3000', origin: 'http://localhost:4000' })).toBe('origin')
    expect(ask({ host: 'localhost:3000', origin: 'null' })).toBe('origin')
    expect(ask({ host: 'localhost:3000', origin: 'http://localhost:3000' })).toBeNull()
    expect(ask({ host: '127.0.0.1:3000', origin: 'https://console.example.org' })).toBeNull()
  })
  it('is turned away where a proxy was asked for a name that is nobody’s here', () => {
    const inner = { host: '127.0.0.1:3000' }
    expect(ask(inner, 'GET', 'evil.example')).toBe('host')
    expect(ask(inner, 'GET', 'console.example.org')).toBeNull()
    expect(ask({ ...inner, origin: 'https://console.example.org:8443' }, 'POST', 'console.example.org:8443')).toBeNull()
    expect(ask({ ...inner, origin: 'https://evil.example' }, 'POST', 'console.example.org')).toBe('origin')
  })
  it('that changes something is turned away when a browser says that another site sent it', () => {
    expect(ask({ host: 'localhost:3000', 'sec-fetch-site': 'cross-site' })).toBe('origin')
    expect(ask({ host: 'localhost:3000', 'sec-fetch-site': 'cross-site' }, 'GET')).toBeNull()
  })
})
