// server/shared/waiting-key.ts: under which name a message that waits is known: its own id and topic, for its stored copy is
// another one after every check and every move. Pure.
import type { WaitingMessage } from './views'

export const waitingKey = ({
  topic,
  uniqueId,
  offsetId,
}: Pick<WaitingMessage, 'topic' | 'uniqueId' | 'offsetId'>): string => `${topic}/${uniqueId ?? offsetId}`
