// server/bundled/parts.ts: the bundled cluster's parts as pages see them, and start, stop, restart. The only thing the
// console does not do over the wire.
import type { ClusterHandle, PartStatus } from '../../broker/types'
import { DeskError } from '../shared/errors'
import type { PartView } from '../shared/views'

export interface Parts {
  all(): PartView[]
  /** The part that is this broker. Under a controller names and ids on the wire move between parts; addresses do not. */
  of(broker: { key: string; address: string }): PartView | null
  act(name: string, what: 'start' | 'stop' | 'restart'): Promise<PartView>
}
const viewOf = ({ role: _, lastLines, ...status }: PartStatus): PartView => ({ ...status, lastLines: [...lastLines] })

/** A cluster that runs elsewhere has no parts here. */
export const openParts = (handle: ClusterHandle | undefined): Parts => {
  const find = (name: string): PartView | null => {
    const found = handle?.parts.find((part) => part.name === name)
    return found === undefined ? null : viewOf(found)
  }
  return {
    all: () => (handle?.parts ?? []).map(viewOf),
    of({ key, address }) {
      const found = handle?.parts.find((part) => part.kind === 'broker' && part.address === address)
      return found === undefined ? find(key) : viewOf(found)
    },
    async act(name, what) {
      if (handle === undefined)
        throw new DeskError(
          'not-supported',
          'This cluster runs elsewhere: its processes are not this console’s to start or stop.',
        )
      if (find(name) === null) throw new DeskError('not-found', `The bundled cluster has no part ${name}.`)
      await handle[what](name)
      const after = find(name)
      if (after === null) throw new DeskError('internal', `The part ${name} is gone.`)
      return after
    },
  }
}
