// components/ui/panel.tsx: the sheet on the desk: a panel with its head, a strip of figures, a list of facts. Flat, parted by
// hairlines; when in doubt a border goes, not a number.
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn'
import { Mark, type MarkState } from './mark'

export interface PanelProps extends Omit<ComponentProps<'section'>, 'title' | 'about'> {
  readonly title?: ReactNode
  /** Beside the title, quieter: a count, a subject. */
  readonly about?: ReactNode
  /** At the right of the head: keys of a chart, a link, a control. */
  readonly aux?: ReactNode
  /** A hairline under the head, when what follows has none of its own. */
  readonly ruled?: boolean | undefined
}
export const Panel = ({ title, about, aux, ruled, className, children, ...rest }: PanelProps) => (
  <section
    className={cn('relative flex min-w-0 flex-col overflow-hidden rounded-lg border border-line bg-panel', className)}
    {...rest}
  >
    {title === undefined ? null : (
      <div
        className={cn(
          'flex min-h-9 flex-none items-center gap-2 px-3 max-sm:flex-wrap max-sm:gap-y-0 max-sm:py-1',
          ruled && 'border-b border-hair',
        )}
      >
        <h2 className="text-[13px]/[18px] font-semibold whitespace-nowrap">{title}</h2>
        {about === undefined ? null : <span className="min-w-0 truncate text-sm text-ink-3">{about}</span>}
        {aux === undefined ? null : (
          <div className="ml-auto flex min-w-0 items-center gap-3 text-xs whitespace-nowrap text-ink-3 max-sm:flex-wrap max-sm:justify-end max-sm:gap-y-0">
            {aux}
          </div>
        )}
      </div>
    )}
    {children}
  </section>
)

/** The quiet line at a panel's foot. */
export const PanelFoot = ({ className, ...rest }: ComponentProps<'div'>) => (
  <div
    className={cn(
      'mt-auto flex min-h-[34px] flex-none items-center gap-2 border-t border-hair px-3 text-xs text-ink-3',
      className,
    )}
    {...rest}
  />
)

/** A strip of figures. `columns` is a grid template for wide screens; on a phone there are two in a row. */
export const Figures = ({
  columns,
  className,
  children,
}: {
  columns?: string
  className?: string
  children: ReactNode
}) => (
  <dl
    className={cn(
      'grid flex-none overflow-hidden rounded-lg border border-line bg-panel max-md:grid-cols-3! max-sm:grid-cols-2!',
      columns === undefined && 'md:auto-cols-fr md:grid-flow-col',
      className,
    )}
    style={columns ? { gridTemplateColumns: columns } : undefined}
  >
    {children}
  </dl>
)

export interface FigureProps {
  readonly label: ReactNode
  readonly mark?: MarkState | undefined
  readonly markLabel?: string | undefined
  readonly value: ReactNode
  readonly unit?: ReactNode
  readonly note?: ReactNode
  /** A small line at the right. */
  readonly spark?: ReactNode
  /** Colour of the value: `text-warn`. */
  readonly tone?: string | undefined
  readonly title?: string | undefined
}
/** `value` may be an unknown-word; it then stands a little smaller, so that it is not read as a number. */
export const Figure = ({ label, mark, markLabel, value, unit, note, spark, tone, title }: FigureProps) => (
  <div className="relative -mt-px -ml-px min-w-0 border-t border-l border-hair px-3.5 py-2.5 max-sm:px-3 max-sm:py-[9px]">
    <dt className="flex items-center gap-1.5 truncate text-[12px]/[16px] whitespace-nowrap text-ink-2">
      {mark ? <Mark state={mark} label={markLabel} /> : null}
      <span className="truncate">{label}</span>
    </dt>
    <dd className="flex items-center gap-2">
      <span
        title={title}
        className={cn(
          'tnum h-[31px] min-w-0 flex-1 truncate text-[24px]/[31px] font-medium max-sm:h-[27px] tracking-[-0.018em] whitespace-nowrap max-sm:text-[21px]/[27px] [&_.unknown-word]:text-[18px] [&_.unknown-word]:font-[450] [&_.unknown-word]:tracking-[-0.01em]',
          tone,
        )}
      >
        {value}
        {unit ? <span className="unit ml-1! text-[12px]! tracking-normal">{unit}</span> : null}
      </span>
      {spark}
    </dd>
    <dd className="tnum truncate text-xs text-ink-3" title={typeof note === 'string' ? note : undefined}>
      {note ?? ' '}
    </dd>
  </div>
)

/** Facts as name and value, one a line. */
export const Facts = ({ className, children }: { className?: string; children: ReactNode }) => (
  <dl className={cn('grid grid-cols-[auto_minmax(0,1fr)] py-1 text-sm', className)}>{children}</dl>
)
export const Fact = ({ name, children }: { name: ReactNode; children: ReactNode }) => (
  <>
    <dt className="px-3 py-1 pr-2 whitespace-nowrap text-ink-3">{name}</dt>
    <dd className="tnum min-w-0 truncate px-3 py-1 text-right">{children}</dd>
  </>
)

/** How full something is; `limit` draws the level at which it acts. The number always stands beside it. */
export function Meter(props: {
  percent: number
  limit?: number | undefined
  state?: MarkState
  label: string
  className?: string
}) {
  const { percent, limit, state = 'ok', label, className } = props
  const fill = state === 'warn' ? 'bg-warn-mark' : state === 'crit' ? 'bg-crit-mark' : 'bg-ink-3'
  return (
    // <meter> cannot be drawn alike in all browsers, nor carry a limit.
    // biome-ignore lint/a11y/useSemanticElements: see above
    <span
      role="meter"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent * 10) / 10}
      aria-label={label}
      className={cn('relative block h-[5px] min-w-6 flex-1 overflow-hidden rounded-[2px] bg-hair', className)}
    >
      <i
        className={cn('absolute inset-y-0 left-0 rounded-[2px]', fill)}
        style={{ width: `${Math.min(100, percent)}%` }}
      />
      {limit === undefined ? null : (
        <i className="absolute inset-y-0 w-px bg-ink" style={{ left: `${Math.min(100, limit)}%` }} />
      )}
    </span>
  )
}

/** The title line of a page: name, marks and words beside it, actions at the right. */
export const PageHead = (props: { title: ReactNode; mono?: boolean; about?: ReactNode; children?: ReactNode }) => (
  <header className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-2">
    <h1
      className={cn(
        'min-w-0 font-semibold tracking-[-0.008em]',
        props.mono ? 'mono truncate text-[17px]/[26px] font-medium tracking-[-0.02em]' : 'text-xl',
      )}
    >
      {props.title}
    </h1>
    {props.about ? (
      <div className="flex min-w-0 flex-wrap items-center gap-2 text-sm text-ink-3">{props.about}</div>
    ) : null}
    {props.children ? <div className="ml-auto flex flex-wrap items-center gap-2">{props.children}</div> : null}
  </header>
)
