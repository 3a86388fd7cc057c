// components/chart/rail.tsx: the rail: offsets of one queue as a ruler from the oldest to the newest kept message, with
// ticks where groups stand. The same drawing serves topic, group, reset preview and search. Draws what it is given; a
// number always stands beside it, and the whole is said in words by `summary`.
import { type RailScale, railBar, railMoves, railPercent } from './rail-geometry'

export interface RailTick {
  readonly at: bigint
  /** lag: the group in question. out: a second group. now and after: a preview. */
  readonly tone: 'lag' | 'out' | 'now' | 'after'
}

const toneClass: Readonly<Record<RailTick['tone'], string>> = {
  lag: 'w-[2px] bg-(--series-lag)',
  out: 'w-[2px] bg-(--series-out)',
  now: 'w-[1.6px] bg-ink-3',
  after: 'w-[2.4px] bg-tide',
}

interface RailProps {
  readonly scale: RailScale
  /** Null: not known; the rail is drawn as a dashed outline. */
  readonly kept: { readonly min: bigint; readonly max: bigint } | null
  readonly ticks?: readonly RailTick[]
  readonly move?: { readonly now: bigint; readonly after: bigint } | null
  /** The whole in words, for those who do not see it. */
  readonly summary: string
  /** `well` draws the track behind the bar; rows of a panel use it. */
  readonly look?: 'line' | 'well'
  readonly className?: string
}

export const Rail = ({ scale, kept, ticks = [], move = null, summary, look = 'line', className = '' }: RailProps) => {
  const bar = kept === null ? null : railBar(scale, kept.min, kept.max)
  return (
    <div role="img" aria-label={summary} className={`relative h-5 min-w-0 ${className}`}>
      {look === 'well' ? (
        <i className="mark absolute inset-x-0 top-[5px] h-[9px] border-hair border-b bg-sunken" />
      ) : (
        <i className="absolute inset-x-0 top-[14px] h-px bg-hair" />
      )}
      {bar === null ? (
        <i className="absolute inset-x-[5%] top-[5px] h-[9px] rounded-[2px] border border-unknown-mark border-dashed" />
      ) : (
        <i
          className="mark absolute top-[5px] h-[9px] min-w-px rounded-[1.5px] bg-rail"
          style={{ left: `${bar.leftPercent}%`, width: `${bar.widthPercent}%` }}
        />
      )}
      {bar?.cut === true && <Break />}
      {kept !== null && move !== null && <Moves scale={scale} min={kept.min} {...move} />}
      {ticks.map((tick) => (
        <i
          key={`${tick.tone}-${tick.at}`}
          className={`mark absolute top-[2px] h-[15px] -translate-x-1/2 ${toneClass[tick.tone]}`}
          style={{ left: `${railPercent(scale, tick.at)}%` }}
        />
      ))}
    </div>
  )
}

/** `//` over the left end: the scale leaves out what lies before. */
const Break = () => (
  <svg width="22" height="20" viewBox="0 0 22 20" className="absolute left-0" aria-hidden="true">
    <path d="M9 5l-3 11M14 5l-3 11" stroke="var(--panel)" strokeWidth="5" />
    <path d="M8 5l-3 11M15 5l-3 11" stroke="var(--ink-3)" strokeWidth="1" />
  </svg>
)

const Moves = ({ scale, min, now, after }: { scale: RailScale; min: bigint; now: bigint; after: bigint }) =>
  railMoves(scale, { min, now, after }).map(({ kind, leftPercent, widthPercent }) => {
    const place = { left: `${leftPercent}%`, width: `${widthPercent}%` }
    if (kind === 'still') return null
    if (kind === 'lost')
      return <i key={kind} className="absolute top-[9px] border-warn-mark border-t border-dashed" style={place} />
    const back = kind === 'again'
    const tone = back ? 'bg-warn-mark' : 'bg-crit-mark'
    return (
      <span key={kind} className="absolute inset-y-0" style={place}>
        <i className={`mark absolute inset-x-0 top-[5.5px] h-2 opacity-30 ${tone}`} />
        <i
          className={`mark absolute top-[2px] h-[1.3px] ${tone} ${back ? 'right-0 left-[5px]' : 'right-[5px] left-0'}`}
        />
        <svg
          width="6"
          height="6"
          viewBox="0 0 6 5.2"
          aria-hidden="true"
          className={`absolute -top-px ${back ? 'left-0' : 'right-0'}`}
          fill={back ? 'var(--warn-mark)' : 'var(--crit-mark)'}
        >
          <path d={back ? 'M0 2.6 6 0v5.2Z' : 'M6 2.6 0 0v5.2Z'} />
        </svg>
      </span>
    )
  })

/** Keys for a panel's head or a table's head cell. */
export const RailKey = ({
  tone,
  children,
}: {
  tone: 'kept' | 'again' | 'skipped' | RailTick['tone']
  children: React.ReactNode
}) => (
  <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
    <i
      className={`mark inline-block ${
        tone === 'kept'
          ? 'h-[7px] w-3.5 rounded-[1px] bg-rail'
          : tone === 'again'
            ? 'h-[7px] w-3 bg-warn-mark opacity-35'
            : tone === 'skipped'
              ? 'h-[7px] w-3 bg-crit-mark opacity-35'
              : `h-[11px] ${toneClass[tone]}`
      }`}
    />
    {children}
  </span>
)
