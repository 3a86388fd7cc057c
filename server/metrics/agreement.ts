// server/metrics/agreement.ts: whether the clients of a group subscribe to the same. RocketMQ wants one subscription per
// group: queues are shared out by topic, so a client that does not read a topic leaves its share unread, and the broker
// filters for all by what the last one said.
export interface Said {
  readonly clientId: string
  readonly subscriptions: readonly { readonly topic: string; readonly expression: string; readonly type: string }[]
}
export interface Disagreement {
  topic: string
  differing: string[]
}
/** Topic by topic: what most clients say, and who says something else. */
export const disagreementsOf = (heard: readonly Said[]): Disagreement[] => {
  const topics = new Set(heard.flatMap(({ subscriptions }) => subscriptions.map(({ topic }) => topic)))
  return [...topics].flatMap((topic) => {
    const said = heard.map(({ clientId, subscriptions }) => {
      const found = subscriptions.find((one) => one.topic === topic)
      return { clientId, says: found === undefined ? '' : `${found.type} ${sameTags(found.expression)}` }
    })
    const counts = new Map<string, number>()
    for (const { says } of said) counts.set(says, (counts.get(says) ?? 0) + 1)
    if (counts.size < 2) return []
    const most = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
    return [{ topic, differing: said.filter(({ says }) => says !== most).map(({ clientId }) => clientId) }]
  })
}
/**
 * After how many tries a client gives a message up, by what it says of itself; -1: as its library does (Java: 16). It goes with
 * each message that is sent back, and the group's own number counts only for clients that send none. null: it does not say.
 */
export const triesOf = (properties: Readonly<Record<string, string>>): number | null => {
  const said = properties.maxReconsumeTimes
  return said !== undefined && /^-?\d{1,10}$/.test(said) ? Number(said) : null
}
/** `a || b` and `b||a` ask for the same. */
const sameTags = (expression: string): string =>
  expression
    .split('||')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
    .sort()
    .join('||') || '*'
