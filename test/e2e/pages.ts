// test/e2e/pages.ts: every page of a cluster in the looks one asks for (language and theme): it shows what it is about,
// throws nothing, fits its window, and leaves a picture. Each spec that uses it has a topic and a group of its own.
import { AxeBuilder } from '@axe-core/playwright'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Page,
  type TestInfo,
  test,
} from '@playwright/test'
import { run } from '../support/children'
import { projectRoot } from '../support/folders'

const RUN = Date.now().toString(36) // a server that is already running keeps what an earlier run left
export const TOPIC = `PagesTopic${RUN}`
export const GROUP = `GID_pages_${RUN}`
let base = ''
/** The cluster's address, once the first test has found it. */
export const clusterPath = (): string => base

const addresses = [
  { name: 'overview', path: '', en: 'Throughput', zh: '吞吐' },
  { name: 'brokers', path: '/brokers', en: 'Name server', zh: 'NameServer' },
  { name: 'broker', path: '/brokers/broker-a:0', en: 'Throughput in bytes', zh: '吞吐（字节）' },
  { name: 'topics', path: '/topics', en: 'Create topic', zh: '创建 Topic' },
  { name: 'topic', path: `/topics/${TOPIC}`, en: 'Throughput', zh: '吞吐' },
  { name: 'topic-queues', path: `/topics/${TOPIC}/queues`, en: 'Oldest', zh: '最小位点' },
  { name: 'topic-messages', path: `/topics/${TOPIC}/messages`, en: 'scanned', zh: '已扫描' },
  { name: 'topic-config', path: `/topics/${TOPIC}/config`, en: 'Change configuration', zh: '修改配置' },
  { name: 'groups', path: '/groups', en: 'Create group', zh: '创建消费者组' },
  { name: 'group', path: `/groups/${GROUP}`, en: 'Time to drain', zh: '预计消化' },
  { name: 'group-config', path: `/groups/${GROUP}/config`, en: 'Change configuration', zh: '修改配置' },
  {
    name: 'group-history',
    path: `/groups/${GROUP}/history`,
    en: 'What was done to this group',
    zh: '对此消费者组的操作',
  },
  { name: 'group-reset', path: `/groups/${GROUP}/reset`, en: 'Choose the target', zh: '选择目标' },
  { name: 'messages', path: '/messages', en: 'Find a message', zh: '查询消息' },
  { name: 'search', path: `/messages?topic=${TOPIC}`, en: 'matched', zh: '匹配' },
  { name: 'clients', path: '/clients', en: 'Producer', zh: '生产者' },
  {
    name: 'doctor',
    path: `/doctor?symptom=receive&topic=${TOPIC}&group=${GROUP}`,
    en: 'What explains it',
    zh: '可能的原因',
  },
  { name: 'dead-letters', path: '/dlq', en: 'retr', zh: '组在重试' },
  { name: 'dead-group', path: `/dlq/${GROUP}`, en: 'No dead letters of this group', zh: '该组没有死信' },
  { name: 'jobs', path: '/jobs', en: 'Long work goes on', zh: '长任务无需浏览器' },
  { name: 'transactions', path: '/transactions', en: 'No open half message', zh: '没有未决的半事务消息' },
  { name: 'scheduled', path: '/scheduled', en: 'Delay levels', zh: '延时级别' },
  { name: 'traces', path: '/traces', en: 'Follow a message', zh: '跟踪一条消息' },
  { name: 'metrics', path: '/metrics', en: 'Resource report', zh: '资源报表' },
  { name: 'users', path: '/access/users', en: 'Create user', zh: '创建用户' },
  { name: 'roles', path: '/access/roles', en: 'Built-in roles', zh: '内置角色' },
  { name: 'masks', path: '/access/masks', en: 'What is hidden of messages', zh: '消息中被隐藏的内容' },
  { name: 'acl', path: '/acl', en: 'Users of the brokers', zh: 'Broker 用户' },
  { name: 'clusters', path: '/clusters', en: 'What they can do', zh: '能力对比' },
  { name: 'cluster-new', path: '/clusters?open=new', en: 'host:port, one a line', zh: 'host:port，每行一个' },
  { name: 'settings', path: '/settings', en: 'Single sign-on', zh: '单点登录' },
  { name: 'tokens', path: '/access/tokens', en: 'Create token', zh: '创建令牌' },
  { name: 'audit', path: '/audit', en: 'Everybody', zh: '所有人' },
  { name: 'send', path: `/send?topic=${TOPIC}`, en: 'Send a message', zh: '发送消息' },
] as const

const looks = {
  light: { width: 1440, language: 'en', scheme: 'light', aheadMs: 0 },
  // A browser's clock is not the server's, and a slow one takes over what was sent some seconds ago.
  'dark-zh': { width: 1440, language: 'zh', scheme: 'dark', aheadMs: 90_000 },
} as const
const phone = { width: 390, height: 844 }

