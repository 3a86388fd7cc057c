// test/components/broker/runtime-units.test.ts: what a key of the runtime table is measured in.
import { expect, it } from 'vitest'
import { runtimeKind } from '../../../components/broker/runtime-units'

it.each([
  ['putTps', '12.5 13.1 9.9', 'numbers'],
  ['getFoundTps', '0.03333 0 1.6E-4', 'numbers'],
  ['commitLogDiskRatio', '0.714', 'ratio'],
  ['commitLogDiskRatio_/data/store', '0.71438291', 'ratio'],
  ['sendThreadPoolQueueSize', '0', 'count'],
  ['sendThreadPoolQueueHeadWaitTimeMills', '310', 'ms'],
  ['EndTransactionQueueSize', '12', 'count'],
  ['commitLogMaxOffset', '41886734', 'bytes'],
  ['dispatchBehindBytes', '0', 'bytes'],
  ['bootTimestamp', '1795327501209', 'at'],
  ['earliestMessageTimeStamp', '1795327501209', 'at'],
  ['msgPutTotalTodayNow', '98402', 'count'],
  ['putLatency99', '4', 'ms'],
  ['putLatency999', '4.20', 'ms'],
  ['brokerVersionDesc', 'V5_5_0', 'text'],
  ['runtime', '[ 0 days, 1 hours, 3 minutes, 51 seconds ]', 'text'],
  ['somethingNew', '7', 'count'],
])('reads %s = %s as %s', (key, value, kind) => {
  expect(runtimeKind(key, value)).toBe(kind)
})
