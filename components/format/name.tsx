// components/format/name.tsx: a name that a machine gave. Too long, its middle is cut: both ends tell names apart.
// The whole name is on hover and to screen readers, and copying the cell copies all of it.

const TAIL_CHARACTERS = 10
const SHORT_CHARACTERS = 24

/** The end that always stays; the head is cut by the browser where room ends. Never splits a surrogate pair. */
export const nameEnds = (name: string): readonly [head: string, tail: string] => {
  const characters = Array.from(name)
  if (characters.length <= SHORT_CHARACTERS) return [name, '']
  return [characters.slice(0, -TAIL_CHARACTERS).join(''), characters.slice(-TAIL_CHARACTERS).join('')]
}

/** For places that hold plain text only (axis keys, titles): `GID_risk_fe…_v2`. */
export const cutName = (name: string, most: number): string => {
  const characters = Array.from(name)
  if (characters.length <= most) return name
  const tail = Math.floor((most - 1) / 3)
  return `${characters.slice(0, most - 1 - tail).join('')}…${characters.slice(characters.length - tail).join('')}`
}

export const Name = ({ children, className = '' }: { children: string; className?: string }) => {
  const [head, tail] = nameEnds(children)
  return (
    <span
      className={`flex min-w-0 whitespace-nowrap font-mono text-[0.945em] tracking-[-0.012em] ${className}`}
      title={children}
    >
      <span className="min-w-[3ch] overflow-hidden text-ellipsis">{head}</span>
      {tail !== '' && <span className="flex-none">{tail}</span>}
    </span>
  )
}
