// test/app/tokens.test.ts: computes the contrast of every pair the tokens promise, in both themes, from the values
// themselves: no change of a colour slips below WCAG 2.2 AA.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const css = readFileSync(join(import.meta.dirname, '../../app/tokens.css'), 'utf8')
type Theme = 'light' | 'dark'
type Rgb = readonly [number, number, number]

function oklch(text: string): Rgb {
  const [lightness = 0, chroma = 0, hue = 0] =
    (/oklch\(([^)]+)\)/.exec(text)?.[1] ?? '').split('/')[0]?.trim().split(/\s+/).map(Number) ?? []
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  const to8bit = (value: number) => {
    const inside = Math.min(1, Math.max(0, value))
    return Math.round(255 * (inside <= 0.0031308 ? 12.92 * inside : 1.055 * inside ** (1 / 2.4) - 0.055)) / 255
  }
  const [red = 0, green = 0, blue = 0] = linear.map(to8bit)
  return [red, green, blue]
}
const luminance = (rgb: Rgb): number => {
  const [r = 0, g = 0, b = 0] = rgb.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (a: Rgb, b: Rgb): number => {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}
function token(name: string, theme: Theme): Rgb {
  const found = new RegExp(
    `--${name}:\\s*light-dark\\(((?:oklch\\([^)]*\\)|[^,])+),\\s*((?:oklch\\([^)]*\\))+)\\)`,
  ).exec(css)
  if (!found) throw new Error(`no token --${name}`)
  return oklch(found[theme === 'light' ? 1 : 2] ?? '')
}

const planes = ['ground', 'panel', 'sunken', 'raised', 'hover', 'selected']
const washes = ['ok-wash', 'warn-wash', 'crit-wash', 'unknown-wash', 'tide-wash']
const pairs: readonly (readonly [ink: string, on: readonly string[], least: number])[] = [
  ['ink', [...planes, ...washes], 4.5],
  ['ink-2', [...planes, ...washes], 4.5],
  ['ink-3', planes, 4.5],
  ['tide', [...planes, 'tide-wash'], 4.5],
  ['ok-text', [...planes, 'ok-wash'], 4.5],
  ['warn-text', [...planes, 'warn-wash'], 4.5],
  ['crit-text', [...planes, 'crit-wash'], 4.5],
  ['unknown-text', [...planes, 'unknown-wash'], 4.5],
  ['on-tide', ['tide'], 4.5],
  ['on-crit', ['crit-mark'], 4.5],
  ['axis', ['panel'], 4.5],
  ['ok-mark', [...planes, 'ok-wash'], 3],
  ['warn-mark', ['ground', 'panel', 'raised', 'warn-wash'], 3],
  ['crit-mark', [...planes, 'crit-wash'], 3],
  ['unknown-mark', ['ground', 'panel', 'raised', 'unknown-wash'], 3],
  ['control', ['ground', 'panel', 'raised'], 3],
  ['focus', planes, 3],
  ...['in', 'out', 'lag', '4', '5', '6'].map((name) => [`series-${name}`, ['panel'], 3] as const),
]

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  it.each(pairs)('%s can be read on %j (%f)', (ink, on, least) => {
    for (const plane of on)
      expect(contrast(token(ink, theme), token(plane, theme)), `${ink} on ${plane}`).toBeGreaterThanOrEqual(least)
  })
})
