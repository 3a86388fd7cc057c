// test/e2e/govern.spec.ts: the rule editor and the pages about people by the keyboard alone, and texts that others wrote,
// shown as texts and nothing else.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, type Locator, type Page, test } from '@playwright/test'
import { pagesFolder } from '../../server/build/pages-folder.mjs'
import { contentPolicy, newNonce } from '../../server/http/csp'
import { projectRoot } from '../support/folders'
import { ADMIN } from './accounts'

const RUN = Date.now().toString(36)

/** Presses Tab until it is there, as somebody without a mouse does. */
const tabTo = async (page: Page, wanted: Locator): Promise<void> => {
  await wanted.waitFor()
  for (let presses = 0; presses < 200; ) {
    // How many it may take, so that not each of them has to be asked about: it is there when it has the focus.
    const ahead = await wanted.evaluate((element) => {
      if (element === document.activeElement) return 0
      const within = element.closest('[role="dialog"]') ?? document
      const found = within.querySelectorAll<HTMLElement>('a[href],button,input,select,textarea,[tabindex]')
      const stops: (Element | null)[] = [...found].filter(
        (one) => one.tabIndex >= 0 && !one.matches(':disabled') && one.offsetParent !== null,
      )
      return Math.max(1, stops.indexOf(element) - stops.indexOf(document.activeElement))
    })
    if (ahead === 0) return
    for (let nth = 0; nth < ahead; nth++) await page.keyboard.press('Tab')
    presses += ahead
  }
  throw new Error(`no way to ${wanted} by the keyboard`)
}
const press = async (page: Page, wanted: Locator): Promise<void> => {
  await tabTo(page, wanted)
  await page.keyboard.press('Enter')
}
const type = async (page: Page, wanted: Locator, text: string): Promise<void> => {
  await tabTo(page, wanted)
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(text)
}
/** Opens a list and takes what begins with these letters. */
const choose = async (page: Page, wanted: Locator, letters: string): Promise<void> => {
  await press(page, wanted)
  await expect(page.getByRole('listbox')).toBeVisible()
  await page.keyboard.type(letters)
  // What is typed moves the focus a little later, and not every list has it there first.
  await expect(page.locator('[role="option"]:focus')).toHaveText(new RegExp(`^${letters}`, 'i'))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('listbox')).toHaveCount(0)
}
/** Goes down the list with `j`, as its help says. */
const openRow = async (page: Page, row: Locator): Promise<void> => {
  await row.waitFor()
  for (let presses = 0; presses < 60; presses++) {
    if (await row.evaluate((element) => element === document.activeElement)) return page.keyboard.press('Enter')
    await page.keyboard.press('j')
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)))
  }
  throw new Error(`no way to ${row} by the keyboard`)
}
/** Past the navigation, by the link that is there for it. */
const skip = (page: Page): Promise<void> => press(page, page.getByRole('link', { name: 'Skip to content' }))
let found = ''
/** The cluster's address, looked up once. */
const clusterAt = async (page: Page): Promise<string> => {
  if (found !== '') return found
  await page.goto('/')
  await page.waitForURL(/\/c\/[^/]+$/)
  found = new URL(page.url()).pathname
  return found
}
/** As a page asks: with a cookie, from this site. Answers with what came of it. */
const change = async (page: Page, path: string, json: unknown) => {
  const { origin } = new URL(test.info().project.use.baseURL ?? '')
  const answer = await page.request.post(`/api/trpc/${path}`, { data: { json }, headers: { origin } })
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
  return (await answer.json()).result.data.json
}

test('a rule is made, changed and deleted by the keyboard alone', async ({ page }) => {
  const base = await clusterAt(page)
  await page.goto(`${base}/alarms/rules`)
  await expect(page.getByRole('row', { name: /Behind over 10 min/ })).toBeVisible()
  await page.keyboard.press('n')
  const sheet = page.getByRole('dialog')
  await expect(sheet.getByLabel('Name', { exact: true })).toBeFocused()
  await page.keyboard.insertText(`Keys ${RUN}`)
  await choose(page, sheet.getByRole('combobox', { name: 'Metric' }), 'clients')
  await type(page, sheet.getByLabel('Fires at'), '3')
  await press(page, sheet.getByRole('button', { name: /^Save/ }))
  const row = page.getByRole('row', { name: new RegExp(`Keys ${RUN}`) })
  await expect(row).toContainText('> 3')
  await expect(sheet).toHaveCount(0)

  await openRow(page, row)
  await type(page, sheet.getByLabel('Fires at'), '4')
  await press(page, sheet.getByRole('button', { name: /^Save/ }))
  await expect(row).toContainText('> 4')
  await expect(sheet).toHaveCount(0)
  await openRow(page, row)
  await type(page, sheet.getByLabel(`Type Keys ${RUN} to confirm`), `Keys ${RUN}`)
  await press(page, sheet.getByRole('button', { name: /^Delete/ }))
  await expect(sheet).toHaveCount(0)
  await expect(row).toHaveCount(0)
})

