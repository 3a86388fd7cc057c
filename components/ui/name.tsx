// components/ui/name.tsx: a name that a machine gave. Too long, its middle is cut and both ends stay; the whole is in the
// title and is what gets copied.
import { cn } from './cn'

/** Ends of names tell them apart (…_v2, …_canary), so the tail is never cut. */
const TAIL = 11

export function Name({
  children,
  className,
  sans,
}: {
  children: string
  className?: string | undefined
  sans?: boolean
}) {
  const cut = children.length > TAIL * 2 ? children.length - TAIL : children.length
  const head = children.slice(0, cut)
  const tail = children.slice(cut)
  return (
    <span className={cn('flex min-w-0 whitespace-pre', !sans && 'mono', className)} title={children}>
      <span className="min-w-[3ch] overflow-hidden text-ellipsis">{head}</span>
      {tail ? <span className="flex-none">{tail}</span> : null}
    </span>
  )
}
