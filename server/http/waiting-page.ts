// server/http/waiting-page.ts: what a browser shows until there are pages. Depends on nothing that has to be built.
import type { ServerResponse } from 'node:http'
import { contentPolicy, newNonce } from './csp'

/** Answers 503. The page looks again by a script: to a browser, a refresh of an address with a fragment is a jump within it. */
export function waitingPage(response: ServerResponse, why: string): void {
  const nonce = newNonce()
  response.writeHead(503, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentPolicy(nonce),
    'cache-control': 'no-store',
    'retry-after': '2',
  })
  response.end(
    `<!doctype html><meta charset="utf-8"><title>rocketdeck</title>
<noscript><meta http-equiv="refresh" content="2"></noscript>
<style nonce="${nonce}">:root{color-scheme:light dark}body{font:16px/1.5 system-ui;display:grid;place-items:center;height:90vh}</style>
<p>${why} This page looks again every two seconds.</p>
<script nonce="${nonce}">setTimeout(() => location.reload(), 2000)</script>`,
  )
}
