// broker/config/start-flags.ts: what every command line that starts a part or a whole cluster takes, said once. Each program
// puts its own rows beside these.
import { FlagError, type FlagTable, portOf, unreadable } from './flags'
import { logFlags } from './log-flags'
import { parseProperties } from './properties-text'

/** Of all programs, the console alone included. */
export const programFlags = {
  data: { value: 'DIR', default: './data', says: 'folder of all files' },
  config: { value: 'FILE', says: 'a JSON file of these flags, e.g. rocketdeck.json' },
  ...logFlags,
  verbose: { says: 'print every log line, not only warnings' },
  help: { short: 'h', says: 'print this' },
} as const satisfies FlagTable

/** Of those that start a name server or a broker: what it is set to. */
export const propertyFlags = {
  conf: { short: 'c', value: 'FILE', says: "a file of properties by Apache's names, such as broker.conf" },
  set: { value: 'KEY=VALUE', pairs: true, says: 'one property; may be given several times, wins over the file' },
  'without-acl': { says: 'listen beyond loopback though access control is off: everyone there may do everything' },
} as const satisfies FlagTable

export const DEFAULT_PRESET = '1m-1s-async'
/** Of those that start a whole cluster: its shape and where it listens. */
export const clusterShapeFlags = {
  preset: {
    value: 'NAME',
    default: DEFAULT_PRESET,
    says: 'shape of the cluster: N masters (Nm-noslave), each with a slave (Nm-Ns-async), which puts wait for (Nm-Ns-sync), or takes its place (Nm-Ns-auto)',
  },
  'namesrv-port': { value: 'PORT', default: '9876', says: 'port of the name server' },
  'broker-port': {
    value: 'PORT',
    default: '10911',
    says: 'port of broker 0; broker i: +10*i, VIP port -2, HA port +1',
  },
  'proxy-port': { value: 'PORT', says: 'taken, without effect: there is no gRPC proxy yet' },
} as const satisfies FlagTable

/** Properties of `--conf`, then those of `--set`, which win. Throws a FlagError that names the file. */
export const propertiesFrom = (
  { conf, set }: { conf: string | undefined; set: Readonly<Record<string, string>> },
  readFile: (path: string) => string,
): Readonly<Record<string, string>> => {
  if (conf === undefined) return set
  let text: string
  try {
    text = readFile(conf)
  } catch (error) {
    throw new FlagError(`--conf ${conf}: ${unreadable(error)}`)
  }
  return { ...Object.fromEntries(parseProperties(text)), ...set }
}
/** What is said of a flag that is taken for the sake of start scripts; undefined where it was not given. */
export const proxyPortNote = (text: string | undefined): string | undefined =>
  text === undefined
    ? undefined
    : `--proxy-port ${portOf('proxy-port', text)}: there is no gRPC proxy yet, nothing listens there`