test('a role and an account are made, tried and deleted by the keyboard alone', async ({ page }) => {
  const [role, user] = [`keys-${RUN}`, `kim-${RUN}`]
  // Who looks as somebody else changes nothing meanwhile, in the whole session: those of other files go on in theirs.
  await page.context().clearCookies()
  await change(page, 'auth.login', ADMIN)
  await page.goto('/access/roles')
  await skip(page)
  await press(page, page.getByRole('button', { name: 'Create role' }))
  const sheet = page.getByRole('dialog')
  await type(page, sheet.getByLabel('Name', { exact: true }), role)
  await press(page, sheet.getByRole('button', { name: 'Add a right' }))
  const line = sheet.getByRole('listitem').nth(1)
  await choose(page, line.getByRole('combobox', { name: 'Right' }), 'Send')
  await type(page, line.getByLabel('Topics'), 'orders_*')
  await press(page, sheet.getByRole('button', { name: 'Create role' }))
  await expect(page.getByRole('row', { name: new RegExp(`${role}.*orders_`) })).toBeVisible()
  await expect(sheet).toHaveCount(0)

  await press(page, page.getByRole('link', { name: 'Users', exact: true }))
  await press(page, page.getByRole('button', { name: 'Create user' }))
  await type(page, sheet.getByLabel('Name', { exact: true }), user)
  await type(page, sheet.getByLabel('First password'), 'a long enough phrase 9')
  await choose(page, sheet.getByRole('combobox', { name: 'Role' }), role)
  await press(page, sheet.getByRole('button', { name: 'Create user' }))
  await expect(page.getByRole('row', { name: new RegExp(`${user}.*${role}`) })).toBeVisible()
  await expect(sheet).toHaveCount(0)

  // What that account sees, and back.
  await press(page, page.getByRole('link', { name: 'Roles', exact: true }))
  await choose(page, page.getByRole('combobox', { name: 'As whom' }), `Account: ${user}`)
  await press(page, page.getByRole('button', { name: 'Look', exact: true }))
  await expect(page.getByRole('status').filter({ hasText: user })).toBeVisible()
  await press(page, page.getByRole('button', { name: /^End/ }))
  await page.waitForURL(/\/access\/roles$/)
  await skip(page)

  await press(page, page.getByRole('link', { name: 'Users', exact: true }))
  await press(page, page.getByRole('button', { name: user, exact: true }))
  await type(page, sheet.getByLabel(`Type ${user} to confirm`), user)
  await press(page, sheet.getByRole('button', { name: 'Delete account' }))
  await expect(page.getByRole('row', { name: new RegExp(user) })).toHaveCount(0)
})

test('an entry of the brokers’ access control is shown, with what is left, before it goes', async ({ page }) => {
  const base = await clusterAt(page)
  const cluster = base.split('/').at(-1) ?? ''
  const [user, resource] = [`app-${RUN}`, `Topic:orders_${RUN}`]
  await change(page, 'acl.putUser', {
    cluster,
    user,
    exists: false,
    secret: 'kept-safe',
    type: 'Normal',
    enabled: true,
  })
  const entries = [{ resource, actions: ['Pub'], decision: 'Allow' }]
  await change(page, 'acl.putPolicies', { cluster, user, entries })
  await page.goto(`${base}/acl`)
  await skip(page)
  const take = page.getByRole('button', { name: `Take ${resource} from ${user}` })
  const dialog = page.getByRole('dialog')
  await press(page, take)
  await expect(dialog).toContainText(`Allow Pub ${resource}`)
  await expect(dialog).toContainText(`No other entry of ${user} is left`)
  await page.keyboard.press('Escape')
  await expect(take).toBeFocused()
  await page.keyboard.press('Enter')
  await press(page, dialog.getByRole('button', { name: 'Take away on all brokers' }))
  await expect(dialog).toHaveCount(0)
  await expect(take).toHaveCount(0)
  await change(page, 'acl.deleteUser', { cluster, user, confirm: user })
})

