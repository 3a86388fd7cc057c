// test/e2e/server.ts: the server under test: `npm start` on free ports with an empty data folder, until the pages
// answer. What tests must know of it stands in their environment: E2E_BASE_URL, E2E_DATA, E2E_NAMESRV.
import { setTimeout as sleep } from 'node:timers/promises'
import { findOrFetchChromium } from '../support/chromium.mjs'
import { temporaryFolder } from '../support/folders'
import { freeClusterPorts, freePort } from '../support/ports'
import { launchProgram } from '../support/rocketdeck'

/** The pages may have to be built first. */
const START_MS = 300_000

export default async function startServer(): Promise<(() => Promise<void>) | undefined> {
  const chromium = await findOrFetchChromium((line) => console.log(line))
  if (chromium) process.env.ROCKETDECK_CHROMIUM = chromium
  if (process.env.E2E_BASE_URL) return undefined // one is running already
  const port = await freePort()
  const { namesrvPort, brokerPort } = await freeClusterPorts(2)
  const dataDir = temporaryFolder('e2e')
  const ports = ['--port', `${port}`, '--namesrv-port', `${namesrvPort}`, '--broker-port', `${brokerPort}`]
  const server = launchProgram('start', [...ports, '--data', dataDir])
  Object.assign(process.env, {
    E2E_BASE_URL: `http://127.0.0.1:${port}`,
    E2E_DATA: dataDir,
    E2E_NAMESRV: `127.0.0.1:${namesrvPort}`,
  })
  const until = Date.now() + START_MS
  for (;;) {
    if (!server.running) throw new Error(`the server ended:\n${server.output}`)
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    if (answer?.status === 200) break
    const why = answer ? await answer.text() : 'no answer'
    if (Date.now() > until || why.includes('failed')) {
      await server.stop()
      throw new Error(`the server is not up (${why.trim()}):\n${server.output}`)
    }
    await sleep(200)
  }
  return async () => {
    const { code } = await server.stop()
    if (code !== 0) throw new Error(`the server ended with code ${code}:\n${server.output}`)
  }
}
