// components/chart/index.ts: the door of the room: charts, small lines and rails.
export { ChartPanel } from './chart-panel'
export { BacklogChart, ThroughputChart, useBacklogTick, useMarkers } from './history-charts'
export { Rail, RailKey, type RailTick } from './rail'
export { type RailRow, type RailScale, railScale } from './rail-geometry'
export { type ChartMarker, colourOf, type Series, type SeriesColour, type SeriesPoint } from './series'
export { Sparkline, type SparkTone } from './sparkline'
export { TimeChart } from './time-chart'