test('a token is copied where a browser has no clipboard for scripts, and its sheet is not put aside by chance', async ({
  page,
}) => {
  // As on plain http beyond this machine. What is copied is what is selected then.
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined })
    document.addEventListener('copy', () => document.body.setAttribute('data-copied', `${getSelection()}`))
  })
  await page.goto('/access/tokens')
  await page.getByRole('button', { name: 'Create token' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('Name', { exact: true }).fill(`copied-${RUN}`)
  await sheet.getByRole('button', { name: 'Create token' }).click()
  const secret = await sheet.getByLabel('The secret').textContent()
  await sheet.getByRole('button', { name: 'Copy', exact: true }).click()
  await expect(page.locator('body')).toHaveAttribute('data-copied', secret ?? '')
  await page.keyboard.press('Escape')
  await expect(sheet.getByLabel('The secret')).toBeVisible()
  await sheet.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByRole('button', { name: `Revoke copied-${RUN}` }).click()
  await sheet.getByLabel(`Type copied-${RUN} to confirm`).fill(`copied-${RUN}`)
  await sheet.getByRole('button', { name: 'Revoke', exact: true }).click()
  await expect(sheet).toHaveCount(0)
  await expect(page.getByRole('row', { name: new RegExp(`copied-${RUN}`) })).toHaveCount(0)
})

test('what others wrote is shown as text, and no path leads out of its folder', async ({ page }) => {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('dialog', (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    // What a text made a page try is refused by its policy, and said here.
    if (/content security policy/i.test(message.text())) faults.push(message.text())
  })
  const evil = `<img src=x onerror="window.taken=1"><script>window.taken=1</script>`
  const base = await clusterAt(page)
  const cluster = base.split('/').at(-1) ?? ''
  const topic = `Hostile${RUN}`
  await change(page, 'topic.create', { cluster, topic })
  await change(page, 'message.send', {
    cluster,
    topic,
    tag: '<svg/onload=window.taken=1>',
    keys: [`"><svg/onload=window.taken=1>`],
    properties: { '<b>name</b>': evil, link: 'javascript:window.taken=1' },
    body: { kind: 'text', value: JSON.stringify({ html: evil, link: 'javascript:window.taken=1' }) },
  })
  await page.goto(`${base}/messages?topic=${topic}`)
  await page.getByText('window.taken').first().click()
  for (const view of ['Text', 'Hex', 'Base64', 'JSON'])
    await page.getByRole('radio', { name: view, exact: true }).click()
  await expect(page.getByText('javascript:window.taken=1').first()).toBeVisible()
  await page.getByRole('tab', { name: /^Properties/ }).click()
  await expect(page.getByText('<b>name</b>').first()).toBeVisible()
  expect(await page.locator('a[href^="javascript:"]').count()).toBe(0)
  for (const path of [`topics/${encodeURIComponent(evil)}`, `groups/${encodeURIComponent(evil)}`]) {
    await page.goto(`${base}/${path}`)
    await expect(page.getByText('onerror').first()).toBeVisible()
  }

  const hook = createServer((_, response) => response.writeHead(500, { 'content-type': 'text/html' }).end(evil))
  await new Promise<void>((listening) => hook.listen(0, '127.0.0.1', listening))
  try {
    const { port } = hook.address() as AddressInfo // it listens on TCP
    await change(page, 'channel.setPolicy', { hosts: [`127.0.0.1:${port}`] })
    const channel = { kind: 'webhook', name: `${evil} ${RUN}`, url: `http://127.0.0.1:${port}/` }
    const id = await change(page, 'channel.put', { channel })
    await page.goto(`${base}/alarms/channels`)
    const line = page.getByRole('listitem').filter({ hasText: RUN })
    await line.getByRole('button', { name: 'Send a test' }).click()
    await expect(line.getByText(/500.*onerror="window/).first()).toBeVisible()
    await change(page, 'channel.remove', { id })
  } finally {
    await change(page, 'channel.setPolicy', { hosts: [] })
    hook.close()
  }
  expect(await page.evaluate(() => 'taken' in window)).toBe(false)

  // Nothing outside its folders is handed out, however a path is written.
  for (const path of [
    '/../package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/_next/static/..%2f..%2f..%2fpackage.json',
    '/_next/../../package.json',
    '/_next/image?url=%2fetc%2fpasswd&w=64&q=75',
    '/c/..%2f..%2f..%2fetc%2fpasswd/topics',
    '/c/%E0%A4%A/topics',
  ]) {
    const answer = await page.request.get(path, { maxRedirects: 0 })
    expect(await answer.text(), path).not.toMatch(/"devDependencies"|root:.*:0:0/)
    expect([200, 307, 308, 400, 404], `${path}: ${answer.status()}`).toContain(answer.status())
  }

  // What Next hands out when it fails before a page began is a file, and keeps to the policy of the others.
  await page.route('**/fails', (route) =>
    route.fulfill({
      status: 500,
      contentType: 'text/html; charset=utf-8',
      headers: { 'content-security-policy': contentPolicy(newNonce()) },
      body: readFileSync(join(projectRoot, pagesFolder(''), 'server', 'pages', '500.html')),
    }),
  )
  await page.goto('/fails')
  await expect(page.getByRole('link', { name: /Try again/ })).toBeVisible()
  expect(faults).toEqual([])
})
