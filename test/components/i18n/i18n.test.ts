// test/components/i18n/i18n.test.ts: every word the pages ask for is there in both languages, in the same shape, and no word
// is kept that no page asks for.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTranslator } from 'use-intl/core'
import { describe, expect, it } from 'vitest'
import { languages } from '../../../components/i18n/language'
import { messagesOf } from '../../../components/i18n/messages'

const root = join(import.meta.dirname, '../../..')

type Tree = { readonly [key: string]: string | Tree }
const flat = (tree: Tree, prefix = ''): [key: string, text: string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  )
const catalogue = (language: 'en' | 'zh') => new Map(flat(messagesOf(language) as unknown as Tree)) // JSON of strings, whatever its type says

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })

interface Asked {
  readonly file: string
  readonly pattern: RegExp
  /** Empty where only possible keys are known. */
  readonly text: string
}
/** The first argument of a call that begins at `from` (just after the bracket). */
function firstArgument(code: string, from: number): string {
  let depth = 0
  for (let at = from; at < code.length; at++) {
    const character = code[at] ?? ''
    if (character === '`' || character === "'" || character === '"') {
      at = endOfString(code, at, character)
      continue
    }
    if ('([{'.includes(character)) depth += 1
    if (')]}'.includes(character)) depth -= 1
    if (depth < 0 || (depth === 0 && character === ',')) return code.slice(from, at)
  }
  return code.slice(from)
}
function endOfString(code: string, from: number, quote: string): number {
  for (let at = from + 1; at < code.length; at++) {
    if (code[at] === '\\') at += 1
    else if (code[at] === quote) return at
    else if (quote === '`' && code[at] === '$' && code[at + 1] === '{') {
      let depth = 1
      at += 2
      while (depth > 0 && at < code.length) {
        if (code[at] === '{') depth += 1
        if (code[at] === '}') depth -= 1
        at += 1
      }
      at -= 1
    }
  }
  return code.length
}
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
/** Plain strings are keys, templates are keys with holes; a hole never spans a dot. */
function keysIn(argument: string): string[] {
  const found: string[] = []
  for (let at = 0; at < argument.length; at++) {
    const quote = argument[at] ?? ''
    if (quote !== "'" && quote !== '"' && quote !== '`') continue
    const end = endOfString(argument, at, quote)
    found.push(argument.slice(at + 1, end))
    at = end
  }
  return found
}
function askedIn(file: string): Asked[] {
  const code = readFileSync(join(root, file), 'utf8')
  const asked: Asked[] = []
  const translators = [...code.matchAll(/const (\w+)(?:\s*:[^=]+)? = useTranslations\((?:'([\w.-]+)')?\)/g)].map(
    ({ 1: name = '', 2: room = '', index }) => ({ name, room, index }),
  )
  for (const name of new Set(translators.map((one) => one.name))) {
    const calls = new RegExp(`(?<![\\w.])${name}(?:\\.(?:rich|markup|raw|has))?\\(`, 'g')
    for (const call of code.matchAll(calls)) {
      // Each component declares its own: the nearest one above is meant.
      const room = translators.findLast((one) => one.name === name && one.index < call.index)?.room
      if (room === undefined) continue
      const prefix = room === '' ? '' : `${room}.`
      const argument = firstArgument(code, call.index + call[0].length).replaceAll(/[!=]==\s*'[^']*'/g, '')
      // A variable alone may be any key that stands in this file, or any at the top of its room; its type has checked which.
      if (/^\w+$/.test(argument))
        for (const key of ['[^.]+', ...[...code.matchAll(/'([\w.-]+)'/g)].map(([, literal = '']) => escaped(literal))])
          asked.push({ file, text: '', pattern: new RegExp(`^${escaped(prefix)}${key}$`) })
      for (const key of keysIn(argument)) {
        if (!/^[\w.${}[\]()?:' |&<>=!"-]+$/.test(key)) continue
        const holes = key.split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/).map(escaped)
        asked.push({ file, text: prefix + key, pattern: new RegExp(`^${escaped(prefix)}${holes.join('[^.]+')}$`) })
      }
    }
  }
  return asked
}
/** The names a message takes; a branch of a plural or select is no name. */
const namesIn = (text = ''): string[] => [
  ...new Set(
    [...text.matchAll(/(?<!(?:one|other|zero|two|few|many|yes|no|=\d+)\s*)\{\s*(\w+)\s*[,}]/g)].map(
      ([, name = '']) => name,
    ),
  ),
]
const asked = [...sources('components'), ...sources('app')].flatMap(askedIn)

describe('the catalogues', () => {
  const english = catalogue('en')

  it('hold every word that a page asks for', () => {
    const keys = [...english.keys()]
    const missing = asked.filter(({ text, pattern }) => text !== '' && !keys.some((key) => pattern.test(key)))
    expect(missing.map(({ file, text }) => `${file}: ${text}`)).toEqual([])
  })

  it('hold no word that no page asks for', () => {
    const unused = [...english.keys()].filter((key) => !asked.some(({ pattern }) => pattern.test(key)))
    expect(unused).toEqual([])
  })

  it('have the same keys in both languages', () => {
    const chinese = catalogue('zh')
    expect([...english.keys()].filter((key) => !chinese.has(key))).toEqual([])
    expect([...chinese.keys()].filter((key) => !english.has(key))).toEqual([])
  })

  it('take no value in Chinese that English does not give', () => {
    const extra = [...catalogue('zh')].filter(([key, text]) =>
      namesIn(text).some((name) => !namesIn(english.get(key)).includes(name)),
    )
    expect(extra.map(([key, text]) => `${key}: ${text}`)).toEqual([])
  })
  it('leave no value out in Chinese but the count of a plural', () => {
    const chinese = catalogue('zh')
    const without = [...english].filter(([key, text]) =>
      namesIn(text).some((name) => !namesIn(chinese.get(key)).includes(name) && !text.includes(`{${name}, plural`)),
    )
    expect(without.map(([key, text]) => `${key}: ${text} | ${chinese.get(key)}`)).toEqual([])
  })

  it.each(languages)('are well-formed in %s', (language) => {
    const faults: string[] = []
    const translate = createTranslator({
      locale: language,
      messages: messagesOf(language),
      onError: (error) => faults.push(error.message),
    })
    for (const [key, text] of catalogue(language)) {
      const names = namesIn(text)
      const values = Object.fromEntries(names.map((name) => [name, 1]))
      const tags = Object.fromEntries([...text.matchAll(/<(\w+)>/g)].map(([, tag]) => [tag, () => '']))
      // Keys and values are data here, which the typed translator cannot know.
      const loose = translate as unknown as { rich: (key: string, values: object) => unknown }
      loose.rich(key, { ...values, ...tags })
    }
    expect(faults).toEqual([])
  })
})
