// server/shared/broker-config.ts: which broker properties may be changed from the console, with type and range. The
// rest is shown and read-only, with the reason. Names and meanings are Apache's.
import type { ConfigEntry } from './views'

export interface EditableKey {
  type: ConfigEntry['type']
  min?: number
  max?: number
  unit?: ConfigEntry['unit']
}
const flag: EditableKey = { type: 'boolean' }
const count = (min: number, max: number): EditableKey => ({ type: 'number', min, max })
const ms = (min: number, max: number): EditableKey => ({ type: 'number', min, max, unit: 'ms' })
const bytes = (min: number, max: number): EditableKey => ({ type: 'number', min, max, unit: 'bytes' })

export const editableKeys: Readonly<Record<string, EditableKey>> = {
  autoCreateTopicEnable: flag,
  autoCreateSubscriptionGroup: flag,
  defaultTopicQueueNums: count(1, 1024),
  brokerPermission: count(0, 6),
  longPollingEnable: flag,
  slaveReadEnable: flag,
  enablePropertyFilter: flag,
  recallMessageEnable: flag,
  traceTopicEnable: flag,
  notifyConsumerIdsChangedEnable: flag,
  maxMessageSize: bytes(1024, 128 * 1024 * 1024),
  fileReservedTime: count(1, 8760),
  deleteWhen: { type: 'text' },
  diskMaxUsedSpaceRatio: count(10, 95),
  flushDiskType: { type: 'text' },
  flushIntervalCommitLog: ms(1, 60_000),
  syncFlushTimeout: ms(100, 60_000),
  osPageCacheBusyTimeOutMills: ms(100, 60_000),
  waitTimeMillsInSendQueue: ms(50, 60_000),
  waitTimeMillsInPullQueue: ms(50, 60_000),
  transactionTimeOut: ms(1000, 600_000),
  transactionCheckMax: count(1, 1000),
  transactionCheckInterval: ms(1000, 3_600_000),
  maxDelayTime: count(1, 1000),
  maxTransferCountOnMessageInMemory: count(1, 10_000),
  maxTransferCountOnMessageInDisk: count(1, 10_000),
}
const identity: ReadonlySet<string> = new Set([
  'brokerName',
  'brokerId',
  'brokerClusterName',
  'brokerIP1',
  'brokerIP2',
  'listenPort',
  'haListenPort',
  'namesrvAddr',
  'storePathRootDir',
  'storePathCommitLog',
  'brokerRole',
  'rocketmqHome',
])
/** Values nobody but the broker may see. */
const secret = /password|secret|accessKey|token|credential/i

export const configEntry = (key: string, value: string): ConfigEntry => {
  const editable = editableKeys[key]
  return {
    key,
    value: secret.test(key) && value !== '' ? '••••••' : value,
    default: null,
    editable: editable !== undefined,
    whyNot: editable !== undefined ? null : identity.has(key) ? 'identity' : 'not-listed',
    type: editable?.type ?? (/^(true|false)$/.test(value) ? 'boolean' : /^-?\d+$/.test(value) ? 'number' : 'text'),
    min: editable?.min ?? null,
    max: editable?.max ?? null,
    unit: editable?.unit ?? null,
  }
}
/** Null: the value may be sent. */
export const configFault = (key: string, value: string): string | null => {
  const rule = editableKeys[key]
  if (rule === undefined) return `${key} cannot be changed from here`
  if (/[\r\n]/.test(value)) return `${key}: a value has one line`
  if (rule.type === 'boolean') return value === 'true' || value === 'false' ? null : `${key} is true or false`
  if (rule.type === 'text') return null
  const number = Number(value)
  if (!/^-?\d+$/.test(value)) return `${key} is a whole number`
  if (number < (rule.min ?? number) || number > (rule.max ?? number))
    return `${key} lies between ${rule.min} and ${rule.max}`
  return null
}
