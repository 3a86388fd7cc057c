// server/metrics/commit.ts: where a group stands in a queue, as a master says it and as a slave does while its master is away.
import type { PositionState } from './state'

export const commitOfMaster = (position: PositionState, committed: number, at: number): void => {
  if (at <= position.committedAt) return
  if (position.committed !== committed) position.movedAt = at
  position.committed = committed
  position.committedAt = at
  position.onSlave = null
  position.inDoubt = false
  position.out.read(committed, at)
}
/**
 * A slave copies positions every few seconds, so what it holds when its master goes is older than what was true: it takes
 * nothing back. Until the group is seen to move there, nobody knows how much further it had come.
 */
export const commitOfSlave = (position: PositionState, told: number, at: number): void => {
  const before = position.onSlave
  position.onSlave = told
  if (before === null) position.inDoubt = true
  else if (told !== before) position.inDoubt = false
  // Who goes back on the slave itself was set back there.
  const committed = before !== null && told < before ? told : Math.max(position.committed, told)
  if (committed !== position.committed) position.movedAt = at
  position.committed = committed
  position.committedAt = at
  if (!position.inDoubt) position.out.read(committed, at)
}
