// components/access/browser-name.ts: a browser's name out of what it sends with every request.

/** What a browser calls itself, short enough for a cell. */
export function browserOf(agent: string): string {
  const found = /(Edg|OPR|Firefox|Chrome|Version)\/([\d]+)/.exec(agent)
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(agent)?.[1]?.replace('Mac OS X', 'macOS')
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', Version: 'Safari' }
  // Edge and Opera call themselves Chrome first; what comes last is what they are.
  const special = /(Edg|OPR)\/([\d]+)/.exec(agent) ?? found
  const name = special ? `${names[special[1] ?? ''] ?? special[1]} ${special[2]}` : agent.split(' ')[0]
  return [name, system].filter(Boolean).join(', ')
}
