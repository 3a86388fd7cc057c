// broker/pop/open.ts: joins the parts of POP, and closes them.
import { createHeldPops } from '../session/held-pops'
import type { MessageStore } from '../store/types'
import { createJournal } from './journal'
import { openOrders } from './orders'
import { openRequestModes } from './request-modes'
import { createReviver, type ReviverOptions } from './revive'
import type { Pop, PopSettings } from './types'

export interface PopOptions extends Omit<ReviverOptions, 'journal' | 'settings'> {
  /** Where what comes again is put, if not in the store. */
  reviveStore?: MessageStore | undefined
  configDir: string
  brokerName: string
  settings: PopSettings & { readonly timerMaxDelaySec: number; readonly flushConsumerOffsetInterval: number }
}

export async function openPop(options: PopOptions): Promise<Pop> {
  const { configDir, settings, clock, log } = options
  const held = createHeldPops({
    clock,
    maxCount: () => settings.maxPopPollingSize,
    maxPerQueue: () => settings.popPollingSize,
  })
  const modes = await openRequestModes({ configDir, log })
  const orders = await openOrders({
    configDir,
    clock,
    log,
    saveIntervalMs: settings.flushConsumerOffsetInterval,
    onFree: (topic, group, queueId) => {
      if (settings.enableNotifyAfterPopOrderLockRelease) held.wakeOne(topic, group, queueId)
    },
  })
  const journal = createJournal({ ...options, maxInvisibleMs: () => settings.timerMaxDelaySec * 1000 })
  const reviver = createReviver({ ...options, store: options.reviveStore ?? options.store, journal })
  options.store.onArrival(({ topic, queueId, tagsCode }) => held.arrived(topic, queueId, tagsCode))
  return {
    journal,
    held,
    orders,
    modes,
    reading: new Set(),
    topicRemoved(topic) {
      orders.topicRemoved(topic)
      modes.topicRemoved(topic)
    },
    groupRemoved(group) {
      orders.groupRemoved(group)
      modes.groupRemoved(group)
    },
    start: () => reviver.start(),
    pause: () => reviver.stop(),
    arrived: (entry) => reviver.arrived(entry),
    async stop() {
      await reviver.stop()
      held.close()
      await Promise.all([orders.close(), modes.close()])
    },
  }
}
