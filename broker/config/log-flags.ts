// broker/config/log-flags.ts: how the log is shaped, for every command line that writes one.
import { FlagError, type FlagTable } from './flags'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]
export const logFormats = ['text', 'json'] as const
export type LogFormat = (typeof logFormats)[number]

export interface LogShape {
  /** What is below it is not written. */
  readonly level: LogLevel
  readonly format: LogFormat
  /** A file that would grow past it is put aside. */
  readonly fileBytes: number
  /** How many there are at most, the one that is written among them. */
  readonly files: number
}
export const logFlags = {
  'log-level': { value: 'LEVEL', default: 'debug', says: `least level in the log file: ${logLevels.join(', ')}` },
  'log-format': { value: 'FORMAT', default: 'text', says: 'a line of the log: text or json (one object)' },
  'log-file-mib': { value: 'MIB', default: '16', says: 'a log file that would grow past it is put aside (1 to 1024)' },
  'log-files': { value: 'COUNT', default: '5', says: 'how many log files are kept, the newest among them (1 to 100)' },
} as const satisfies FlagTable

const MIB = 1024 * 1024
/** Throws a FlagError that names the flag. */
export const logShapeOf = (flags: { readonly [name in keyof typeof logFlags]: string }): LogShape => ({
  level: oneOf('log-level', logLevels, flags['log-level']),
  format: oneOf('log-format', logFormats, flags['log-format']),
  fileBytes: within('log-file-mib', flags['log-file-mib'], 1024) * MIB,
  files: within('log-files', flags['log-files'], 100),
})
const oneOf = <T extends string>(flag: string, known: readonly T[], text: string): T => {
  const found = known.find((one) => one === text.toLowerCase())
  if (found === undefined) throw new FlagError(`--${flag} ${text}: one of ${known.join(', ')}`)
  return found
}
const within = (flag: string, text: string, most: number): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new FlagError(`--${flag} ${text}: a whole number from 1 to ${most}`)
  return value
}
