'use client'
// components/format/moment.tsx: a moment in a cell. Hover gives ISO with zone and how long ago; the clock is handed in or
// taken once when drawn, so that a column does not tick on its own. The browser may draw what the server sent a second later: that is no fault.
import { useFormat } from './use-format'

export const Moment = ({ at, now }: { at: number; now?: number }) => {
  const format = useFormat()
  const clock = now ?? Date.now()
  return (
    <time
      dateTime={format.isoTime(at)}
      title={`${format.isoTime(at)} · ${format.ago(clock - at)}`}
      suppressHydrationWarning
      className="tnum"
    >
      {format.time(at, clock)}
    </time>
  )
}

/** How long ago, in words: `12 s ago`. */
export const Ago = ({ at }: { at: number }) => {
  const format = useFormat()
  return (
    <time dateTime={format.isoTime(at)} title={format.isoTime(at)} suppressHydrationWarning className="tnum">
      {format.ago(Date.now() - at)}
    </time>
  )
}

/** Only how old: `12 s`, for columns such as "last message". */
export const Age = ({ at, now }: { at: number; now?: number }) => {
  const format = useFormat()
  return (
    <time dateTime={format.isoTime(at)} title={format.isoTime(at)} suppressHydrationWarning className="tnum">
      {format.age((now ?? Date.now()) - at)}
    </time>
  )
}
