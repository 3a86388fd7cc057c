// test/client/mqadmin.test.ts: the stock mqadmin cannot tell this broker from Apache's: both get the same content from
// stock clients, both are asked the same, and what the tool prints is compared once addresses, ids and times are masked.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileJava, javaParts, launchJava, runJava } from '../support/java'
import { answersIn, type MonitorAnswer } from './monitor-answers'
import { type Asked, changes, questions, rare, type Side, setUp } from './mqadmin-commands'
import { maskLines, runBatch, startApache, startOurs, type Which } from './mqadmin-sides'

const parts = await javaParts()
const missing = 'missing' in parts ? parts.missing : undefined
if (missing) console.warn(`mqadmin is not compared: ${missing}`)

/** Both sides must answer with the same settings. */
const settings = {
  enablePropertyFilter: 'true',
  recallMessageEnable: 'true',
  traceTopicEnable: 'true',
  timerMaxDelaySec: '3456000',
}

describe.skipIf(missing !== undefined)("AD1, AD2: mqadmin prints of our broker what it prints of Apache's", () => {
  const closing: (() => Promise<unknown>)[] = []
  const printed = { apache: new Map<string, string>(), ours: new Map<string, string>() }
  const monitored: Record<Which, MonitorAnswer[]> = { apache: [], ours: [] }
  const last = process.env.ROCKETDECK_EVERY_COMMAND ? [...changes, ...rare] : changes
  const all = [...setUp, ...questions, ...last]

  beforeAll(async () => {
    if ('missing' in parts) return
    const classes = await compileJava(parts)
    const [apache, ours] = await Promise.all([startApache(parts, closing, settings), startOurs(closing, settings)])
    const sides = { apache, ours }
    const batch = (rows: readonly Asked[]) => runBatch({ ...parts, classes }, sides, rows, printed)
    await batch(setUp)
    await Promise.all(
      Object.values(sides).map(async (side) => {
        const content = launchJava({ ...parts, classes, main: 'AdminContent', args: [side.namesrv] })
        closing.unshift(() => content.kill())
        await content.line(/^content ready/, 240_000)
        const ids: unknown = JSON.parse(await content.line(/^\{"ids"/)).ids
        side.ids = ids as Side['ids'] // AdminContent prints them in this form
      }),
    )
    await batch(questions)
    await Promise.all(
      (['apache', 'ours'] as const).map(async (which) => {
        const { namesrv, broker, ids } = sides[which]
        const args = [namesrv, broker, ids[0]?.[1] ?? '']
        const { output } = await runJava({ ...parts, classes, main: 'Monitors', args })
        monitored[which] = answersIn(output, sides[which])
        printed[which].set('monitors', output)
      }),
    )
    await batch(last)
    writeTable(sides)
  }, 600_000)

  afterAll(async () => {
    for (const close of closing) await close()
  }, 120_000)

  it.each(all.filter((asked) => asked.must).map((asked) => [asked.name, asked] as const))('%s', (name, asked) => {
    const [apache, ours] = masked(asked)
    expect(ours, name).toEqual(apache)
  })

  it.each(all.filter((asked) => !asked.must).map((asked) => [asked.name, asked] as const))('%s', (name, asked) => {
    const [apache, ours] = masked(asked)
    if (asked.mayDiffer === undefined) expect(ours, name).toEqual(apache)
    else expect(ours.join('\n').trim(), name).toMatch(asked.mayDiffer.ours)
  })

  it('AD4 CN1: answers every reading call of rocketmq-exporter and the stock dashboard as Apache does', () => {
    const ended = (which: Which) => monitored[which].map(({ name, ended }) => `${name}: ${ended}`)
    expect(ended('ours')).toEqual(ended('apache'))
    const asked = new Set(monitored.ours.map(({ name }) => name.split(' ')[0]))
    const golden = readFileSync(join('test', 'golden', 'monitors.json'), 'utf8')
    const { 'rocketmq-exporter': exporter }: Record<string, { calls: string[] }> = JSON.parse(golden)
    expect(exporter?.calls.filter((call) => !asked.has(call))).toEqual([])
  })

  // In the long run: whether a consumer has committed its place in an empty retry queue by now is a matter of speed.
  it.runIf(process.env.ROCKETDECK_EVERY_COMMAND)('AD4: and with the same fields and values in each answer', () => {
    const answers = (which: Which) => monitored[which].map(({ name, answer }) => [name, answer] as const)
    expect(answers('apache').length).toBeGreaterThan(0)
    for (const [name, answer] of answers('apache'))
      expect.soft(new Map(answers('ours')).get(name), name).toEqual(answer)
  })

  const sidesOf: Partial<Record<'apache' | 'ours', Side>> = {}
  const masked = (asked: Asked): [string[], string[]] => [mask('apache', asked), mask('ours', asked)]
  const mask = (which: 'apache' | 'ours', asked: Asked): string[] => {
    const side = sidesOf[which]
    return side ? maskLines(printed[which].get(asked.name) ?? '', side, asked) : []
  }

  /** What anyone may read after a run: command, equal or differs, and where. */
  function writeTable(sides: { apache: Side; ours: Side }): void {
    Object.assign(sidesOf, sides)
    const lines = all.map((asked) => {
      const [apache, ours] = masked(asked)
      if (apache.join('\n') === ours.join('\n')) return `| ${asked.name} | equal | |`
      const at = apache.findIndex((line, index) => line !== ours[index])
      const where = `line ${at + 1}: \`${apache[at] ?? ''}\`, ours \`${ours[at] ?? ''}\``
      return `| ${asked.name} | differs | ${asked.mayDiffer?.because ?? where.replaceAll('|', '/')} |`
    })
    const table = ['| command | result | |', '| --- | --- | --- |', ...lines].join('\n')
    console.log(`mqadmin 5.5.0, Apache beside ours\n${table}`)
    const keep = process.env.ROCKETDECK_TEST_RESULTS
    if (keep) {
      mkdirSync(keep, { recursive: true })
      writeFileSync(join(keep, 'mqadmin.md'), `${table}\n`)
      for (const [which, texts] of Object.entries(printed)) {
        mkdirSync(join(keep, which), { recursive: true })
        for (const [name, text] of texts) writeFileSync(join(keep, which, `${name}.txt`), text)
      }
    }
  }
})
