// test/support/chromium.mjs: where a Chromium is, for the browser tests: named in ROCKETDECK_CHROMIUM, in Playwright's
// own cache, in PATH, or, as the last resort and bounded in time, downloaded by Playwright.
import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'

const DOWNLOAD_MS = 120_000
/** The shell first: it needs a third to a half less of a machine than a whole browser, and Playwright's own is one too. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Path of an executable, or undefined. Downloads nothing. */
export async function findChromium() {
  const named = process.env.ROCKETDECK_CHROMIUM
  if (named) {
    if (existsSync(named)) return named
    throw new Error(`ROCKETDECK_CHROMIUM names ${named}, which does not exist`)
  }
  return (await cached()) ?? inPath()
}

/** @param {(line: string) => void} say */
export async function findOrFetchChromium(say) {
  const found = await findChromium()
  if (found) return found
  say(`no Chromium found; trying Playwright's download for at most ${DOWNLOAD_MS / 1000} s`)
  const cli = createRequire(import.meta.url).resolve('@playwright/test/cli')
  const done = await new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, 'install', 'chromium'], { stdio: 'ignore' })
    const late = setTimeout(() => child.kill('SIGKILL'), DOWNLOAD_MS)
    child.once('error', () => resolve(false))
    child.once('close', (code) => {
      clearTimeout(late)
      resolve(code === 0)
    })
  })
  return done ? cached() : undefined
}

async function cached() {
  const { chromium } = await import('@playwright/test')
  const path = chromium.executablePath()
  return path && existsSync(path) ? path : undefined
}

function inPath() {
  for (const name of NAMES) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, name)
      if (folder !== '' && statSync(path, { throwIfNoEntry: false })?.isFile()) return path
    }
  }
  return undefined
}