export const visit = async (page: Page, path: string, words: string): Promise<void> => {
  await page.goto(/^\/(audit|access|clusters|settings)/.test(path) ? path : `${base}${path}`) // the audit log is of all clusters
  await expect(page.getByText(words).first()).toBeVisible()
  await expect(page.getByRole('status', { name: /^(Loading|加载中)/ })).toHaveCount(0)
  await expect(page.getByRole('alert').filter({ hasText: /\S/ })).toHaveCount(0)
}

/** What axe calls serious or worse, in a form that says where; of all its rules or of these. */
const seriousOf = async (page: Page, ...rules: string[]): Promise<string[]> => {
  // There are no frames, and nobody reads what passed: axe need neither collect from other pages nor describe it.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  return (await (rules.length > 0 ? axe.withRules(rules) : axe).analyze()).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.slice(0, 5).map(({ target, html }) => `${id}: ${target.join(' ')} ${html}`))
}

let isLeft = false // a worker may run several of these files, one after the other
/** A topic of one's own, made as a person makes it, and a client that has sent and consumed. */
async function leaveSomethingToShow(page: Page): Promise<void> {
  if (isLeft) return
  await page.goto('/')
  await page.waitForURL(/\/c\/[^/]+$/)
  base = new URL(page.url()).pathname
  await page.goto(`${base}/topics?new=topic`)
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('Name', { exact: true }).fill('PagesTopic!')
  await expect(sheet.getByText('Only letters, digits, and')).toBeVisible()
  await sheet.getByLabel('Name', { exact: true }).fill(TOPIC)
  await sheet.getByRole('button', { name: /^Create/ }).click()
  await expect(page).toHaveURL(new RegExp(`/topics/${TOPIC}$`))
  const program = `${projectRoot}/test/client/node/roundtrip.mjs`
  const { stdout, output } = await run(process.execPath, [program, process.env.E2E_NAMESRV ?? '', TOPIC, GROUP, '30'])
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}'), output).toEqual({ sent: 30, received: 30, wrong: 0 })
  isLeft = true
}

/** A context that outlives a test, with what the project says of each. */
const openContext = (browser: Browser, use: TestInfo['project']['use'], more: BrowserContextOptions = {}) => {
  const { storageState, baseURL, locale, timezoneId } = use
  const given = Object.entries({ storageState, baseURL, locale, timezoneId }).filter(([, one]) => one !== undefined)
  return browser.newContext({ ...Object.fromEntries(given), ...more })
}

/** To be called once by a spec file, before its own tests: a topic, a group and messages for pages to show. */
export function somethingToShow(): void {
  // For each worker: one that takes over after a failure begins with a topic of its own.
  test.beforeAll(async ({ browser }, { project }) => {
    const context = await openContext(browser, project.use)
    await leaveSomethingToShow(await context.newPage())
    await context.close()
  })
}

/** All that a spec file does. No test needs another: one that is tried again runs alone, and any worker takes the next. */
export function pagesIn(name: keyof typeof looks): void {
  const { width, language, scheme, aheadMs } = looks[name]
  test.describe.configure({ mode: 'parallel' })
  somethingToShow()

  // One for all pages that a worker looks at: as in anybody's browser, scripts and styles are fetched and compiled once.
  let context: BrowserContext
  test.beforeAll(async ({ browser }, { project }) => {
    context = await openContext(browser, project.use, { viewport: { width, height: 900 }, colorScheme: scheme })
    await context.addCookies([{ name: 'rd_language', value: language, url: project.use.baseURL ?? '' }])
    await context.addInitScript((ms) => {
      const now = Date.now
      Date.now = () => now() + ms
    }, aheadMs)
  })
  test.afterAll(() => context?.close())

  for (const { name: pageName, path, ...words } of addresses)
    test(`${pageName} shows itself in ${name} and throws nothing`, async () => {
      const info = test.info()
      const page = await context.newPage()
      const faults: string[] = []
      // What the page's policy refuses is an error in the browser's console, so it is among the faults.
      page.on('response', (response) => {
        if (!response.request().isNavigationRequest() || response.status() >= 300) return
        const policy = response.headers()['content-security-policy'] ?? ''
        if (!/script-src 'nonce-[^']{20,}' 'strict-dynamic'/.test(policy)) faults.push(`no strict policy: ${policy}`)
      })
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('favicon')) faults.push(message.text())
      })
      /** It fits its window, and leaves a picture. */
      const look = async (suffix: string): Promise<void> => {
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
        const picture = info.outputPath(`${pageName}-${suffix}.png`)
        await page.screenshot({ path: picture, caret: 'initial' })
        await info.attach(`${pageName}-${suffix}`, { path: picture, contentType: 'image/png' })
      }
      await visit(page, path, words[language])
      await look(name)
      // One visit serves both themes and both widths: what differs between them is style alone.
      if (name === 'light') {
        expect(await seriousOf(page)).toEqual([])
        await page.emulateMedia({ colorScheme: 'dark' })
        expect(await seriousOf(page, 'color-contrast')).toEqual([])
        await page.emulateMedia({ colorScheme: 'light' })
        await page.setViewportSize(phone)
        await look('phone')
      }
      expect(faults).toEqual([])
      await page.close() // one that failed stays, for its picture
    })
}
