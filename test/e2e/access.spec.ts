// test/e2e/access.spec.ts: an admin makes a role and an account, asks who may, and makes a token; the new account then sees
// what it may and is told why not.
import { expect, test } from '@playwright/test'

const RUN = Date.now().toString(36)
const USER = `ann-${RUN}`
const ROLE = `team-${RUN}`
const PASSWORD = 'a long enough phrase 9'

test.describe.configure({ mode: 'serial' })
test('CN15: a role of one’s own, an account that holds it, and who may', async ({ page }) => {
  await page.goto('/access/roles')
  await page.getByRole('button', { name: 'Create role' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('Name', { exact: true }).fill(ROLE)
  await sheet.getByRole('button', { name: 'Add a right' }).click()
  const line = sheet.getByRole('listitem').nth(1)
  await line.getByRole('combobox', { name: 'Right' }).click()
  await page.getByRole('option', { name: 'Reset offsets' }).click()
  await line.getByLabel('Groups').fill('GID_orders_*')
  await sheet.getByRole('button', { name: 'Create role' }).click()
  await expect(page.getByRole('row', { name: new RegExp(`${ROLE}.*GID_orders_`) })).toBeVisible()

  await page.getByRole('link', { name: 'Users' }).click()
  await page.getByRole('button', { name: 'Create user' }).click()
  await sheet.getByLabel('Name', { exact: true }).fill(USER)
  await sheet.getByLabel('First password').fill(PASSWORD)
  await sheet.getByRole('combobox', { name: 'Role' }).click()
  await page.getByRole('option', { name: ROLE }).click()
  await sheet.getByRole('button', { name: 'Create user' }).click()
  await expect(page.getByRole('row', { name: new RegExp(`${USER}.*${ROLE}`) })).toBeVisible()

  await page.getByRole('link', { name: 'Roles' }).click()
  const row = page.getByRole('listitem').filter({ hasText: new RegExp(`${USER}s*may`) })
  await page.getByLabel('Group', { exact: true }).fill('GID_orders_eu')
  await expect(row).toContainText('may, as')
  await page.getByLabel('Group', { exact: true }).fill('GID_payments')
  await expect(row).toContainText('may not')
})

test('a token is shown once and lets a program in with its rights alone', async ({ page, request, baseURL }) => {
  await page.goto('/access/tokens')
  await page.getByRole('button', { name: 'Create token' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('Name', { exact: true }).fill(`ci-${RUN}`)
  await sheet.getByRole('button', { name: 'Create token' }).click()
  const secret = (await sheet.getByLabel('The secret').textContent()) ?? ''
  expect(secret).toMatch(/^rdt_/)
  const ask = (path: string) =>
    request.get(`${baseURL}/api/trpc/${path}`, { headers: { authorization: `Bearer ${secret}`, cookie: '' } })
  expect((await ask('cluster.list')).status()).toBe(200)
  expect((await ask('access.users')).status()).toBe(403)
  await sheet.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByRole('button', { name: `Revoke ci-${RUN}` }).click()
  await sheet.getByLabel(`Type ci-${RUN} to confirm`).fill(`ci-${RUN}`)
  await sheet.getByRole('button', { name: 'Revoke', exact: true }).click()
  await expect(sheet).toHaveCount(0)
  await expect(page.getByRole('row', { name: new RegExp(`ci-${RUN}`) })).toHaveCount(0)
  expect((await ask('cluster.list')).status()).toBe(401)
})

test('who holds little sees what they may, and is told what an admin could give', async ({ browser, baseURL }) => {
  const context = await browser.newContext({
    storageState: { cookies: [], origins: [] },
    ...(baseURL === undefined ? {} : { baseURL }),
  })
  const page = await context.newPage()
  await page.goto('/login')
  await page.getByLabel('Name').fill(USER)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/c\/[^/]+$/)
  await page.goto('/access/users')
  await expect(page.getByText('For admins only')).toBeVisible()
  await page.goto(`${new URL(page.url()).origin}/access/tokens`)
  await expect(page.getByText('No token yet')).toBeVisible()
  await context.close()
})
