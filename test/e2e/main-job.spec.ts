// test/e2e/main-job.spec.ts: the main job in a browser: a topic is made, a stock client sends and consumes, and the
// console shows what it did. What follows from there, resets above all, is in reset.spec.ts.
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { run } from '../support/children'
import { projectRoot } from '../support/folders'

const TOPIC = 'Checkout'
const GROUP = 'CheckoutReaders'
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
  await expect(page.getByRole('link', { name: GROUP }).first()).toBeVisible({ timeout: 30_000 })
  await page.getByRole('link', { name: 'Topics' }).first().click()
  await expect(page.getByRole('link', { name: TOPIC }).first()).toBeVisible()
})

test('CN4: a message is found by its key', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'Search' }).first().click()
  const box = page.getByPlaceholder('Message id, offset id, or key')
  await box.fill('key-7')
  await box.press('Enter')
  await expect(page.getByText('body 7', { exact: false }).first()).toBeVisible({ timeout: 20_000 })
})
