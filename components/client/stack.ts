// components/client/stack.ts: a client's thread dump, as the client writes it, read into threads; equal ones are folded into one.

export interface StackThread {
  /** Every thread that stands in these frames. */
  readonly names: readonly string[]
  readonly frames: readonly string[]
}

/**
 * RocketMQ's clients write one block per thread: a line `name  TID: n STATE: s` (or `name` alone), then frames that start
 * with the thread's name or with white space. Blank lines part the blocks.
 */
export const foldStack = (dump: string): readonly StackThread[] => {
  const folded = new Map<string, { names: string[]; frames: string[] }>()
  for (const block of dump.split(/\r?\n\s*\r?\n/)) {
    const lines = block.split(/\r?\n/).filter((line) => line.trim() !== '')
    const first = lines[0]
    if (first === undefined) continue
    const head = /^(.*?)\s+TID:\s*(\d+)\s+STATE:\s*(\S+)\s*$/.exec(first)
    const name = (head?.[1] ?? first.split(/\s{2,}/)[0] ?? first).trim()
    const frames = (head ? lines.slice(1) : lines).map((line) =>
      line.startsWith(name) ? line.slice(name.length).trim() : line.trim(),
    )
    const key = frames.join('\n')
    const held = folded.get(key)
    const shown = head ? `${name} · ${head[3]}` : name
    if (held) held.names.push(shown)
    else folded.set(key, { names: [shown], frames })
  }
  return [...folded.values()].sort((a, b) => b.names.length - a.names.length)
}

export const isConsumeThread = (thread: StackThread): boolean =>
  thread.names.some((name) => /ConsumeMessageThread|consume/i.test(name))
