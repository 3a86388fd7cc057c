// broker/config/flags.ts: command lines as tables. A value comes from its flag, else from the environment
// (ROCKETDECK_<FLAG>), else from a JSON file named by --config, else from the table. Reads no file itself.

export interface Flag {
  /** One letter, as the original programs take it. */
  readonly short?: string
  /** What stands for the value in the help; absent: a switch. */
  readonly value?: string
  readonly default?: string
  readonly says: string
  /** May be given several times, as key=value; later ones win. */
  readonly pairs?: true
}
export type FlagTable = Readonly<Record<string, Flag>>
export type FlagValues<T extends FlagTable> = {
  readonly [K in keyof T]: T[K] extends { pairs: true }
    ? Readonly<Record<string, string>>
    : T[K] extends { value: string }
      ? T[K] extends { default: string }
        ? string
        : string | undefined
      : boolean
}

/** A command line that cannot be followed; the text is for people. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read by this user',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of the path is a file',
}
/** Why a file that a flag names cannot be read, in words. */
export function unreadable(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException // what reading a file throws
  return reasons[code] ?? message
}

export class FlagError extends Error {
  override readonly name = 'FlagError'
}

export interface FlagSources {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Text of the file behind --config; throws when there is none. */
  readonly readFile: (path: string) => string
  readonly warn: (line: string) => void
}

const PREFIX = 'ROCKETDECK_'
const environmentName = (flag: string): string => PREFIX + flag.toUpperCase().replaceAll('-', '_')

export function readFlags<T extends FlagTable>(table: T, sources: FlagSources): FlagValues<T> {
  const given = fromArguments(table, sources.args)
  const environment = fromEnvironment(table, sources.env)
  const configPath = given.get('config')?.at(-1) ?? environment.get('config')?.at(-1)
  const file = configPath === undefined ? new Map<string, string[]>() : fromFile(table, configPath, sources)
  const values: Record<string, unknown> = {}
  for (const [name, flag] of Object.entries(table)) {
    const layers = [file.get(name), environment.get(name), given.get(name)]
    if (flag.pairs)
      values[name] = Object.fromEntries(layers.flatMap((texts) => texts ?? []).map((text) => pairOf(name, text)))
    else {
      const text = layers.findLast((texts) => texts !== undefined)?.at(-1)
      values[name] = flag.value === undefined ? text === 'true' : (text ?? flag.default)
    }
  }
  return values as FlagValues<T> // each name was given the shape its row says, just above
}

function fromArguments(table: FlagTable, args: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    const { name, inline } = nameOf(table, arg)
    const flag = table[name]
    if (!flag) throw new FlagError(`${arg} is not a flag here${nearest(table, arg)}; --help lists them`)
    let text = inline
    if (flag.value === undefined) {
      if (text !== undefined && text !== 'true' && text !== 'false') throw new FlagError(`--${name} takes no value`)
      text ??= 'true'
    } else if (text === undefined) {
      at += 1
      text = args[at]
      if (text === undefined) throw new FlagError(`--${name} wants a value: ${flag.value}`)
    }
    add(found, name, text)
  }
  return found
}

function nameOf(table: FlagTable, arg: string): { name: string; inline: string | undefined } {
  if (/^-[a-zA-Z]$/.test(arg)) {
    const short = Object.entries(table).find(([, flag]) => flag.short === arg[1])
    return { name: short?.[0] ?? '', inline: undefined }
  }
  const match = /^--([a-z][a-z-]*)(?:=([\s\S]*))?$/.exec(arg)
  const name = match?.[1] ?? ''
  return { name: Object.hasOwn(table, name) ? name : '', inline: match?.[2] }
}

const nearest = (table: FlagTable, arg: string): string => {
  const bare = arg.replace(/^-+/, '').split('=')[0] ?? ''
  const near = Object.keys(table).find((name) => bare.length > 1 && (name.startsWith(bare) || bare.startsWith(name)))
  return near ? ` (did you mean --${near}?)` : ''
}

function fromEnvironment(table: FlagTable, env: FlagSources['env']): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [name, flag] of Object.entries(table)) {
    const text = env[environmentName(name)]
    if (text === undefined || text === '') continue
    // Several pairs stand on a line each, or behind each other with a comma before the next key.
    const texts = flag.pairs ? text.split(/\n|,(?=[A-Za-z]\w*=)/) : [text]
    for (const one of texts) if (one.trim() !== '') add(found, name, one.trim())
  }
  return found
}

function fromFile(table: FlagTable, path: string, { readFile, warn }: FlagSources): Map<string, string[]> {
  const found = new Map<string, string[]>()
  let read: unknown
  try {
    read = JSON.parse(readFile(path))
  } catch (error) {
    throw new FlagError(`--config ${path}: ${unreadable(error)}`)
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw new FlagError(`--config ${path}: not a JSON object of flags and values`)
  }
  for (const [name, value] of Object.entries(read)) {
    const flag = table[name]
    if (!flag || name === 'config') warn(`${path}: ${name} is not a flag here, ignored`)
    else if (flag.pairs) {
      if (typeof value !== 'object' || value === null) throw new FlagError(`${path}: ${name} must be an object`)
      for (const [key, one] of Object.entries(value)) add(found, name, `${key}=${one}`)
    } else if (['string', 'number', 'boolean'].includes(typeof value)) add(found, name, String(value))
    else throw new FlagError(`${path}: ${name} must be a text, a number or true or false`)
  }
  return found
}

function add(found: Map<string, string[]>, name: string, text: string): void {
  const texts = found.get(name)
  if (texts) texts.push(text)
  else found.set(name, [text])
}

function pairOf(name: string, text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new FlagError(`--${name} ${text}: wants key=value`)
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

/** A port from its text. */
export function portOf(name: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port >= 1 && port <= 65535)) throw new FlagError(`--${name} ${text}: not a port, 1 to 65535`)
  return port
}

/** The lines of --help, aligned. */
export function flagHelp(table: FlagTable): string {
  const rows = Object.entries(table).map(([name, flag]) => ({
    left: `${flag.short ? `-${flag.short}, ` : '    '}--${name}${flag.value ? ` ${flag.value}` : ''}`,
    says: flag.says + (flag.default === undefined ? '' : ` (${flag.default})`),
  }))
  const width = Math.max(...rows.map(({ left }) => left.length))
  const lines = rows.map(({ left, says }) => `  ${left.padEnd(width)}  ${says}`)
  return [
    ...lines,
    '',
    `  Each flag may be given as ${PREFIX}<FLAG> in the environment (--broker-port: ${environmentName('broker-port')})`,
    '  or in a JSON file named by --config; a flag wins over the environment, the environment over the file.',
  ].join('\n')
}
