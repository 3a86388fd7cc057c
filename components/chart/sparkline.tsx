// components/chart/sparkline.tsx: the last hour in the width of a table cell. Drawn by hand and not with the chart
// library: a list holds two hundred of them and redraws all each turn. A gap stays a gap.

export type SparkTone = 'in' | 'out' | 'lag' | 'quiet' | 'warn' | 'crit'
const colours: Readonly<Record<SparkTone, string>> = {
  in: 'var(--series-in)',
  out: 'var(--series-out)',
  lag: 'var(--series-lag)',
  quiet: 'var(--ink-3)',
  warn: 'var(--warn-mark)',
  crit: 'var(--crit-mark)',
}

const TOP = 2.5
const EDGE = 1
/** How long the line of one lone sample is. */
const LONE = 4

/** Runs of samples as SVG paths, zero-based: a line that touches the bottom is 0. */
export const sparkPaths = (
  points: readonly (number | null)[],
  width: number,
  height: number,
): { readonly line: string; readonly area: string } => {
  const bottom = height - EDGE
  const most = Math.max(0, ...points.filter((value) => value !== null))
  const step = points.length > 1 ? (width - 2 * EDGE) / (points.length - 1) : 0
  const y = (value: number) => (most === 0 ? bottom : bottom - (value / most) * (bottom - TOP))
  let line = ''
  let area = ''
  let run: string[] = []
  let runFrom = 0
  const close = (to: number) => {
    if (run.length === 0) return
    const path = run.length === 1 ? `${run[0]}h-${LONE}` : run.join('L') // a dot would look like dust
    line += `M${path}`
    if (run.length > 1) area += `M${path}L${to.toFixed(1)} ${bottom}L${runFrom.toFixed(1)} ${bottom}Z`
    run = []
  }
  points.forEach((value, index) => {
    const x = points.length > 1 ? EDGE + index * step : width - EDGE // one sample is the newest
    if (value === null) {
      close(EDGE + (index - 1) * step)
      return
    }
    if (run.length === 0) runFrom = x
    run.push(`${x.toFixed(1)} ${y(value).toFixed(1)}`)
  })
  close(EDGE + (points.length - 1) * step)
  return { line, area }
}

export const Sparkline = ({
  points,
  tone,
  width = 58,
  height = 18,
}: {
  points: readonly (number | null)[]
  tone: SparkTone
  width?: number
  height?: number
}) => {
  const { line, area } = sparkPaths(points, width, height)
  if (line === '') return <span style={{ width, height }} className="inline-block" />
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
      className="block flex-none"
    >
      <path d={area} fill={colours[tone]} opacity="0.12" />
      <path
        d={line}
        fill="none"
        stroke={colours[tone]}
        strokeWidth="1.3"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  )
}
