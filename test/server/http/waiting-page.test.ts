// test/server/http/waiting-page.test.ts: the page until there are pages: its script may run, and reloads also where the
// address has a fragment, as the first login's has.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { waitingPage } from '../../../server/http/waiting-page'

it('reloads by a script that its own policy lets run', async () => {
  const server = createServer((_, response) => waitingPage(response, 'Not yet.'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo // it listens on a port
  const answer = await fetch(`http://127.0.0.1:${port}/setup`)
  const nonce = /script-src 'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1]
  const page = await answer.text()
  expect(answer.status).toBe(503)
  expect(page).toContain('Not yet.')
  expect(page).toContain(`<script nonce="${nonce}">setTimeout(() => location.reload(), 2000)</script>`)
  expect(page.replace(/<noscript>.*<\/noscript>/, '')).not.toContain('http-equiv="refresh"')
})
