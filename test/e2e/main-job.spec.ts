// test/e2e/main-job.spec.ts: the main job in a browser: a topic is made, a stock client sends and consumes, and the
// console shows what it did. What follows from there, resets above all, is in reset.spec.ts.
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { run } from '../support/children'
import { projectRoot } from '../support/folders'

const RUN = Date.now().toString(36) // a second try begins anew, beside what the first one left
const TOPIC = `Checkout${RUN}`
const GROUP = `CheckoutReaders${RUN}`
const BURIED = `GID_buried_${RUN}`
const COUNT = 50

/** A stock Node client, and the line of JSON it ends with. */
const roundtrip = async (): Promise<unknown> => {
  const program = join(projectRoot, 'test', 'client', 'node', 'roundtrip.mjs')
  const { stdout, output } = await run(process.execPath, [
    program,
    process.env.E2E_NAMESRV ?? '',
    TOPIC,
    GROUP,
    `${COUNT}`,
  ])
  const last = stdout.trim().split('\n').at(-1)
  expect(last, output).toBeTruthy()
  return JSON.parse(last ?? '')
}

test.describe.configure({ mode: 'serial' })

test('CN2: a topic is made', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'Topics' }).first().click()
  await page.getByRole('button', { name: 'Create topic' }).first().click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('Name', { exact: true }).fill(TOPIC)
  await sheet.getByRole('button', { name: /^Create on/ }).click()
  await expect(page).toHaveURL(new RegExp(`/topics/${TOPIC}`))
})

test('a stock client sends and consumes, and topic and group show it', async ({ page }) => {
  expect(await roundtrip()).toEqual({ sent: COUNT, received: COUNT, wrong: 0 })
  await page.goto('/')
  await page.getByRole('link', { name: 'Groups' }).first().click()
  await expect(page.getByRole('link', { name: GROUP }).first()).toBeVisible()
  await page.getByRole('link', { name: 'Topics' }).first().click()
  await expect(page.getByRole('link', { name: TOPIC }).first()).toBeVisible()
})

test('CN4: a message is found by its key', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'Search' }).first().click()
  const box = page.getByPlaceholder('Message id, offset id, or key')
  await box.fill('key-7')
  await box.press('Enter')
  await expect(page.getByText('body 7', { exact: false }).first()).toBeVisible()
})

test('CN4: messages are found by a pattern, and two of them compared', async ({ page }) => {
  await page.goto('/')
  await page.waitForURL(/\/c\/[^/]+$/)
  const base = new URL(page.url()).pathname
  const search = new URLSearchParams({ topic: TOPIC, re: 'body [78] ', expr: "key IN ('key-7', 'key-8')" })
  await page.goto(`${base}/messages?${search}`)
  const table = page.getByRole('table', { name: 'Messages found' })
  await expect(table.getByText(/^key-[78]$/)).toHaveCount(2)
  for (const box of await table.getByRole('checkbox').all()) await box.check()
  await page.getByRole('button', { name: 'Compare' }).click()
  await expect(page.getByText('− body', { exact: false })).toBeVisible()
  await expect(page.getByText('+ body', { exact: false })).toBeVisible()
})

test('RT10: dead letters are put back by a job, each with its result', async ({ page }) => {
  await page.goto('/')
  await page.waitForURL(/\/c\/[^/]+$/)
  const base = new URL(page.url()).pathname
  // The letters are made over the wire of the console: a client needs sixteen tries to bury one.
  await page.evaluate(
    async ({ cluster, group }) => {
      const ask = async (path: string, json: object): Promise<void> => {
        const body = JSON.stringify({ json: { cluster, topic: `%DLQ%${group}`, ...json } })
        const answer = await fetch(`/api/trpc/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        })
        if (!answer.ok) throw new Error(await answer.text())
      }
      await ask('topic.create', { readQueues: 1, writeQueues: 1 })
      for (const value of ['one', 'two', 'three'])
        await ask('message.send', { body: { kind: 'text', value }, keys: [value] })
    },
    { cluster: decodeURIComponent(base.split('/')[2] ?? ''), group: BURIED },
  )
  await page.goto(`${base}/dlq/${BURIED}`)
  await expect(page.getByText('3 messages, newest first')).toBeVisible()
  await page.getByRole('button', { name: 'Put all back…' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByRole('radio', { name: 'Another topic' }).click()
  await sheet.getByRole('combobox', { name: 'Topic' }).fill(TOPIC)
  await sheet.getByRole('combobox', { name: 'Topic' }).press('Enter')
  await sheet.getByLabel(`Type ${BURIED} to confirm`).fill(BURIED)
  await sheet.getByRole('button', { name: 'Put 3 messages back' }).click()
  await expect(page).toHaveURL(/\/jobs\//)
  await expect(page.getByText('3 of 3')).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: TOPIC })).toHaveCount(3)

  // The copies stay where they are, and say so; on a phone they are ticked as well.
  await page.goto(`${base}/dlq/${BURIED}`)
  await expect(page.getByRole('row').filter({ hasText: /put back \d/ })).toHaveCount(3)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('checkbox', { name: 'Tick all rows of this page' }).check()
  await page.getByRole('button', { name: 'Put back…' }).click()
  await expect(page.getByRole('dialog').getByText(/Left out 3/)).toBeVisible() // none says where it came from
})
